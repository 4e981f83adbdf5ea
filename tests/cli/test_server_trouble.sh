#!/usr/bin/env bash
# lts-server when what it works with changes, goes away or makes no sense.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

small_set ds
cp -r ds kept
mkdir saved
pick_ports
dump_start
server_start --seed 7 --dataset ds --run "$run"
asks "first" $two/first/audio_path s "01 Now.wav"
asks "second" $two/second/audio_path s b.c
asks "a folder" $two/save_folder s "$PWD/saved"
asks "iterations" /sound/set_phase_iter i 1
generate=(/interpolate_two/generate fff 0.5 0 0)
# fails TEXT: a render that cannot be is said to be so.
fails() {
    now_on
    send "${generate[@]}"
    ok "says '$1'" await "^/report s \"(Could not generate: )?.*$1" 10
    answers >out
    ok "nothing is played" eval '! grep -q "Audio generated" out'
}
alive() { ok "$1: it is there" eval 'asks "" /test/connection && grep -q "Connection works" out'; }

# Too far out: refused, and the curve before stays.
asks "alfa" /set_alfa f 0
printf '%s\n' 0 4.5 >far.txt
for value in 3e38 -3e38 1e30 7.1 -7.1; do
    refused ": choose -3 to 4 (/set_alfa: -7 to 7)" /set_alfa ff 0 $value
done
refused "alpha 4.5: choose -3 to 4" /curve/points ffff 0 0 1 4.5
refused "alpha 4.5: choose -3 to 4" /curve/load s "$PWD/far.txt"
for value in 7 -7; do
    asks "alfa $value" /set_alfa f $value
    answered '^/report s "Alfa vector is updated'
    now_on
    send "${generate[@]}"
    ok "alfa $value: is answered" await '^/report s "(Audio generated|Could not generate)' 20
done
asks "alfa" /set_alfa f 0
asks "a file" /audio/device/out s "file:$PWD/live.wav"
asks "a voice" /live/start fff 1 0 0
for value in 3e38 -3e38 1e30 4.5 -3.5; do
    refused "choose -3 to 4" /live/alpha f $value
    refused "choose -4 to 4" /live/alpha ff 0 ${value/-3.5/-4.5}
done
for value in 4 -3 0.5 4; do
    asks "as far as it goes" /live/alpha f $value
    lines 0
    sleep 0.2
done
asks "back" /live/alpha f 0.5
sleep 0.5
asks "null" /audio/device/out s null
ok "no sample is worse than full scale" awk "BEGIN { p = $("$client" peak live.wav); exit !(p > 0 && p <= 1) }"
ok "it sounds again" [ "$(samples live.wav | tail -c 6400 | od -An -v -w4 -t f4 | awk '$1 != 0' | wc -l)" -gt 1000 ]
asks "stop" /sound/stop
alive "far out"

