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

for name in folder mixed-instruments rendered sonic-pi; do
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
