#!/usr/bin/env bash
# lts-interp, lts-encode and lts-decode from the shell: every way to a sound, and every way to fail.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# samples FILE: the bytes of a WAV's samples alone. value FILE OFFSET TYPE: a number in its header.
value() { od -An -t "$3" -j "$2" -N "${3#?}" "$1" | tr -d ' '; }
samples() {
    local at
    at=$(grep -abo data "$1" | tail -1)
    at=${at%%:*}
    tail -c +$((at + 9)) "$1" | head -c "$(value "$1" $((at + 4)) u4)"
}
same() { cmp -s <(samples "$1") <(samples "$2"); }
differ() { ! same "$1" "$2"; }
sounds() { find "$1" -type f -name '*.wav' | wc -l; }
# refused STATUS DESCRIPTION TEXT TOOL ARGUMENT...: exits so, says TEXT in one line, and leaves
# nothing in the folder refused/.
refused() {
    local status=$1 what=$2 text=$3
    shift 3
    expect "$status" "$what" "$@"
    says "$text"
    ok "$what: one line that begins with the tool" [ "$(grep -c "^$1: " err)/$(wc -l <err)" = 1/1 ]
    ok "$what: nothing is left" [ -z "$(find refused -mindepth 1)" ]
    rm -rf refused/*
}
mkdir refused

# A small run, under a name that shells and printf stumble over.
set_name="Köln's \"set\" 100%d"
mkdir -p "$set_name/audio"
cp "$source"/tests/data/cqt/{guitar,breakbeat}.wav "$set_name/audio"
printf '[audio]\nsample_rate = 32000\nn_iter = 1\nbins_per_octave = 24\nnum_octaves = 6\n' >default.ini
expect 0 "a data set" lts-dataset -q "$set_name"
small=(-q --threads 2 --set VAE.n_units=32 --set training.learning_rate=1e-3 --set training.batch_size=64)
expect 0 "a run" lts-train "${small[@]}" --preset original-tensorflow --set VAE.latent_dim=5 --set training.epochs=6 "$set_name"
run="$set_name/timbre/run-000"
expect 0 "a run with levels" lts-train "${small[@]}" --set VAE.latent_dim=5 --set training.epochs=1 --set render.level=none "$set_name"
rm default.ini

a="$set_name/audio/guitar.wav" b="$set_name/audio/breakbeat.wav"
flac="$source/tests/data/audio/tones.flac" # 48 kHz, stereo
pair=(--run "$run" --a "$a@0.25" --b "$b" --duration 0.4)
interp() { expect 0 "$1" lts-interp "${pair[@]}" "${@:2}"; }

# One value.
interp "a constant" --alpha 0.5 -o half.wav
prints "sound: file half.wav, path alpha 0.5, seconds 0.4, peak "
says "half.wav: distance from what was trained: "
one_line
ok "32-bit float" [ "$(value half.wav 20 u2) $(value half.wav 34 u2)" = "3 32" ]
ok "at the model's rate" [ "$(value half.wav 24 u4)" -eq 32000 ]
ok "of the duration" [ "$(samples half.wav | wc -c)" -eq $((12800 * 4)) ]
hash=$(grep -ao 'model [0-9a-f]*' half.wav)
for said in "latent-timbre " "alpha 0.5" "sound 1 $a@0.2" "sound 2 $b@0" "phase pghi, 1 iterations, seed 0"; do
    ok "its comment says $said" grep -aqF "$said" half.wav
done
cp half.wav first.wav
interp "again" --alpha 0.5 -o half.wav
ok "the same command gives the same bytes" cmp half.wav first.wav
interp "one thread" --threads 1 --alpha 0.5 -o one.wav
ok "the same" cmp half.wav one.wav
interp "--quiet" -q --alpha 0.5 -o half.wav
ok "prints nothing" [ ! -s out ]
silent
expect 0 "another rate, stereo, FLAC" lts-interp --run "$run" --a "$flac@0.1" --b "$a" --alpha 0.25 -o flac.wav
ok "as long as the shorter" [ "$(samples flac.wav | wc -c)" -eq $((12800 * 4)) ]
wav eight.wav 44100 8 1
wav fast.wav 192000 1 1
expect 0 "eight channels and 192 kHz" lts-interp --run "$run" --a eight.wav --b fast.wav --alpha 0.5 -o odd.wav
ok "a second" [ "$(samples odd.wav | wc -c)" -eq $((32000 * 4)) ]
expect 0 "a model file" lts-interp --run "$run/model/last.safetensors" --a "$a" --b "$b" --alpha 1 -o last.wav

# Sounds of the data set by name, and times.
named=(--run "$run" --duration 0.4 --alpha 0.5)
expect 0 "names" lts-interp "${named[@]}" --a guitar@0:00.25 --b breakbeat.wav -o named.wav
ok "are the same sounds" same named.wav half.wav
expect 0 "of a data set that is named" lts-interp "${named[@]}" --dataset "$set_name" --a guitar@0.25 --b breakbeat -o named.wav
ok "are the same too" same named.wav half.wav
expect 0 "to lts-encode" lts-encode -q --run "$run" guitar@0:00.25 --duration 0.4 -o named.npy
expect 0 "as the file" lts-encode -q --run "$run" "$a@0.25" --duration 0.4 -o file.npy
ok "the same latents" cmp named.npy file.npy
refused 1 "a misspelt sound" "giutar: neither a file nor a sound in $set_name/audio: did you mean guitar?" \
    lts-interp "${named[@]}" --a giutar --b breakbeat -o refused/x.wav
refused 1 "a misspelt sound to encode" "did you mean guitar?" lts-encode --run "$run" guitr -o refused/z.npy

# Alignment in pitch: the same guitar lies above itself.
faster "$a" faster.wav
higher=(--run "$run" --a "$a@0.25" --b faster.wav@0.2 --duration 0.4)
aligned() { expect 0 "$1" lts-interp "${higher[@]}" "${@:2}"; }
aligned "by default, with a preset of the originals" --alpha 0.5 -o mixed.wav
ok "nothing said of alignment" [ "$(grep -c align err)" -eq 0 ]
aligned "--align none" --alpha 0.5 --align none -o none.wav
ok "nothing said of alignment" [ "$(grep -c align err)" -eq 0 ]
ok "is the same" cmp none.wav mixed.wav
aligned "--align auto" --alpha 0.5 --align auto -o auto.wav
says "aligned in pitch: b lies 3.9 semitones above a in "
ok "in one line" [ "$(grep -c aligned err)" -eq 1 ]
ok "is another sound" differ auto.wav mixed.wav
ok "which its comment tells" grep -aq 'alpha 0.5, .*aligned in pitch: b lies 3.9 semitones above a' auto.wav
aligned "--align pitch" -q --alpha 0.5 --align pitch -o pitch.wav
silent
ok "is what auto chose" same pitch.wav auto.wav
for alpha in 0 1; do
    aligned "none at $alpha" --alpha $alpha --align none -o none.wav
    aligned "both at $alpha" -q --alpha $alpha --align both -o both.wav
    ok "the sound itself" same both.wav none.wav
done
printf '1\n0\n' >glide.txt
aligned "a curve" -q --curve glide.txt --align pitch -o curve.wav
aligned "one thread" -q --curve glide.txt --align pitch --threads 1 -o one.wav
ok "the same bytes" cmp one.wav curve.wav
aligned "a range" -q --alpha 0:1:0.5 --align pitch -o aligned
ok "shares the analysis" same "aligned/ 1-x_interpolations_0.5.wav" pitch.wav
expect 0 "two sounds of --mix" lts-interp -q --run "$run" --duration 0.4 --align pitch \
    --mix "$a@0.25=0.5" --mix faster.wav@0.2=0.5 -o mix.wav
ok "are as --a and --b" same mix.wav pitch.wav
for method in shift transport; do
    aligned "--method $method" --alpha 0.5 --align auto --method $method -o $method.wav
    says "mixed by $method, "
    ok "is another sound" differ $method.wav auto.wav
    aligned "... of the first alone" -q --alpha 1 --method $method -o end.wav
    ok "which its comment tells" grep -aq "mixed by $method, " end.wav
    ok "as long" [ "$(samples end.wav | wc -c)" -eq "$(samples auto.wav | wc -c)" ]
done
refused 2 "--align of three" "--align=time aligns two sounds, not 3: leave it out" lts-interp --run "$run" \
    --align time --mix "$a=1" --mix "$a=1" --mix "$a=1" -o refused/x.wav
expect 0 "auto of three" lts-interp --run "$run" --duration 0.2 --align auto --mix "$a=1" --mix "$a=1" --mix "$b=1" -o three.wav
ok "nothing said of alignment" [ "$(grep -c align err)" -eq 0 ]
for wrong in --align=Pitch --align= --align=2 --method=morph; do
    refused 2 "$wrong" "lts-interp: ${wrong%%=*}" lts-interp "${higher[@]}" --alpha 1 "$wrong" -o refused/x.wav
done
refused 2 "transport in pitch" "transport moves partials itself: align in time, or not at all" \
    lts-interp "${higher[@]}" --alpha 1 --method transport --align pitch -o refused/x.wav
refused 2 "a method and --sample" "leave out --sample" lts-interp "${higher[@]}" --alpha 1 --method shift --sample -o refused/x.wav
refused 2 "a method and --mix" "leave out --mix" lts-interp --run "$run" --mix "$a=1" --mix "$b=1" --method shift -o refused/x.wav
refused 2 "a method and --batch" "leave out --method" lts-interp --run "$run" --batch --method shift

# A float file far beyond full scale: nothing that is no number is written.
wav floats.wav 32000 1 1 silence
{ head -c 44 floats.wav && printf '\xca\xf2\x49\x71%.0s' {1..32000}; } >1e30.wav
refused 1 "a sound at 1e30 to interpolate" "1e30.wav: at 0.000 s its magnitudes are no finite numbers" \
    lts-interp "${named[@]}" --a 1e30.wav --b breakbeat -o refused/x.wav
refused 1 "to encode" "1e30.wav: at 0.000 s its magnitudes are no finite numbers" \
    lts-encode --run "$run" 1e30.wav -o refused/z.npy --logvar refused/v.npy
mkdir -p loud/audio
cp 1e30.wav loud/audio
expect 3 "to make a data set of" lts-dataset loud
prints "1e30.wav: at 0.000 s its magnitudes are no finite numbers"
ok "no array" [ ! -e loud/npy/1e30.npy ]

# A range.
interp "a range" --alpha=-0.5:1.5:0.5 -o range/
ok "a WAV a value" [ "$(sounds range)" -eq 5 ]
interp "the originals' names" --alpha 0:0.3:0.1 --phase-iter 0 -o "r 2"
for name in " 0-x_interpolations_0.0" " 1-x_interpolations_0.1" " 3-x_interpolations_0.3"; do
    ok "$name" [ -s "r 2/$name.wav" ]
done
ok "its middle is alpha 0.5" same "range/ 2-x_interpolations_0.5.wav" half.wav
ok "extrapolation is another sound" differ "range/ 0-x_interpolations_-0.5.wav" \
    "range/ 1-x_interpolations_0.0.wav"
no_temporaries range

# Distances.
map=$run/model/distance.safetensors
told="distance from what was trained: "
most() { sed -n 's/.*distance_most \([0-9.e+-]*\),.*/\1/p' out; }
below() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 <= b + 0) }'; }
interp "far out" --alpha 6 -o far.wav
says "far.wav: $told"
far=$(most)
interp "kept within" --alpha 6 --limit 0.5 -o near.wav
ok "another sound" differ far.wav near.wav
ok "less far ($far)" below "$(most)" "$far"
ok "its comment says so" grep -aqF "within distance 0.5" near.wav
for alpha in 0 1; do
    interp "a sound itself" --alpha $alpha -o own.wav
    interp "under a limit" --alpha $alpha --limit 0.01 -o limited.wav
    ok "stays as it is" same own.wav limited.wav
