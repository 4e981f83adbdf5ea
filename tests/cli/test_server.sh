#!/usr/bin/env bash
# lts-server from the shell, with oscsend and oscdump: the acceptance checks of the original's
# messages, then every address once as it should be and once as it should not.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

small_set ds
DS=$scratch/ds RUN=$run
pick_ports
dump_start
server_start --bits 16

# --- The twelve checks, in order, one server. ---

asks "1: the connection" /test/connection
answered '^/report s " Connection works\. #[0-9]+"$'
ok "1: counts" eval 'asks "" /test/connection && grep -q "works. #2\"" out'
asks "1: with a text, as the patch sends" /test/connection s bang
answered ' Connection works\. #3'

asks "2: devices" /audio/devicelist
answered '^/audio/devicelist s "clear"$'
answered '^/audio/devicelist s "0 .+"$'
answered '^/audio/io s "[0-9]+ [0-9]+"$'
ok "2: in this order" [ "$(cut -d' ' -f1 out | uniq | tr '\n' ' ')" = "/audio/devicelist /audio/io " ]

refused "Nothing generated" $two/play_again s bang

asks "4: generate without anything" /interpolate_two/generate fff 1 0 0
answered '^/report s "[^"]*(sound|model)'
lines 1

refused "Could not set the dataset" /load/dataset s /nope
asks "5: a data set" /load/dataset s "$DS/"
answered "^/dataset s \"$DS/?\"\$"
answered '^/report s "Dataset is set to: '

