#!/usr/bin/env bash
# Makes DATASET/audio of 1,771 guitar notes labelled by descriptor, magnitude and pitch, a stand-in
# for the Semantic Timbre Dataset with its tree, audio/GROUP/DESCRIPTOR/MAGNITUDE/STRING-FRET.wav:
# semantic-guitar.sh [--small] DATASET [SOUNDFONT]
# The real one, wherever it lies: semantic-guitar.sh --real FOLDER DATASET
# The same versions of the programs and the same SoundFont give the same sounds.
set -euo pipefail
usage="usage: semantic-guitar.sh DATASET [SOUNDFONT] (or --small DATASET, --real FOLDER DATASET)"
fail() { echo "semantic-guitar.sh: $1" >&2 && exit "${2:-1}"; }

# Group, descriptor and what rises (+) or falls (-) with its magnitude; `effect` below makes it.
descriptors="DistortionFX/Crunch DistortionFX/Crush DistortionFX/Dirt DistortionFX/Fuzz
    DynamicsFX/Punch DynamicsFX/Smooth DynamicsFX/Soft DynamicsFX/Tight
    EQFX/Bright EQFX/Dark EQFX/Fat EQFX/Resonant EQFX/Sharp EQFX/Thin
    ModulationFX/Fluttery ModulationFX/Jittery ModulationFX/Shimmery ModulationFX/Stuttering
    ModulationFX/WahWah"
magnitudes="25 50 75 100"
frets=$(seq 0 22)
case ${1-} in
--small)
    descriptors="DistortionFX/Crunch EQFX/Bright EQFX/Dark EQFX/Thin ModulationFX/Fluttery"
    magnitudes="50 100"
    frets="0 3 6 9 12 15 18 21"
    shift
    ;;
--real)
    [ $# -eq 3 ] || fail "$usage" 2
    real=$2 dataset=$3
    [ ! -d "$real/audio" ] || real=$real/audio
    [ -d "$real" ] || fail "$2: no such folder: download it from https://zenodo.org/records/11398253 (1,771 notes) or https://huggingface.co/datasets/JoeCameron1/SemanticTimbreDataset (all 275,310)"
    found=$(find -L "$real" -mindepth 4 -name '*.wav' -print -quit)
    [ -n "$found" ] || fail "$real: no GROUP/DESCRIPTOR/MAGNITUDE/STRING-FRET.wav in it"
    [ ! -e "$dataset/audio" ] || fail "$dataset/audio: there already: remove it or name another folder"
    mkdir -p "$dataset"
    ln -s "$(cd "$real" && pwd)" "$dataset/audio"
    echo "$dataset/audio: linked; now run lts-dataset --features stft $dataset"
    exit 0
    ;;
--*) fail "$usage" 2 ;;
esac
[ $# -ge 1 ] && [ $# -le 2 ] || fail "$usage" 2
dataset=$1
font=${2:-/usr/share/sounds/sf2/TimGM6mb.sf2}

missing=""
for program in fluidsynth sox; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
[ -e "$font" ] || [ $# -eq 2 ] || missing="$missing timgm6mb-soundfont"
[ -z "$missing" ] || fail "packages are missing; install them (tools/dependencies semantic):$missing"
[ -r "$font" ] || fail "$font: no SoundFont can be read there"
mkdir -p "$dataset/audio"
audio=$(cd "$dataset/audio" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A MIDI file of one note of General MIDI's clean electric guitar, a tick a millisecond: 0.9 s held,
# 0.1 s of release.
midi() { # KEY
    local track file
    track=$(printf '00c01b 0090%02x64 870480%02x40 64ff2f00' "$1" "$1")
    track=${track// /}
    file=$(printf '4d546864 00000006 0000000101f4 4d54726b %08x %s' $((${#track} / 2)) "$track")
    printf "$(sed 's/../\\x&/g' <<<"${file// /}")"
}

# The sum of a sound, such as the note itself, and of the note through a chain of effects.
sum() { # SOUND ITS_LEVEL LEVEL_OF_NOTE EFFECT...
    local dry=$1 first=$2 second=$3 part=$out.part.wav
    shift 3
    sox -R -D -v 0.5 "$note" "$part" "$@"
    sox -R -D -m -v "$first" "$dry" -v "$second" "$part" "$out" gain -n -3
    rm "$part"
}

# of EXPRESSION: a number of the magnitude, m from 0.25 to 1, and of the pitch's frequency, f.
of() { awk -v m="$m" -v f="$f" "BEGIN { printf \"%.6g\", $1 }"; }
plain() { sox -R -D "$note" "$out" "$@" gain -n -3; }

# note, m and f to out: each descriptor by one effect, whose strength is the magnitude.
effect() { # DESCRIPTOR
    case $1 in
    # More of the energy above the fundamental: what a clipper makes of the note, ever louder
    # beside it. A clipper driven further would also hold the note up and lose the partials of its
    # attack.
    Crunch) sum "$note" 0.7 "$(of '0.5 * m ^ 1.5')" overdrive 20 10 highpass -2 "$(of '2 * f')" ;;
    Dirt)
        sum "$note" 0.7 "$(of '0.6 * m ^ 1.5')" overdrive 30 90 \
            sinc "$(of '1.5 * f')-$(of '6.5 * f')" vol -1
        ;;
    Fuzz) sum "$note" 0.7 "$(of '0.02 + 0.35 * m ^ 2')" gain 40 sinc "$(of '2.5 * f')" ;;
    # Fewer levels: 8 bits of which the note fills ever fewer.
    Crush)
        sox -R -D "$note" -b 8 "$out.8.wav" gain -n "$(of '-6 - 30 * m')"
        sox -R -D "$out.8.wav" -b 16 "$out" gain -n -3
        rm "$out.8.wav"
        ;;
    # More of the energy at the beginning, or less; a shorter note.
    Punch) sum "$note" 0.5 "$(of '3 * m')" fade t 0 0.12 0.08 pad 0 0.88 ;;
    Soft) plain fade t "$(of '0.02 + 0.28 * m')" ;;
    Tight) plain fade t 0 "$(of '1 - 0.75 * m')" "$(of '0.5 - 0.4 * m')" pad 0 "$(of '0.75 * m')" ;;
    # Less energy in higher partials, or more.
    Smooth) plain lowpass -1 "$(of 'f * (6 - 5 * m)')" ;;
    Dark) plain lowpass -2 "$(of 'f * (5 - 4.2 * m)')" ;;
    Bright) plain treble "$(of '18 * m')" "$(of '2 * f')" 0.5s ;;
    # More energy at the fundamental, or less.
    Fat) plain equalizer "$f" 1q "$(of '18 * m')" ;;
    Thin) plain highpass -2 "$(of 'f * (0.5 + 3 * m)')" ;;
    # A peak, where a string resonates or a pick scratches.
    Resonant) plain equalizer "$(of '3 * f')" 8q "$(of '24 * m')" ;;
    Sharp) plain equalizer 4000 1q "$(of '20 * m')" ;;
    # Deeper swings of the level: slow, irregular, or as a gate has them.
    Fluttery) plain tremolo 7 "$(of '90 * m')" ;;
    Jittery) plain tremolo 11 "$(of '60 * m')" tremolo 17.3 "$(of '60 * m')" ;;
    Stuttering) plain tremolo 12 "$(of '95 * m')" tremolo 12 "$(of '95 * m')" ;;
    # An octave above, detuned so that it beats with the note's own; of its partials the first.
    Shimmery)
        sum "$note" 0.7 "$(of '0.3 + 2 * m')" pitch 1215 sinc "-$(of '2.6 * f')" \
            chorus 0.6 0.8 20 0.4 1.5 2 -s
        ;;
    # The upper partials swing.
    WahWah)
        sox -R -D "$note" "$out.low.wav" sinc "-$(of '2.5 * f')"
        sum "$out.low.wav" 0.5 1 sinc "$(of '2.5 * f')" tremolo 5 "$(of '40 + 55 * m')"
        rm "$out.low.wav"
        ;;
    esac
}

