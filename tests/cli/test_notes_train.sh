#!/usr/bin/env bash
# lts-train on notes from the shell: classifiers of descriptors, and what it says of sets that lack
# something.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# Noise: Long of 0.74 s and more, Brief of 0.1 s and then silence.
wav one.wav 22050 1 1
# part FILE SKIP BYTES: a WAV of some samples of one.wav.
part() {
    { head -c 4 one.wav && le32 $((36 + $3)) && head -c 40 one.wav | tail -c 32 && le32 "$3" &&
        head -c $((44 + $2 + $3)) one.wav | tail -c "$3"; } >"$1"
}
mkdir -p set/audio/Tone/{Long,Brief}/{50,100} set/audio/Tone/Long/0
for fret in $(seq 0 8); do
    part "set/audio/Tone/Long/50/1-$fret.wav" $((100 * fret)) 40000
    part "set/audio/Tone/Long/100/1-$fret.wav" $((100 * fret + 50)) 40000
    part "set/audio/Tone/Brief/50/1-$fret.wav" $((100 * fret)) 4410
    part "set/audio/Tone/Brief/100/1-$fret.wav" $((100 * fret + 50)) 4410
    part "set/audio/Tone/Long/0/1-$fret.wav" $((100 * fret + 20)) 8820
done
expect 0 "a set of notes" lts-dataset --features stft set

# A classifier of descriptors.
printf '%s\n' '[audio]' 'features = stft' '[inversynth]' 'source = notes' 'architecture = own' \
    'layers = 4x9x5/4x4, 4x5x3/4x2' '[dataset]' 'validation = 0.25' '[training]' 'epochs = 6' \
    'batch_size = 4' >classes.ini
expect 0 "a classifier of notes" lts-train --config classes.ini --threads 1 set
says "descriptors: 2"
ok "names what is plain" [ "$(awk -F, '$1 == "descriptor" { print ($3 > 90) }' set/inversynth/run-000/report.csv)" = 1 ]
ok "without notes of magnitude 0" grep -aq '"dataset.frames":"36"' set/inversynth/run-000/model/best.safetensors
ok "and says its classes" grep -aq '"descriptors":"Brief\\nLong"' set/inversynth/run-000/model/best.safetensors
expect 0 "resumed" lts-train --resume set/inversynth/run-000
expect 0 "stopped and resumed" lts-train --resume set/inversynth/run-000 --set training.epochs=7
ok "for one more epoch" [ "$(wc -l <set/inversynth/run-000/history.csv)" -eq 8 ]
expect 2 "a classifier of notes is no matcher" lts-match --run set/inversynth/run-000 one.wav -o match.wav
one_line
says "names descriptors of notes"
expect 2 "frames are no notes" lts-train --config classes.ini --set audio.features=cqt set
one_line
says "set [audio] features to stft"

# Sets that lack something.
printf '%s\n' '[semantic]' 'filters = 2, 2, 2, 2, 2' 'latent_dimensions = 2' '[training]' \
    'epochs = 1' >semantic.ini
told="--set semantic.condition=descriptor"
expect 0 "notes and what they are" lts-train --config semantic.ini $told set
cp one.wav set/audio/odd.wav
expect 0 "a note without labels" lts-dataset --features stft set
says "odd.wav: a note without labels"
expect 0 "it is trained on" lts-train --config semantic.ini set
expect 1 "it cannot be told of" lts-train --config semantic.ini $told set
says "odd.wav: nothing says its pitch"
expect 0 "it has no class" lts-train --config classes.ini --set training.epochs=1 set
ok "nor do notes of magnitude 0" grep -aq '"dataset.frames":"36"' set/inversynth/run-001/model/best.safetensors
mkdir -p single/audio/Tone/Long/100
cp one.wav single/audio/Tone/Long/100/1-0.wav
expect 0 "one note" lts-dataset --features stft single
expect 0 "one note is trained on" lts-train --config semantic.ini $told single
says "a single file cannot be held out"
expect 2 "one note has no classes" lts-train --config classes.ini single
one_line
says "have 1 descriptor at magnitudes above 0, expected 2 or more"
mkdir -p bare/audio
expect 1 "no notes" lts-train --config semantic.ini bare
one_line
says "bare/npy"
