#!/usr/bin/env bash
# Notes of a run from the shell: made from labels, of the data set, between two, and as arrays.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# Notes of noise, each another stretch of it, at a level of its own; magnitude 0 is everybody's.
wav one.wav 22050 1 2
part() {
    { head -c 4 one.wav && le32 $((36 + $3)) && head -c 40 one.wav | tail -c 32 && le32 "$3" &&
        head -c $((44 + $2 + $3)) one.wav | tail -c "$3"; } >"$1"
}
for note in Tone/Bright/50 Tone/Bright/100 Tone/Dark/50 Tone/Dark/100 Mod/Fluttery/0; do
    mkdir -p "set/audio/$note"
    for fret in 0 5; do
        part "set/audio/$note/1-$fret.wav" $(((10 * fret + ${#note}) * 100)) 33000
    done
done
rm -r set/audio/Tone/Dark/100/1-5.wav
printf '%s\n' '[semantic]' 'filters = 4, 4, 3' 'latent_dimensions = 5' '[training]' 'epochs = 2' \
    'batch_size = 4' >ini
expect 0 "notes" lts-dataset --config ini --quiet set
for condition in none descriptor perceptual; do
    expect 0 "trains, told $condition" lts-train --config ini --quiet \
        --set semantic.condition=$condition --set extra.description=$condition set
done
run=set/none/run-000

field() { sed -n "s/.*\"$2\":\([0-9.e-]*\).*/\1/p" "$1"; }
# The size of a note's WAV: 16317 samples of 3 bytes, a header and a comment.
is_note() { [ "$(stat -c %s "$1")" -ge 48951 ] && [ "$(stat -c %s "$1")" -lt 51000 ]; }

for condition in none descriptor perceptual; do
    expect 0 "a note, told $condition" lts-generate --run set/$condition/run-000 \
        --descriptor Bright --magnitude 50 --pitch A4 --json -o $condition
    ok "of 24 bits" is_note $condition/BrightX50XA4.wav
    ok "is all that is made" [ "$(ls $condition)" = BrightX50XA4.wav ]
    ok "of 0.74 s" [ "$(field out seconds)" = 0.74 ]
    ok "that sounds" awk "BEGIN { exit !($(field out peak) > 0.001 && $(field out peak) < 100) }"
done
ok "an integer WAV has 24 bits" [ "$(od -An -t u2 -j 34 -N 2 none/BrightX50XA4.wav | tr -d ' ')" = 24 ]
ok "at 22050 Hz" [ "$(od -An -t u4 -j 24 -N 4 none/BrightX50XA4.wav | tr -d ' ')" = 22050 ]
ok "its comment tells the labels" grep -qa 'note BrightX50XA4, seed 0, model ' none/BrightX50XA4.wav

# --- Draws ---------------------------------------------------------------------------------------

for folder in first again; do
    expect 0 "three, $folder" lts-generate --run $run --descriptor bright --magnitude 50 \
        --pitch 1-5 -q --count 3 --seed 7 --threads $((${#folder} % 3 + 1)) -o $folder
done
ok "three files" [ "$(ls first | tr '\n' ' ')" = 'brightX50XA4-1.wav brightX50XA4-2.wav brightX50XA4-3.wav ' ]
ok "the same bytes again" diff -r first again
ok "each another" [ "$(cat first/*-1.wav | md5sum)" != "$(cat first/*-2.wav | md5sum)" ]
expect 0 "another seed" lts-generate --run $run --descriptor bright --magnitude 50 --pitch 69 -q \
    --count 3 --seed 8 -o other
ok "is another note" [ "$(tail -c 40000 first/*-1.wav | md5sum)" != "$(tail -c 40000 other/*-1.wav | md5sum)" ]
expect 0 "no spread" lts-generate --run $run --descriptor Bright --magnitude 50 --pitch A4 -q \
    --count 2 --spread 0 -o same
ok "is the mean, each time" cmp same/BrightX50XA4-1.wav same/BrightX50XA4-2.wav

# --- The note of the data set --------------------------------------------------------------------

expect 0 "from data" lts-generate --run $run --descriptor Dark --magnitude 100 --pitch E4 \
    --from-data --json --bits 32f -o data
ok "two notes" [ "$(ls data | tr '\n' ' ')" = 'DarkX100XE4.wav DarkX100XE4_source.wav ' ]
prints '"path":"Tone/Dark/100/1-0.wav"'
expect 0 "the source as a data set's array" lts-encode -q --run $run \
    data/DarkX100XE4_source.wav -o source.npy
expect 0 "and its sound" lts-encode -q --run $run set/audio/Tone/Dark/100/1-0.wav -o sound.npy
# min and max in dB, the last two columns.
levels() { tail -c 8 "$1" | od -An -t f4; }
ok "the source is as loud: $(levels source.npy), $(levels sound.npy)" awk -v a="$(levels source.npy)" \
    -v b="$(levels sound.npy)" 'BEGIN { split(a, x); split(b, y); d = x[2] - y[2]; exit !(d < 1.5 && d > -1.5) }'
expect 0 "a clean note" lts-generate --run $run --descriptor Dark --magnitude 0 --pitch A4 \
    --from-data --json -o data
prints '"path":"Mod/Fluttery/0/1-5.wav"'

# --- Labels alone --------------------------------------------------------------------------------

expect 0 "a mixture" lts-generate --run $run --descriptor Bright=0.6,Dark=0.4 --magnitude 75 \
    --pitch E4 -q -o mixed
ok "by its name" is_note mixed/Bright=0.6,Dark=0.4X75XE4.wav
expect 0 "beyond the magnitudes" lts-generate --run $run --descriptor Bright --magnitude 130 \
    --pitch E4 -q -o mixed
cp -r set/descriptor/run-000 alone
sed -i 's/^datapath = .*/datapath = gone/' alone/config.ini
expect 0 "no data set" lts-generate --run alone --descriptor Bright --magnitude 70 --pitch G4 -o alone/out
ok "its levels are learned" eval '! grep -q "no data set" err'
ok "a note from labels" is_note alone/out/BrightX70XG4.wav
expect 0 "once more" lts-generate --run alone --descriptor Bright --magnitude 70 --pitch G4 -o alone/same
ok "is the same" cmp alone/out/BrightX70XG4.wav alone/same/BrightX70XG4.wav
mv alone/model/prior.safetensors prior
expect 0 "of a model of an earlier version" lts-generate --run alone --descriptor Bright \
    --magnitude 70 --pitch G4 -o alone/same
says "no data set is known: levels span -46.8"
ok "is another, of N(0,1)" eval '! cmp -s alone/out/BrightX70XG4.wav alone/same/BrightX70XG4.wav'
cp -r set/descriptor/run-000 finished
rm finished/model/prior.safetensors
expect 0 "a finished run without a prior" lts-train --resume finished
says "model/prior.safetensors: conditions tell "
ok "gets it" cmp prior finished/model/prior.safetensors
head -c 100 prior >alone/model/prior.safetensors
expect 0 "a damaged one" lts-generate --run alone --descriptor Bright --magnitude 70 --pitch G4 -o alone/same
says "notes of labels alone are drawn from N(0,1)"
cp prior alone/model/prior.safetensors
ok "a model without conditions has none" [ ! -e $run/model/prior.safetensors ]
rm -r alone/same finished
expect 0 "a data set named" lts-generate --run alone --dataset set --descriptor Bright \
    --magnitude 70 --pitch G4 --bits 32f -o alone/out
silent
expect 0 "of the prior" lts-generate --run alone --dataset set --descriptor Bright --latent prior \
    --pitch G4 -o alone/out
rm -r alone/out
refused() {
    local status=$1 what=$2 line=$3
    shift 3
    expect "$status" "$what" "$@"
    says "$line"
    one_line
    ok "$what: nothing is made" [ ! -e refused ]
}
to=(lts-generate --run $run -o refused)
refused 1 "a wrong descriptor" "Brigt: no such descriptor: did you mean Bright? There are Bright, Dark, Fluttery" \
    "${to[@]}" --descriptor Brigt --pitch A4
refused 1 "one the model was not told" "Loud: no such descriptor: there are Bright, Dark, Fluttery" \
    lts-generate --run alone -o refused --descriptor Loud --pitch A4
refused 1 "a wrong pitch" "Bright of magnitude 100 has no C5: there are E4, A4" "${to[@]}" --descriptor Bright --pitch C5
refused 1 "a magnitude not in the data" "Bright has no notes of magnitude 60: there are 50, 100" \
    "${to[@]}" --descriptor Bright --magnitude 60 --pitch A4 --from-data
refused 1 "a note not in the data" "Dark of magnitude 100 has no A4: there are E4" \
    "${to[@]}" --descriptor Dark --pitch A4 --from-data
refused 2 "no data for a model without conditions" "name their data set" \
    lts-generate --run $run --dataset gone -o refused --descriptor Bright --pitch A4
refused 2 "no pitch" "give --pitch, such as A4" "${to[@]}" --descriptor Bright
refused 2 "no key" "--pitch=H4: must be a pitch such as A4" "${to[@]}" --descriptor Bright --pitch H4
refused 2 "a count" "--count=0" "${to[@]}" --descriptor Bright --pitch A4 --count 0
refused 2 "a spread" "--spread=-1" "${to[@]}" --descriptor Bright --pitch A4 --spread=-1
refused 2 "a share" "descriptor Bright=x: a share is a number from 0 on" "${to[@]}" --descriptor Bright=x --pitch A4
refused 2 "no share" "no share is above 0" "${to[@]}" --descriptor Bright=0,Dark=0 --pitch A4
refused 2 "twice" "descriptor bright is named twice" "${to[@]}" --descriptor Bright,bright --pitch A4
refused 2 "no name" "expected a name" "${to[@]}" --descriptor Bright,, --pitch A4
refused 2 "several from data" "--from-data takes a note of one descriptor" \
    "${to[@]}" --descriptor Bright,Dark --pitch A4 --from-data
refused 2 "draws from data" "leave out --count" "${to[@]}" --descriptor Bright --pitch A4 --from-data --count 2
refused 2 "a stream" "name a folder" lts-generate --run $run --descriptor Bright --pitch A4 -o -

# --- Between two notes ---------------------------------------------------------------------------

for condition in none descriptor perceptual; do
    expect 0 "from note to note, told $condition" lts-interp --run set/$condition/run-000 -q \
        --a Bright/50/A4 --b Dark/100/E4 --steps 5 --bits 24 -o way-$condition
    ok "five notes" [ "$(ls way-$condition | tr '\n' ' ')" = '1.wav 2.wav 3.wav 4.wav 5.wav ' ]
    for step in 1 3 5; do ok "note $step" is_note way-$condition/$step.wav; done
    expect 0 "the first" lts-generate --run set/$condition/run-000 -q --descriptor Bright \
        --magnitude 50 --pitch A4 --from-data -o end-$condition
    ok "begins at the first end" cmp <(tail -c 48951 way-$condition/1.wav) <(tail -c 48951 end-$condition/BrightX50XA4.wav)
done
expect 0 "between a sound and labels" lts-interp --run $run -q --a set/audio/Tone/Bright/50/1-5.wav \
    --b Bright=1,Dark=1/70/E4 --steps 3 --bits 24 -o sounds
ok "three" [ "$(ls sounds | wc -l)" -eq 3 ]
ok "a sound is its note" cmp <(tail -c 48951 sounds/1.wav) <(tail -c 48951 way-none/1.wav)
refused 1 "a wrong end" "Brigt: no such descriptor: did you mean Bright?" \
    lts-interp --run $run --a Brigt/50/A4 --b Dark/100/E4 --steps 3 -o refused
refused 1 "no such sound" "gone.wav" lts-interp --run $run --a gone.wav --b Dark/100/E4 --steps 3 -o refused
refused 2 "one step" "--steps=1" lts-interp --run $run --a Dark/50/A4 --b Dark/100/E4 --steps 1 -o refused
refused 2 "steps and alpha" "--steps goes from the note" \
    lts-interp --run $run --a Dark/50/A4 --b Dark/100/E4 --steps 3 --alpha 0.5 -o refused
refused 2 "frames of notes" "the run's examples are whole notes" lts-interp --run $run \
    --a set/audio/Tone/Bright/50/1-5.wav --b set/audio/Tone/Bright/50/1-0.wav --alpha 0.5 -o refused

# --- As arrays -----------------------------------------------------------------------------------

for condition in none descriptor; do
    expect 0 "encoded" lts-encode -q --run set/$condition/run-000 set/audio/Tone/Bright/50/1-5.wav \
        -o note.npy --logvar variance.npy
    columns=$(head -c 128 note.npy | sed -n 's/.*(1, \([0-9]*\)).*/\1/p')
    ok "columns: $columns" [ "$columns" -eq $([ $condition = none ] && echo 7 || echo 16) ]
    expect 0 "decoded" lts-decode -q --run set/$condition/run-000 note.npy -o note.wav --bits 24 \
        --magnitudes decoded.npy
    ok "the same note" cmp <(tail -c 48951 note.wav) <(tail -c 48951 way-$condition/1.wav)
    ok "its magnitudes" grep -aq '(64, 512)' decoded.npy
done
refused 1 "another run's row" "16 columns, expected 7 (5 latent dimensions, 0 of the condition, and the levels" \
    lts-decode --run $run note.npy -o refused
refused 2 "an excerpt of a note" "the run's notes are all of 0.74 s" \
    lts-encode --run $run --duration 0.2 set/audio/Tone/Bright/50/1-5.wav -o refused
expect 0 "a sound without labels" lts-encode --run set/descriptor/run-000 one.wav -o note.npy
says "one.wav: its path tells no labels"
expect 0 "the data set's notes" lts-decode -q --features set/npy/notes-000001-001.npy --bits 16 -o all.wav
ok "nine of them" [ "$(stat -c %s all.wav)" -ge $((9 * 16317 * 2)) ]