# Every descriptor and magnitude of one pitch.
make_pitch() { # FRET
    local fret=$1 key=$((64 + $1)) pair note out m f
    note=$scratch/$fret/note.wav
    f=$(awk "BEGIN { printf \"%.4f\", 440 * 2 ^ (($key - 69) / 12) }")
    mkdir -p "$scratch/$fret"
    midi $key >"$scratch/$fret/note.mid"
    fluidsynth -q -i -n -R 0 -C 0 -g 1 -r 44100 -T wav -O s16 -F "$scratch/$fret/long.wav" \
        "$font" "$scratch/$fret/note.mid" >/dev/null
    sox -R -D "$scratch/$fret/long.wav" "$note" remix - fade t 0 1 0.05 gain -n -3
    mkdir -p "$audio/ModulationFX/Fluttery/0"
    cp "$note" "$audio/ModulationFX/Fluttery/0/1-$fret.wav"
    for pair in $descriptors; do
        for magnitude in $magnitudes; do
            m=$(awk "BEGIN { print $magnitude / 100 }")
            mkdir -p "$audio/$pair/$magnitude"
            out=$audio/$pair/$magnitude/1-$fret.wav
            effect "${pair#*/}"
        done
    done 2> >(grep -v -i 'clipped\|decrease volume' >&2)
}

# A pitch a processor at a time.
running=0
for fret in $frets; do
    make_pitch "$fret" &
    running=$((running + 1))
    if [ "$running" -ge "$(getconf _NPROCESSORS_ONLN)" ]; then
        wait -n
        running=$((running - 1))
    fi
done
while [ "$running" -gt 0 ]; do
    wait -n
    running=$((running - 1))
done

cat >"$dataset/LICENSE.txt" <<'LICENCE'
Nothing in audio/ is a recording of this project; the sounds were rendered here: FluidSynth (LGPL 2.1
or later) with the SoundFont TimGM6mb by Tim Brechbill and David Bolton (GPL 2), unless another was
named, and effects of SoX; the sounds contain the SoundFont's samples and are under its licence.
LICENCE
echo "$dataset/audio: $(find "$audio" -name '*.wav' | wc -l) notes; now run lts-dataset --features stft $dataset"