done
expect 0 "encoded" lts-encode -q --run "$run" "$b" --duration 0.4 -o way.npy
expect 0 "decoded" lts-decode --run "$run" way.npy -o way.wav
says "way.wav: $told"
way=$(most)
expect 0 "within a limit" lts-decode --run "$run" way.npy --limit 0.05 -o kept.wav
ok "is as near as that" below "$(most)" 0.0501
ok "and was farther" below 0.0501 "$way"
refused 2 "no limit at all" "--limit" lts-interp "${pair[@]}" --alpha 2 --limit 0 -o refused/x.wav
refused 2 "a limit of magnitudes" "--limit goes with --run" lts-decode --features way.npy --limit 1 -o refused/x.wav
mv "$map" map
interp "without a map" --alpha 6 -o none.wav
silent
ok "the same sound" same far.wav none.wav
refused 1 "a limit without a map" "holds no map of distances: lts-train --resume makes it" \
    lts-interp "${pair[@]}" --alpha 2 --limit 1 -o refused/x.wav
head -c 300 map >"$map"
interp "a damaged map" --alpha 6 -o none.wav
says "distances are not measured"
one_line
ok "the same sound" same far.wav none.wav
mv map "$map"

# Curves.
printf '0.5\n0.5\n' >plain.txt
printf '0 1\n0.25 0\n' >fade.txt
printf 'time;alpha\r\n0;1\r\n0,25;0\r\n' >comma.csv
printf 'time,alpha\r\n0,1\r\n0.25,0\r\n' >fade.csv
printf '0 1\n0.4 0\n' >long.txt
printf '0 1\n0.25 0\n0.6 0\n' >late.txt
npy() { # FILE ROWS COLUMNS, the numbers as bytes on standard input
    local header="{'descr': '<f4', 'fortran_order': False, 'shape': ($2, $3), }"
    { printf '\x93NUMPY\x01\x00' && le16 118 && printf '%-117s\n' "$header" && cat; } >"$1"
}
printf '\0\0\0\0\0\0\200\77\0\0\200\76\0\0\0\0' | npy fade.npy 2 2 # 0 1, 0.25 0
for form in txt csv npy; do interp "a .$form" --curve fade.$form -o fade_$form.wav; done
ok "text and .csv are the same" same fade_txt.wav fade_csv.wav
ok "and .npy" same fade_txt.wav fade_npy.wav
interp "values without times" --curve plain.txt -o plain.wav
ok "a curve that stands still is a constant" same plain.wav half.wav
interp "a fade twice as long" --curve long.txt -o long.wav
ok "is another" differ fade_txt.wav long.wav
refused 1 "a time past the end" "late.txt: line 3: time 0.6 s is past the sound's end at 0.4 s" \
    lts-interp "${pair[@]}" --curve late.txt -o refused/x.wav
