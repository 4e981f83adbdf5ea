#!/usr/bin/env bash
# lts-synth from the shell: patches, spaces, data sets that depend on nothing but their seed, wrong use.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# Bytes of a .npy after its header of 128; a file's size.
body() { tail -c +129 "$1"; }
size() { stat -c %s "$1"; }
u32() { od -An -t u4 -j "$2" -N 4 "$1" | tr -d ' '; }

expect 0 "a patch" lts-synth patch --seed 3 --index 2 -o patch.ini
prints patch.ini
silent
ok "has all the paper's parameters" [ "$(sed -n '/^\[patch\]/,$p' patch.ini | grep -c =)" -eq 23 ]
expect 0 "its sound" lts-synth render patch.ini -o a.wav
prints a.wav
ok "is at 16,384 Hz" [ "$(u32 a.wav 24)" -eq 16384 ]
ok "of a second of floats" [ "$(size a.wav)" -gt 65536 ] && [ "$(size a.wav)" -lt 70000 ]
ok "which knows its patch" grep -aqF "$(grep '^saw_B' patch.ini)" a.wav
expect 0 "the same again" lts-synth render patch.ini -o b.wav
ok "is the same" cmp a.wav b.wav
expect 0 "at another rate and length" lts-synth render patch.ini --rate 44100 -d 0.5 --gate 0.25 --json -o c.wav
prints '{"event":"sound","file":"c.wav","seconds":0.5,'
ok "is at 44.1 kHz" [ "$(u32 c.wav 24)" -eq 44100 ]
ok "of half a second" [ "$(size c.wav)" -lt 92000 ]
expect 0 "naive waves at that rate" lts-synth render patch.ini --rate 44100 -d 0.5 --gate 0.25 \
    --oscillators naive -o d.wav
ok "are others" [ "$(cmp -l c.wav d.wav 2>&1 | wc -l)" -gt 10000 ]
expect 0 "24 bits at a peak of 1" lts-synth render patch.ini --bits 24 --normalize -o e.wav
silent
sed 's/^\(..._A\) = .*/\1 = 3/; s/^q = .*/q = 10/; s/^f_cut.*/f_cut = 900/; s/^sustain.*/sustain = 1/' patch.ini >loud.ini
expect 0 "16 bits that clip" lts-synth render loud.ini --bits 16 -o f.wav
says "f.wav: clipped: its peak is"
one_line
"$bin/lts-synth" patch --seed 3 --index 2 -o - | "$bin/lts-synth" render - -o - >piped.wav 2>err
ok "gives the same samples" cmp a.wav piped.wav

# Example i is that of the seed and i, whatever the count and the threads.
expect 0 "twelve examples" lts-synth random --count 12 --seed 3 --threads 1 -o twelve
prints "twelve: 12 examples of 16384 samples"
silent
expect 0 "forty of them" lts-synth random --count 40 --seed 3 --threads 4 --json --quiet -o forty
prints '{"event":"dataset","folder":"forty","examples":40,"samples":16384,"parameters":23,'
ok "samples begin alike" cmp <(body twelve/samples.npy) <(body forty/samples.npy | head -c $((12 * 65536)))
ok "so do classes" cmp <(body twelve/classes.npy) <(body forty/classes.npy | head -c $((12 * 23 * 4)))
ok "of 40 sounds" [ "$(size forty/samples.npy)/$(size forty/classes.npy)" = "$((128 + 40 * 65536))/$((128 + 40 * 92))" ]
ok "as float32" grep -aq "'descr': '<f4', 'fortran_order': False, 'shape': (40, 16384), }" forty/samples.npy
ok "and int32" grep -aq "'descr': '<i4', 'fortran_order': False, 'shape': (40, 23), }" forty/classes.npy
ok "example 2 is the patch above" cmp <(body twelve/samples.npy | tail -c +$((2 * 65536 + 1)) | head -c 65536) \
    <(tail -c 65536 a.wav)
expect 0 "another seed" lts-synth random --count 12 --seed 4 -o other
ok "draws others" [ "$(cmp -l <(body twelve/classes.npy) <(body other/classes.npy) | wc -l)" -gt 100 ]
expect 0 "in its place" lts-synth random --count 12 --seed 3 -o other
ok "is replaced" cmp other/samples.npy twelve/samples.npy
no_temporaries .
if comma_locale; then
    LC_ALL=de_DE.UTF-8 expect 0 "where a decimal comma is usual" lts-synth random --count 12 --seed 3 -o comma
    ok "writes the same" diff -r comma twelve
fi

# Spaces: written, edited, read.
expect 0 "the paper's space" lts-synth space paper -o parameters.ini
ok "is what the data set has" cmp parameters.ini twelve/parameters.ini
expect 0 "read from it" lts-synth random --space parameters.ini --count 12 --seed 3 -o again
ok "draws the same" diff -r again twelve
sed 's/^sin_f = .*/sin_f = 220/; s/^q = .*/q = geometric 0.5 8 5/; s/^duration.*/duration = 0.25/' parameters.ini >mine.ini
expect 0 "an edited one, with WAVs" lts-synth random --space mine.ini --count 3 --wav --bits 16 --normalize -o mine
ok "of 22 free parameters" grep -aq "'shape': (3, 22), }" mine/classes.npy
ok "of a quarter of a second" grep -aq "'shape': (3, 4096), }" mine/samples.npy
ok "three WAVs" [ "$(ls mine/audio | tr '\n' ' ')" = "000000.wav 000001.wav 000002.wav " ]
ok "of 16 bits" [ "$(size mine/audio/000001.wav)" -lt 9000 ]
ok "settings of the command line are in its parameters" grep -qx "normalize = yes" mine/parameters.ini
for name in implementation two-sines; do
    expect 0 "the space $name" lts-synth space $name -o $name.ini
    expect 0 "sounds of it" lts-synth random --space $name.ini --count 2 -o of-$name
