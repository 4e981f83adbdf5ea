#!/usr/bin/env bash
# lts-server --root where links inside it lead out of it, and files that are none.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

small_set ds
mkdir -p outside/npy outside/.lts ds/saved
cp -r "$run" outside/run
cp "$run/config.ini" outside/config.ini
at=$scratch/ds
run=$at/timbre/run-000
pick_ports
dump_start

# What a killed server left is swept, what is young or another's is not.
sleep 0 &
gone=$(printf '%lx' $!)
wait $!
old() { touch -d '1 hour ago' "$@"; }
old state.json.tmp-"$gone"-1 ds/saved/generated_audio-00001.wav.tmp-"$gone"-1 \
    ds/saved/mine.wav.tmp-"$gone"-1 state.json.tmp-"$(printf '%lx' $$)"-1
touch state.json.tmp-"$gone"-2
server_start --root "$at" --seed 1 --dataset "$at" --run "$run"
asks "a folder" $two/save_folder s "$at/saved"
server_stop
server_start --root "$at" --seed 1
ok "a state half written is gone" [ ! -e state.json.tmp-"$gone"-1 ]
ok "a sound half written is gone" [ ! -e ds/saved/generated_audio-00001.wav.tmp-"$gone"-1 ]
ok "what is young stays" [ -e state.json.tmp-"$gone"-2 ]
ok "what is being written stays" [ -e state.json.tmp-"$(printf '%lx' $$)"-1 ]
ok "other files stay" [ -e ds/saved/mine.wav.tmp-"$gone"-1 ]
rm -f state.json.tmp-* ds/saved/*.tmp-*
asks "first" $two/first/audio_path s "01 Now.wav"
asks "second" $two/second/audio_path s b.c
asks "features" /sound/features s b.c
answered "Features of b\.c: [0-9]+ frames"

# --- Links out. ---

find outside -type f -exec md5sum {} + | sort >files
untouched() { ok "nothing is written outside" diff files <(find outside -type f -exec md5sum {} + | sort); }
# instead PATH TARGET: a link in its place; back PATH: what was there.
instead() { mv "$1" "$1.kept" && ln -s "$2" "$1"; }
back() { rm "$1" && mv "$1.kept" "$1"; }

for target in "$scratch/outside/npy" ../outside/npy; do
    instead ds/npy "$target"
    refused "lies outside of" /sound/features s b.c
    untouched
    back ds/npy
done
for name in .lts config.ini b.c.npy .lts/b.c.ini; do
    instead "ds/npy/$name" "$scratch/outside/$name"
    refused "Could not compute features: $at/npy/" /sound/features s b.c
    untouched
    back "ds/npy/$name"
done
instead ds/npy "$at/npy.kept"
asks "a link that stays inside" /sound/features s b.c
answered "Features of b\.c"
back ds/npy

touch outside/secret.npy
for name in model model/best.safetensors model/last.safetensors; do
    [ -e "$run/$name" ] || continue
    instead "$run/$name" "$scratch/outside/run/$name"
    asks "$name" /load/model s "$run"
    answered "Could not load the model: .*lies outside of"
    ok "it is not loaded" eval '! grep -q successfully out'
    back "$run/$name"
done
sed -i 's/^batch_size *=.*/batch_size = 77/' outside/run/config.ini
ok "another batch size" grep -q "batch_size = 77" outside/run/config.ini
find outside -type f -exec md5sum {} + | sort >files
instead "$run/config.ini" "$scratch/outside/run/config.ini"
asks "the run" /load/model s "$run"
answered "Model loaded successfully"
answered "^/model/batch_size i 64"
refused "Could not compute features: $run/config.ini" /sound/features s b.c
back "$run/config.ini"

# A folder that was accepted, and replaced by a link since: wherever that leads.
mkdir -p ds/deep/saved ds/elsewhere outside/saved
find outside -type f -exec md5sum {} + | sort >files
asks "a folder" $two/save_folder s "$at/deep/saved"
answered "Save folder set to $at/deep/saved"
renders "a sound" /interpolate_two/generate fff 0.5 0 0
for place in deep/saved deep; do
    for target in "$scratch/outside" "$at/elsewhere"; do
        instead ds/$place "$target"
        refused "Could not save: $at/$place: has become a link" $two/save
        untouched
        ok "nor inside" [ -z "$(find ds/elsewhere ds/deep.kept ds/deep/saved.kept -type f 2>/dev/null)" ]
        back ds/$place
    done
done
asks "iterations" /sound/set_phase_iter i 64
"$client" sound ds/audio/long.wav 32000 15 440 0.4
long=(/mix fsffsff 15 long 0 0.5 long 0 0.5)
now_on
send "${long[@]}"
ok "a longer one begins" await '"Running phase estimation'
send $two/save
ok "to be saved when it is rendered" await '"Saving when the sound is rendered'
instead ds/deep "$scratch/outside"
ok "is not saved through a link" await "Could not save: $at/deep: has become a link" 60
untouched
back ds/deep
asks "save" $two/save
answered "Saved the last generated sound at the path: $at/deep/saved/generated_audio-00000.wav"
mv ds/deep/saved ds/away
refused "Could not save: $at/deep/saved: no such folder" $two/save
mkdir ds/deep/saved
asks "a folder made again" $two/save
answered "Saved the last generated sound"
no_temporaries ds