refused 1 "decimal commas" "comma.csv: line 3: more than two numbers" \
    lts-interp "${pair[@]}" --curve comma.csv -o refused/x.wav

# Several sounds.
mix=(--run "$run" --duration 0.3)
expect 0 "three sounds" lts-interp "${mix[@]}" --mix "$a@0.25=0.5" --mix "$b=0.25" --mix "$flac@0.1=0.25" -o three.wav
ok "and their weights in the comment" grep -aqF "weights 0.5 0.25 0.25" three.wav
expect 0 "weights 1, 0, 0" lts-interp "${mix[@]}" --mix "$a@0.25=1" --mix "$b=0" --mix "$flac@0.1=0" -o first_only.wav
expect 0 "alpha 1" lts-interp "${mix[@]}" --a "$a@0.25" --b "$b" --alpha 1 -o alpha_1.wav
ok "is the first sound alone" same first_only.wav alpha_1.wav
expect 0 "a curve as a weight" lts-interp "${mix[@]}" --mix "$a@0.25=fade.txt" --mix "$b=0.5" -o weighted.wav
expect 0 "two weights" lts-interp "${mix[@]}" --mix "$a@0.25=0.25" --mix "$b=0.75" -o two.wav
expect 0 "alpha 0.25" lts-interp "${mix[@]}" --a "$a@0.25" --b "$b" --alpha 0.25 -o alpha_025.wav
ok "are one alpha" same two.wav alpha_025.wav

# The phase.
for n in 0 1 2 64; do interp "--phase-iter $n" --alpha 0.5 --phase-iter $n -o iter_$n.wav; done
ok "one is the run's own number" same iter_1.wav half.wav
ok "none differs" differ iter_0.wav iter_1.wav
ok "two differ" differ iter_1.wav iter_2.wav
ok "sixty-four differ" differ iter_2.wav iter_64.wav
for init in pghi random zero; do interp "--phase-init $init" --alpha 0.5 --phase-init $init -o init_$init.wav; done
ok "pghi is the default" cmp init_pghi.wav half.wav
ok "random differs" differ init_pghi.wav init_random.wav
ok "zero differs" differ init_pghi.wav init_zero.wav
for seed in 1 1 2; do
    mv seed_$seed.wav again.wav 2>/dev/null || true
    interp "a random phase of seed $seed" --alpha 0.5 --phase-init random --seed $seed -o seed_$seed.wav
done
ok "the same seed, the same bytes" cmp seed_1.wav again.wav
ok "another seed, another sound" differ seed_1.wav seed_2.wav

# Sampling.
interp "--sample" --alpha 0.5 --sample --seed 1 -o sample_1.wav
interp "--sample again" --alpha 0.5 --sample --seed 1 -o sample_again.wav
interp "--sample, another seed" --alpha 0.5 --sample --seed 2 -o sample_2.wav
ok "the same seed, the same bytes" cmp sample_1.wav sample_again.wav
ok "another seed, another sound" differ sample_1.wav sample_2.wav
ok "neither is the mean" differ sample_1.wav half.wav
ok "the comment says so" grep -aqF "latent path sampled" sample_1.wav

