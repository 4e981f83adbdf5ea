#!/usr/bin/env bash
# lts-dataset from the shell: what it takes, what it refuses, and how it goes on after every accident.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# Small arrays, so that this is quick.
printf '[audio]\nsample_rate = 22050\nbins_per_octave = 12\nnum_octaves = 5\n' >default.ini
mkdir -p "a set/audio/below"
wav "a set/audio/one.wav" 44100 2 1
wav "a set/audio/below/it's two.wav" 22050 1 2

expect 0 "a first run" lts-dataset "a set"
prints "done         2  3.0 s of sound, 518 frames"
prints "skipped      0"
silent
ok "arrays are there" [ -s "a set/npy/one.npy" ] && ok "of both" [ -s "a set/npy/it's two.npy" ]
ok "with their settings" grep -q "^datapath = a set$" "a set/npy/config.ini"
ok "default.ini here was read" grep -q "^num_octaves = 5$" "a set/npy/config.ini"
cp "a set/npy/one.npy" first.npy
expect 0 "a second run" lts-dataset "a set"
prints "skipped      2  up to date"
expect 0 "--force" lts-dataset --force --jobs 2 "a set"
prints "done         2"
ok "makes the same bytes" cmp first.npy "a set/npy/one.npy"
expect 0 "--quiet" lts-dataset -q "a set"
ok "prints nothing" [ ! -s out ]
expect 0 "--json" lts-dataset --json -f "a set"
prints '{"event":"sound","name":"it'"'"'s two","outcome":"done","frames":345,"seconds":2,'
prints '{"event":"dataset","done":2,"skipped":0,"failed":0,'
expect 2 "other settings" lts-dataset --set audio.num_octaves=x "a set"
says "audio.num_octaves = x: must be a whole number, 1 to 24"
expect 1 "arrays of other settings" lts-dataset --set audio.num_octaves=4 "a set"
says "a set/npy/config.ini: the arrays beside it were made with num_octaves 5, now 4"
one_line
ok "and stay" cmp first.npy "a set/npy/one.npy"
expect 2 "too many octaves" lts-dataset --set audio.num_octaves=12 "a set"
says "lts-dataset: default.ini: [audio]:"
one_line

# The originals' files, with the folder given instead of theirs.
for original in tensorflow pytorch; do
    expect 0 "the $original original's settings" lts-dataset -c "$source/tests/data/config/$original.ini" \
        --set dataset.cqt_dataset=npy-$original "a set"
    ok "no warning" [ "$(grep -c warning err)" -eq 0 ]
done
ok "cqt_fmin is honoured" grep -q "fmin 55\|fmin 54.99999999999999" "a set/npy-pytorch/.lts/one.ini"
sed "s|^datapath = .*|datapath = a set|; s|^cqt_dataset = .*|cqt_dataset = npy-3|" \
    "$source/tests/data/config/pytorch.ini" >theirs.ini
expect 0 "only datapath changed" lts-dataset --config theirs.ini
prints "done         2"

# Wrong use.
expect 2 "an unknown option" lts-dataset --jbos 2 "a set"
says "lts-dataset: --jbos: no such option (did you mean --jobs?); try lts-dataset --help"
one_line
for wrong in --jobs=0 --jobs=two --jobs=1.5 --shard=0/2 --shard=3/2 --shard=1 --shard=1/2/3 --shard=/ \
    --features=mfcc --threads=-1 --seed=x --set=hop --quiet=1; do
    expect 2 "$wrong" lts-dataset "$wrong" "a set"
    one_line
done
expect 2 "arrays of a kind that is not there" lts-dataset --set audio.features=mfcc "a set"
says "audio.features = mfcc: must be cqt"
one_line
expect 2 "two folders" lts-dataset "a set" "another"
expect 2 "no folder" lts-dataset
says "no data set: name its folder, or set [dataset] datapath"
expect 1 "no such settings" lts-dataset --config nowhere.ini "a set"
says "nowhere.ini"
expect 1 "no such folder" lts-dataset nowhere
says "nowhere: no such folder"
expect 0 "--help" lts-dataset --help
prints "Examples:"
expect 0 "--version" lts-dataset --version

# An empty folder, and one without sounds.
mkdir -p empty/audio
expect 1 "an empty folder" lts-dataset empty
says "empty/audio: empty: looked for sound files"
one_line
echo words >empty/audio/words.txt
expect 1 "a folder without sounds" lts-dataset empty
says "words.txt"
ok "nothing was made" [ ! -e empty/npy ]

# Two sounds of one name.
mkdir -p twice/audio/sub
wav twice/audio/x.wav 22050 1 1
cp twice/audio/x.wav twice/audio/sub/x.wav
expect 1 "two sounds of one name" lts-dataset twice
says "twice/audio/sub/x.wav and twice/audio/x.wav would both become x.npy: rename one of them"
one_line
ok "nothing was made" [ ! -e twice/npy ]

