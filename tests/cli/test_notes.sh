#!/usr/bin/env bash
# lts-dataset --features stft from the shell: notes with labels, what is wrong with some, and kills.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# A tree as the original's, of noise at different rates: 2 descriptors, 2 magnitudes, 3 pitches, and
# the notes of magnitude 0 that all share.
wav one.wav 22050 1 1
# part FILE SKIP BYTES: a WAV of some samples of one.wav.
part() {
    { head -c 4 one.wav && le32 $((36 + $3)) && head -c 40 one.wav | tail -c 32 && le32 "$3" &&
        head -c $((44 + $2 + $3)) one.wav | tail -c "$3"; } >"$1"
}
for note in Tone/Bright/50 Tone/Bright/100 Tone/Dark/50 Tone/Dark/100 Mod/Fluttery/0; do
    mkdir -p "a set/audio/$note"
    for fret in 0 1 2; do part "a set/audio/$note/1-$fret.wav" $(((10 * fret + ${#note}) * 100)) 40000; done
done

expect 0 "a set of notes" lts-dataset --features stft "a set"
prints "done        15  11.1 s of sound, 15 frames"
silent
ok "in one shard" [ "$(ls "a set/npy/"*.npy)" = "a set/npy/notes-000001-001.npy" ]
table="a set/npy/notes-000001-001.csv"
ok "with a table" [ "$(head -1 "$table")" = "file,group,descriptor,magnitude,pitch,min,max,stamp,hash" ]
ok "a row a note" [ "$(wc -l <"$table")" -eq 16 ]
ok "of its labels" grep -q '^Tone/Dark/100/1-2.wav,Tone,Dark,100,F#4,' "$table"
ok "the array is (15,512,64)" grep -aq "'shape': (15, 512, 64)" "a set/npy/notes-000001-001.npy"
ok "and its size" [ "$(stat -c %s "a set/npy/notes-000001-001.npy")" -eq $((128 + 15 * 512 * 64 * 4)) ]
ok "its settings are kept" grep -q "^features = stft$" "a set/npy/config.ini"
cp "$table" before
expect 0 "again" lts-dataset -F stft "a set"
prints "skipped     15  up to date"
ok "nothing was written" cmp before "$table"
expect 0 "--json" lts-dataset --json -F stft "a set"
prints '{"event":"sound","name":"Mod/Fluttery/0/1-0.wav","outcome":"skipped","frames":1,'

# What is wrong with sounds, a line each.
wav "a set/audio/Tone/Bright/50/1-3.wav" 44100 2 1 silence
wav "a set/audio/odd.wav" 22050 1 1
head -c 9000 one.wav >"a set/audio/Tone/Dark/50/1-4.wav"
wav "a set/audio/Tone/Dark/50/1-5.wav" 22050 1 1 nan
part "a set/audio/Tone/Dark/50/1-6.wav" 0 8820
rm "a set/audio/Tone/Dark/100/1-1.wav"
expect 3 "a set with faults" lts-dataset -F stft "a set"
prints "done         3"
prints "skipped     14"
prints "failed       2"
prints "1-4.wav: cut short"
prints "1-5.wav: sample 0 (0.000000 s)"
says "a set/audio/odd.wav: a note without labels: its path is not {group}/{descriptor}/{magnitude}/{pitch}"
says "a set/audio: Dark of magnitude 100 lacks pitches that most have: F4"
says "1-3.wav: silent from end to end"
says "1-6.wav: 0.2 s long: filled up with silence to 0.74 s"
says "a set/audio: sounds of several rates: "
says "a set/audio/Tone/Dark/100/1-1.wav: no such sound is left, but training would still use its note"
ok "six lines" [ "$(wc -l <err)" -eq 6 ]
no_temporaries "a set"
printf 'file,descriptor,magnitude,pitch\nodd,Odd,10,A4\n' >"a set/labels.csv"
expect 3 "labels from a table" lts-dataset -F stft "a set"
ok "its label is known" grep -q "^odd.wav,,Odd,10,A4," "a set/npy/"*.csv
printf 'file,pitch\nodd,H4\n' >"a set/labels.csv"
expect 1 "a wrong table" lts-dataset -F stft "a set"
says "lts-dataset: a set/labels.csv: line 2: pitch: expected a file, a magnitude from 0, a pitch such as A4"
one_line
rm "a set/labels.csv"

# Flat names, and patterns of one's own.
mkdir -p flat/audio own/audio/guitar
cp one.wav flat/audio/CrunchX75X1-5.wav
expect 0 "flat names" lts-dataset -F stft flat
ok "are labels" grep -q "^CrunchX75X1-5.wav,,Crunch,75,A4," flat/npy/*.csv
says "flat/audio: a single note: nothing can be held out from training"
one_line
cp one.wav "own/audio/guitar/Very Bright_40_Bb3.wav"
expect 0 "a pattern" lts-dataset -F stft --set "labels.pattern={group}/{descriptor}_{magnitude}_{pitch}" own
ok "takes names apart" grep -q "^guitar/Very Bright_40_Bb3.wav,guitar,Very Bright,40,A#3," own/npy/*.csv
for wrong in '{colour}' '{pitch' 'none' '{pitch}{group}'; do
    expect 2 "the pattern $wrong" lts-dataset -F stft --set "labels.pattern=$wrong" own
    says "[labels] pattern = $wrong: "
    one_line
done
for wrong in sample_rate=0 duration=0 duration=1000 n_fft=1 hop=0 floor=0 floor=x; do
    expect 2 "stft.$wrong" lts-dataset -F stft --set "stft.$wrong" own
    one_line
done
expect 2 "an odd window" lts-dataset -F stft --set stft.n_fft=1023 own
says "[stft]: n_fft = 1023: must be an even number"

# Arrays of another kind, and parts.
expect 1 "another kind" lts-dataset flat
says "flat/npy/config.ini: the arrays beside it were made with features = stft, now cqt"
expect 1 "other settings" lts-dataset -F stft --set stft.hop=128 flat
says "made with hop 256, now 128: correct [stft]"
expect 2 "--force in parts" lts-dataset -F stft --force --shard 1/2 flat
says "notes cannot be made anew in parts"
expect 0 "--force" lts-dataset -F stft --set stft.hop=128 --force flat
prints "done         1"

# Killed at any moment, no note is made twice but those of the last shard, and none is lost.
mkdir -p many/audio
for copy in $(seq 1 40); do
    mkdir -p "many/audio/G/D$copy/50"
    for fret in $(seq 0 22); do ln one.wav "many/audio/G/D$copy/50/1-$fret.wav"; done
done
for wait in 0.2 0.4 0.6; do
    "$bin/lts-dataset" -q -F stft --jobs 2 many >/dev/null 2>&1 &
    sleep "$wait"
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
done
whole=0
for array in many/npy/notes-*.npy; do
    [ ! -e "$array" ] || whole=$((whole + $(wc -l <"${array%.npy}.csv") - 1))
done
expect 0 "the rest" lts-dataset -F stft --jobs 2 many
prints "skipped $(printf %6d $whole)"
prints "done    $(printf %6d $((920 - whole)))"
ok "920 notes" [ "$(cat many/npy/notes-*.csv | grep -c '^G/')" -eq 920 ]
ok "each once" [ "$(cat many/npy/notes-*.csv | cut -d, -f1 | sort | uniq -d | grep -c '^G/')" -eq 0 ]