# The file.
interp "--normalize" --alpha 0.5 --normalize --json -o full.wav
prints '"seconds":0.4,"peak":1,"distance_mean":'
for bits in 16 24; do
    interp "--bits $bits" --alpha 0.5 --bits $bits -o bits_$bits.wav
    ok "integers of $bits bits" [ "$(value bits_$bits.wav 20 u2) $(value bits_$bits.wav 34 u2)" = "1 $bits" ]
    ok "all of them" [ "$(samples bits_$bits.wav | wc -c)" -eq $((12800 * bits / 8)) ]
done
interp "--bits 32f" --alpha 0.5 --bits 32f -o bits_32f.wav
ok "is the default" cmp bits_32f.wav half.wav
interp "a name of every kind" --alpha 0.5 -o "$set_name/ö \"x\" 'y' %s.wav"
ok "gives the same sound" same "$set_name/ö \"x\" 'y' %s.wav" half.wav

# JSON: one object a line.
interp "--json" --json --alpha 0:1:0.25 -o json
ok "an object a sound" [ "$(grep -c '^{"event":"sound","file":"json/ [0-4]-x_interpolations_[01].[0-9]*.wav","path":"alpha [0-9.]*","seconds":0.4,"peak":[0-9.e-]*,"distance_mean":[0-9.e-]*,"distance_most":[0-9.e-]*,"distance_beyond":[0-9.e-]*}$' out)" -eq 5 ]
ok "and no line besides but a note each" [ "$(grep -vc '^{"event":"note","text":"json/ .*: distance from ' out)" -eq 5 ]
if command -v python3 >/dev/null; then
    ok "which a parser takes" python3 -c 'import json, sys; [json.loads(line) for line in open("out")]'
fi
expect 1 "--json of what fails" lts-interp --json --run "$run" --a no.wav --b "$b" --alpha 1 -o x.wav
prints '{"event":"error","status":'

# The originals' sets.
cp "$run/config.ini" config.kept
sed -i "s|^interpolations_audio_1 = .*|interpolations_audio_1 = guitar.wav|
    s|^interpolations_audio_2 = .*|interpolations_audio_2 = breakbeat.wav|
    s|^example_length = .*|example_length = 0.3|
    s|^num_random_interpolations = .*|num_random_interpolations = 2|
    s|^alpha_step = .*|alpha_step = 0.4|" "$run/config.ini"
expect 0 "--batch" lts-interp --run "$run" --batch --seed 3
sets="$run/audio_examples_interpolations"
for set in fixed "random- 0" "random- 1"; do
    ok "the set $set" [ "$(sounds "$sets/$set")" -eq 7 ]
    for name in original_1 original_2 original-icqt+gL_1 original-icqt+gL_2 " 0-x_interpolations_0.1" \
        " 2-x_interpolations_0.9"; do
        ok "$set: $name" [ -s "$sets/$set/$name.wav" ]
    done
done
expect 0 "the fixed pair by hand" lts-interp --run "$run" --a "$a" --b "$b" --duration 0.3 --alpha 0.5 --seed 3 -o hand.wav
ok "is the same" same hand.wav "$sets/fixed/ 1-x_interpolations_0.5.wav"
cp -r "$sets" sets
expect 0 "--batch again" lts-interp --run "$run" --batch --seed 3
ok "the same seed, the same bytes" diff -r sets "$sets"
rm -r "$sets"
mkdir other
ok "the data set is found around the run" \
    eval '(cd other && "$bin/lts-interp" -q --run "../$run" --batch --seed 3) && [ "$(sounds "$sets")" -eq 21 ]'
echo "these are words" >"$set_name/audio/a words.wav"
wav "$set_name/audio/a bit.wav" 32000 1 0
expect 0 "sounds that cannot be used" lts-interp --run "$run" --batch --seed 1
ok "are passed over, with a warning" grep -q "warning: .*/a \(words\|bit\).wav: .*: passed over" err
rm "$set_name/audio/a "*
sed -i "s|^interpolations_audio_1 = .*|interpolations_audio_1 = gone.wav|" "$run/config.ini"
refused 1 "a fixed sound that is gone" "gone.wav: no such sound: correct interpolations_audio_1" \
    lts-interp --run "$run" --batch
sed -i "s|^interpolations_audio_1 = .*|interpolations_audio_1 =|" "$run/config.ini"
refused 2 "half a fixed pair" "names one of interpolations_audio_1 and _2" lts-interp --run "$run" --batch
sed -i "s|^interpolations_audio_2 = .*|interpolations_audio_2 =|" "$run/config.ini"
mkdir -p elsewhere/audio
refused 1 "a data set without sounds" "elsewhere/audio" lts-interp --run "$run" --batch --dataset elsewhere
refused 1 "a data set that is not there" "nowhere/audio" lts-interp --run "$run" --batch --dataset nowhere
refused 2 "--batch of a model file" "name the run's folder" lts-interp --run "$run/model/best.safetensors" --batch
cp config.kept "$run/config.ini"

# encode | edit | decode.
expect 0 "encoding" lts-encode --run "$run" "$a" -o z.npy --logvar v.npy
ok "means and log-variances of one shape" [ -z "$(cmp <(head -c 128 z.npy) <(head -c 128 v.npy))" ]
ok "five columns" grep -aqF ", 5)" z.npy
ok "that differ" [ "$(cmp z.npy v.npy | wc -l)" -eq 1 ]
expect 0 "decoding" lts-decode --run "$run" z.npy -o z.wav
prints "sound: file z.wav, path z.npy, seconds "
ok "the comment names the array" grep -aqF "latent path z.npy, $hash" z.wav
expect 0 "a FLAC" lts-encode --json --run "$run" "$flac" -o tones.npy
expect 0 "an excerpt" lts-encode --run "$run" --duration 0.4 "$a@0.25" -o part.npy
ok "is a part of the whole" [ "$(wc -c <part.npy)" -eq $((128 + 20 * (1 + 12800 / 128))) ]
expect 0 "decoded" lts-decode --run "$run" part.npy --phase-init zero --phase-iter 0 -o part.wav
expect 0 "the same by lts-interp" lts-interp "${pair[@]}" --alpha 1 --phase-init zero --phase-iter 0 -o direct.wav
close() { # two sounds agree to 1e-3 of their largest value
    paste <(samples "$1" | od -An -v -w4 -t f4) <(samples "$2" | od -An -v -w4 -t f4) | awk '
        { d = $1 - $2; if (d < 0) d = -d; if (d > worst) worst = d
          m = $1 < 0 ? -$1 : $1; if (m > peak) peak = m }
        END { exit !(NR == 12800 && peak > 0 && worst < 1e-3 * peak) }'
}
ok "sounds alike" close part.wav direct.wav
# Backwards, as an edit: the rows of five floats in the other order.
rows=$((($(wc -c <z.npy) - 128) / 20))
tail -c +129 z.npy | od -An -v -w20 -t x1 | tac | sed 's/ /\\x/g' |
    while read -r row; do printf "$row"; done | npy back.npy $rows 5
expect 0 "an edited path" lts-decode --run "$run" back.npy -o back.wav
ok "as long" [ "$(wc -c <back.wav)" -ge $((rows * 128 * 4 - 2048)) ]
ok "sounds otherwise" differ z.wav back.wav
expect 0 "magnitudes" lts-decode --features "$set_name/npy/guitar.npy" -o magnitudes.wav
ok "with the settings beside them" [ "$(value magnitudes.wav 24 u4)" -eq 32000 ]
expect 0 "magnitudes and --config" lts-decode --features "$set_name/npy/guitar.npy" --phase-iter 2 \
    --config "$run/config.ini" --bits 16 --normalize --json -o magnitudes_16.wav
prints '"peak":1}'
expect 0 "magnitudes and --set" lts-decode -F "$set_name/npy/guitar.npy" -s audio.n_iter=0 -o set.wav
expect 0 "... as an option" lts-decode -F "$set_name/npy/guitar.npy" --phase-iter 0 -o iterations.wav
ok "are the same" cmp set.wav iterations.wav
ok "and others than before" differ set.wav magnitudes.wav
expect 0 "--phase-init random" lts-decode --run "$run" z.npy --phase-init random --seed 1 -o r1.wav
expect 0 "... of another seed" lts-decode --run "$run" z.npy --phase-init random --seed 2 -o r2.wav
ok "differs" differ r1.wav r2.wav

# Sounds that cannot be used, as the first and as the second, and alone.
mkdir bad
echo "these are words" >bad/text.wav
: >bad/empty.wav
wav bad/nan.wav 22050 1 1 nan
wav bad/nothing.wav 22050 1 0
head -c 30 "$a" >bad/header.wav
head -c 7000 "$flac" >bad/short.flac
says_of() {
    case $1 in
    gone.wav) echo "neither a file nor one of the sounds in " ;; text.wav) echo "no sound file that can be read" ;;
    empty.wav) echo "the file is empty" ;; nan.wav) echo "sample 0 (0.000000 s): not a finite number" ;;
    nothing.wav) echo "holds no samples" ;; header.wav) echo "no sound file that can be read" ;;
    short.flac) echo "cut short" ;; .) echo "neither a file nor one of the sounds in " ;;
    esac
}
for name in gone.wav text.wav empty.wav nan.wav nothing.wav header.wav short.flac .; do
    refused 1 "--a $name" "bad/$name: $(says_of $name)" \
        lts-interp --run "$run" --a bad/$name --b "$b" --alpha 0.5 -o refused/x.wav
    refused 1 "--b $name" "bad/$name: " lts-interp --run "$run" --a "$a" --b bad/$name --alpha 0:1:1 -o refused/x
    refused 1 "encoding $name" "bad/$name: " lts-encode --run "$run" bad/$name -o refused/z.npy --logvar refused/v.npy
