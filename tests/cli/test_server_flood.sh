#!/usr/bin/env bash
# lts-server under load: how soon it answers, stops and is heard to change. LTS_LONG=1: the figures of
# the requirements (a minute's flood, ten seconds at 64 iterations, all frequencies).
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

long=${LTS_LONG:-} rate=10000 flood=3 ping=3 stops=5 jumps=14 tones="500 1000 2000"
[ -z "$long" ] || flood=60 ping=10 stops=40 jumps=60 tones="65.41 125 250 500 1000 2000 4000"
[ -z "${LTS_SANITIZED:-}" ] || rate=1000

# Tones, each known to the model alone.
for hz in 8000 $tones; do
    mkdir -p tones/audio
    "$client" sound "tones/audio/$hz.wav" 44100 2 "$hz" 0.4
done
train tones "sample_rate = 44100" 40 --set=VAE.kl_beta=0 --set=training.compression=power
wav tones/audio/long.wav 44100 1 $((ping + 2)) # noise: every bin has a phase
pick_ports
dump_start
server_start --dataset tones --run "$run" --seed 1
set_sounds() {
    asks "first" $two/first/audio_path s "$1"
    answered "First sound is set"
    asks "second" $two/second/audio_path s "$2"
    answered "Second sound is set"
}
run_client() { # DESCRIPTION COMMAND ARGUMENT...: in oscdump's place
    local what=$1 command=$2 code=0
    shift 2
    dump_stop
    "$client" "$command" "$port" "$back" "$@" >out 2>err || code=$?
    cat out
    [ -n "${LTS_SANITIZED:-}" ] || ok "$what: $command $*" [ $code -eq 0 ]
    dump_start
}

set_sounds long.wav long.wav
asks "iterations" /sound/set_phase_iter i 64
run_client "answers while it renders" ping $ping
set_sounds 8000.wav 1000.wav
asks "both" /set_alfa f 0
asks "iterations" /sound/set_phase_iter i 64
run_client "stops" stop 2 $stops "$PWD/stop.wav"
for hz in $tones; do
    set_sounds "$hz.wav" 8000.wav
    run_client "changes" morph "$hz" 8000 $jumps "$PWD/morph_$hz.wav"
    took=$(grep -o 'to 50 %: median [0-9.]* most [0-9.]*' out | sed 's/.*most //')
    [ -n "${LTS_SANITIZED:-}" ] || awk "BEGIN { exit !($hz < 500) }" ||
        ok "$hz Hz: heard within 60 ms, not ${took:-never}" awk "BEGIN { exit !(${took:-1e9} <= 60) }"
done
set_sounds long.wav long.wav
now_on
send /interpolate_two/generate fff "$ping" 0 0
ok "a render begins" await '"Running phase' 20
run_client "answers all" flood $rate $flood
asks "stop" /sound/stop
server_stop
dump_stop
