#!/usr/bin/env bash
# LV2 instruments from the shell, with the test's own: found, described, drawn from, and what becomes
# of those that crash, hang or are gone.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

wrong() { # STATUS MESSAGE ARGUMENT...
    expect "$1" "refused: ${*:3}" lts-synth "${@:3}"
    says "$2"
    one_line
}
body() { tail -c +129 "$1"; }

if "$bin/lts-synth" --version --verbose | grep -q "^LV2: not"; then
    printf '[synth]\nsource = lv2\nplugin = urn:lts-test:sine\n[parameters]\ngain = 0 1\n' >p.ini
    wrong 2 "this build has no LV2 instruments: build it with lilv" lv2-list
    wrong 2 "urn:lts-test:sine: this build has no LV2 instruments" lv2-params urn:lts-test:sine -o q.ini
    wrong 2 "urn:lts-test:sine: this build has no LV2 instruments" random --space p.ini -o x
    expect 0 "a parameter file is read" lts-synth space p.ini -o q.ini
    exit 0
fi

expect 0 "instruments" lts-synth lv2-list
prints "urn:lts-test:sine  Test sine  6 controls  2 outputs"
prints "urn:lts-test:event  Test events  1 controls  1 outputs"
ok "nothing that takes no notes" [ "$(grep -c urn:lts-test:gain out)" -eq 0 ]
silent
expect 0 "for scripts" lts-synth lv2-list --json
prints '{"event":"plugin","uri":"urn:lts-test:sine","name":"Test sine","controls":6,"outputs":2}'
mkdir empty
LV2_PATH=$scratch/empty expect 0 "none" lts-synth lv2-list
says "no LV2 instrument is installed"
ok "prints nothing" [ ! -s out ]

# Parameter files.
expect 0 "its parameters" lts-synth lv2-params urn:lts-test:sine -o p.ini
prints p.ini
silent
for line in "source = lv2" "plugin = urn:lts-test:sine" "note = 60" "velocity = 100" \
    "sample_rate = 16384" "duration = 1" "gate = 0.6" "timeout = 10" "ratio = 1" "gain = 0.5" \
    "# Frequency ratio: 0.5 to 8, default 1, logarithmic" "range.ratio = 0.5 8"; do
    ok "has '$line'" grep -qxF "$line" p.ini
done
expect 2 "of which none is free" lts-synth random --space p.ini -o x
says "x: every parameter is fixed: give one of them levels"
expect 0 "with levels" lts-synth lv2-params urn:lts-test:sine --levels 5 --rate 8000 -d 0.25 --gate 0.1 -o l.ini
ok "of the range" grep -qxF "gain = 0 0.25 0.5 0.75 1" l.ini
ok "of whole numbers" grep -qxF "leave = 0 1 2 3" l.ini
ok "of a list" grep -qxF "spoil = 0 1 2" l.ini
ok "at the rate asked for" grep -qxF "sample_rate = 8000" l.ini
ok "held as long" grep -qxF "gate = 0.1" l.ini
expect 0 "to standard output" lts-synth lv2-params urn:lts-test:sine -o -
ok "is the file" cmp out p.ini

# Data sets and patches.
sed 's/^ratio = .*/ratio = semitones 1 13/; s/^gain = .*/gain = 0.25 0.5 1/; s/^spoil = .*/spoil = 2/' p.ini >mine.ini
expect 0 "twelve examples" lts-synth random --space mine.ini --count 12 --seed 3 --threads 1 -o twelve
prints "twelve: 12 examples of 16384 samples"
silent
expect 0 "forty of them" lts-synth random --space mine.ini --count 40 --seed 3 --threads 3 --wav --json -q -o forty
prints '{"event":"dataset","folder":"forty","examples":40,"samples":16384,"parameters":2,"dropped":0,'
ok "samples begin alike" cmp <(body twelve/samples.npy) <(body forty/samples.npy | head -c $((12 * 65536)))
ok "so do classes" cmp <(body twelve/classes.npy) <(body forty/classes.npy | head -c $((12 * 2 * 4)))
expect 0 "from the data set's own file" lts-synth random --space forty/parameters.ini --count 12 --seed 3 -o again
ok "the same" cmp again/samples.npy twelve/samples.npy
ok "and its file" cmp again/parameters.ini twelve/parameters.ini
expect 0 "a patch" lts-synth patch --space mine.ini --seed 3 --index 7 -o patch.ini
expect 0 "its sound" lts-synth render patch.ini -o patch.wav
ok "is example 7" cmp <(body twelve/samples.npy | tail -c +$((7 * 65536 + 1)) | head -c 65536) <(tail -c 65536 patch.wav)
expect 0 "at another rate" lts-synth render patch.ini --rate 44100 -d 0.5 -o other.wav
expect 0 "by a script" lts-synth complete --space mine.ini --duration 0.01 -o all
ok "39 of them" grep -aq "'shape': (39, 2), }" all/classes.npy