done
refused 1 "encoding an excerpt of what is cut" "bad/short.flac: cut short" \
    lts-encode --run "$run" -d 0.45 bad/short.flac -o refused/z.npy
if [ "$(id -u)" -ne 0 ]; then
    cp "$a" bad/locked.wav
    chmod a-r bad/locked.wav
    refused 1 "a sound without permission" "bad/locked.wav: Permission denied" \
        lts-interp --run "$run" --a bad/locked.wav --b "$b" --alpha 0.5 -o refused/x.wav
fi
head -c 40000 "$a" >bad/cut.wav
refused 1 "a WAV that is cut" "bad/cut.wav: cut short: " \
    lts-encode --run "$run" bad/cut.wav -o refused/z.npy
refused 1 "... and an excerpt of what there is" "bad/cut.wav: cut short: " \
    lts-interp --run "$run" --a bad/cut.wav --b "$b" --duration 0.1 --alpha 0.5 -o refused/x.wav

# Excerpts that are not there.
refused 2 "an offset past the end" "guitar.wav: an excerpt from 99 s on: the sound is 1.500 s long: begin earlier" \
    lts-interp --run "$run" --a "$a@99" --b "$b" --alpha 0.5 -o refused/x.wav
refused 2 "a duration too long" "breakbeat.wav: 1.4 s from 0 s on: the sound is 1.300 s long: at most 1.300 s fit" \
    lts-interp --run "$run" --a "$a" --b "$b" --duration 1.4 --alpha 0.5 -o refused/x.wav
refused 2 "a negative offset" "@-1: the offset is below 0" \
    lts-interp --run "$run" --a "$a@-1" --b "$b" --alpha 0.5 -o refused/x.wav
refused 2 "no duration" "duration 0 s: shorter than one hop" \
    lts-interp --run "$run" --a "$a" --b "$b" --duration 0 --alpha 0.5 -o refused/x.wav