asks "6: a run" /load/model s "$RUN/"
answered '^/model/batch_size i 64$'
answered '^/report s "Model loaded successfully from '
ok "6: says so before" [ "$(grep -c '^/report s "Received a request to load model from path ' out)" -eq 1 ]

asks "7: another machine's path" $two/first/audio_path s "D:/x/audio/01 Now.wav"
answered "^$two/first/name s \"01 Now\"\$"
answered "^$two/first/path s \"$DS/audio/01 Now.wav\"\$"
answered '^/report s "First sound is set to: 01 Now at the path '
asks "7: a path of this one" $two/second/audio_path s "$DS/audio/b.c.wav"
answered "^$two/second/name s \"b\.c\"\$"
answered '^/report s "Second sound is set to: b\.c at the path '
refused "Could not set the first sound" $two/first/audio_path s ../../etc/passwd
refused "Could not set the second sound" $two/second/audio_path s /etc/passwd
asks "7: what is set" /state/send
answered "^$two/first/name s \"01 Now\"\$"
answered "^$two/second/name s \"b\.c\"\$"

renders "8: before any curve" /interpolate_two/generate fff 1 0 0
for said in "Interpolate two - duration set to" "First audio:" "Generating interpolations" \
    "Generating DL model outputs" "Running phase estimation"; do
    answered "^/report s \"$said"
done
answered '^/progress f 1'

asks "9: a thousand values" /set_alfa "$(printf 'f%.0s' {1..1000})" $(seq -1.3 .0026 1.2974)
answered '^/report s "Alfa vector is updated\."$'
lines 1
refused "Could not update the alfa vector" /set_alfa fff 0 nan 1
refused "Could not update the alfa vector" /set_alfa fsf 0 half 1
refused "Could not update the alfa vector" /set_alfa

refused "audio_1_offset+example_length (" /interpolate_two/generate fff 5 0 0
refused "audio_2_offset+example_length (" /interpolate_two/generate fff 3.5 0 0
renders "10: up to the end" /interpolate_two/generate fff .1 2.9 2.9
refused "offset" /interpolate_two/generate fff 1 -1 0
refused "Error: Generate" /interpolate_two/generate ff 1 0

refused "Please provide a save folder" $two/save s Save
refused "Save folder does not exist" $two/save_folder s "$DS/nowhere/"
mkdir out1
asks "11: a folder" $two/save_folder s "$PWD/out1/"
answered '^/report s "Save folder set to '
asks "11: normalize" /output/normalize i 1
answered '^/output/normalize i 1$'
answered '^/report s "Output normalization is on\."$'
renders "11: a sound" /interpolate_two/generate fff 1 0 0
for number in 00000 00001; do
    asks "11: save" $two/save s Save
    answered "^/report s \"Saved the last generated sound at the path: .*(generated_audio-$number.wav|\.\.\.)\"\$"
    peak=$("$client" peak out1/generated_audio-$number.wav)
    ok "11: its peak is $peak" awk "BEGIN { exit !($peak >= 0.999) }"
done
ok "11: the same sound" cmp out1/generated_audio-0000{0,1}.wav
no_temporaries out1

asks "12: iterations" /sound/set_phase_iter i 64
answered '^/report s "Number of phase estimation iterations set to 64"$'
now_on
send /interpolate_two/generate fff 3 0 0
ok "12: a render begins" await '"Running phase estimation' 20
sent=$(date +%s%N)
send /test/connection
ok "12: the connection in the midst of it" await 'Connection works' 1
took=$((($(date +%s%N) - sent) / 1000000))
ok "12: answers within 100 ms, not $took, two programs' start included" [ "$took" -lt 100 ]
now_on
send /sound/stop s STOP
ok "12: stops" await '^/report s "Stopped audio playback\.\.\."' 1
sleep 0.7
ok "12: no sound after that" eval '! answers | sed "1,/Stopped audio/d" | grep -q playing'
ok "12: nobody but this machine is heard" \
    [ "$(ss -Huln | grep -oE '[^ ]+:'$port'\b')" = "127.0.0.1:$port" ]

# --- The same sound every time, and the same as lts-interp's. ---

server_stop
server_start
alpha() { asks "alpha" /set_alfa f "$1"; } # (v + 1) / 2
saves() { # NAME: the last sound becomes NAME.wav
    rm -f out1/*
    asks "save" $two/save
    answered 'Saved the last'
    mv out1/generated_audio-00000.wav "$1.wav"
}
offline() { # NAME ARGUMENT...
    local name=$1
    shift
    expect 0 "lts-interp" lts-interp -q --run "$run" --align none --seed 7 --phase-iter 3 "$@" -o "$name.wav"
}
pair=(--a "$DS/audio/01 Now.wav@0.5" --b "$DS/audio/b.c.wav@0.25" --duration 1)
generate=(/interpolate_two/generate fff 1 0.5 0.25)
asks "not normalized" /output/normalize i 0
asks "iterations" /output/gf_iter i 3
answered '^/output/gf_iter i 3$'
answered 'iterations is set to: 3"'
asks "a seed" /seed i 7
answered '^/seed i 7$'
answered '^/report s "Seed is set to 7\."$'
alpha -0.5
renders "a constant" "${generate[@]}"
saves quarter
offline quarter_offline "${pair[@]}" --alpha 0.25
ok "a constant is lts-interp's" same quarter.wav quarter_offline.wav
renders "it again" "${generate[@]}"
saves again
ok "the same seed, the same bytes" cmp quarter.wav again.wav
renders "another excerpt" /interpolate_two/generate fff 0.5 1 1
renders "it again after another" "${generate[@]}"
saves again
ok "the same bytes" cmp quarter.wav again.wav
asks "normalized" /output/normalize i 1
renders "it, normalized" "${generate[@]}"
saves full
offline full_offline "${pair[@]}" --alpha 0.25 --normalize
ok "normalized is lts-interp's" same full.wav full_offline.wav
asks "not normalized" /output/normalize i 0

asks "points" /curve/points ffffff 0 1 0.25 0 1 0.5
answered '"Alfa vector is updated\."'
renders "along them" "${generate[@]}"
saves points
printf '0 1\n0.25 0\n1 0.5\n' >curve.txt
offline points_offline "${pair[@]}" --curve curve.txt
ok "a curve is lts-interp's" same points.wav points_offline.wav
alpha 0
asks "a file" /curve/load s "$PWD/curve.txt"
answered '"Alfa vector is updated\."'
renders "along it" "${generate[@]}"
saves file
ok "is the same curve" same file.wav points.wav

asks "pieces" /curve/begin i 5
asks "the latter piece" /curve/chunk iff 3 0.75 1
asks "the former" /curve/chunk ifff 0 0 0.25 0.5
asks "whole" /curve/end
answered '"Alfa vector is updated\."'
renders "along them" "${generate[@]}"
saves pieces
asks "at once" /set_alfa fffff -1 -0.5 0 0.5 1
renders "along it" "${generate[@]}"
saves whole
ok "a curve in pieces is the curve" same pieces.wav whole.wav
asks "begun" /curve/begin i 5
asks "one piece" /curve/chunk iff 0 0.75 1
refused "missing" /curve/end

asks "the curve's end" /set_alfa fffff -1 -0.5 0 0.5 -1
now_on
send /interpolate_two/retake fff 1 0.5 0.25
ok "a retake" await 'Audio generated' 20
ok "of a part" await 'Retake: 0\.[0-9]+ s of 1\.' 1
saves retake
renders "the whole" "${generate[@]}"
saves anew
ok "a part, not all, is new" differ retake.wav whole.wav

asks "alignment" /output/align s pitch
answered '^/output/align s "?pitch"?$'
answered '"Alignment is pitch\."'
asks "no such alignment" /output/align s sideways
answered '"/output/align: give none, pitch, time, both or auto\."'
cp "$LTS_SOURCE/tests/data/cqt/guitar.wav" . && faster guitar.wav faster.wav
guitars=(fff 0.5 0.25 0.2)
higher=(--a guitar.wav@0.25 --b faster.wav@0.2 --duration 0.5)
asks "a guitar" $two/first/audio_path s "$PWD/guitar.wav"
asks "above itself" $two/second/audio_path s "$PWD/faster.wav"
alpha -0.5
renders "aligned" /interpolate_two/generate "${guitars[@]}"
ok "says so" await '"Sounds aligned in pitch: b lies 3\.9 semitones above a in ' 1
saves pitch
offline pitch_offline "${higher[@]}" --alpha 0.25 --align pitch
ok "is lts-interp's" same pitch.wav pitch_offline.wav
asks "alignment" /output/align s none
renders "not aligned" /interpolate_two/retake "${guitars[@]}"
saves apart
offline apart_offline "${higher[@]}" --alpha 0.25
ok "is lts-interp's" same apart.wav apart_offline.wav
ok "is another sound" differ pitch.wav apart.wav
asks "alignment" /output/align s pitch
asks "another curve" /set_alfa f 0
now_on
send /interpolate_two/retake "${guitars[@]}"
ok "rendered" await 'Audio generated' 20
asks "a curve" /set_alfa ffff 0 0 0 1
now_on
send /interpolate_two/retake "${guitars[@]}"
ok "retaken" await 'Audio generated' 20
ok "of a part" await 'Retake: 0\.[0-9]+ s of 0\.' 1
asks "alignment" /output/align s none
asks "first" $two/first/audio_path s "$DS/audio/01 Now.wav"
asks "second" $two/second/audio_path s "$DS/audio/b.c.wav"

asks "drawn" /output/sample i 1
answered '^/output/sample i 1$'
alpha -0.5
renders "a sample" "${generate[@]}"
saves sample
offline sample_offline "${pair[@]}" --alpha 0.25 --sample
ok "is lts-interp's" same sample.wav sample_offline.wav
asks "not drawn" /output/sample i 0

renders "three sounds" /mix fsffsffsff 0.8 "$DS/audio/01 Now.wav" 0.5 0.5 b.c 0.25 0.25 "01 Now" 2 0.25
saves three
offline three_offline --duration 0.8 --mix "$DS/audio/01 Now.wav@0.5=0.5" --mix "$DS/audio/b.c.wav@0.25=0.25" \
    --mix "$DS/audio/01 Now.wav@2=0.25"
ok "are lts-interp's" same three.wav three_offline.wav

asks "a random seed" /seed
answered '^/seed $'
answered '"Seed is random\."'
renders "one" "${generate[@]}"
said=$(grep -o 'seed [0-9]*' out)
renders "two" "${generate[@]}"
ok "draw two seeds" [ "$said" != "$(grep -o 'seed [0-9]*' out)" ]

# --- The selection, the queue, saving early. ---

asks "a selection" /interpolate_two/select fff 0.5 3.5 2.5
answered '"Selection is set to 0\.5 s from 3\.5 s and 2\.5 s\."'
renders "the selection, up to both ends" /interpolate_two/generate
saves ends
ok "of its length" [ "$(samples ends.wav | wc -c)" -eq 64000 ]
refused "offset" /interpolate_two/select fff 1 -1 0
refused "duration" /interpolate_two/select fff 0 0 0
asks "it again" $two/play_again s bang
answered '"Playing the previous audio\.\.\."'
asks "stop" /sound/stop s STOP
answered '"Stopped audio playback'
lines 1
refused "Nothing to cancel." /interpolate_two/cancel

asks "iterations" /sound/set_phase_iter i 1000
answered 'iterations set to 64"'
asks "iterations" /sound/set_phase_iter i -3
answered 'iterations set to 0"'
asks "iterations" /sound/set_phase_iter i 40
now_on
for duration in 2.5 2 1.5; do send /interpolate_two/generate fff $duration 0 0; done
ok "a second render waits" await '"Queued' 5
ok "and a third" await 'duration set to 1\.5' 5
send $two/save
ok "the newest is heard" await 'Audio generated' 60
ok "and saved" await 'Saved the last' 60
ok "... which is the third" [ "$(samples out1/*.wav | wc -c)" -eq 192000 ]
ok "the second was dropped" [ "$(answers | grep -c 'Audio generated')" -le 2 ]
now_on
send /interpolate_two/generate fff 3 0 0
ok "one more" await '"Running phase' 20
send /interpolate_two/cancel
ok "is cancelled" await '"Cancelled\."' 1
sleep 0.3
ok "and not heard" eval '! answers | grep -q "Audio generated"'
asks "fewer iterations" /sound/set_phase_iter i 1

# --- Every other address, rightly and wrongly. ---

asks "a limit" /sound/limit f 0.75
answered '^/sound/limit f 0\.75[0]*$'
answered '^/report s "Paths stay within 0\.75 of what was trained\."$'
refused "Limit -1: give 0, for none, to 1000" /sound/limit f -1
refused "give a distance from what was trained, or 0 for none." /sound/limit f nan
renders "within it" "${generate[@]}"
answered '^/report s "The path is [0-9.]* from what was trained on average, [0-9.]* at most \([0-9]* % of it beyond 1\)\."$'
asks "no limit" /sound/limit i 0
answered '^/report s "Paths have no limit\."$'
asks "batch size" /batch_size/set i 32
answered '^/model/batch_size i 32$'
answered '^/report s '
asks "the list" /dataset/list
answered '^/dataset/list s "clear"$'
answered '^/dataset/list sfs "01 Now" 4\.000000 ".*/audio/01 Now\.wav"$'
answered '^/dataset/list sfs "b\.c" 3\.000000 '
answered '^/report s "2 sounds\."$'
"$client" sound "$DS/audio/new one.wav" 32000 1 660 0.3
asks "a sound that came" /sound/features s "new one.wav"
answered '^/report s "Features of new one: [0-9]+ frames\."$'
ok "has its array" [ -s "$DS/npy/new one.npy" ]
asks "the list" /dataset/list
answered '"3 sounds\."'
asks "it" $two/second/audio_path s "new one"
answered '^/report s "Second sound is set to: new one at the path '
asks "a path in parts" $two/first/audio_path ss "$DS/audio/01" Now.wav
answered '^/report s "First sound is set to: 01 Now at the path '
asks "the second" $two/second/audio_path s b.c.wav
refused "Could not " /sound/features s nothing.wav
asks "no run" /load/model s "$DS"
answered "Could not load the model"
ok "the model is kept" eval 'renders "still" "${generate[@]}"'

asks "a device" /audio/device/out s null
answered '^/report s "Audio output is set to null"$'
asks "a device by its number" /audio/device/out i 0
answered '^/report s "Audio output is set to '
refused "Could not set" /audio/device/out i 1000
refused "Could not set" /audio/device/out i -1
asks "no such device" /audio/device/out s "no such device"
answered 'Could not set'
asks "an input" /audio/device/in i 0
answered '^/report s "Audio input is set to '
refused "Could not set" /audio/device/in i -1
asks "a file" /audio/device/out s "file:$PWD/heard.wav"
answered '^/report s "Audio output is set to '
renders "a sound for it" "${generate[@]}"
sleep 0.6
asks "null again" /audio/device/out s null
ok "was heard" awk "BEGIN { exit !($("$client" peak heard.wav) > 0.001) }"

asks "meters" /meters i 1
answered '^/meters i 1$'
now_on
send $two/play_again
sleep 1
answers >out
count=$(grep -c '^/meter ff' out)
ok "ten meters a second, not $count" [ "$count" -ge 7 -a "$count" -le 12 ]
answered '^/playhead f 0\.'
asks "no meters" /meters i 0
now_on
sleep 0.3
ok "none" eval '! answers | grep -q /meter'

asks "a voice" /live/start fff 1 0 0
answered '^/report s "Voice 1 loops 01 Now(\.wav)? and b\.c(\.wav)?\."$'
for n in 2 3 4 5 6 7 8; do asks "voice $n" /live/$n/start; done
answered '"Voice 8 loops 01 Now'
for said in "alpha f 0.3" "alpha ff 0.5 0.5" "position f 0.5" "freeze i 1" "freeze i 0" "speed f -2" \
    "gain f 0.5" "transpose f 7"; do
    # shellcheck disable=SC2086
    asks "live $said" /live/3/$said
    lines 0
done
for said in "alpha f nan" "alpha f 50" "alpha f 1e30" "alpha ff 5 0" "alpha fff 1 1 1" "alpha s x" "position f 2" "position f -1" "freeze s x" \
    "speed f 9" "speed f inf" "gain f -1" "gain f 5" "transpose f 100" "start ff 1 0" "start fff 9 0 0"; do
    # shellcheck disable=SC2086
    refused "" /live/3/$said
done
refused "no such voice" /live/9/alpha f 1
refused "no such voice" /live/0/alpha f 1
asks "meters" /meters i 1
sleep 0.3
sync
ok "voices tell where they are" eval 'answers | grep -qE "^/live/8/at f 0\."'
ok "and how far from what was trained" eval 'answers | grep -qE "^/live/distance if 8 [0-9]"'
asks "no meters" /meters i 0
asks "it stops" /live/3/stop
answered '^/report s "Voice 3 stopped\."'
refused "does not sound" /live/3/stop
refused "does not sound: start it first" /live/3/alpha ff 0.5 0.5
asks "an alpha for its start" /live/3/alpha f 0.75
lines 0
asks "a mixture" /live/3/mix fsffsffsff 0.8 "01 Now" 0 0.5 b.c 0 0.25 "new one" 0 0.25
answered '^/report s "Voice 3 loops 3 sounds\."'
asks "weights" /live/3/alpha fff 0 1 0
lines 0
refused "" /live/3/alpha ff 0 1
refused "" /live/3/mix fsff 0.8 nothing 0 0.5
refused "" /live/3/mix fsf 0.8 b.c 0
asks "all stop" /sound/stop
refused "" /live/8/gain f 1

for wrong in "/curve/points f 1" "/curve/points ffff 0.5 1 0.25 0" "/curve/points ff nan 1" "/curve/begin i 0" \
    "/curve/begin i -5" "/curve/begin s x" "/curve/chunk i 0" "/curve/chunk iff 7 1 1" "/curve/load s nowhere.txt" \
    "/curve/load i 1" "/seed i -1" "/seed f 0.5" "/seed f nan" "/output/sample s x" "/output/normalize" \
    "/output/level s loud" "/output/level i 1" "/output/level" \
    "/output/normalize f nan" "/output/gf_iter s x" "/sound/set_phase_iter f inf" "/sound/set_phase_iter" \
    "/batch_size/set i 0" "/batch_size/set s x" "/meters s x" "/mix f 1" "/mix fsff 1 nothing 0 1" "/mix fsf 1 b.c 0" \
    "/mix fsffsff 1 b.c 0 1 b.c nan 1" "/mix fsffsff 99 b.c 0 1 b.c 0 1" "/mix fsffsff 0 b.c 0 1 b.c 0 1" \
    "/interpolate_two/select ff 1 0" "/interpolate_two/select fff nan 0 0" "/interpolate_two/generate fff inf 0 0" \
    "/interpolate_two/generate fff 0.001 0 0" "/load/dataset" "/load/dataset i 1" "/load/model" \
    "/sound/features" "$two/first/audio_path" "$two/first/audio_path f 1" "$two/save_folder" "/nothing/here" "/live" \
    "/" "/audio/device/out"; do
    # shellcheck disable=SC2086
    refused "" $wrong
done

# --- Another order, and a restart. ---

asks "a seed" /seed i 99
asks "levels in dB" /output/level s none
asks "a limit" /sound/limit f 2.5
alpha 0.5
asks "a selection" /interpolate_two/select fff 0.5 1 1
asks "alignment" /output/align s time
renders "before" /interpolate_two/generate
saves before
server_stop INT
ok "the state is there" [ -s state.json ]
server_start
asks "what is remembered" /state/send
for said in "/dataset s \"$DS/?\"" "/model/path s \"$RUN/?\"" "$two/first/name s \"01 Now\"" "$two/second/name s \"b\.c\"" \
    "/interpolate_two/select fff 0\.5[0]* 1\.[0]* 1\.[0]*" "$two/save_folder s \"$PWD/out1/?\"" "/output/normalize i 0" \
    '/output/level s "none"' "/sound/limit f 2\.5[0]*" "/output/align s \"time\"" "/sound/set_phase_iter i 1" "/seed i 99" "/audio/io s " '/report s "State sent\."'; do
    answered "^$said"
done
renders "after" /interpolate_two/generate
saves after
ok "the same bytes before and after" cmp before.wav after.wav
server_stop

rm state.json
cp -r ds ds2
server_start
asks "a run first" /load/model s "$RUN"
answered 'Model loaded successfully'
asks "then a data set" /load/dataset s "$DS"
answered 'Dataset is set'
asks "first" $two/first/audio_path s "01 Now.wav"
asks "second" $two/second/audio_path s b.c
renders "a sound" /interpolate_two/generate fff 0.5 0 0
asks "another data set" /load/dataset s "$scratch/ds2"
asks "what is set" /state/send
answered "^$two/first/path s \"$scratch/ds2/audio/01 Now.wav\"\$"
renders "a sound of it" /interpolate_two/generate fff 0.5 0 0
server_stop
rm state.json
server_start
asks "sounds before all" $two/first/audio_path s "01 Now.wav"
asks "..." $two/second/audio_path s "HD:ds:audio:b.c.wav"
asks "a data set" /load/dataset s "$DS"
answered "^$two/first/name s \"01 Now\"\$"
answered "^$two/second/name s \"b\.c\"\$"
asks "a run" /load/model s "$RUN"
renders "a sound" /interpolate_two/generate fff 0.5 0 0
server_stop

# --- Paths of elsewhere, and a root. ---

rm state.json
server_start --root "$scratch/ds" --path-map "D:/sets=$scratch" --path-map "E:\\ds=$scratch/ds"
asks "a mapped data set" /load/dataset s "D:/sets/ds/"
answered "^/dataset s \"$DS/?\""
asks "a mapped run" /load/model s 'E:\ds\timbre\run-000'
answered 'Model loaded successfully'
refused "Could not set the dataset" /load/dataset s "$scratch/ds2"
asks "a run outside" /load/model s "$scratch/ds2/timbre/run-000"
answered "Could not load the model"
asks "outside" $two/save_folder s "$scratch/out1"
ok "is refused" eval '! grep -q "set to" out'
asks "below the root" $two/save_folder s .
answered 'Save folder set to'
server_stop

# --- MIDI from a pipe. ---

mkfifo midi
server_start --dataset ds --run "$run" --midi "$PWD/midi"
asks "first" $two/first/audio_path s "01 Now.wav"
asks "second" $two/second/audio_path s b.c
asks "a selection" /interpolate_two/select fff 0.5 1 1
exec 3>midi
asks "meters" /meters i 1
now_on
printf '\x90\x3c\x64' >&3
ok "a note sounds" await '^/live/1/at ' 5
printf '\xb0\x01\x40\xe0\x00\x50\x90\x43\x64' >&3
ok "and a second" await '^/live/2/at ' 5
printf '\x80\x3c\x40\x43\x00' >&3
sleep 0.4
now_on
sleep 0.3
ok "both end" eval '! answers | grep -q "^/live/"'
asks "no meters" /meters i 0
exec 3>&-
server_stop

# --- How it starts, or does not. ---

server_start
first=$server
expect 1 "a port that is taken" lts-server --osc-port "$port" --state '' --audio-device null
says "$port"
one_line
server_stop
expect 2 "a port that is none" lts-server --osc-port 70000
expect 2 "a map that is none" lts-server --osc-port "$port" --path-map nothing --state ''
ok "a root that is not there" eval '! "$bin/lts-server" --osc-port $port --root nowhere --state "" >out 2>err'
one_line
expect 0 "devices" lts-server --list-devices
prints null
echo '{"dataset": 3' >state.json
server_start
ok "a damaged state is left aside" grep -q "state.json" server.err
asks "and it works" /test/connection
answered 'Connection works'
server_stop
server_start --audio-device "no such device"
ok "an unknown device is said" grep -qi "device" server.err
asks "and it works" /audio/devicelist
answered '^/audio/io'
server_stop

# Every report is one line of at most 119 bytes.
ok "lines are whole" eval '! grep -vqE "^[0-9a-f]{8}\.[0-9a-f]{8} /" replies'
ok "no report is too long" [ -z "$(sed -n 's/^[^ ]* \/report s "\(.*\)"$/\1/p' replies | awk 'length > 119')" ]
dump_stop
