#!/usr/bin/env bash
# lts-match from the shell: a sound, many sounds, refinement, evaluation, runs and sounds that are of no use.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

cat >tiny.ini <<'INI'
[dataset]
datapath = .
[inversynth]
architecture = c1
parameters = two-sines
source = endless
examples = 384
held_out = 32
[training]
epochs = 2
batch_size = 16
INI
expect 0 "a classifier of two sines" lts-train --config tiny.ini --seed 1 --quiet .
run=inversynth/run-000
value() { sed -n "s/.*\"$1\":\([-0-9.e]*\).*/\1/p" out | head -1; } # of the first record that has it

"$bin/lts-synth" patch --space two-sines --seed 5 --index 1 -o known.ini >out
"$bin/lts-synth" render known.ini -o known.wav >out

expect 0 "a match" lts-match --run $run known.wav -o match.wav --params match.ini --top 3
silent
prints "known.wav: distance"
prints "  sin1_f "
ok "tells four parameters" [ "$(grep -c '^  ' out)" -eq 4 ]
ok "with three classes each" [ "$(grep -c ' %, .* %, .* %$' out)" -eq 4 ]
expect 0 "its patch renders" lts-synth render match.ini -o again.wav
ok "the same sound" cmp <(tail -c 60000 match.wav) <(tail -c 60000 again.wav)
ok "which knows what it matches" grep -aq "match of known.wav@0, model [0-9a-f]" match.wav
expect 0 "again" lts-match --run $run known.wav -o twice.wav --params twice.ini --threads 1
ok "is the same sound" cmp match.wav twice.wav
ok "of the same patch" cmp match.ini twice.ini
expect 0 "nothing to write" lts-match --run $run known.wav --json --quiet --top 2
predicted=$(value predicted)
ok "its distance stays" [ "$predicted" = "$(value distance)" ]
ok "a record of the match and one of each parameter" [ "$(grep -c '"event":"parameter"' out)" -eq 4 ]
prints '"class_2":'
ok "no third class" [ "$(grep -c class_3 out)" -eq 0 ]
"$bin/lts-match" --run $run - -o - <known.wav >piped.wav 2>err
ok "through pipes it is the same sound" cmp <(tail -c 60000 match.wav) <(tail -c 60000 piped.wav)
expect 0 "16 bits" lts-match --run $run known.wav --bits 16 -o small.wav
ok "take half the room" [ "$(stat -c %s small.wav)" -lt 33500 ]

# What is between the classes is found by the search alone.
sed 's/^sin1_f = .*/sin1_f = 130/; s/^sin2_A = .*/sin2_A = 0.44/' known.ini >between.ini
"$bin/lts-synth" render between.ini -o between.wav >out
expect 0 "refined" lts-match --run $run between.wav --refine 2 --seed 3 --json -q --params near.ini
ok "the distance falls" awk "BEGIN { exit !($(value distance) < $(value predicted)) }"
ok "to half, where there was time for a thousand sounds" awk \
    "BEGIN { exit !($(value evaluations) < 1000 || $(value distance) < $(value predicted) / 2) }"
ok "by many sounds" [ "$(value evaluations)" -gt 100 ]
ok "the frequency is there" awk -F' = ' '/^sin._f/ && $2 > 120 && $2 < 140 { n++ } END { exit !n }' near.ini

# Any rate, level and length, with what was done to it.
"$bin/lts-synth" render known.ini --rate 44100 -o fast.wav >out
expect 0 "another rate" lts-match --run $run fast.wav --json -q
ok "is as near" awk "BEGIN { exit !($(value predicted) < $predicted + 0.1) }"
"$bin/lts-synth" render known.ini -d 2 --gate 2 -o long.wav >out
expect 0 "a longer sound" lts-match --run $run long.wav
says "long.wav: 2 s long: only its first 1 s are matched"
sed 's/^\(sin._A\) = .*/\1 = 0.001/' known.ini >soft.ini
"$bin/lts-synth" render soft.ini -o soft.wav >out
expect 0 "a soft one" lts-match --run $run soft.wav -o soft-match.wav
says "dB louder, as loud as the synthesizer's sounds"
wav silent.wav 16384 1 1 silence
expect 2 "silence" lts-match --run $run silent.wav -o none.wav --params none.ini
says "silent.wav: silent: there is nothing to match"
one_line
ok "makes no sound" [ ! -e none.wav ]
ok "and no patch" [ ! -e none.ini ]
sed 's/^sin1_f = .*/sin1_f = 3000/; s/^sin2_A = .*/sin2_A = 0.001/' known.ini >high.ini
"$bin/lts-synth" render high.ini -o high.wav >out
expect 0 "a high one" lts-match --run $run high.wav
says "is beyond the synthesizer's, 50 to 800 Hz"