done
ok "16 parameters of the implementation" grep -aq "'shape': (2, 16), }" of-implementation/classes.npy
expect 0 "all sounds of two sines" lts-synth complete --space two-sines --rate 8000 --duration 0.01 -o all
ok "are 81" grep -aq "'shape': (81, 4), }" all/classes.npy
ok "the last parameter runs fastest" [ "$(body all/classes.npy | od -An -v -t d4 -w16 | head -4 | tr -s ' \n' ' ')" = \
    " 0 0 0 0 0 0 0 1 0 0 0 2 0 0 1 0 " ]
expect 2 "all of the paper's" lts-synth complete --space paper -o none
says "lts-synth: none: the space has 4.95e+27 sounds, complete is for at most 1000000: fix some parameters or draw at random"
one_line
ok "nothing was made" [ ! -e none ]

# Recordings as rows.
mkdir -p recordings/b
cp a.wav recordings/b/one.wav
cp c.wav recordings/two.wav
cp d.wav recordings/a.wav
expect 0 "recordings as an array" lts-synth dataset --wav recordings -o x.npy --json -q
ok "of three rows" grep -aq "'shape': (3, 1, 16384), }" x.npy
prints '{"event":"row","row":0,"file":"recordings/a.wav"}'
prints '{"event":"row","row":1,"file":"recordings/b/one.wav"}'
prints '{"event":"row","row":2,"file":"recordings/two.wav"}'
ok "the one of that rate is as it was" cmp <(body x.npy | tail -c +65537 | head -c 65536) <(tail -c 65536 a.wav)
ok "half a second is filled up with silence" cmp <(body x.npy | tail -c 32000) <(head -c 32000 /dev/zero)
expect 0 "shorter, at another rate" lts-synth dataset --wav recordings --rate 8000 --duration 0.1 -o y.npy
prints "y.npy: 3 examples of 800 samples"
ok "are cut" grep -aq "'shape': (3, 1, 800), }" y.npy
cp x.npy before.npy
echo junk >recordings/c.wav
expect 1 "a recording that is none" lts-synth dataset --wav recordings -o x.npy
says "recordings/c.wav: "
one_line
ok "leaves what there was" cmp x.npy before.npy
mkdir empty
expect 1 "an empty folder" lts-synth dataset --wav empty -o z.npy
says "empty: no sound files in it"

wrong() { # MESSAGE ARGUMENT...
    expect 2 "wrong use: ${*:2}" lts-synth "${@:2}"
    says "$1"
    one_line
}
wrong "lts-synth: rander: no such command (did you mean render?)" rander patch.ini -o x.wav
wrong "which command?" sing -o x.wav
wrong "render needs one patch" render -o x.wav
wrong "a WAV file is written: name it .wav" render patch.ini -o x.flac
wrong "--count has no meaning for render" render patch.ini --count 3 -o x.wav
wrong "--seed has no meaning for complete" complete --space two-sines --seed 1 -o x
wrong "--wav has no meaning for patch" patch --wav -o x
wrong "--bits is for --wav" random --bits 16 -o x
wrong "parameters by --space" random mine.ini -o x
wrong "random makes a folder" random -o -
wrong "papre: no such space: paper, implementation" random --space papre -o x
wrong "--rate=1: must be" render patch.ini --rate 1 -o x.wav
sed 's/^f_cut = .*/f_cut = 4000/' patch.ini >bright.ini
wrong "bright.ini: [patch] f_cut = 4000: must be 1 to 3920 Hz" render bright.ini --rate 8000 -o x.wav
wrong "duration = 0: must be above 0" render patch.ini -d 0 -o x.wav
wrong "a WAV needs a whole sample rate" random --rate 16384.5 --count 1 --wav -o x
sed 's/\[patch\]/[parameters]/' patch.ini >fixed.ini
wrong "x: every parameter is fixed: give one of them levels" random --space fixed.ini -o x
echo "[patch" >broken.ini
expect 1 "a malformed patch" lts-synth render broken.ini -o x.wav
says "broken.ini: line 1:"
one_line
sed '/^q = /d' patch.ini >missing.ini
wrong "missing.ini: [patch] q: is missing" render missing.ini -o x.wav
sed 's/^q = .*/q = high/' patch.ini >high.ini
wrong "[patch] q = high: must be a number" render high.ini -o x.wav
expect 1 "no patch" lts-synth render no-such.ini -o x.wav
says "no-such.ini: No such file"
wrong "is read and would be overwritten" render patch.ini -o patch.ini
wrong "is read and would be overwritten" space parameters.ini -o ./parameters.ini
wrong "would be overwritten" patch --space parameters.ini -o parameters.ini
ok "nothing was written" [ ! -e x.wav ]
ok "nor made" [ ! -e x ]

# An interrupted data set leaves what there was.
cp -r twelve stopped
"$bin/lts-synth" random --count 100000 --seed 5 -o stopped >out 2>err &
for _ in $(seq 100); do
    sleep 0.1
    [ "$(du -sk stopped | cut -f1)" -lt 8000 ] || break
done
kill -INT $!
code=0
wait $! || code=$?
ok "interrupted: $code" [ "$code" -ne 0 ]
says "stopped: interrupted: no array was written"
ok "and is as before" diff -r stopped twelve