# The model's files are emptied under it.
for file in "$run"/model/*; do : >"$file"; done
renders "with the model it has" "${generate[@]}"
asks "the empty one" /load/model s "$run"
answered "Could not load the model"
renders "with the model it had" "${generate[@]}"
asks "a voice" /live/start fff 0.5 0 0
answered "Voice 1 loops"
cp -r kept/. ds

# Sounds are emptied, cut, taken away, turned to words or to no numbers.
: >ds/audio/b.c.wav
fails "b\.c\.wav"
refused "b.c.wav: the file is empty" /live/2/start fff 0.5 0 0
head -c 2000 kept/audio/b.c.wav >ds/audio/b.c.wav
fails "b\.c\.wav: cut short"
rm ds/audio/b.c.wav
fails "b\.c\.wav"
echo words >ds/audio/b.c.wav
fails "b\.c\.wav"
wav ds/audio/b.c.wav 32000 1 1 nan
fails "not a finite number"
refused "not a finite number" /live/2/start fff 0.5 0 0
refused "not a finite number" /sound/features s b.c.wav
wav ds/audio/b.c.wav 32000 1 0
refused "no samples" $two/second/audio_path s b.c
mv ds gone
fails "No such file"
refused "Could not list the data set" /dataset/list
refused "Could not compute features" /sound/features s b.c
refused "Could not set the dataset" /load/dataset s "$PWD/ds"
mv gone ds
cp -r kept/. ds
renders "all is back" "${generate[@]}"
cp "kept/audio/01 Now.wav" ds/audio/b.c.wav
touch -d "1 minute ago" ds/audio/b.c.wav
asks "a seed" /seed i 7
asks "save" $two/save
renders "another sound under the name" "${generate[@]}"
asks "save" $two/save
ok "is another sound" differ saved/generated_audio-0000{0,1}.wav
cp kept/audio/b.c.wav ds/audio/b.c.wav

# Files that never end, or never begin.
mkfifo pipe
for file in /dev/zero /dev/null "$PWD/pipe" "$PWD/ds"; do
    now_on
    send /curve/load s "$file"
    sync 5 || { echo "a curve of $file: nothing is handled any more" && exit 1; }
    ok "and refused" eval 'answers | grep -q "Could not update the alfa vector"'
    asks "$file as a recording" /audio/device/out s "file:$file"
    answered "Could not set the audio output"
    asks "$file as a sound" $two/first/audio_path s "$file"
    answered "Could not set the first sound"
done

# The folder to save in.
rm -r saved
refused "Could not save: " $two/save
mkdir saved saved/generated_audio-00001.wav
: >saved/generated_audio-00000.wav
asks "save" $two/save
ok "what is there is left" [ -s saved/generated_audio-00002.wav -a ! -s saved/generated_audio-00000.wav ]
mkdir mnt
if mount -t tmpfs -o size=16k tmpfs mnt 2>/dev/null; then
    asks "a small disk" $two/save_folder s "$PWD/mnt"
    refused "Could not save: " $two/save
    ok "nothing is left on it" [ -z "$(find mnt -type f)" ]
    mount -o remount,ro mnt
    asks "a disk that is read" $two/save
    answered "Could not save: "
    umount mnt
    asks "the folder" $two/save_folder s "$PWD/saved"
fi

# The state cannot be saved: said, and not all the time.
mv state.json state.kept
mkdir state.json
now_on
send /seed i 5
ok "the state is not saved" await "Could not save the state" 3
sleep 1
ok "is said once" [ "$(answers | grep -c "Could not save the state")" -eq 1 ]
rmdir state.json
for _ in $(seq 70); do [ -s state.json ] && break || sleep 0.1; done # it tries again, not at once
ok "then it is" [ -s state.json ]
asks "a seed" /seed i 7

# A recording that was made is not made anew at the next start.
asks "a recording" /audio/device/out s "file:$PWD/recorded.wav"
renders "a sound for it" "${generate[@]}"
sleep 0.6
server_stop
cp recorded.wav recorded.kept
rm server.out
"$bin/lts-server" --osc-port "$port" --reply "127.0.0.1:$back" --state "$PWD/state.json" >server.out 2>server.err &
server=$!
for _ in $(seq 500); do grep -qs "Listening on" server.out server.err && break || sleep 0.02; done
alive "with a recording remembered"
sleep 0.3
server_stop
ok "the recording is kept" cmp recorded.wav recorded.kept

# Two servers, one folder.
rm -rf saved/*
server_start --dataset ds --run "$run"
asks "null" /audio/device/out s null
asks "a folder" $two/save_folder s "$PWD/saved"
renders "one" "${generate[@]}"
first=$server one=$port
pick_ports
cp state.json state2.json
"$bin/lts-server" --osc-port "$port" --reply "127.0.0.1:$back" --state "$PWD/state2.json" >server2.out 2>&1 &
server=$!
dump_stop
dump_start
for _ in $(seq 500); do grep -qs "Listening on" server2.out && break || sleep 0.02; done
renders "two" "${generate[@]}"
for _ in $(seq 15); do
    send $two/save
    oscsend 127.0.0.1 "$one" $two/save
done
sync
sleep 0.3
server_stop
server=$first
server_stop
ok "thirty sounds" [ "$(find saved -name 'generated_audio-000[0-2][0-9].wav' | wc -l)" -eq 30 ]
ok "and nothing else" [ "$(find saved -type f | wc -l)" -eq 30 ]
dump_stop