# Past the classes, where the network knows nothing: a patch that renders as it was written.
expect 0 "a high one, refined" lts-match --run $run high.wav --refine 2 --seed 3 --json -q \
    -o higher.wav --params higher.ini
ok "is reached" awk "BEGIN { exit !($(value evaluations) < 1000 || $(value distance) < $(value predicted) / 2) }"
ok "by a carrier beyond the highest class" awk -F' = ' '/^sin._f/ && $2 > 2900 && $2 < 3100 { n++ } END { exit !n }' higher.ini
ok "without a note" [ "$(grep -c beyond out err | grep -cv ':0')" -eq 0 ]
expect 0 "its patch" lts-synth render higher.ini -o again.wav
ok "sounds the same" cmp <(tail -c 60000 higher.wav) <(tail -c 60000 again.wav)
expect 0 "within the classes" lts-match --run $run high.wav --refine 0.5 --within-levels --json --params within.ini
ok "there are none" awk -F' = ' '/^sin._f/ && $2 > 800.001 { n++ } END { exit n > 0 }' within.ini
prints "is beyond the synthesizer's, 50 to 800 Hz"
expect 0 "from a time on" lts-match --run $run known.wav@0.25 --json -q

# Several sounds and folders.
mkdir -p many/deep
cp known.wav many/a.wav
cp between.wav many/deep/b.wav
echo junk >many/c.wav
expect 3 "a folder with one that is none" lts-match --run $run many known.wav -o matches
says "many/c.wav: "
one_line
ok "the others are matched" [ "$(cd matches && find . -type f | sort | tr '\n' ' ')" = \
    "./a.ini ./a.wav ./deep/b.ini ./deep/b.wav ./known.ini ./known.wav " ]
ok "as by themselves" cmp matches/a.ini match.ini
no_temporaries matches
expect 3 "as records" lts-match --run $run many --json -q
prints '{"event":"failed","file":"many/c.wav","reason":"many/c.wav: '
ok "of the others" [ "$(grep -c '"event":"match"' out)" -eq 2 ]
rm many/c.wav
cp known.wav many/known.wav
expect 2 "two of one name" lts-match --run $run many known.wav -o elsewhere
says "elsewhere/known.wav: of both many/known.wav and known.wav: match them one by one"
one_line
ok "nothing is matched" [ ! -e elsewhere ]
cp many/known.wav before.wav
expect 2 "into the folder itself" lts-match --run $run many -o many
says "would be overwritten"
ok "leaves it" cmp many/known.wav before.wav
mkdir empty
expect 1 "an empty folder" lts-match --run $run empty -o elsewhere
says "empty: no sound files in it"

# Curves of a long sound.
expect 0 "windows of a sound" lts-match --run $run long.wav --hop 0.25 -o moving.wav --params moving.csv
prints "long.wav: distance "
prints ", 8 windows"
silent
ok "a row each" [ "$(wc -l <moving.csv)" -eq 9 ]
ok "of all parameters" grep -q "^time,level,sin1_f,sin1_A,sin2_f," moving.csv
ok "two seconds of sound" [ "$(stat -c %s moving.wav)" -gt 131000 ]
expect 0 "as an array" lts-match --run $run long.wav --hop 0.25 --params moving.npy --json -q
prints '{"event":"curves","file":"long.wav","patch":"moving.npy","windows":8,"distance":'
ok "of windows and parameters" grep -aq "'shape': (8, 14), }" moving.npy
expect 2 "silence" lts-match --run $run silent.wav --hop 0.25 -o none.wav
says "silent.wav: silent: there is nothing to match"
one_line

# Evaluation.
"$bin/lts-synth" random --space two-sines --count 40 --seed 9 -o unseen -q
expect 0 "an evaluation" lts-match --run $run --evaluate unseen --report scores.csv --resynthesize 5 --sounds sounds.csv
prints "unseen: 40 sounds"
prints "5 resyntheses:"
prints "  STFT correlation"
silent
ok "a line a parameter and the mean" [ "$(cut -d, -f1 scores.csv | tr '\n' ' ')" = \
    "parameter sin1_f sin1_A sin2_f sin2_A mean " ]
