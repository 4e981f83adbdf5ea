#!/usr/bin/env bash
# The recipes for data sets: what they make, and what they say when something is missing.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# recipe STATUS DESCRIPTION NAME ARGUMENT...: runs datasets/NAME.
recipe() {
    local status=$1 what=$2 code=0
    shift 2
    "$BASH" "$source/datasets/$1" "${@:2}" >out 2>err || code=$?
    ok "$what: exit status $status, got $code" [ "$code" -eq "$status" ]
}

for name in folder mixed-instruments rendered semantic-guitar sonic-pi; do
    recipe 2 "$name.sh with nothing" $name.sh
    says "usage: $name.sh DATASET"
    one_line
done

recipe 0 "rendered sounds" rendered.sh rendered "$bin/lts-render-set"
ok "24 of them" [ "$(find rendered/audio -name '*.wav' | wc -l)" -eq 24 ]
ok "with a licence" grep -q CC0 rendered/LICENSE.txt
recipe 0 "own recordings" folder.sh own rendered/audio
ok "linked" [ -e own/audio/audio/wind_220.wav ]
recipe 1 "the same folder again" folder.sh own rendered/audio
says "own/audio/audio: there already"
recipe 1 "a folder that is not there" folder.sh other nowhere
says "nowhere: no such folder"

# Stand-ins for the programs that render: each copies a sound to the last *.wav it is told of.
mkdir programs empty
wav note.wav 44100 1 1
cat >programs/sox <<SCRIPT
#!$BASH
for word in "\$@"; do
    case \$word in
    *.wav) last=\$word ;;
    *.mid) head -c 4 "\$word" >>"$scratch/heads" ;;
    esac
done
cp "$scratch/note.wav" "\$last"
SCRIPT
chmod +x programs/sox
cp programs/sox programs/fluidsynth
touch font.sf2
PATH=$scratch/programs:$PATH
(
    # Where one of them is missing.
    bash=$BASH
    rm -f programs/espeak-ng
    PATH=$scratch/programs
    "$bash" "$source/datasets/mixed-instruments.sh" mixed font.sf2
) >out 2>err && ok "a missing program is refused" false
says "packages are missing; install them (tools/dependencies sounds): espeak-ng"
one_line
ok "and nothing is made" [ ! -e mixed ]
cp programs/sox programs/espeak-ng
recipe 1 "no SoundFont" mixed-instruments.sh mixed nowhere.sf2
says "nowhere.sf2: no SoundFont can be read there"
one_line
recipe 0 "notes, voices and plucked strings" mixed-instruments.sh mixed font.sf2
ok "100 of them" [ "$(find mixed/audio -name '*.wav' | wc -l)" -eq 100 ]
ok "notes are MIDI files" [ "$(head -c 8 heads)" = MThdMThd ]
ok "with a licence" grep -q "SoundFont" mixed/LICENSE.txt

# Labelled notes: a small tree, as the whole takes minutes, and the real one where it lies.
rm -f heads
recipe 0 "a few labelled notes" semantic-guitar.sh --small few font.sf2
ok "88 of them" [ "$(find few/audio -name '*.wav' | wc -l)" -eq 88 ]
ok "of 5 descriptors" [ "$(ls -d few/audio/*/* | wc -l)" -eq 5 ]
ok "8 of magnitude 0" [ "$(find few/audio/ModulationFX/Fluttery/0 -name '1-*.wav' | wc -l)" -eq 8 ]
ok "each at two more" [ "$(find few/audio/EQFX/Bright -name '1-21.wav' | wc -l)" -eq 2 ]
ok "without anything else" [ -z "$(find few/audio -type f ! -name '1-*.wav')" ]
ok "notes are MIDI files" [ "$(head -c 8 heads)" = MThdMThd ]
ok "with a licence" grep -q "SoundFont" few/LICENSE.txt
recipe=$source/datasets/semantic-guitar.sh
sed -n '/^descriptors="/,/"$/p' "$recipe" | grep -o '[A-Za-z]*FX/[A-Za-z]*' >descriptors
ok "the whole has 19" [ "$(sort -u descriptors | wc -l)" -eq 19 ]
while IFS=/ read -r _ descriptor; do
    ok "an effect for $descriptor" grep -q "^    $descriptor)" "$recipe"
done <descriptors
recipe 0 "the real set" semantic-guitar.sh --real few real
ok "is linked" [ -e real/audio/EQFX/Dark/100/1-0.wav ]
recipe 1 "the real set again" semantic-guitar.sh --real few real
says "real/audio: there already"
recipe 1 "a real set that is not there" semantic-guitar.sh --real nowhere real
says "nowhere: no such folder: download it from https://zenodo.org/records/11398253"
recipe 1 "a folder of something else" semantic-guitar.sh --real mixed another
says "mixed/audio: no GROUP/DESCRIPTOR/MAGNITUDE/STRING-FRET.wav in it"
recipe 2 "another option" semantic-guitar.sh --large few
one_line
recipe 1 "no SoundFont" semantic-guitar.sh other nowhere.sf2
says "nowhere.sf2: no SoundFont can be read there"
one_line