refused 2 "encoding from past the end" "begin earlier" lts-encode --run "$run" "$a@1.5" -o refused/z.npy
refused 2 "encoding too much" "at most 1.500 s fit" lts-encode --run "$run" -d 1.6 "$a" -o refused/z.npy

# Runs that cannot be used.
refused 1 "no such run" "nowhere: no such run folder" lts-interp --run nowhere --a "$a" --b "$b" --alpha 1 -o refused/x.wav
mkdir -p hollow broken/model
refused 1 "a run without a model" "hollow: holds neither model/best.safetensors" \
    lts-encode --run hollow "$a" -o refused/z.npy
best="$run/model/best.safetensors" model=broken/model/best.safetensors
size=$(wc -c <"$best")
for kept in 0 5 100 $((size / 2)) $((size - 1)); do
    head -c "$kept" "$best" >$model
    refused 1 "a model of $kept bytes" "$model: " lts-decode --run broken z.npy -o refused/x.wav
done
{ cat "$best" && echo more; } >$model
refused 1 "a model with a tail" "$model: " lts-decode --run broken z.npy -o refused/x.wav
cp "$a" $model
refused 1 "a WAV for a model" "$model: " lts-decode --run broken z.npy -o refused/x.wav
{ head -c $((size - 4)) "$best" && printf '\0\0\300\177'; } >$model
refused 1 "NaN among the weights" "$model: " lts-interp --run broken --a "$a" --b "$b" --alpha 1 -o refused/x.wav
sed 's/"audio\.fmin"/"audio.fmax"/' "$best" >$model
refused 1 "a model without its settings" "$model: model: its notes have no audio.fmin" \
    lts-encode --run broken "$a" -o refused/z.npy
cp "$best" $model
printf '[audio]\nn_iter = many\n' >broken/config.ini
refused 2 "a run's damaged settings" "broken/config.ini" lts-decode --run broken z.npy -o refused/x.wav

# Curves that are none.
printf '0\n1\nx\n' >curve_x
printf '0\nnan\n' >curve_nan
: >curve_empty
printf '0.3 1\n0.1 1\n' >curve_falls
printf '\0\0\300\177\0\0\0\0' | npy curve_nan.npy 2 1
printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' | npy curve_three.npy 2 3
head -c 100 fade.npy >curve_cut.npy
bad_curve() { refused 1 "$1" "$2" lts-interp "${pair[@]}" --curve "$1" -o refused/x.wav; }
bad_curve curve_x "curve_x: line 3: 'x' is not a number"
bad_curve curve_nan "curve_nan: line 2: 'nan' is not a number"
bad_curve curve_empty "curve_empty: no values"
bad_curve curve_falls "curve_falls: line 2: time 0.1 after 0.3"
bad_curve curve_nan.npy "curve_nan.npy: row 0: nan is not a finite value"
bad_curve curve_three.npy "curve_three.npy: 2 x 3 numbers"
bad_curve curve_cut.npy "curve_cut.npy: "
bad_curve half.wav "half.wav: "
bad_curve curve_gone "curve_gone: No such file or directory"
bad_curve 0.5 "0.5: No such file or directory"
bad_curve hollow "hollow: is a folder"

# Arrays that cannot be played.
printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' | npy z_3.npy 2 3
printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\300\177' | npy z_nan.npy 1 5
: | npy z_none.npy 0 5
head -c 1000 z.npy >z_cut.npy
refused 1 "a model of another shape" "z_3.npy: 3 columns, expected 5 (the model's latent dimensions" \
    lts-decode --run "$run" z_3.npy -o refused/x.wav
refused 1 "NaN in an array" "z_nan.npy: row 0, column 4 is not a finite number" \
    lts-decode --run "$run" z_nan.npy -o refused/x.wav
refused 1 "an array without rows" "z_none.npy: holds no rows" lts-decode --run "$run" z_none.npy -o refused/x.wav
refused 1 "an array that is cut" "z_cut.npy: " lts-decode --run "$run" z_cut.npy -o refused/x.wav
refused 1 "no array" "gone.npy: No such file" lts-decode --run "$run" gone.npy -o refused/x.wav
refused 1 "a sound for an array" "guitar.wav: " lts-decode --run "$run" "$a" -o refused/x.wav
refused 1 "other bins" "z.npy: 5 columns, expected 144 (6 octaves x 24: name the settings" \
    lts-decode --features z.npy --config "$run/config.ini" -o refused/x.wav

# Where nothing can be written.
one=(lts-interp "${pair[@]}" --alpha 0.5)
refused 1 "no folder for the output" "gone/x.wav: cannot be written: there is no folder gone: make it" "${one[@]}" -o gone/x.wav
refused 1 "a folder in its place" "hollow: is a folder; name a file to write" "${one[@]}" -o hollow
refused 1 "a file in a range's place" "half.wav: folder cannot be made" lts-interp "${pair[@]}" --alpha 0:1:1 -o half.wav
refused 1 "no folder for an array" "gone/z.npy: cannot be written" lts-encode --run "$run" "$a" -o gone/z.npy
refused 1 "no folder for a second" "gone/v.npy: cannot be written" \
    lts-encode --run "$run" "$a" -o refused/z.npy --logvar gone/v.npy