ok "which no paper knows" [ -z "$(tail -n +2 scores.csv | cut -d, -f9 | tr -d '\n')" ]
ok "a line a resynthesis" [ "$(cut -d, -f1 sounds.csv | tr '\n' ' ')" = "row 0 8 16 24 32 " ]
ok "whose mean is told" awk -F, -v told="$(sed -n 's/.*STFT correlation *\([0-9.]*\).*/\1/p' out)" \
    'NR > 1 { s += $2 / 5 } END { exit !((s - told) ^ 2 < 1e-3) }' sounds.csv
if command -v gnuplot >/dev/null; then
    expect 0 "both make a picture" lts-plot evaluation scores.csv sounds.csv -o scores.svg
    ok "with the parameters" grep -q sin2_A scores.svg
fi
expect 0 "the same as records" lts-match --run $run --evaluate unseen --count 16 --resynthesize 3 --refine 0.3 --json -q
prints '{"event":"evaluation","dataset":"unseen","examples":16}'
prints '{"event":"resyntheses","count":3,'
ok "refinement brings them nearer" awk "BEGIN { exit !($(value distance) < $(value predicted)) }"
"$bin/lts-synth" random --space two-sines --count 40 --seed 9 --wav -o packed -q
expect 0 "the same sounds with a channel each" lts-synth dataset --wav packed/audio -o packed/samples.npy -q
ok "are three-dimensional" grep -aq "'shape': (40, 1, 16384), }" packed/samples.npy
expect 0 "their evaluation" lts-match --run $run --evaluate packed --report packed.csv -q
ok "is the same" cmp scores.csv packed.csv
bad() { # STATUS MESSAGE FOLDER
    expect "$1" "evaluating $3" lts-match --run $run --evaluate "$3" --report bad.csv
    says "$2"
    one_line
    ok "makes no report" [ ! -e bad.csv ]
}
bad 1 "no-such/parameters.ini: No such file" no-such
"$bin/lts-synth" random --space implementation --count 4 -o other -q
bad 1 "other/parameters.ini and $run/parameters.ini: " other
"$bin/lts-synth" random --space two-sines --duration 0.5 --count 4 -o brief -q
bad 1 "brief/parameters.ini: 8192 samples at 16384 Hz, but $run/parameters.ini has 16384" brief
cp -r unseen cut
head -c 100000 unseen/samples.npy >cut/samples.npy
bad 1 "cut/samples.npy: " cut
cp -r unseen fewer
"$bin/lts-synth" random --space two-sines --count 30 --seed 9 -o thirty -q
cp thirty/classes.npy fewer/classes.npy
bad 1 "fewer/classes.npy: classes of 30 sounds, but fewer/samples.npy has 40" fewer
cp other/classes.npy fewer/classes.npy
bad 1 "fewer/classes.npy: classes of 16 parameters, but parameters.ini has 4" fewer
{ head -c 128 unseen/classes.npy && printf '\7\0\0\0' && tail -c +133 unseen/classes.npy; } >fewer/classes.npy
bad 2 "fewer/classes.npy: row 0, sin1_f: class 7: must be 0 to 2" fewer

# Sets that are none are refused by the training too, before it makes a run.
untrained() { # STATUS MESSAGE SOURCE
    mkdir -p untrained
    expect "$1" "training on $3" lts-train --config tiny.ini --set inversynth.source="$3" -q untrained
    says "$2"
    one_line
    ok "makes no run" [ -z "$(ls untrained)" ]
}
untrained 1 "no-such/parameters.ini: No such file" no-such
untrained 1 "cut/samples.npy: byte 100000: the file ends within its data" cut
untrained 2 "fewer/classes.npy: row 0, sin1_f: class 7: must be 0 to 2" fewer
cp thirty/classes.npy fewer/classes.npy
untrained 1 "fewer/classes.npy: classes of 30 sounds, but fewer/samples.npy has 40" fewer
cp other/parameters.ini fewer/parameters.ini
untrained 1 "fewer/classes.npy: classes of 4 parameters, but parameters.ini has 16" fewer
expect 0 "a training on a folder" lts-train --config tiny.ini --set inversynth.source=unseen \
    --set training.epochs=1 -q untrained
resumed=untrained/inversynth/run-000
cp -r $resumed kept
sed -i 's/^source = .*/source = other/' $resumed/config.ini
expect 1 "goes on with another parameter file" lts-train --resume $resumed
says "other/classes.npy: classes of 16 parameters, but parameters.ini has 4"
one_line
sed -i 's/^source = .*/source = thirty/' $resumed/config.ini
expect 1 "with other sounds" lts-train --resume $resumed
says "the data set has changed since this run began"
ok "the run stays as it was" cmp $resumed/model/last.safetensors kept/model/last.safetensors