# Bad sounds fail alone.
mkdir -p bad/audio
cp "a set/audio/one.wav" bad/audio/good.wav
echo "these are words, not sound" >bad/audio/text.wav
: >bad/audio/zero.wav
wav bad/audio/nan.wav 22050 1 1 nan
wav bad/audio/nothing.wav 22050 1 0
wav bad/audio/silent.wav 22050 1 1 silence
wav bad/audio/eight.wav 44100 8 1
wav bad/audio/fast.wav 192000 1 1
head -c 20000 "a set/audio/one.wav" >bad/audio/cut.wav
head -c 8000 "$source/tests/data/audio/tones.flac" >bad/audio/part.flac
expected=6
if [ "$(id -u)" -ne 0 ]; then
    cp bad/audio/good.wav bad/audio/locked.wav
    chmod a-r bad/audio/locked.wav
    expected=7
fi
expect 3 "bad sounds" lts-dataset bad
ok "fail" grep -q "^failed  *$expected$" out
ok "and no others" grep -q "^done  *4 " out
prints "bad/audio/cut.wav: cut short: 19956 of the 176400 bytes of sound that its header promises"
ok "prints how much of a FLAC there is" grep -q \
    "bad/audio/part.flac: cut short or damaged: 0.[0-9]* s of the 0.500 s that its header promises" out
for name in text zero nan nothing cut part; do
    prints "bad/audio/$name."
    ok "no array of $name" [ ! -e bad/npy/$name.npy ]
done
says "warning: bad/audio/silent.wav: silent from end to end"
for name in good silent eight fast; do ok "an array of $name" [ -s bad/npy/$name.npy ]; done
no_temporaries bad
expect 3 "bad sounds again" lts-dataset bad
ok "the good are skipped" grep -q "^skipped  *4 " out
cp out checked
expect 3 "bad sounds, met only as they are read" lts-dataset --set dataset.check_audio=False bad
ok "are the same" cmp <(grep "^  bad" checked) <(grep "^  bad" out)
# A pipe's writer leaves the largest size there is in the header.
mkdir -p streamed/audio
{ head -c 40 "a set/audio/one.wav" && printf '\377\377\377\377' && tail -c +45 "a set/audio/one.wav"; } \
    >streamed/audio/one.wav
expect 0 "a streamed WAV" lts-dataset streamed
ok "is read to its end" cmp streamed/npy/one.npy first.npy

# What libsndfile cannot read.
mkdir -p kinds/audio
cp "$source"/tests/data/audio/swell* kinds/audio
cp "a set/audio/one.wav" kinds/audio
echo words >kinds/audio/words.txt
expect 0 "kinds beside WAV" lts-dataset kinds
if "$bin/lts-dataset" --version --verbose | grep -q "^FFmpeg: not"; then
    says "warning: kinds/audio: 2 .m4a, 1 .wma, 1 .wv: not readable by this build: "
    prints "passed over 4: 2 .m4a, 1 .wma, 1 .wv: not readable by this build"
    ok "the rest is done" grep -q "^done  *1 " out
    expect 0 "--json" lts-dataset --json kinds
    prints '"unreadable":4,"unreadable_kinds":"2 .m4a, 1 .wma, 1 .wv"'
    rm kinds/audio/one.wav
    expect 1 "nothing else" lts-dataset kinds
    says "kinds/audio: no sound in it that can be read: 2 .m4a, 1 .wma, 1 .wv: not readable"
    one_line
else
    silent
    ok "all are read" grep -q "^done  *5 " out
    for name in aac alac wma wv; do ok "an array of $name" [ -s kinds/npy/swell_$name.npy ]; done
    # Its libraries are loaded when they are needed: where that fails, a line says which.
    mkdir damaged
    for version in $(seq 50 80); do echo >damaged/libavutil.so.$version; done
    if [ "$(uname)" = Linux ]; then
        LD_LIBRARY_PATH=$scratch/damaged expect 3 "without its libraries" lts-dataset --force kinds
        prints "kinds/audio/swell_wma.wma: "
        prints "libavutil.so."
        ok "WAV is read" grep -q "^done  *1 " out
    fi
fi

# Where nothing can be written.
mkdir -p stuck/audio
cp "a set/audio/one.wav" stuck/audio
echo "a file" >stuck/npy
expect 1 "a file in place of the folder" lts-dataset stuck
says "stuck/npy"
one_line
rm stuck/npy
if [ "$(id -u)" -ne 0 ]; then
    chmod a-w stuck
    expect 1 "a folder that is read-only" lts-dataset stuck
    one_line
    chmod u+w stuck
fi
(ulimit -f 16 && expect 1 "a full disk" lts-dataset stuck && says "stuck/npy/one.npy" && ok "no array" \
    [ ! -e stuck/npy/one.npy ] && [ $failures -eq 0 ]) || failures=$((failures + 1))
