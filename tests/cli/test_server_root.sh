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