# A plugin that fails costs the examples that it fails at, each of them named.
sed 's/^crash = .*/crash = 0 1/' mine.ini >crash.ini
expect 3 "crashes" lts-synth random --space crash.ini --count 40 --seed 3 --wav --json -o crash
lost=$(grep -c '"event":"dropped","example":' out)
ok "some: $lost" [ "$lost" -gt 5 ] && [ "$lost" -lt 35 ]
prints "\"examples\":$((40 - lost)),\"samples\":16384,\"parameters\":3,\"dropped\":$lost,"
prints "urn:lts-test:sine: crashed"
ok "the others are there" [ "$(stat -c %s crash/samples.npy)" -eq $((128 + (40 - lost) * 65536)) ]
ok "with their classes" [ "$(stat -c %s crash/classes.npy)" -eq $((128 + (40 - lost) * 12)) ]
ok "none of which crashes" [ -z "$(body crash/classes.npy | od -An -v -t d4 -w12 | awk '$3 != 0')" ]
ok "and their WAVs" [ "$(ls crash/audio | wc -l)" -eq $((40 - lost)) ]
first=$(ls crash/audio | head -1)
ok "in their order" cmp <(body crash/samples.npy | head -c 65536) <(tail -c 65536 "crash/audio/$first")
expect 3 "crashes, told to people" lts-synth random --space crash.ini --count 40 --seed 3 --threads 2 -o crash2
ok "a line for each" [ "$(grep -c "^lts-synth: warning: crash2: example [0-9]*: urn:lts-test:sine: crashed.*: dropped$" err)" -eq "$lost" ]
prints "crash2: $((40 - lost)) examples"
ok "the same set" cmp crash/samples.npy crash2/samples.npy
sed 's/^hang = .*/hang = 0 1/; s/^timeout.*/timeout = 0.4/' mine.ini >hang.ini
expect 3 "hangs" lts-synth random --space hang.ini --count 6 --seed 3 --threads 2 -o hang
says "urn:lts-test:sine: took longer than 0.4 s: dropped"
sed 's/^crash = .*/crash = 1/' mine.ini >always.ini
expect 1 "always crashes" lts-synth random --space always.ini --count 4000 -o always
says "lts-synth: always: none of the first 16 examples could be rendered"
ok "makes no array" [ ! -e always/samples.npy ]
sed 's/^crash = .*/crash = 1/' patch.ini >bad.ini
wrong 1 "urn:lts-test:sine: crashed" render bad.ini -o x.wav
no_temporaries .