no_temporaries stuck
mkdir mnt
if mount -t tmpfs -o size=128k tmpfs mnt 2>/dev/null; then
    mkdir -p mnt/audio
    wav mnt/audio/x.wav 8000 1 3
    expect 1 "a file system that is full" lts-dataset mnt
    says "mnt/npy/x.npy"
    says "No space left on device"
    ok "no array" [ ! -e mnt/npy/x.npy ]
    no_temporaries mnt
    umount mnt
fi

# Killed at any moment, the work goes on where it was.
mkdir -p many/audio
for i in $(seq 12); do wav many/audio/$i.wav 22050 1 $((20 + i)); done
expect 0 "undisturbed work" lts-dataset many
cp -r many/npy whole
rm -r many/npy
RANDOM=4711
for round in 1 2 3 4; do
    "$bin/lts-dataset" -q many &
    job=$!
    sleep 0.0$((RANDOM % 9 + 1))
    kill -9 $job 2>/dev/null || true
    wait $job 2>/dev/null || true
    for array in many/npy/*.npy; do
        [ ! -e "$array" ] || ok "a whole array after kill -9" cmp "$array" "whole/${array##*/}"
    done
done
expect 0 "work after kill -9" lts-dataset many
no_temporaries many
for array in whole/*.npy; do ok "the same array" cmp "$array" "many/npy/${array##*/}"; done

# So does the work on many short sounds, which get their names in batches: whatever counts as done by
# then is there and whole, and is not done again.
mkdir -p short/audio
wav tiny.wav 22050 1 1
head -c 1044 tiny.wav >cut.wav
# The header tells what is there: 1000 bytes of sound.
printf '\x0c\x04\x00\x00' | dd of=cut.wav bs=1 seek=4 conv=notrunc 2>/dev/null
printf '\xe8\x03\x00\x00' | dd of=cut.wav bs=1 seek=40 conv=notrunc 2>/dev/null
for i in $(seq 400); do cp cut.wav short/audio/$i.wav; done
expect 0 "many short sounds" lts-dataset --jobs 2 short
prints "done       400"
cp short/npy/1.npy one_short.npy
rm -r short/npy
for round in 1 2 3; do
    : >records
    "$bin/lts-dataset" -q --jobs 2 --json short >records &
    job=$!
    until grep -q '"outcome":"done"' records || ! kill -0 $job 2>/dev/null; do sleep 0.01; done
    sleep 0.0$((RANDOM % 9 + 1))
    kill -9 $job 2>/dev/null || true
    wait $job 2>/dev/null || true
    whole=0
    for state in short/npy/.lts/*.ini; do
        [ -e "$state" ] || continue
        name=$(basename "$state" .ini)
        cmp -s one_short.npy "short/npy/$name.npy" || ok "the array of $name after kill -9" false
        whole=$((whole + 1))
    done
    told=$(grep -c '"outcome":"\(done\|skipped\)"' records || true)
    ok "$whole arrays count as done, $told were said to" [ "$whole" -ge "$told" ]
done
ok "some were done by then" [ "$whole" -gt 0 ]
expect 0 "many short sounds after kill -9" lts-dataset --jobs 2 short
ok "what was done is skipped" [ "$(sed -n 's/^skipped  *\([0-9]*\).*/\1/p' out)" -ge "$whole" ]
no_temporaries short

# Ctrl-C, also for a job in the background, which the shell lets ignore it.
"$bin/lts-dataset" --force --jobs 1 many >out 2>err &
job=$!
sleep 0.1
kill -INT $job 2>/dev/null || true
code=0
wait $job || code=$?
if [ $code -ne 0 ]; then # it may have been done by then
    ok "an interrupted run exits with 1" [ $code -eq 1 ]
    says "many: interrupted: what is finished is whole; run again to go on"
    prints "waiting"
fi
no_temporaries many
for array in many/npy/*.npy; do ok "a whole array after Ctrl-C" cmp "$array" "whole/${array##*/}"; done

# Shards at once on one folder.
rm -r many/npy
jobs=()
for shard in 1 2 3; do
    "$bin/lts-dataset" -q --shard $shard/3 many &
    jobs+=($!)
done
for job in "${jobs[@]}"; do ok "a shard" wait "$job"; done
for array in whole/*.npy; do ok "a shard's array" cmp "$array" "many/npy/${array##*/}"; done
expect 0 "after all shards" lts-dataset many
ok "nothing is left to do" grep -q "^skipped  *12 " out
no_temporaries many
rm many/audio/7.wav
expect 0 "an array whose sound is gone" lts-dataset many
says "warning: many/npy/7.npy: no sound of that name is left"

# Where a decimal comma is usual.
if comma_locale; then
    export LC_ALL=de_DE.UTF-8
    expect 0 "a German locale" lts-dataset --set audio.cqt_fmin=32.5 --set dataset.cqt_dataset=npy-4 "a set"
    ok "writes points" grep -q "^kl_beta = 0.001$" "a set/npy-4/config.ini"
    ok "and reads them" grep -q "fmin 32.5$" "a set/npy-4/.lts/one.ini"
    export LC_ALL=C
fi
