#!/usr/bin/env bash
# /live/align: two sounds that are brought together while they are mixed.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

mkdir -p ds/audio
"$client" sound ds/audio/low.wav 32000 2 330 0.4
"$client" sound ds/audio/high.wav 32000 2 440 0.4
train ds "sample_rate = 32000"$'\n'"bins_per_octave = 24"$'\n'"num_octaves = 6" 3
pick_ports
dump_start
server_start --dataset ds --run "$run"
asks "first" $two/first/audio_path s low
asks "second" $two/second/audio_path s high

for wrong in "" "s sideways" "i 1" "s Pitch" "s None" "ss pitch time"; do
    # shellcheck disable=SC2086
    refused "give none, pitch, time, both or auto" /live/align $wrong
    # shellcheck disable=SC2086
    refused "give none, pitch, time, both or auto" /live/3/align $wrong
done
refused "no such voice" /live/9/align s pitch

asks "a voice" /live/start fff 1 0 0
ok "says nothing of alignment" eval '! grep -q align out'
asks "a silent one" /live/2/align s both
answered '^/live/align s "both"$'
answered '^/report s "Voice 2 will begin with alignment: both\."$'
asks "pitch" /live/align s pitch
lines 2
answered '^/live/align s "pitch"$'
answered '^/report s "Voice 1 is aligned: \+[45]\.[0-9] semitones, alike -?0\.[0-9]* to [01]\.[0-9]*"$'
for alpha in 0.5 0 1 -3 4; do
    asks "alpha $alpha" /live/alpha f $alpha
    lines 0
done
for way in time both auto none pitch; do
    asks "$way" /live/align s $way
    lines 2
    answered "^/live/align s \"$way\"\$"
    answered "^/report s \"Voice 1 is (not )?aligned"
done
asks "the same again" /live/align s pitch
answered '"Voice 1 is aligned: \+[45]'
asks "in time" /live/align s time
answered '"Voice 1 is aligned: onsets together [0-9]* % to [0-9]* %"$'
asks "not at all" /live/align s none
answered '"Voice 1 is not aligned\."$'
asks "a voice that begins so" /live/2/start
asks "pitch" /live/4/align s pitch
asks "a voice of its own" /live/2/start fff 1 0 0
answered '^/report s "Voice 2 loops low\.wav and high\.wav\."$'
answered '^/report s "Voice 2 is aligned: \+[45]'
asks "a voice that has none" /live/5/start fff 1 0 0
answered '^/report s "Voice 5 is aligned: \+[45]'
asks "two sounds of a mixture" /live/4/mix fsffsff 0.8 low 0 0.5 high 0 0.5
answered '^/report s "Voice 4 is aligned: \+[45]'
asks "three sounds" /live/3/mix fsffsffsff 0.8 low 0 0.5 high 0 0.25 low 0 0.25
answered '^/report s "Voice 3 loops 3 sounds\."$'
answered '^/report s "Voice 3 is not aligned: it has 3 sounds, and only two are aligned"$'
asks "three sounds" /live/3/align s auto
lines 2
answered '^/report s "Voice 3 is not aligned: it has 3 sounds, and only two are aligned"$'
asks "they go on" /live/3/alpha fff 0 1 0
lines 0

# Files that have changed since are not read.
asks "not yet" /live/6/align s none
asks "a voice" /live/6/start fff 0.7 0 0
"$client" sound ds/audio/high.wav 32000 2 550 0.4
asks "in both" /live/6/align s both
answered '^/report s "Voice 6 is not aligned: its files have changed: start it again"$'
asks "again" /live/6/start fff 0.7 0 0
answered '^/report s "Voice 6 is aligned: \+[89]'
asks "all stop" /sound/stop
asks "a stopped one" /live/6/align s auto
answered '^/report s "Voice 6 will begin with alignment: auto\."$'
server_stop

# What was sent last is remembered, for all voices.
ok "it is in the state" grep -q '"live_align":.*"auto"' state.json
server_start
asks "what is remembered" /state/send
answered '^/live/align s "auto"$'
asks "a voice" /live/2/start fff 1 0 0
answered '^/report s "Voice 2 is aligned: \+[89]'
server_stop
sed -i 's/"auto"/"sideways"/' state.json
server_start
ok "a word that is none is refused" grep -q "'live_align' must be a word" server.err
asks "what is set" /state/send
answered '^/live/align s "none"$'
server_stop