# A sound that is a link by the time its render begins.
cp "ds/audio/b.c.wav" outside/b.c.wav
find outside -type f -exec md5sum {} + | sort >files
now_on
send "${long[@]}"
ok "a render begins" await '"Running phase estimation'
send /interpolate_two/generate fff 0.7 0 0
ok "another waits" await '"Queued: '
instead ds/audio/b.c.wav "$scratch/outside/b.c.wav"
ok "and is refused" await "Could not generate: $at/audio/b\.c\.wav: lies outside of" 60
refused "Could not generate: $at/audio/b.c.wav: lies outside of" /interpolate_two/generate fff 0.5 0 0
back ds/audio/b.c.wav
rm outside/b.c.wav ds/audio/long.wav
asks "iterations" /sound/set_phase_iter i 1

# A data set and a run that were accepted, and replaced by links since.
mkdir ds/sets ds/sets/ds2 outside/sets
cp -r ds/audio ds/npy ds/timbre ds/sets/ds2
cp -r ds/sets/ds2 outside/sets/ds2
find outside -type f -exec md5sum {} + | sort >files
asks "a data set below the root" /load/dataset s "$at/sets/ds2"
answered "Dataset is set to: +$at/sets/ds2"
asks "and its run" /load/model s "$at/sets/ds2/timbre/run-000"
answered "Model loaded successfully"
asks "first" $two/first/audio_path s "01 Now.wav"
answered "First sound is set to"
asks "second" $two/second/audio_path s b.c
for place in sets/ds2 sets; do
    instead ds/$place "$scratch/outside/$place"
    refused "Could not list the data set: " /dataset/list
    refused "Could not set the first sound: " $two/first/audio_path s b.c
    refused "Could not compute features: " /sound/features s b.c
    refused "Could not generate: " /interpolate_two/generate fff 0.5 0 0
    refused "Could not generate: " /live/start fff 0.5 0 0
    asks "the run" /load/model s "$at/sets/ds2/timbre/run-000"
    answered "Could not load the model: "
    untouched
    back ds/$place
done
rm -r outside/sets
find outside -type f -exec md5sum {} + | sort >files
asks "the data set again" /load/dataset s "$at"
asks "the run again" /load/model s "$run"
answered "Model loaded successfully"

# A recording goes on in another file when a model of another rate is loaded: not along a link.
mkdir ds/record
cp -r "$run" ds/other_run
sed -i 's/"audio.sample_rate":"[0-9]*"/"audio.sample_rate":"22050"/' ds/other_run/model/*.safetensors
asks "a recording" /audio/device/out s "file:$at/record/take.wav"
answered "Audio output is set to file:$at/record/take.wav"
instead ds/record "$scratch/outside"
asks "a model of another rate" /load/model s "$at/other_run"
answered "Silent: $at/record: has become a link"
refused "Could not set the audio output: " /audio/device/out s "file:$at/record/more.wav"
untouched
back ds/record
ok "the first part is whole" [ -s ds/record/take.wav ]
asks "the null device" /audio/device/out s null
asks "the run of the sounds' rate" /load/model s "$run"
answered "Model loaded successfully"

instead ds/audio "$scratch/outside"
cp ds/audio.kept/b.c.wav outside/b.c.wav
refused "Could not list the data set: " /dataset/list
asks "a sound" $two/first/audio_path s b.c
answered "Could not set the first sound: "
back ds/audio
rm outside/b.c.wav
untouched

# --- No files. ---

mkfifo ds/pipe ds/pipe.npy ds/audio/pipe.wav
printf '0\n1\n' >ds/curve.txt
for name in pipe pipe.npy audio/pipe.wav .; do
    refused "Could not update the alfa vector" /curve/load s "$at/$name"
    refused "Could not set the first sound" $two/first/audio_path s "$at/$name"
    asks "$name" /load/model s "$at/$name"
    answered "Could not load the model"
done
truncate -s 1T ds/huge.txt
refused "larger than" /curve/load s "$at/huge.txt"
instead "$run/config.ini" "$at/pipe"
asks "a pipe as settings" /load/model s "$run"
answered "Model loaded successfully"
back "$run/config.ini"
for name in best last; do
    [ -e "$run/model/$name.safetensors" ] || continue
    mv "$run/model/$name.safetensors" "$name.kept"
    mkfifo "$run/model/$name.safetensors"
done
asks "pipes as models" /load/model s "$run"
answered "Could not load the model"
for name in best last; do
    [ -e "$name.kept" ] || continue
    rm "$run/model/$name.safetensors"
    mv "$name.kept" "$run/model/$name.safetensors"
done
instead ds/npy/config.ini "$at/pipe"
asks "a pipe beside the arrays" /sound/features s b.c
ok "is answered" grep -q "eatures" out
back ds/npy/config.ini
asks "a curve" /curve/load s "$at/curve.txt"
answered "Alfa vector is updated"
server_stop

# Without a root devices can be named, and links lead where they lead.
server_start --seed 1
for name in /dev/zero /dev/null /dev/stdin /proc/kmsg; do
    [ -e $name ] || continue
    refused "Could not update the alfa vector" /curve/load s $name
    refused "Could not set the first sound" $two/first/audio_path s $name
    asks "$name" /load/model s $name
    answered "Could not load the model"
done
instead ds/npy "$scratch/outside/npy"
cp -r ds/npy.kept/. outside/npy
asks "features" /sound/features s b.c
answered "Features of b\.c"
server_stop
