#!/usr/bin/env bash
# lts-server under load: how soon it answers, stops and is heard to change. LTS_LONG=1: the figures of
# the requirements (a minute's flood, ten seconds at 64 iterations, all frequencies), and times are
# checked, not only printed: for a machine that has nothing else to do.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

long=${LTS_LONG:-} rate=10000 flood=2 ping=3 stops=4 jumps=8 tones="500 1000"
[ -z "$long" ] || flood=60 ping=10 stops=40 jumps=60 tones="65.41 125 250 500 1000 2000 4000"
[ -z "${LTS_SANITIZED:-}" ] || rate=1000

# Noise, in which every bin has a phase to be found; and tones, each known to the model by itself.
mkdir -p noise/audio tones/audio
wav noise/audio/long.wav 44100 1 $((ping + 2))
train noise "sample_rate = 44100" 2
noisy=$run
for hz in 3000 $tones; do "$client" sound "tones/audio/$hz.wav" 44100 2 "$hz" 0.4; done
train tones "sample_rate = 44100" 120 --set=VAE.kl_beta=0 --set=VAE.n_units=64 --set=VAE.latent_dim=8 \
    --set=training.loss=sum --set=VAE.output_activation=linear --set=training.batch_size=16
# smooth RATIO: a click would multiply the second difference of these tones.
smooth() { [ -n "${LTS_SANITIZED:-}" ] || ok "no click: $1" awk "BEGIN { exit !(${1:-9} < 1.5) }"; }
pick_ports
dump_start
server_start --seed 1
use() { # DATASET RUN FIRST SECOND
    asks "a data set" /load/dataset s "$PWD/$1"
    asks "a run" /load/model s "$2"
    asks "first" $two/first/audio_path s "$3"
    answered "First sound is set"
    asks "second" $two/second/audio_path s "$4"
    answered "Second sound is set"
}
# run_client DESCRIPTION COMMAND ARGUMENT...: in oscdump's place. A machine that stalls spoils a capture, the
# last argument: it is made anew.
run_client() {
    local what=$1 command=$2 code attempt
    shift 2
    dump_stop
    for attempt in 1 2 3 4 5; do
        code=0
        "$client" "$command" "$port" "$back" "$@" >out 2>err || code=$?
        cat out
        grep -q "spoiled" out || break
        rm -f "${!#}"
    done
    [ -n "${LTS_SANITIZED:-}" ] || ok "$what: $command $*" [ $code -eq 0 ]
    dump_start
}

use noise "$noisy" long.wav long.wav
asks "iterations" /sound/set_phase_iter i 64
run_client "answers while it renders" ping $ping
run_client "answers all" flood $rate $flood $ping
asks "stop" /sound/stop
use tones "$run" 500.wav 1000.wav
asks "both" /set_alfa f 0
asks "iterations" /sound/set_phase_iter i 64
run_client "stops" stop 1.8 $stops "$PWD/stop.wav"
smooth "$(sed -n 's/.*that before: //p' out)"
for hz in $tones; do
    use tones "$run" "$hz.wav" 3000.wav
    run_client "changes" morph "$hz" 3000 $jumps "$PWD/morph_$hz.wav"
    # Lower tones are on their way for longer, past other sounds that the model knows.
    awk "BEGIN { exit !($hz < 500) }" || smooth "$(sed -n 's/.*ratio \([0-9.]*\);.*/\1/p' out)"
    took=$(grep -o 'to 50 %: median [0-9.]* most [0-9.]*' out | sed 's/.*most //')
    [ -z "$long" ] || awk "BEGIN { exit !($hz < 500) }" ||
        ok "$hz Hz: heard within 60 ms, not ${took:-never}" awk "BEGIN { exit !(${took:-1e9} <= 60) }"
done
server_stop
dump_stop
