#!/usr/bin/env bash
# lts-send against a real server: types, answers, patterns, timeouts and ports.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

small_set ds
pick_ports
tell() {
    local status=$1 what=$2
    shift 2
    expect "$status" "$what" lts-send --to "127.0.0.1:$port" --listen "$back" "$@"
}

# Before there is a server.
tell 1 "nobody listens" /sound/stop
one_line
says "nobody listens there"
tell 1 "nobody listens, and an answer is waited for" --wait . /sound/stop
says "nobody listens there"

server_start
tell 0 "a message that nobody waits for" /test/connection
silent
ok "and nothing printed" [ ! -s out ]
tell 0 "an answer" /test/connection --wait '^/report  Connection works\. #[0-9]+$'
ok "not printed unless asked for" [ ! -s out ]
tell 0 "a printed answer" --print /test/connection --wait 'Connection works'
prints "/report  Connection works. #"
tell 0 "a quiet answer" --quiet --print /test/connection --wait 'Connection works'
ok "not printed" [ ! -s out ]
tell 0 "an answer as JSON" --json --print /test/connection --wait 'Connection works'
ok "one object" grep -qx '{"event":"answer","address":"/report","values":" Connection works. #[0-9]*"}' out

# Types, by their looks and as told.
tell 0 "a whole number" /output/normalize 1 --print --wait '^/report Output normalization is on'
prints "/output/normalize 1"
tell 0 "numbers below zero" --wait 'Alfa vector is updated' --fail 'Could not' /set_alfa 1 -1 -.5 0.25
tell 0 "numbers below zero after --" --wait 'Alfa vector is updated' -- /set_alfa -1 1
tell 0 "an alpha of 1000 values" --wait 'Alfa vector is updated' --fail 'Could not' \
    /set_alfa $(seq -1.3 .0026 1.2974)
tell 0 "a text" --wait 'does not exist at the path /no such/földer' /sound/interpolate_two/save_folder "/no such/földer"
tell 0 "a text of digits" --types s --wait '^/report Could not set the dataset' /load/dataset 7
tell 0 "a large whole number" --wait '^/seed 9007199254740992$' /seed 9007199254740992
tell 0 "true" --types T --wait '/output/normalize 1' /output/normalize
tell 0 "every type" --types ihfdsTF --wait 'every/type' /every/type -1 8000000000 0.5 -1e300 x
for wrong in "--types i /a x" "--types i /a 2147483648" "--types f /a 1e39" "--types d /a nan" \
    "--types ii /a 1" "--types i /a 1 2" "--types q /a 1" "--types i /a 1.5" "a/b" \
    "--timeout -1 /a" "--wait ( /a" "--fail x /a" "--wait x --fail ( /a" "--listen 0 /a" "--to x /a" \
    "--to 127.0.0.1:0 /a"; do
    # shellcheck disable=SC2086
    expect 2 "lts-send $wrong" lts-send $wrong
    one_line
done
expect 2 "no address" lts-send
head -c 70000 /dev/zero | tr '\0' x >long
expect 2 "more than a datagram" lts-send /a "$(cat long)"
says "send less at a time"

# Waiting for what does not come.
before=$(date +%s%N)
tell 1 "an answer that does not come" --timeout 0.4 --wait 'no such answer' /test/connection
one_line
says "no answer that matches 'no such answer' within 0.4 s"
took=$((($(date +%s%N) - before) / 1000000))
ok "waits as long as told: $took ms" [ $took -ge 400 ]
tell 1 "an answer that is a failure" --wait 'Dataset is set' --fail 'Could not' /load/dataset /nope
one_line
says "/load/dataset: answered: /report Could not set the dataset"
tell 0 "answers within a time" --print --timeout 0.5 /state/send
prints "/report State sent."
prints "/output/normalize 1"

# What a script is for: a sound rendered, waited for and saved.
bad='Could not|Error|total length|not set|No model|Please'
step() { tell 0 "$1" --wait "$2" --fail "$bad" "${@:3}"; }
mkdir out\ put
step "a data set" 'Dataset is set' /load/dataset "$PWD/ds"
step "a model" 'loaded successfully' /load/model "$run"
names=(ds/audio/*)
step "a first sound" 'First sound' $two/first/audio_path "${names[0]##*/}"
step "a second" 'Second sound' $two/second/audio_path "${names[1]##*/}"
tell 1 "too long a sound" --wait playing --fail "$bad" /interpolate_two/generate 5000 0 0
step "a render" 'Audio generated, playing' /interpolate_two/generate 0.3 0 0
step "a folder" 'Save folder set' $two/save_folder "$PWD/out put"
step "a saved sound" 'Saved the last generated sound' $two/save
ok "is there when the answer is" [ -s "out put/generated_audio-00000.wav" ]

# One program at a time can listen.
dump_start
tell 1 "a port that is taken" --wait . /test/connection
says "another program listens there"
tell 0 "without listening it is free" /test/connection
ok "the other program is answered" await 'Connection works'
dump_stop
server_stop