refused 1 "no folder for a decoded sound" "gone/x.wav: cannot be written" lts-decode --run "$run" z.npy -o gone/x.wav
refused 2 "its own sound" "is read and would be overwritten" "${one[@]}" -o "$a"
ln z.npy linked.wav
refused 2 "its own array" "linked.wav: is read and would be overwritten" lts-decode --run "$run" z.npy -o linked.wav
refused 2 "one file for two arrays" "name two files" lts-encode --run "$run" "$a" -o refused/z.npy --logvar refused/z.npy
small_disk() { (failures=0 && ulimit -f "$1" && shift && refused "$@" && [ $failures -eq 0 ]) || failures=$((failures + 1)); }
small_disk 16 1 "a full disk" "refused/x.wav: could not be written whole" "${one[@]}" -o refused/x.wav
small_disk 1 1 "a full disk for an array" "refused/z.npy: " lts-encode --run "$run" "$a" -o refused/z.npy
small_disk 16 1 "a full disk for a decoded sound" "refused/x.wav: " lts-decode --run "$run" z.npy -o refused/x.wav
(failures=0 && ulimit -f 16 && expect 1 "a full disk for a range" "${one[@]:0:9}" --alpha 0:1:1 -o full &&
    ok "nothing" [ -z "$(find full -type f)" ] && one_line && [ $failures -eq 0 ]) || failures=$((failures + 1))
if [ "$(id -u)" -ne 0 ]; then
    chmod a-w refused
    refused 1 "a folder that is read-only" "refused/x.wav: cannot be written: Permission denied" "${one[@]}" -o refused/x.wav
    chmod u+w refused
fi
mkdir mnt
if mount -t tmpfs -o size=16k,ro tmpfs mnt 2>/dev/null; then
    refused 1 "a file system that is read-only" "mnt/x.wav: cannot be written: nothing new can be made in mnt: Read-only file system" "${one[@]}" -o mnt/x.wav
    mount -o remount,rw mnt
    refused 1 "a file system that is full" "No space left on device" "${one[@]}" -o mnt/x.wav
    ok "nothing on it" [ -z "$(find mnt -type f)" ]
    umount mnt
fi

# The recipe of default.ini keeps levels apart: a column of their own, and a law that mixes them.
levels="$set_name/timbre/run-001"
ok "its settings are kept" grep -qx "level = none" "$levels/config.ini"
expect 0 "encoding with it" lts-encode --run "$levels" "$a" -d 0.4 -o level.npy --logvar level_var.npy
level_rows=$(sed -n 's/.*(\([0-9]*\), 6).*/\1/p' <(head -c 128 level.npy))
ok "gives a column more" [ "$level_rows" -gt 0 ]
ok "and the same of log-variances" [ "$(sed -n 's/.*(\([0-9]*\), 6).*/\1/p' <(head -c 128 level_var.npy))" = "$level_rows" ]
ok "of which a level's are -200" [ "$(value level_var.npy 148 f4 | sed 's/\.0*$//')" = -200 ]
expect 0 "decoding both" lts-decode --run "$levels" level.npy -o level.wav --magnitudes level_magnitudes.npy
ok "gives magnitudes" grep -aq "($level_rows, 144)" level_magnitudes.npy
expect 0 "decoding magnitudes alone" lts-decode --run "$levels" level.npy --magnitudes alone.npy
ok "the same" cmp alone.npy level_magnitudes.npy
expect 0 "and playing them" lts-decode --features level_magnitudes.npy --config "$levels/config.ini" -o played.wav
ok "is the same sound" same played.wav level.wav
expect 0 "magnitudes to a pipe" lts-decode --run "$levels" level.npy --magnitudes -
ok "the same again" cmp out alone.npy
refused 1 "an array without levels" "5 columns, expected 6 (the model's latent dimensions and a level" \
    lts-decode --run "$levels" z.npy -o refused/x.wav
with_levels=(--run "$levels" --a "$a@0.25" --b "$b" --duration 0.4)
expect 0 "the run's law" lts-interp "${with_levels[@]}" --alpha 0.5 -o law_run.wav
expect 0 "the same by its name" lts-interp "${with_levels[@]}" --alpha 0.5 --level none -o law_none.wav
ok "is the same" cmp law_run.wav law_none.wav
ok "nothing said of the law" [ "$(grep -c -e --level err)" -eq 0 ]
expect 0 "the other" lts-interp "${with_levels[@]}" --alpha 0.5 --level loudness -o law_loudness.wav --magnitudes law.npy
ok "is another sound" differ law_loudness.wav law_none.wav
ok "the comment says which" grep -aq "level loudness, sound 1" law_loudness.wav
ok "the mixture's magnitudes" grep -aq "(101, 144)" law.npy
expect 0 "far out" lts-interp --json "${with_levels[@]}" --alpha 2 --level loudness -o far_level.wav
expect 0 "a model without levels" lts-interp "${pair[@]}" --alpha 0.5 --level none -o half_none.wav
ok "is told so once" [ "$(grep -c 'this model has no levels of its own: nothing changes' err)" = 1 ]
ok "and nothing changes" same half_none.wav half.wav

# Wrong use.
x=(-o refused/x.wav)
misuse() { refused 2 "$@"; }
for value in half 0.5x nan inf 1e39 "" 0:1 0:1:0 1:0:0.1 0:1:-0.1 0:1:1e-6 0:1:0.5:1 0::1 :; do
    misuse "--alpha '$value'" "--alpha=$value: must be a number or FROM:TO:STEP" lts-interp "${pair[@]}" --alpha "$value" "${x[@]}"
