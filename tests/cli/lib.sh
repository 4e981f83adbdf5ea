# Helpers of the shell tests: `. "$LTS_SOURCE/tests/cli/lib.sh"`. Works in a scratch folder, which
# goes away at the end, and exits with 1 when a check failed.
set -euo pipefail
bin=${LTS_BIN:?the folder of the built programs}
source=${LTS_SOURCE:?the folder of the sources}
scratch=$(mktemp -d)
failures=0 checks=0
export LC_ALL=C
cd "$scratch"

finish() {
    local code=$?
    [ -z "$(type -t at_end)" ] || at_end
    cd /
    umount "$scratch"/mnt 2>/dev/null || true
    chmod -R u+w "$scratch" 2>/dev/null || true
    rm -rf "$scratch"
    [ $code -eq 0 ] || { echo "the script stopped with $code" && exit "$code"; }
    echo "$checks checks, $failures failed"
    [ "$failures" -eq 0 ] && [ "$checks" -gt 0 ] || exit 1
}
trap finish EXIT

# skip REASON: what the test is about is not there; CTest counts it as skipped.
skip() {
    echo "SKIP: $1"
    trap - EXIT
    cd /
    rm -rf "$scratch"
    exit 77
}

# ok DESCRIPTION COMMAND...: the command must succeed.
ok() {
    local what=$1
    shift
    checks=$((checks + 1))
    if ! "$@"; then
        failures=$((failures + 1))
        printf 'FAILED: %s\n  %s\n' "$what" "$*"
        [ ! -s err ] || sed 's/^/  said: /' err
        [ ! -s out ] || head -20 out | sed 's/^/  printed: /'
    fi
}

# expect STATUS DESCRIPTION TOOL ARGUMENT...: runs the tool; standard output goes to `out`, standard
# error to `err`.
expect() {
    local status=$1 what=$2 code=0
    shift 2
    "$bin/$1" "${@:2}" >out 2>err || code=$?
    ok "$what: exit status $status, got $code" [ "$code" -eq "$status" ]
}

# What the last tool said or printed.
says() { ok "says '$1'" grep -qF -- "$1" err; }
prints() { ok "prints '$1'" grep -qF -- "$1" out; }
one_line() { ok "one line of error" [ "$(wc -l <err)" -eq 1 ]; }
silent() { ok "no message" [ ! -s err ]; }
no_temporaries() { ok "no unfinished files in $1" [ -z "$(find "$1" -name '*.tmp-*')" ]; }

# comma_locale: makes a locale with a decimal comma, to be run in as LC_ALL=de_DE.UTF-8; false where
# there is no localedef to make it with.
comma_locale() {
    command -v localedef >/dev/null || return 1
    export LOCPATH=$scratch/locale
    mkdir -p "$LOCPATH"
    localedef -i de_DE -f UTF-8 "$LOCPATH/de_DE.UTF-8" 2>err || true
    ok "a locale with a comma: install Debian's locales" \
        [ "$(LC_ALL=de_DE.UTF-8 locale decimal_point 2>/dev/null)" = , ]
}

# faster FROM TO: a WAV's samples at a rate a quarter higher, 3.9 semitones above.
faster() {
    local rate
    rate=$(($(od -An -t u4 -j 24 -N 4 "$1") * 5 / 4))
    { head -c 24 "$1" && le32 $rate && tail -c +29 "$1"; } >"$2"
}

# wav FILE RATE CHANNELS SECONDS [pcm|nan|silence]: 16-bit noise by default, or 32-bit floats.
wav() {
    local file=$1 rate=$2 channels=$3 seconds=$4 kind=${5:-pcm} tag=1 bits=16
    [ "$kind" = pcm ] || tag=3 bits=32
    local frame=$((channels * bits / 8))
    local bytes=$((rate * seconds * frame))
    {
        printf 'RIFF'
        le32 $((36 + bytes))
        printf 'WAVEfmt '
        le32 16
        le16 $tag
        le16 "$channels"
        le32 "$rate"
        le32 $((rate * frame))
        le16 $frame
        le16 $bits
        printf 'data'
        le32 $bytes
        case $kind in
        pcm) noise ;;
        nan) tr '\0' '\377' </dev/zero ;;
        silence) cat /dev/zero ;;
        esac 2>/dev/null | head -c "$bytes" || true # what feeds head dies of its pipe
    } >"$file"
}
le32() { printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
    $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"; }
le16() { printf "$(printf '\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)))"; }
# Bytes that are the same every time and sound like noise.
noise() { seq 9999999 | gzip -1 -n; }
