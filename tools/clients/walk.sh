#!/usr/bin/env bash
# From a trained run to live morphing, by messages alone: tools/clients/walk.sh DATASET RUN FIRST SECOND
# OUT.wav renders a second of FIRST becoming SECOND, saves it beside OUT.wav, then lets a voice loop
# through both while alpha, place, speed and pitch move, and records all that is heard in OUT.wav.
# FIRST and SECOND are names in DATASET/audio. LTS_DEVICE=... plays to a device instead.
set -euo pipefail
[ $# -eq 5 ] || { sed -n '2,5s/^# //p' "$0" >&2 && exit 2; }
[ -n "${LTS_DEVICE:-}" ] || [ ! -e "$5" ] || { echo "$5: is there already: name another file" >&2 && exit 1; }
dataset=$(realpath "$1") run=$(realpath "$2") first=$3 second=$4 out=$(realpath "$5")
port=${LTS_PORT:-7020} back=$((${LTS_PORT:-7020} + 1)) two=/sound/interpolate_two

lts-server --dataset "$dataset" --run "$run" --osc-port "$port" --reply "127.0.0.1:$back" \
    --audio-device "${LTS_DEVICE:-file:$out}" --state '' --seed 1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT

# tell ADDRESS VALUE...; ask ANSWER ADDRESS VALUE...
tell() { lts-send --to "127.0.0.1:$port" "$@"; }
ask() {
    tell "${@:2}" --listen "$back" --wait "$1" --fail 'Could not|Error|not set|No |length'
}
until tell /test/connection --listen "$back" --wait works --timeout 0.5 2>/dev/null; do
    kill -0 $server && sleep 0.1
done

ask 'First sound is set' $two/first/audio_path "$first"
ask 'Second sound is set' $two/second/audio_path "$second"
ask 'Save folder set' $two/save_folder "$(dirname "$out")"
ask 'Alfa vector' /set_alfa 1 -1
ask 'Selection is set' /interpolate_two/select 1 0 0.5
ask 'Audio generated' /interpolate_two/generate
ask 'Saved' $two/save --print
sleep 1.2

ask 'Voice 1 loops' /live/start
tell /live/alpha 1
sleep 1
for step in $(seq 40); do
    tell /live/alpha "$(awk "BEGIN { print 1 - $step / 40 }")"
    sleep 0.05
done
tell /live/freeze 1 && sleep 1
tell /live/freeze 0
tell /live/speed 0.25 && sleep 2
for semitones in 3 7 12 0; do tell /live/transpose $semitones && sleep 0.5; done
tell /live/position 0.1 && sleep 0.5
ask 'stopped' /live/stop
sleep 0.3