done
misuse "no alpha" "give either --alpha or --curve" lts-interp "${pair[@]}" "${x[@]}"
misuse "alpha and curve" "give either --alpha or --curve" lts-interp "${pair[@]}" --alpha 1 --curve fade.txt "${x[@]}"
misuse "no run" "--run RUN is missing" lts-interp --a "$a" --b "$b" --alpha 1 "${x[@]}"
misuse "no output" "give -o" lts-interp "${pair[@]}" --alpha 1
misuse "one sound" "give two sounds" lts-interp --run "$run" --a "$a" --alpha 1 "${x[@]}"
misuse "--mix and --a" "--mix carries its own weights" lts-interp --run "$run" --mix "$a=1" --a "$a" "${x[@]}"
misuse "--mix and --alpha" "--mix carries its own weights" lts-interp --run "$run" --mix "$a=1" --alpha 1 "${x[@]}"
misuse "--mix without a weight" "give FILE=WEIGHT" lts-interp --run "$run" --mix "$a" "${x[@]}"
misuse "--mix with an empty weight" "give FILE=WEIGHT" lts-interp --run "$run" --mix "$a=" "${x[@]}"
misuse "--batch and -o" "leave out" lts-interp --run "$run" --batch "${x[@]}"
misuse "--batch and --duration" "leave out --duration" lts-interp --run "$run" --batch --duration 1
misuse "a stray word" "stray: one argument too many" lts-interp "${pair[@]}" --alpha 1 "${x[@]}" stray
misuse "a FLAC to write" "a WAV file is written" lts-interp "${pair[@]}" --alpha 1 -o refused/x.FLAC
for wrong in --phase-iter=-1 --phase-iter=1001 --phase-iter=two --phase-init=none --bits=8 --bits=32 --seed=-1 \
    --threads=0 --duration=-1 --duration=long --normalize=yes --alhpa=1 --curve; do
    misuse "$wrong" "lts-interp: ${wrong%%=*}" lts-interp "${pair[@]}" --alpha 1 "${x[@]}" "$wrong"
done
misuse "a weight too large" "--mix ...=1e39: too large a weight" lts-interp --run "$run" --mix "$a=1e39" "${x[@]}"
refused 1 "a weight that is none" "--mix ...=heavy: neither a number nor a curve file" \
    lts-interp --run "$run" --mix "$a=heavy" "${x[@]}"
misuse "encoding nothing" "too few arguments: lts-encode" lts-encode --run "$run" -o refused/z.npy
misuse "encoding two sounds" "one argument too many" lts-encode --run "$run" "$a" "$b" -o refused/z.npy
misuse "encoding to nowhere" "--output FILE is missing" lts-encode --run "$run" "$a"
misuse "decoding nothing" "give either --run RUN and an array, or --features" lts-decode --run "$run" "${x[@]}"
misuse "decoding both" "give either" lts-decode --run "$run" --features z.npy "${x[@]}"
misuse "decoding without a run" "give either" lts-decode z.npy "${x[@]}"
misuse "decoding to nowhere" "give -o, the file to write, or --magnitudes" lts-decode --run "$run" z.npy
misuse "magnitudes of magnitudes" "--magnitudes goes with --run" lts-decode --features z.npy --magnitudes refused/m.npy "${x[@]}"
misuse "one file for sound and magnitudes" "name two files" lts-decode --run "$run" z.npy --magnitudes refused/x.wav "${x[@]}"
misuse "the same of a mixture" "name two files" lts-interp "${pair[@]}" --alpha 1 --magnitudes refused/x.wav "${x[@]}"
misuse "magnitudes of a range" "is of one sound" lts-interp "${pair[@]}" --alpha 0:1:1 --magnitudes refused/m.npy -o refused/x
misuse "magnitudes of a batch" "is of one sound" lts-interp --run "$run" --batch --magnitudes refused/m.npy
misuse "a law that is none" "--level=loud: must be loudness or none" lts-interp "${pair[@]}" --alpha 1 --level loud "${x[@]}"
misuse "--set with a run" "--set goes with --features" lts-decode --run "$run" z.npy -s audio.n_iter=1 "${x[@]}"
misuse "--config with a run" "--config goes with --features" lts-decode --run "$run" z.npy --config "$run/config.ini" "${x[@]}"

# Far out: a sound or a clear refusal.
expect 0 "an alpha of 20" lts-interp "${pair[@]}" --alpha 20 -o far.wav
refused 1 "an alpha of 3.3e38" "is not finite: the latent path leads too far out" lts-interp "${pair[@]}" --alpha 3.3e38 "${x[@]}"
expect 0 "loud integers" lts-interp --json "${pair[@]}" --alpha 300 --bits 16 -o loud.wav
ok "are a warning, or fit" grep -q 'samples were clipped (peak \|"peak":0' out

# Stopped in the midst of a range: every file is whole.
"$bin/lts-interp" "${pair[@]}" --phase-iter 16 --alpha 0:1:0.001 -o stopped >out 2>err &
job=$!
for _ in $(seq 600); do
    [ "$(find stopped -name '*.wav' 2>/dev/null | wc -l)" -lt 2 ] || break
    sleep 0.05
done
kill -TERM $job
code=0
wait $job || code=$?
ok "exit status 1, got $code" [ $code -eq 1 ]
says "stopped: interrupted: "
says "of 1001 sounds are there and whole"
no_temporaries stopped
ok "as many as it says" grep -q "interrupted: $(sounds stopped) of" err
for file in stopped/*.wav; do ok "$file is whole" [ "$(samples "$file" | wc -c)" -eq $((12800 * 4)) ]; done

# Stopped in a long search for a phase: nothing is written.
stopped() { # TOOL ARGUMENT...
    "$bin/$1" "${@:2}" --phase-iter 1000 -o refused/x.wav >out 2>err &
    job=$!
    sleep 0.3
    kill -TERM $job 2>/dev/null || true
    code=0
    wait $job || code=$?
    # It may have been done by then, or not have begun to listen.
    if [ $code -ne 0 ] && [ $code -ne 143 ]; then
        ok "exit status 1, got $code" [ $code -eq 1 ]
        says "$1: refused/x.wav: interrupted: nothing was written"
        one_line
        ok "and so it is" [ -z "$(find refused -mindepth 1)" ]
    fi
    rm -f refused/x.wav
}
stopped lts-interp --run "$run" --a "$a" --b "$b" --alpha 0.5
stopped lts-decode --run "$run" z.npy
stopped lts-decode --features "$set_name/npy/guitar.npy"

# Where a decimal comma is usual.
if comma_locale; then
    LC_ALL=de_DE.UTF-8 interp "a German locale" --alpha 0.5 -o german.wav
    ok "the same bytes" cmp german.wav half.wav
    LC_ALL=de_DE.UTF-8 interp "... and a curve" --curve fade.txt -o german.wav
    ok "the same sound" same german.wav fade_txt.wav
fi
