#!/usr/bin/env bash
# lts-search from the shell: sounds, frames and notes that are near, playlists, sets of no use. And
# lts-plot latent of a run of labelled notes.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# value FILE OFFSET TYPE: a number in a WAV's header. event NAME: the lines of a kind in out.
value() { od -An -t "$3" -j "$2" -N "${3#?}" "$1" | tr -d ' '; }
event() { grep "^{\"event\":\"$1\"" out; }
events() { grep -c "^{\"event\":\"$1\"" out || true; }
names() { event "$1" | sed 's/.*"name":"\([^"]*\)".*/\1/' | tr '\n' ' '; }
first_distance() { event "$1" | head -1 | sed 's/.*"distance":\([0-9.e-]*\).*/\1/'; }
below() { awk "BEGIN { exit !($1 < $2) }"; }

set_name="Köln's \"set\" 100%d"
mkdir -p "$set_name/audio"
cp "$source"/tests/data/cqt/{guitar,breakbeat}.wav "$set_name/audio"
wav "$set_name/audio/noise.wav" 32000 1 1
wav "$set_name/audio/silence.wav" 32000 1 1 silence
printf '[audio]\nsample_rate = 32000\nn_iter = 1\nbins_per_octave = 24\nnum_octaves = 6\n' >default.ini
expect 0 "a data set" lts-dataset -q "$set_name"
small=(-q --threads 2 --set VAE.n_units=32 --set training.learning_rate=1e-3 --set training.batch_size=64)
expect 0 "a run" lts-train "${small[@]}" --preset original-tensorflow --set VAE.latent_dim=5 --set training.epochs=3 "$set_name"
expect 0 "a run with levels" lts-train "${small[@]}" --set VAE.latent_dim=5 --set training.epochs=1 "$set_name"
rm default.ini
run="$set_name/timbre/run-000"

expect 0 "a search" lts-search --run "$run" --threads 1 "$set_name/audio/guitar.wav"
prints "sound      1 "
prints "frame      1 "
ok "every sound" [ "$(grep -c ^sound out)" -eq 4 ]
ok "ten frames at most" [ "$(grep -c ^frame out)" -le 10 ]
ok "its points are kept" [ "$(find "$run/search" -name '*.npy' | wc -l)" -eq 1 ]
cp out first
before=$(ls -i "$run/search")
expect 0 "again, on other threads" lts-search --run "$run" --threads 3 guitar
ok "is the same" cmp first out
ok "by the points that were kept" [ "$before" = "$(ls -i "$run/search")" ]
expect 0 "as JSON" lts-search --run "$run" --json -q --count 2 guitar
ok "itself first" [ "$(names sound | cut -d' ' -f1)" = guitar ]
ok "at no distance: $(first_distance sound)" below "$(first_distance sound)" 0.01
ok "as many as asked for" [ "$(events sound) $(events frame)" = "2 2" ]
ok "and where" [ -n "$(event frame | grep '"time":[0-9.]*,"query_time":[0-9.]*}')" ]
expect 0 "an excerpt" lts-search --run "$run" --json -q --count 1 --find frames guitar@0.5 --duration 0.2
ok "frames alone" [ "$(events sound) $(events frame)" = "0 1" ]
seconds=$(event frame | sed 's/.*"query_time":\([0-9.]*\)}/\1/')
ok "at the time in the file: $seconds" below 0.49 "$seconds"
ok "within the excerpt" below "$seconds" 0.71
expect 0 "sounds alone" lts-search --run "$run" --json -q --find sounds guitar
ok "no frames" [ "$(events frame)" -eq 0 ]
expect 0 "frames far apart" lts-search --run "$run" --json -q --apart 100 guitar
ok "are of a sound each" [ "$(names frame | tr ' ' '\n' | sort | uniq -d | tr -d '\n')" = "" ]
expect 0 "silence" lts-search --run "$run" --json -q --count 1 silence
ok "finds silence" [ "$(names sound)" = "silence " ]
expect 0 "with levels" lts-search --run "$set_name/timbre/run-001" --json -q --count 1 breakbeat
ok "finds itself" [ "$(names sound)" = "breakbeat " ]
expect 0 "a model's file" lts-search --run "$run/model/best.safetensors" --dataset "$set_name" --json -q --count 1 guitar
ok "finds it too" [ "$(names sound)" = "guitar " ]
expect 0 "a folder of arrays" lts-search --run "$run" --dataset "$set_name/npy" --json -q --count 1 guitar
ok "is a data set" [ "$(names sound)" = "guitar " ]

expect 0 "a playlist" lts-search --run "$run" --count 2 --find sounds --excerpt 0.3 --playlist list.wav -q guitar
ok "at the model's rate" [ "$(value list.wav 24 u4)" -eq 32000 ]
ok "of two excerpts and a gap" [ "$(($(wc -c <list.wav) / 4000 * 4000))" -eq $(((2 * 9600 + 8000) * 4 / 4000 * 4000)) ]
ok "that says what of" grep -aqF "found near $set_name/audio/guitar.wav, model " list.wav
cp list.wav again.wav
expect 0 "the same again" lts-search --run "$run" --count 2 --find sounds --excerpt 0.3 --playlist list.wav -q guitar
ok "is the same" cmp list.wav again.wav
expect 0 "as JSON" lts-search --run "$run" --count 1 --playlist list.wav --json -q guitar
prints '{"event":"playlist","file":"list.wav","seconds":'
"$bin/lts-search" --run "$run" --playlist - -q - <"$set_name/audio/guitar.wav" >piped.wav 2>err
ok "through pipes" [ "$(head -c 4 piped.wav)" = RIFF ]

