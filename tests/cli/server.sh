# Helpers of the tests of lts-server: `. "$LTS_SOURCE/tests/cli/server.sh"` after lib.sh. A server
# answers to a real oscdump, whose lines are in the file `replies`.
server="" dump="" port=0 back=0 mark=0 syncs=0
two=/sound/interpolate_two
client=$bin/lts-osc-client
export XDG_STATE_HOME=$scratch/state

at_end() {
    for pid in $server $dump; do kill -9 "$pid" 2>/dev/null || true; done
}

# Two UDP ports that nobody listens on.
pick_ports() {
    local taken
    taken=$(ss -Huln)
    port=${LTS_TEST_PORT:-$((21300 + RANDOM % 8000 * 2))}
    while grep -qE ":($port|$((port + 1)))\b" <<<"$taken"; do port=$((port + 2)); done
    back=$((port + 1))
}

dump_start() {
    : >>replies
    oscdump -L "$back" >>replies 2>/dev/null &
    dump=$!
    for _ in $(seq 100); do
        ! ss -Huln | grep -q ":$back\b" || return 0
        sleep 0.02
    done
    echo "oscdump does not listen on $back" && exit 1
}
dump_stop() {
    kill "$dump" && wait "$dump" 2>/dev/null || true
    dump=""
}

# server_start ARGUMENT...: with the null device and the state in the file `state`, unless told
# otherwise; returns when it listens.
server_start() {
    rm -f server.out server.err # the last server's word that it listens
    "$bin/lts-server" --osc-port "$port" --reply "127.0.0.1:$back" --state "$PWD/state.json" \
        --audio-device null --threads 1 "$@" >server.out 2>server.err &
    server=$!
    for _ in $(seq 1500); do
        ! grep -qs "Listening on" server.out server.err || return 0
        kill -0 $server 2>/dev/null || break
        sleep 0.02
    done
    echo "lts-server $* does not listen:" && cat server.out server.err && exit 1
}
# server_stop [SIGNAL]: it must end well.
server_stop() {
    local code=0 late
    kill "-${1:-TERM}" "$server"
    (sleep 20 && kill -9 "$server") >/dev/null 2>&1 & # nothing of the test's output held open
    late=$!
    wait "$server" || code=$?
    kill $late 2>/dev/null && wait $late 2>/dev/null || true
    server=""
    ok "the server ends with 0, not $code" [ $code -eq 0 ]
    [ $code -eq 0 ] || cat server.err
    ok "and without a word from a sanitizer" eval '! grep -qE "Sanitizer|runtime error" server.err'
}
memory() { awk '/VmRSS/ { print $2 }' "/proc/$server/status"; } # kB

send() { oscsend 127.0.0.1 "$port" "$@"; }
now_on() { mark=$(wc -l <replies); }
# What was answered since now_on: "ADDRESS TYPES VALUES" a line.
# A busy machine's gaps in the sound are told at any time, and are nobody's answer.
answers() { tail -n +$((mark + 1)) replies | sed '/the sound breaks up: /d; s/^[^ ]* //'; }
# await PATTERN [SECONDS]: until an answer matches.
await() {
    local until=$((SECONDS + ${2:-20} + 1))
    until answers | grep -qE -- "$1"; do
        [ $SECONDS -lt $until ] && kill -0 "$server" 2>/dev/null || return 1
        sleep 0.01
    done
}
# Until everything sent before has been handled: an address that is none is answered in its turn.
sync() {
    syncs=$((syncs + 1))
    send /sync/$syncs
    await "/sync/$syncs\b" "${1:-60}"
}
# asks DESCRIPTION ADDRESS [TYPES VALUE...]: what is answered goes to `out`.
asks() {
    local what=$1
    shift
    now_on
    send "$@"
    ok "$what: is handled" sync
    answers | grep -v "/sync/$syncs\b" >out || true
    : >err
}
# The last answer holds a line that matches; exactly so many lines.
answered() { ok "answers $1" grep -qE -- "$1" out; }
# What the server says of its own accord is no answer: meters, its level.
unasked='^/(meter|playhead|progress|live/./at) |^/report s "(Too loud|Loud at once)'
lines() { ok "$1 answers" [ "$(grep -cvE "$unasked" out)" -eq "$1" ]; }
# refused TEXT ADDRESS [TYPES VALUE...]: one report that holds the text.
refused() {
    local text=$1
    shift
    asks "$(printf '%.100s' "$*")" "$@"
    ok "one report" [ "$(grep -c "^/report s \"" out)" = 1 ]
    ok "says '$text'" grep -qF -- "$text" out
}
# renders DESCRIPTION ADDRESS [TYPES VALUE...]: until the sound is generated.
renders() {
    now_on
    send "${@:2}"
    ok "$1: is rendered" await '^/report s "Audio generated, playing\.\.\."' 60
    answers >out
    : >err
}

# samples FILE: the bytes of a WAV's samples alone.
number_at() { od -An -t u4 -j "$2" -N 4 "$1" | tr -d ' '; }
samples() {
    local at
    at=$(grep -abo data "$1" | tail -1)
    at=${at%%:*}
    tail -c +$((at + 9)) "$1" | head -c "$(number_at "$1" $((at + 4)))"
}
same() { [ -s "$1" ] && cmp -s <(samples "$1") <(samples "$2"); }
differ() { [ -s "$1" ] && [ -s "$2" ] && ! same "$1" "$2"; }

# small_set FOLDER [SECONDS]: "01 Now.wav" (4 s, noise in stereo) and "b.c.wav" (3 s), and, when
# asked for, long.wav, with frames of 144 bins; then a run of a small model, FOLDER/run.
small_set() {
    mkdir -p "$1/audio"
    wav "$1/audio/01 Now.wav" 32000 2 4
    "$client" sound "$1/audio/b.c.wav" 44100 3 330 0.4
    [ -z "${2:-}" ] || "$client" sound "$1/audio/long.wav" 32000 "$2" 440 0.4
    train "$1" "sample_rate = 32000"$'\n'"bins_per_octave = 24"$'\n'"num_octaves = 6" 3
}
# train FOLDER SETTINGS EPOCHS [ARGUMENT...]
train() {
    printf '[audio]\n%s\nn_iter = 1\n' "$2" >default.ini
    expect 0 "a data set" lts-dataset -q "$1"
    expect 0 "a run" lts-train -q --threads 1 --seed 1 --set model.preset=original-tensorflow \
        --set VAE.n_units=32 --set VAE.latent_dim=4 \
        --set training.learning_rate=2e-3 --set training.batch_size=64 --set training.epochs="$3" "${@:4}" "$1"
    rm default.ini
    run=$(cd "$1/timbre/run-000" && pwd)
}
