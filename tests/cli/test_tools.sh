#!/usr/bin/env bash
# What every tool shares: help, version, wrong options, and a man page that names each option.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

for page in "$source"/tools/lts-*.1; do
    tool=$(basename "$page" .1)
    ok "$tool is built" [ -x "$bin/$tool" ] || continue
    expect 0 "$tool --help" "$tool" --help
    silent
    prints "Usage: $tool "
    prints "Examples:"
    prints "Exit status: 0 done"
    ok "$tool: help fits 80 columns" [ -z "$(sed '/^Examples:/,$d; /^Usage:/d' out | grep '.\{81,\}')" ]
    cp out help
    # Options as the man page names them, its backslashes before hyphens left out.
    tr -d '\\' <"$page" >page
    for option in $(grep -o '^ *\(-., \)\?--[a-z0-9-]*' help | grep -o -- '--[a-z0-9-]*'); do
        ok "$tool: $option is in the man page" grep -q -e "$option\b" page
    done
    for option in $(sed -n '/^.SH OPTIONS/,/^.SH [^O]/p' page | grep -A1 '^\.TP' |
        grep -o -- '--[a-z][a-z0-9-]*' | sort -u); do
        ok "$tool: the man page's $option exists" grep -q -e "$option\b" help
    done
    expect 0 "$tool --version" "$tool" --version
    prints "$tool (latent-timbre) "
    ok "on one line" [ "$(wc -l <out)" -eq 1 ]
    expect 0 "$tool --version --verbose" "$tool" --version --verbose
    ok "and the optional parts" grep -q "^FFmpeg: \(libavcodec [0-9]\|not in this build\)" out
    ok "LV2 too" grep -q "^LV2: \(lilv [0-9]\|not in this build\)" out
    expect 2 "$tool --no-such-option" "$tool" --no-such-option
    says "$tool: --no-such-option: no such option; try $tool --help"
    one_line
    expect 2 "$tool --json --no-such-option" "$tool" --json --no-such-option
    prints '{"event":"error","status":"setting out of range","text":"--no-such-option: '
    expect 2 "$tool --threads" "$tool" --threads
    one_line
    expect 2 "$tool --threads=many" "$tool" --threads=many
    says "--threads=many: must be a whole number, 1 to 1024"
done
