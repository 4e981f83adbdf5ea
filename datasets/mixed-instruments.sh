#!/usr/bin/env bash
# Makes DATASET/audio of about five minutes of notes, voices and plucked strings that programs of
# Debian render: mixed-instruments.sh DATASET [SOUNDFONT]
# The same versions of the programs and the same SoundFont give the same sounds.
set -euo pipefail
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: mixed-instruments.sh DATASET [SOUNDFONT]" >&2; exit 2; }
dataset=$1
font=${2:-/usr/share/sounds/sf2/TimGM6mb.sf2}

missing=""
for program in fluidsynth espeak-ng sox; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
[ -e "$font" ] || [ $# -eq 2 ] || missing="$missing timgm6mb-soundfont"
if [ -n "$missing" ]; then
    echo "mixed-instruments.sh: packages are missing; install them (tools/dependencies sounds):$missing" >&2
    exit 1
fi
[ -r "$font" ] || { echo "mixed-instruments.sh: $font: no SoundFont can be read there" >&2; exit 1; }
mkdir -p "$dataset/audio"
audio=$(cd "$dataset/audio" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A MIDI file of one note, a tick a millisecond: 2.4 s held, 0.6 s of release.
midi() { # PROGRAM KEY
    local track file
    track=$(printf '00c0%02x 0090%02x64 926080%02x40 8458ff2f00' "$1" "$2" "$2")
    track=${track// /}
    file=$(printf '4d546864 00000006 0000000101f4 4d54726b %08x %s' $((${#track} / 2)) "$track")
    printf "$(sed 's/../\\x&/g' <<<"${file// /}")"
}

# Name, General MIDI program (from 0) and the lowest of three keys.
instruments="piano 0 45  vibraphone 11 57  xylophone 13 65  organ 19 43  accordion 21 50  guitar 24 45
    bass 32 31  violin 40 60  cello 42 40  harp 46 48  strings 48 50  choir 52 50  trumpet 56 57
    horn 60 45  saxophone 65 52  oboe 68 60  clarinet 71 53  flute 73 64  sitar 104 48  kalimba 108 60"
set -- $instruments
while [ $# -ge 3 ]; do
    for above in 0 7 16; do
        key=$(($3 + above))
        midi "$2" $key >"$scratch/note.mid"
        fluidsynth -q -i -n -R 0 -C 0 -g 2 -r 44100 -T wav -O s16 -F "$scratch/note.wav" \
            "$font" "$scratch/note.mid" >/dev/null
        sox -D "$scratch/note.wav" "$audio/$1-$key.wav" remix - fade t 0 3 0.1
    done
    shift 3
done

sentences=("The glass hums while the kettle boils." "A slow bell rings over the water."
    "Strings and stones make different sounds." "Listen to what lies between them.")
for voice in en-gb+f2 de+m3 it+f4 sv+m1 fr+m7; do
    for i in "${!sentences[@]}"; do
        espeak-ng -v "$voice" -s 130 -p $((30 + 15 * i)) -w "$audio/voice-${voice/+/-}-$i.wav" \
            "${sentences[i]}"
    done
done

# Plucked strings of Karplus and Strong.
for key in 36 40 43 47 50 52 55 59 62 64 67 69 72 74 76 79 81 83 86 88; do
    sox -R -D -n -r 44100 -c 1 -b 16 "$audio/pluck-$key.wav" synth 3 pluck %$((key - 69)) \
        gain -3 fade t 0 3 0.05
done

cat >"$dataset/LICENSE.txt" <<'LICENCE'
Nothing in audio/ is a recording of this project; the sounds were rendered here.
Instruments: FluidSynth (LGPL 2.1 or later) with the SoundFont TimGM6mb by Tim Brechbill and David
Bolton (GPL 2), unless another was named; the sounds contain its samples and are under its licence.
Voices: eSpeak NG (GPL 3 or later), of sentences of this project.
Plucked strings: synthesised by SoX, no samples; CC0 1.0.
LICENCE
echo "$dataset/audio: $(find "$audio" -name '*.wav' | wc -l) sounds; now run lts-dataset $dataset"
