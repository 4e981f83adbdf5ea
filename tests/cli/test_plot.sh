#!/usr/bin/env bash
# lts-plot from the shell: every kind of picture in every format, names that need care, wrong use.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
data=$source/tests/data/cqt
set_name="a 'set' & \$HOME"
mkdir -p "$set_name/npy"
cp "$data"/*.exact.npy "$set_name/npy"
expect 0 "a run to draw" lts-train -q --set VAE.n_units=24 --set VAE.latent_dim=4 \
    --set training.epochs=2 --set training.batch_size=128 "$set_name"
run=$set_name/timbre/run-000

is_picture() { # FILE
    case $1 in
    *.png) ok "$1 is a PNG" [ "$(head -c 4 "$1" | tail -c 3)" = PNG ] ;;
    *.svg) ok "$1 is an SVG" grep -q '</svg>' "$1" ;;
    *.pdf) ok "$1 is a PDF" [ "$(head -c 5 "$1")" = %PDF- ] ;;
    esac
}

for format in png svg pdf; do
    expect 0 "loss as $format" lts-plot loss "$run" -o "l.$format"
    is_picture "l.$format"
    prints "l.$format"
    expect 0 "spectrogram as $format" lts-plot spectrogram "$data/guitar.wav@0.5" \
        "$data/breakbeat.exact.npy" --duration 0.4 -o "s.$format"
    is_picture "s.$format"
    silent
    expect 0 "latent as $format" lts-plot latent --run "$run" --a "$data/guitar.wav" \
        --b "$data/breakbeat.wav@0.3" --points 100 -o "z.$format"
    is_picture "z.$format"
done
ok "the run's name as it is" grep -qF "timbre/run-000" l.svg
ok "the sounds' names" grep -qF "guitar.wav from 0.5 s on" s.svg
ok "the letters" grep -qF "<text>A: guitar</text>" z.svg

odd="it's \"odd\" \`touch pwned\` \$(touch pwned) <é>.wav"
cp "$data/guitar.wav" "$odd"
expect 0 "a name that needs care" lts-plot spectrogram "./$odd" -o "$odd.svg"
ok "printed as it is" grep -qF "it's \"odd\" \`touch pwned\` \$(touch pwned) &lt;é>.wav" "$odd.svg"
ok "and not run" [ ! -e pwned ]

expect 0 "two runs, as JSON" lts-plot loss "$run" "$run/history.csv" -o two.png --json
prints '{"event":"picture","file":"two.png"}'
mkdir fresh
echo epoch,loss >fresh/history.csv
expect 3 "a run without an epoch beside another" lts-plot loss fresh "$run" -o some.png
says "lts-plot: warning: left out: fresh/history.csv: no epoch with a finite loss"
one_line
is_picture some.png
expect 3 "the same, as JSON" lts-plot loss "$run" fresh no-such -o some.png --json
prints '{"event":"warning","text":"left out: no-such/history.csv: no such file'
prints '{"event":"picture","file":"some.png"}'
expect 1 "no run with an epoch" lts-plot loss fresh fresh -q -o none.png
says "lts-plot: fresh/history.csv: no epoch with a finite loss"
one_line
ok "nothing was drawn" [ ! -e none.png ]
expect 0 "t-SNE" lts-plot latent --run "$run" --dataset "$set_name" --method tsne --points 60 \
    --colour time --seed 3 -o t.svg --json
prints '"event":"picture"'
expect 0 "the same again" lts-plot latent --run "$run" --dataset "$set_name/npy" --method tsne \
    --points 60 --colour time --seed 3 -o t2.svg
ok "draws the same" cmp t.svg t2.svg
mkdir -p "$set_name/audio/plucked" "$set_name/audio/drums/loops"
cp "$data/guitar.wav" "$set_name/audio/plucked/guitar.exact.wav"
cp "$data/breakbeat.wav" "$set_name/audio/drums/loops/breakbeat.exact.wav"
for by in auto folder; do
    expect 0 "colour by $by" lts-plot latent --run "$run" --dataset "$set_name" --colour $by -o f.svg
    for name in plucked drums "(no folder)"; do
        ok "a group named $name" grep -qF "<text>$name</text>" f.svg
    done
done
expect 0 "folders beside the arrays" lts-plot latent --run "$run" --dataset "$set_name/npy" \
    --colour folder --limits all -o f.svg --json
ok "a group named drums" grep -qF "<text>drums</text>" f.svg
prints '"beyond":0,'
expect 0 "colour by file" lts-plot latent --run "$run" --dataset "$set_name" --colour file -o f.svg
ok "a group named chirp_noise.exact" grep -qF "<text>chirp_noise.exact</text>" f.svg
expect 0 "colour by prefix" lts-plot latent --run "$run" --dataset "$set_name" --colour prefix \
    -o f.svg
ok "a group named chirp" grep -qF "<text>chirp</text>" f.svg
if comma_locale; then
    LC_ALL=de_DE.UTF-8 expect 0 "where a decimal comma is usual" lts-plot latent --run "$run" \
        --dataset "$set_name" --method tsne --points 60 --colour time --seed 3 -o t3.svg
    ok "draws the same" cmp t.svg t3.svg
fi
head -c 40000 "$data/guitar.wav" >cut.wav
expect 1 "a sound that is cut short" lts-plot spectrogram cut.wav -o cut.svg
says "cut.wav: cut short: "
one_line
printf '0 1\n0.5 0.5\n' >curve.txt
expect 0 "alphas and a curve" lts-plot latent --run "$run" --a "$data/guitar.wav" \
    --b "$data/breakbeat.wav" --duration 0.5 --alpha -0.5 --alpha 0:1:0.5 --curve curve.txt \
    --points 50 -o a.svg
for name in "alpha = -0.5" "alpha = 0" "alpha = 0.5" "alpha = 1" curve.txt; do
    ok "a path named $name" grep -qF "<text>$name</text>" a.svg
done

# Morphs: the curves that gnuplot is given, of a gnuplot that copies its script into the picture.
expect 0 "a morph" lts-plot morph --run "$run" --a "$data/guitar.wav" --b "$data/breakbeat.wav@0.3" \
    --duration 0.5 -o m.svg
is_picture m.svg
for name in "A: guitar.wav" "B: breakbeat.wav" "path at alpha 0.5" "level (dB)" "centroid (Hz)" distance; do
    ok "it says $name" grep -qF "$name" m.svg
done
mkdir copying
printf '#!/bin/sh\nexec cat\n' >copying/gnuplot
chmod +x copying/gnuplot
# curve FILE PANEL LINE: the numbers of a line, A, B or the path, in the panel, 1 to 3.
curve() {
    grep -a -A 1000000 '^unset y2tics' "$1" |
        awk -v panel="$2" -v line="$3" '/^plot/ { p++; l = 1; next } /^e$/ { l++; next }
            p == panel && l == line && NF == 2'
}
morph() { PATH=$PWD/copying:$PATH expect 0 "$1" lts-plot morph --run "$run" "${@:2}"; }
guitar=$data/guitar.wav
morph "a sound and itself" --a "$guitar" --b "$guitar" --duration 0.5 --alpha 3 -o same.png
frames=$(curve same.png 1 1 | wc -l)
ok "a point a frame, not $frames" [ "$frames" -eq 173 ]
for panel in 1 2 3; do
    ok "panel $panel: A is B" cmp <(curve same.png $panel 1) <(curve same.png $panel 2)
done
ok "and so is the path's distance" awk '{ d = $2 - $4; if (d * d > 1e-5) bad = 1 } END { exit bad }' \
    <(paste <(curve same.png 3 1) <(curve same.png 3 3))
ok "centroids lie between 32 Hz and 8.4 kHz" awk '$2 < 32 || $2 > 8400 { bad = 1 } END { exit bad }' \
    <(curve same.png 2 1)
morph "far out" --a "$guitar" --b "$data/breakbeat.wav" --duration 0.5 --alpha 6 -o far.png
largest() { awk '$2 > m { m = $2 } END { print m + 0 }'; }
ok "is farther than the sounds" awk "BEGIN { exit !($(curve far.png 3 3 | largest) > $(curve far.png 3 1 | largest)) }"
PATH=$PWD/copying:$PATH expect 0 "a strip below each sound" lts-plot spectrogram --run "$run" \
    "$guitar" "$data/breakbeat.wav" --duration 0.5 -o strips.png
ok "two of them" [ "$(grep -ac "^plot '-' with lines" strips.png)" -eq 2 ]
ok "with the distances of the sound" cmp \
    <(grep -a -A 1000000 "^plot '-' with lines" strips.png | awk '/^e$/ { exit } NF == 2 { printf "%.4f\n", $2 }') \
    <(curve same.png 3 1 | awk '{ printf "%.4f\n", $2 }')
# The path is the one that lts-interp renders: the same sound a third above itself.
faster "$guitar" faster.wav
higher=(--a "$guitar@0.25" --b faster.wav@0.2 --duration 0.4)
# path_levels ARRAY: 20 log10 of the RMS of each frame.
path_levels() {
    tail -c +129 "$1" | od -An -v -t f4 -w1536 |
        awk '{ s = 0; for (k = 1; k <= NF; k++) s += $k * $k; printf "%.3f\n", 10 / log(10) * log(s / NF) }'
}
for align in none pitch; do
    morph "aligned by $align" "${higher[@]}" --align $align -o $align.png
    [ $align = none ] || says "aligned in pitch: b lies 3.9 semitones above a in "
    expect 0 "the sound of it" lts-interp -q --run "$run" "${higher[@]}" --alpha 0.5 --align $align \
        --magnitudes $align.npy -o $align.wav
    ok "$align: the levels of what lts-interp renders" awk \
        '{ n++; d = $2 - $3; if (d * d > 1e-4) bad = 1 } END { exit bad || n < 100 }' \
        <(paste <(curve $align.png 1 3) <(path_levels $align.npy))
done
ok "the caption says that" grep -aq "'aligned in pitch: b lies 3.9 semitones above a in " pitch.png
ok "and of none" grep -aq "'not aligned'" none.png
morph "by default" "${higher[@]}" -o auto.png
ok "is aligned" cmp auto.png pitch.png
mv "$run/model/distance.safetensors" map
morph "without a map" --a "$guitar" --b "$guitar" --duration 0.5 -o bare.png
ok "there is no distance" [ "$(curve bare.png 3 1 | wc -l)/$(curve bare.png 2 1 | wc -l)" = 0/173 ]
mv map "$run/model/distance.safetensors"

# Evaluations, from the tables of lts-match.
cat >scores.csv <<'CSV'
parameter,mean_percentile_rank,top_1,top_2,top_3,top_4,top_5,classes_off,published_percentile_rank
sin_f,60,10,20,30,40,50,4.5,80.5
saw_f,70,20,30,40,50,60,4.5,
it's,90.5,50,60,70,80,90,1.25,
mean,73.5,26.7,36.7,46.7,56.7,66.7,3.4,77.5
CSV
cut -d, -f1-8 scores.csv | sed 's/^sin_f,60/sin_f,45/' >unknown.csv
printf 'row,stft_correlation,ft_correlation\n0,91.5,40\n7,95.5,60\n3,80,20\n' >sounds.csv
for format in png svg pdf; do
    expect 0 "an evaluation as $format" lts-plot evaluation scores.csv sounds.csv -o e.$format
    is_picture e.$format
    silent
done
for name in sin_f "it's" "all _f" mean "STFT, mean 89.0 %" "FT, mean 40.0 %" "Barkan et al. 2019, same network"; do
    ok "it says $name" grep -qF "$name" e.svg
done
evaluation() { PATH=$PWD/copying:$PATH expect 0 "an evaluation" lts-plot evaluation "$@"; }
evaluation scores.csv sounds.csv -o e.png
ok "bars rise from chance" grep -aq '^0 60 -0.38 0.38 50 60$' e.png
ok "the mean's stands apart" grep -aq '^3.5 73.5 3.12 3.88 50 73.5$' e.png
ok "a published rank is a line across" grep -aq '^-0.437 80.5 0.874 0$' e.png
ok "where it is known" [ "$(grep -ac ' 0.874 0$' e.png)" -eq 2 ]
ok "groups are means" grep -aq '^1 15$' e.png
ok "correlations rise" cmp <(grep -a -A 4 '^20 0$' e.png | head -5) <(
    printf '20 0\n80 33.3333\n91.5 66.6667\n95.5 100\n100 100\n')
evaluation <(cat scores.csv) - -o piped.png <sounds.csv
evaluation scores.csv unknown.csv --json -o e.png
prints '{"event":"picture","file":"e.png"}'
ok "a bar below chance falls from it" grep -aq '^0.2 45 0.01 0.39 45 50$' e.png
ok "several have their means" [ "$(grep -ac '^1 26.7$' e.png)" -eq 2 ]

wrong() { # STATUS MESSAGE ARGUMENT...
    expect "$1" "wrong use: ${*:3}" lts-plot "${@:3}"
    says "$2"
    one_line
}
mkdir bare
cp -r "$set_name/npy" bare/npy
wrong 2 "spectogram: no such picture (did you mean spectrogram?)" spectogram x -o x.png
wrong 2 "which picture?" sonogram x -o x.png
wrong 2 "loss needs a run" loss -o x.png
wrong 2 "spectrogram needs a sound" spectrogram -o x.png
wrong 2 "latent needs --run" latent -o x.png
wrong 2 "has no meaning for loss" loss "$run" --range 50 -o x.png
wrong 2 "has no meaning for latent" latent --run "$run" --offset 1 -o x.png
wrong 2 "has no meaning for loss" loss "$run" --limits all -o x.png
wrong 2 "--set goes without --run" spectrogram x.wav --run "$run" --set audio.n_iter=2 -o x.png
wrong 2 "morph needs --run" morph -o x.png
wrong 2 "morph needs two sounds, --a and --b" morph --run "$run" --a x.wav -o x.png
wrong 2 "morph takes its sounds by --a and --b" morph --run "$run" --a x.wav --b x.wav x.wav -o x.png
wrong 2 "has no meaning for morph" morph --run "$run" --a x.wav --b x.wav --points 9 -o x.png
wrong 2 "--align=sideways" morph --run "$run" --a x.wav --b x.wav --align sideways -o x.png
wrong 2 "--align has no meaning for latent" latent --run "$run" --align none -o x.png
wrong 2 "morph shows one path" morph --run "$run" --a x.wav --b x.wav --alpha 0 --alpha 1 -o x.png
wrong 2 "morph shows one path" morph --run "$run" --a x.wav --b x.wav --alpha 0:1:0.5 -o x.png
wrong 1 "audio: no such folder" latent --run "$run" --dataset bare --colour folder -o x.png
wrong 2 "go together" latent --run "$run" --a x.wav -o x.png
wrong 2 "need two sounds" latent --run "$run" --alpha 1 -o x.png
wrong 2 "latent takes its sounds by --a and --b" latent --run "$run" x.wav -o x.png
wrong 2 "--alpha 1:0:1" latent --run "$run" --a "$data/guitar.wav" --b "$data/guitar.wav" \
    --alpha 1:0:1 -o x.png
wrong 2 "evaluation needs a table" evaluation -o x.png
wrong 2 "--run has no meaning for evaluation" evaluation scores.csv --run "$run" -o x.png
wrong 2 "7 tables: 1 to 6 fit in one picture" evaluation scores.csv{,,,,,,} -o x.png
wrong 1 "no.csv: No such file" evaluation scores.csv no.csv -o x.png
wrong 1 "history.csv: line 1: neither scores nor resyntheses" evaluation "$run/history.csv" -o x.png
wrong 1 "sounds.csv: resyntheses only: give the table of lts-match --report too" evaluation sounds.csv -o x.png
sed 's/^saw_f,70/saw_f,loud/' scores.csv >word.csv
wrong 1 "word.csv: line 3: mean_percentile_rank is 'loud', not a number" evaluation word.csv -o x.png
head -1 scores.csv >header.csv
wrong 1 "header.csv: no row after the first line" evaluation header.csv -o x.png
grep -v saw scores.csv >fewer.csv
wrong 1 "fewer.csv: its parameters are not those of scores.csv" evaluation scores.csv fewer.csv -o x.png
wrong 2 ".png, .svg or .pdf" loss "$run" -o x.jpg
wrong 2 "10 to 200" spectrogram "$data/guitar.wav" --range 5 -o x.png
wrong 2 "begin earlier" spectrogram "$data/guitar.wav@99" -o x.png
wrong 1 "expected 84" spectrogram "$data/guitar.exact.npy" --set audio.bins_per_octave=12 \
    --set audio.num_octaves=7 -o x.png
wrong 1 "history.csv" loss "$data" -o x.png
wrong 1 "no-such.wav" spectrogram no-such.wav -o x.png
wrong 1 "cannot be written" loss "$run" -o no/such/folder/x.png
ok "nothing was drawn" [ ! -e x.png ]

mkdir empty
code=0
PATH=$PWD/empty "$bin/lts-plot" loss "$run" -o x.png 2>err || code=$?
ok "without gnuplot: exit status 1, got $code" [ $code -eq 1 ]
says "gnuplot: not found: install it (Debian: gnuplot-nox)"
one_line
no_temporaries .
