#!/usr/bin/env bash
# Wrong settings end every tool alike, however they come: 2 for what they say, 1 for a file that
# cannot be read.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

mkdir -p set/audio
cp "$source"/tests/data/cqt/{guitar,breakbeat}.wav set/audio
printf '[audio]\nsample_rate = 32000\nn_iter = 1\nbins_per_octave = 24\nnum_octaves = 6\n' >good.ini
small=(--set VAE.n_units=32 --set VAE.latent_dim=5 --set training.epochs=1)
expect 0 "a data set" lts-dataset -q -c good.ini set
expect 0 "a run" lts-train -q -c good.ini "${small[@]}" set
a=set/audio/guitar.wav b=set/audio/breakbeat.wav

# with FILE STATUS: every tool that reads settings, from that file.
with() {
    local status=$2 what="$1: exit status $2"
    expect "$status" "lts-dataset, $what" lts-dataset -c "$1" set
    one_line
    expect "$status" "lts-train, $what" lts-train -c "$1" "${small[@]}" set
    one_line
    expect "$status" "lts-plot, $what" lts-plot spectrogram $a -c "$1" -o x.png
    one_line
    expect "$status" "lts-decode, $what" lts-decode --features set/npy/guitar.npy -c "$1" -o x.wav
    one_line
}
# inside FILE STATUS: the same as the config.ini of a run and beside arrays.
inside() {
    local status=$2 what="$1 inside: exit status $2"
    rm -rf run other
    cp -r set/timbre/run-000 run
    cp "$1" run/config.ini
    expect "$status" "lts-interp, $what" lts-interp --run run --a $a --b $b --alpha 0.5 -o x.wav
    one_line
    expect "$status" "lts-interp --batch, $what" lts-interp --run run --batch
    one_line
    expect "$status" "lts-decode, $what" lts-decode --run run z.npy -o x.wav
    one_line
    expect "$status" "lts-train --resume, $what" lts-train --resume run
    one_line
    cp -r set other
    cp "$1" other/npy/config.ini
    expect "$status" "lts-dataset, $what" lts-dataset -c good.ini other
    one_line
    expect "$status" "lts-train, $what" lts-train -c good.ini "${small[@]}" other
    one_line
}
expect 0 "a path" lts-encode -q --run set/timbre/run-000 $a -o z.npy
printf '[audio]\nhop_length = x\n' >value.ini
printf '[audio]\nhop_length 5 5\n' >line.ini
printf 'hop_length = 128\n' >no_section.ini
printf '[audio]\nhop_length = 128\nhop_length = 64\n' >twice.ini
for wrong in value line no_section twice; do
    with $wrong.ini 2
    inside $wrong.ini 2
done
mkdir folder.ini
for unreadable in missing folder; do with $unreadable.ini 1; done
if [ "$(id -u)" -ne 0 ]; then
    cp good.ini locked.ini
    chmod a-r locked.ini
    with locked.ini 1
fi
for set in audio.hop_length=x audio.hop_length=0 nonsense.x=1 audio "audio.cqt_fmin=H"; do
    expect 2 "lts-dataset --set $set" lts-dataset --set "$set" set
    one_line
    expect 2 "lts-train --set $set" lts-train --set "$set" set
    one_line
    expect 2 "lts-plot --set $set" lts-plot spectrogram $a --set "$set" -o x.png
    one_line
done
ok "nothing was written" [ ! -e x.wav ] && ok "no picture either" [ ! -e x.png ]

# Presets, and settings that are printed instead of used.
expect 2 "no such preset" lts-train --preset nonsense set
one_line
says "must be auto, default, original-tensorflow"
expect 2 "a preset for a run that goes on" lts-train --preset small --resume set/timbre/run-000
one_line
expect 0 "what a preset would use" lts-train -c good.ini --preset small --print-settings
cp out printed.ini
ok "the preset's own" grep -q '^latent_dim = 16$' printed.ini
ok "the file's" grep -q '^hop_length = 128$' printed.ini && ok "and its rate" grep -q '^sample_rate = 32000$' printed.ini
expect 0 "read again" lts-train -c printed.ini --print-settings
ok "they are the same" cmp out printed.ini
ok "nothing was trained" [ ! -e set/timbre/run-001 ]
expect 0 "a preset's run" lts-train -q -c good.ini --preset small --set VAE.n_units=32 --set training.epochs=1 set
ok "is its" grep -q '^preset = small$' set/timbre/run-001/config.ini