# What is interrupted or killed leaves no process.
sed 's/^hang = .*/hang = 0 1/; s/^timeout.*/timeout = 61/' mine.ini >slow.ini
cp -r twelve stopped
"$bin/lts-synth" random --space slow.ini --count 100 --seed 3 -o stopped >out 2>err &
tool=$!
hosts() { cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' | grep -c "$1" || true; }
for _ in $(seq 100); do
    sleep 0.1
    [ "$(hosts 'sin[e] 16384 16384 9830 60 100 61 ')" -eq 0 ] || break
done
sleep 0.5
ok "a host plays" [ "$(hosts 'sin[e] 16384 16384 9830 60 100 61 ')" -gt 0 ]
kill -KILL $tool
wait $tool 2>/dev/null || true
for _ in $(seq 50); do
    [ "$(hosts 'sin[e] 16384 16384 9830 60 100 61 ')" -gt 0 ] || break
    sleep 0.1
done
ok "the hosts of one that was killed end" [ "$(hosts 'sin[e] 16384 16384 9830 60 100 61 ')" -eq 0 ]
sed 's/^timeout.*/timeout = 1.5/' slow.ini >second.ini
"$bin/lts-synth" random --space second.ini --count 4000 --seed 3 --threads 2 -o stopped >out 2>err &
tool=$!
sleep 1
kill -INT $tool
SECONDS=0 code=0
wait $tool || code=$?
ok "interrupted: $code" [ "$code" -eq 1 ]
ok "within a sound, not a batch: $SECONDS s" [ "$SECONDS" -lt 15 ]
says "stopped: interrupted: no array was written"
one_line
ok "what there was is left" cmp stopped/samples.npy twelve/samples.npy

# A classifier learns an instrument, and matches a sound of it; sounds that fail are replaced.
sed 's/^ratio = .*/ratio = 1 2 4/; s/^leave = .*/leave = 0 1/; s/^sample_rate = .*/sample_rate = 8000/; s/^duration = .*/duration = 0.25/' \
    p.ini >learn.ini
printf '%s\n' '[inversynth]' 'architecture = own' 'layers = 8x3x3/2x4' 'source = endless' "parameters = learn.ini" \
    'examples = 64' 'held_out = 8' '[training]' 'epochs = 2' >train.ini
mkdir learnt
expect 0 "a training on it" lts-train --config train.ini learnt
says "another example is learned in its place"
sed 's/^leave = .*/leave = 0/' learn.ini >kept.ini
expect 0 "a sound of it" lts-synth patch --space kept.ini -o sound.ini
expect 0 "is rendered" lts-synth render sound.ini -o sound.wav
expect 0 "and matched" lts-match --run learnt/inversynth/run-000 sound.wav --refine 1 -o match.wav --params match.ini
ok "with its parameters" grep -q "^ratio = " match.ini
ok "and its sound" [ -s match.wav ]

wrong 2 "urn:lts-test:needy: needs the feature urn:lts-test:telepathy, which this host does not have" \
    lv2-params urn:lts-test:needy -o x.ini
wrong 2 "urn:lts-test:gain: is no instrument: it has no input for MIDI notes" lv2-params urn:lts-test:gain -o x.ini
wrong 1 "urn:lts-test:nothing: no such plugin is installed" lv2-params urn:lts-test:nothing -o x.ini
sed 's/:sine/:gone/' mine.ini >gone.ini
wrong 1 "urn:lts-test:gone: no such plugin is installed" random --space gone.ini -o x
expect 0 "its file is read without it" lts-synth space gone.ini -o gone2.ini
sed 's/^ratio = .*/ratio = 1 100/; /^range/d' mine.ini >far.ini
wrong 2 "urn:lts-test:sine: ratio = 100: the plugin takes 0.5 to 8" random --space far.ini -o x
sed 's/^gain = .*/gain = 1 2/' mine.ini >loud.ini
wrong 2 "[parameters] gain = 2: must be 0 to 1" random --space loud.ini -o x
wrong 2 "--oscillators has no meaning for a plugin" random --space mine.ini --oscillators naive -o x
wrong 2 "lv2-params needs one plugin's URI: see lts-synth lv2-list" lv2-params -o x.ini
wrong 2 "--output OUT is missing" lv2-params urn:lts-test:sine
wrong 2 "--output OUT is missing" random
wrong 2 "--output has no meaning for lv2-list" lv2-list -o x
wrong 2 "lv2-list takes nothing" lv2-list x
wrong 2 "--levels has no meaning for random" random --levels 3 -o x
wrong 2 "--levels=1: must be" lv2-params urn:lts-test:sine --levels 1 -o x.ini
wrong 2 "--space has no meaning for lv2-params" lv2-params urn:lts-test:sine --space paper -o x.ini
LTS_LV2_HOST=/no/such/host wrong 1 "/no/such/host: cannot be started" lv2-list
ok "nothing was written" [ ! -e x.ini ] && [ ! -e x.wav ]