# What changed is encoded anew, and what was made before goes.
mkdir copy && cp -r "$set_name/." copy/
expect 0 "a copy" lts-search --run copy/timbre/run-000 --dataset copy -q guitar
before=$(ls copy/timbre/run-000/search)
rm copy/npy/noise.npy
expect 0 "an array less" lts-search --run copy/timbre/run-000 --dataset copy --json -q guitar
ok "a sound less" [ "$(events sound)" -eq 3 ]
ok "the old points are gone" [ "$(ls copy/timbre/run-000/search | grep -cxF "$before" || true)" -le 1 ]
rm -r copy/timbre/run-000/search && touch copy/timbre/run-000/search
expect 0 "where nothing can be kept" lts-search --run copy/timbre/run-000 --dataset copy --count 1 guitar
says "the points are not kept"
ok "it is found all the same" [ "$(grep -c '^sound .* guitar$' out)" -eq 1 ]
rm -r copy/audio && cp "$source/tests/data/cqt/guitar.wav" alone.wav
expect 1 "a playlist of sounds that are gone" lts-search --run copy/timbre/run-000 --dataset copy -q --playlist none.wav alone.wav
one_line
ok "is not written" [ ! -e none.wav ]

wrong() { # STATUS MESSAGE ARGUMENT...
    expect "$1" "wrong: $2" lts-search "${@:3}"
    says "$2"
    one_line
}
wrong 2 "--count=0" --run "$run" --count 0 guitar
wrong 2 "--count=1001" --run "$run" --count 1001 guitar
wrong 2 "--apart=-1" --run "$run" --apart -1 guitar
wrong 2 "--find=all of it" --run "$run" --find "all of it" guitar
wrong 2 "--excerpt has no meaning without --playlist" --run "$run" --excerpt 1 guitar
wrong 1 "did you mean guitar?" --run "$run" guitr
wrong 1 "no such run" --run "no such run" guitar
mkdir empty
wrong 1 "empty" --run "$run" --dataset empty guitar
printf '[audio]\nbins_per_octave = 12\nnum_octaves = 3\n' >other.ini
mkdir -p other/audio && wav other/audio/n.wav 44100 1 1
expect 0 "another feature" lts-dataset -q --config other.ini other
wrong 1 "n.npy: " --run "$run" --dataset other guitar.wav
wrong 2 "guitar.wav" --run "$run" --playlist "$set_name/audio/guitar.wav" guitar
rm -r "$run/search"
no_temporaries .

# --- Notes with labels ----------------------------------------------------------------------------

for descriptor in Bright Dark; do
    for magnitude in 0 50 100; do
        for fret in 0 1 2; do
            mkdir -p notes/audio/Group/$descriptor/$magnitude
            wav notes/audio/Group/$descriptor/$magnitude/1-$fret.wav $((20000 + 500 * fret + 7 * magnitude + 50 * ${#descriptor})) 1 1
        done
    done
done
printf '[semantic]\nfilters = 4, 4, 3\nlatent_dimensions = 5\n[training]\nepochs = 2\nbatch_size = 4\n' >semantic.ini
expect 0 "notes" lts-dataset --config semantic.ini --quiet notes
for condition in none descriptor perceptual; do
    expect 0 "a run, told $condition" lts-train --config semantic.ini -q --set semantic.condition=$condition notes
done
for run in notes/semantic/run-00{0,1,2}; do
    expect 0 "near notes" lts-search --run $run --json -q --count 3 notes/audio/Group/Dark/50/1-2.wav
    ok "three" [ "$(events note)" -eq 3 ]
    ok "no frames" [ "$(events frame)" -eq 0 ]
    ok "the note itself first" [ "$(names note | cut -d' ' -f1)" = Group/Dark/50/1-2.wav ]
    prints '"descriptor":"Dark","magnitude":50,"pitch":"F#4"}'
    expect 0 "a map of the run" lts-plot latent --run $run --by all --method pca -o map.csv
    ok "a row for each note" [ "$(wc -l <map.csv)" -eq 19 ]
    ok "those of magnitude 0 are shared" [ "$(grep -c '^[0-9]*,,0,' map.csv)" -eq 6 ]
    ok "labels of the others" grep -q '^[0-9]*,Dark,50,F#4,' map.csv
done
run=notes/semantic/run-000
expect 0 "as text" lts-search --run $run --count 2 notes/audio/Group/Dark/50/1-2.wav --playlist notes.wav --excerpt 0.5
prints " 50 F#4"
ok "a playlist of notes" [ -s notes.wav ]
expect 0 "a picture by lot" lts-plot latent --run $run --dataset notes --by descriptor --points 10 --method pca -o few.csv
ok "of as many points" [ "$(wc -l <few.csv)" -eq 11 ]
expect 0 "a picture" lts-plot latent --run $run --by descriptor --method pca -o map.svg
ok "with its legend" grep -qF '<text>Dark</text>' map.svg
expect 2 "labels of frames" lts-plot latent --run "$set_name/timbre/run-000" --by pitch -o x.png
says "is no run of labelled notes"
one_line
expect 2 "two sources of points" lts-plot latent map.npy --run $run --by pitch -o x.png
says "give one of them"