# Targets that spread over neighbouring classes make another model, by the same commands.
expect 0 "soft targets" lts-train --config tiny.ini --set inversynth.source=unseen \
    --set training.epochs=1 --set inversynth.soft_targets=1 --seed 1 -q untrained
soft=untrained/inversynth/run-001
ok "are another model" [ -s $soft/model/last.safetensors ] &&
    ! cmp -s $soft/model/last.safetensors kept/model/last.safetensors
ok "which keeps them" grep -q '^soft_targets = 1' $soft/config.ini
expect 0 "and matches" lts-match --run $soft known.wav -q
expect 2 "targets too soft" lts-train --config tiny.ini --set inversynth.soft_targets=65 -q untrained
says "soft_targets"
says "0 to 64"
one_line

# Runs of another kind.
cp -r $run bare
rm bare/parameters.ini
expect 1 "a run without its parameters" lts-match --run bare known.wav
says "bare/parameters.ini: No such file"
one_line
cp -r $run mixed
cp other/parameters.ini mixed/parameters.ini
expect 1 "a run with those of another" lts-match --run mixed known.wav
says "mixed/parameters.ini: 16 free parameters, but the run's model names 4"
one_line
expect 2 "a run that makes sounds" lts-match --run "$LTS_SOURCE/tests/data/run-0.1.0" known.wav
says "lts-match: $LTS_SOURCE/tests/data/run-0.1.0/model/best.safetensors: "
one_line
expect 2 "a classifier that is to encode" lts-encode --run $run known.wav -o z.npy
one_line
expect 2 "or to interpolate" lts-interp --run $run --a known.wav --b between.wav --alpha 0.5 -o half.wav
one_line
expect 2 "or to be drawn" lts-plot --run $run latent known.wav -o latent.png
one_line
ok "nothing was made" [ -z "$(ls z.npy half.wav latent.png 2>/dev/null)" ]

expect 0 "the installed run is taken where none is named" \
    lts-match known.wav -o installed.wav --params installed.ini
ok "its match is a sound" [ "$(wc -c <installed.wav)" -gt 65536 ]
expect 0 "its parameters are those of the paper's synthesizer" lts-synth render installed.ini -o installed-again.wav

wrong() { # MESSAGE ARGUMENT...
    expect 2 "wrong use: ${*:2}" lts-match "${@:2}"
    says "$1"
    one_line
}
wrong "which sound? name a file or a folder" --run $run
wrong "--params is for one sound" --run $run many --params x.ini
wrong "several sounds need a folder" --run $run many -o -
wrong "name it .wav" --run $run known.wav -o x.flac
wrong "--top=0: must be" --run $run known.wav --top 0
wrong "--refine=-1: must be" --run $run known.wav --refine -1
wrong "--bits=8: must be" --run $run known.wav --bits 8
wrong "--hop=0: must be" --run $run known.wav --hop 0
wrong "--hop is for one sound" --run $run many --hop 0.1
wrong "--top has no meaning with --hop" --run $run known.wav --hop 0.1 --top 2
wrong "--report has a meaning only with --evaluate" --run $run known.wav --report x.csv
wrong "--count has a meaning only with --evaluate" --run $run known.wav --count 3
wrong "--params has no meaning with --evaluate" --run $run --evaluate unseen --params x.ini
wrong "--evaluate takes its sounds from its folder" --run $run --evaluate unseen known.wav
wrong "--sounds is for resyntheses" --run $run --evaluate unseen --sounds x.csv
wrong "--sounds has a meaning only with --evaluate" --run $run known.wav --sounds x.csv
wrong "x.csv: named for both --report and --sounds" --run $run --evaluate unseen --resynthesize 1 --report x.csv --sounds x.csv
wrong "--within-levels is for a search" --run $run known.wav --within-levels
wrong "--refine is for resyntheses" --run $run --evaluate unseen --refine 1
wrong "would be overwritten" --run $run known.wav -o known.wav
wrong "would be overwritten" --run $run known.wav@0.1 --params ./known.wav
wrong "named for both the sound and the patch" --run $run known.wav -o x.wav --params ./x.wav
ok "nothing was written" [ -z "$(ls x.* 2>/dev/null)" ]
expect 1 "no sound" lts-match --run $run no-such.wav -o x.wav
says "no-such.wav: No such file"
expect 1 "no run" lts-match --run no-such known.wav
one_line
no_temporaries .
