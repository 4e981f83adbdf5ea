#!/usr/bin/env bash
# What is written to and read from something else than a regular file: standard streams, pipes, links.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

mkdir -p set/audio
cp "$source"/tests/data/cqt/{guitar,breakbeat}.wav set/audio
printf '[audio]\nsample_rate = 32000\nn_iter = 1\nbins_per_octave = 24\nnum_octaves = 6\n' >default.ini
expect 0 "a data set" lts-dataset -q set
expect 0 "a run" lts-train -q --threads 2 --set VAE.n_units=32 --set VAE.latent_dim=5 \
    --set training.epochs=1 set
run=set/timbre/run-000
a=set/audio/guitar.wav b=set/audio/breakbeat.wav
pair=(--run "$run" --duration 0.4 --align none)
is_pipe() { [ -p "$1" ] && [ ! -L "$1" ]; }

# Standard output: the same bytes as a file's, and nothing else.
expect 0 "a sound" lts-interp "${pair[@]}" --a $a --b $b --alpha 0.5 -o half.wav
expect 0 "a path" lts-encode --run "$run" $a -o z.npy
expect 0 "a path's sound" lts-decode --run "$run" z.npy -o z.wav
for name in - /dev/stdout /dev/fd/1; do
    expect 0 "a sound to $name" lts-interp "${pair[@]}" --a $a --b $b --alpha 0.5 -o $name
    ok "is the file's" cmp out half.wav
    says "sound: file $name, path alpha 0.5"
done
"$bin/lts-interp" "${pair[@]}" --a $a --b $b --alpha 0.5 -o - --json 2>err | cat >piped.wav
ok "a sound through a pipe" cmp piped.wav half.wav
ok "JSON goes to standard error" grep -q '^{"event":"sound","file":"-","path":"alpha 0.5"' err
expect 0 "a path to -" lts-encode --run "$run" $a -o -
ok "is the file's" cmp out z.npy
expect 0 "log-variances to -" lts-encode --run "$run" $a -o z2.npy --logvar -
ok "are an array" grep -aq "^.NUMPY" out
ok "beside the means" cmp z.npy z2.npy
printf 'first ' >both
"$bin/lts-encode" --run "$run" $a -o - >>both
ok "what stood there before stays" [ "$(head -c 6 both)" = "first " ]
ok "and the array follows" cmp <(tail -c +7 both) z.npy
if command -v gnuplot >/dev/null; then
    expect 0 "a picture to -" lts-plot spectrogram $a -o -
    ok "is a PNG" [ "$(head -c 4 out | tail -c 3)" = PNG ]
    expect 0 "a sound drawn from -" lts-plot spectrogram - -o a.png <$a
    expect 0 "an array drawn from -" lts-plot spectrogram - -o b.png <set/npy/guitar.npy
fi

# Standard input, through a pipe or not.
bin_tool() { cat "$1" | "$bin/$2" "${@:3}" >out 2>err; }
ok "a sound from a pipe" bin_tool $a lts-encode --run "$run" - -o from_pipe.npy
ok "gives the same path" cmp z.npy from_pipe.npy
ok "a path from a pipe" bin_tool z.npy lts-decode --run "$run" - -o from_pipe.wav
ok "gives the same sound" cmp <(tail -c 4000 z.wav) <(tail -c 4000 from_pipe.wav)
ok "an excerpt of a sound from a pipe" bin_tool $a lts-encode --run "$run" -o part.npy -- -@0.5
expect 0 "the same from a file" lts-encode --run "$run" $a@0.5 -o part_file.npy
ok "is the same" cmp part.npy part_file.npy
ok "from a file by redirection" "$bin/lts-encode" --run "$run" - -o redirected.npy <$a
ok "is the same" cmp z.npy redirected.npy
ok "magnitudes from a pipe" bin_tool set/npy/guitar.npy lts-decode --features - --config default.ini -o m.wav
printf '1\n0\n' >fade.txt
expect 0 "a curve" lts-interp "${pair[@]}" --a $a --b $b --curve fade.txt -o curve.wav
ok "a curve from a pipe" bin_tool fade.txt lts-interp "${pair[@]}" --a $a --b $b --curve - -o curve_pipe.wav
ok "sounds the same" cmp <(tail -c 4000 curve.wav) <(tail -c 4000 curve_pipe.wav)
ok "a weight from a pipe" bin_tool fade.txt lts-interp "${pair[@]}" --mix $a=- --mix $b=0.5 -o weight.wav
ok "a sound of a pair from a pipe" bin_tool $b lts-interp "${pair[@]}" --a $a --b - --alpha 0.5 -o b_pipe.wav
ok "sounds the same" cmp <(tail -c 4000 half.wav) <(tail -c 4000 b_pipe.wav)
ok "settings from a pipe" bin_tool default.ini lts-dataset --config - set
ok "are those of the file" grep -q "^skipped  *2 " out
"$bin/lts-encode" --run "$run" - -o - <$a 2>err | "$bin/lts-decode" --run "$run" - -o - >chain.wav 2>>err
ok "a chain of tools" cmp <(tail -c 4000 z.wav) <(tail -c 4000 chain.wav)
expect 1 "nothing on standard input" lts-encode --run "$run" - -o x.npy </dev/null
says "-: the file is empty: 0 bytes"

# What is no regular file stays what it is.
mkfifo pipe
cat pipe >through.wav &
expect 0 "a sound into a named pipe" lts-interp "${pair[@]}" --a $a --b $b --alpha 0.5 -o pipe
wait $!
ok "arrives whole" cmp through.wav half.wav
ok "and the pipe stays" is_pipe pipe
mkdir below
ln -s below/target.npy link.npy
for time in once again; do
    expect 0 "an array along a link, $time" lts-encode --run "$run" $a -o link.npy
    ok "the link stays" [ -L link.npy ]
    ok "and leads to it" cmp below/target.npy z.npy
done
if mknod node c 1 3 2>/dev/null && (: >node) 2>/dev/null; then
    expect 0 "a sound into a device" lts-interp "${pair[@]}" --a $a --b $b --alpha 0.5 -o node
    ok "which stays one" [ -c node ]
fi
no_temporaries .

# A reader that leaves, and a disk that is full.
{ bash -c 'sleep 0.3; "$@"; echo $? >code' - "$bin/lts-interp" "${pair[@]}" --a $a --b $b --alpha 0.5 -o - 2>err || true; } | true
code=$(cat code)
ok "a reader that has left: exit status 1, got $code" [ "$code" -eq 1 ]
says "lts-interp: standard output: whoever read it has left before the end"
one_line
(ulimit -f 8 && expect 1 "no room for standard output" lts-interp "${pair[@]}" --a $a --b $b --alpha 0.5 -o - &&
    one_line && says "could not be written whole: File too large" && [ $failures -eq 0 ]) || failures=$((failures + 1))

# Wrong use: one file twice, whatever its names.
misuse() {
    expect 2 "$1" "${@:3}"
    says "$2"
    one_line
}
cp fade.txt kept.txt
ln fade.txt same.txt
misuse "means and log-variances in one file" "./new.npy: named for both" \
    lts-encode --run "$run" $a -o new.npy --logvar ./new.npy
misuse "by a detour" "named for both" lts-encode --run "$run" $a -o z.npy --logvar below/../z.npy
misuse "both on standard output" "- is named for two files to write" \
    lts-encode --run "$run" $a -o - --logvar /dev/stdout
misuse "two files from standard input" "- is named for two files to read" \
    lts-interp "${pair[@]}" --a - --b - --alpha 0.5 -o x.wav
misuse "a sound and its weight from it" "- is named for two files to read" \
    lts-interp "${pair[@]}" --mix -=- --mix $b=1 -o x.wav
misuse "a range to standard output" "makes several sounds" \
    lts-interp "${pair[@]}" --a $a --b $b --alpha 0:1:0.5 -o -
misuse "a curve over itself" "same.txt: is read and would be overwritten" \
    lts-interp "${pair[@]}" --a $a --b $b --curve fade.txt -o same.txt
misuse "a weight over itself" "./fade.txt: is read and would be overwritten" \
    lts-interp "${pair[@]}" --mix $a=fade.txt --mix $b=1 -o ./fade.txt
ok "the curve is still there" cmp fade.txt kept.txt
cp set/audio/guitar.wav s.wav
misuse "a sound over itself" "./s.wav: is read and would be overwritten" \
    lts-interp "${pair[@]}" --a s.wav@0.1 --b $b --alpha 0.5 -o ./s.wav
misuse "an array over itself" "z.npy: is read and would be overwritten" \
    lts-encode --run "$run" z.npy -o ./z.npy
misuse "settings over themselves" "is read and would be overwritten" \
    lts-decode --features set/npy/guitar.npy --config default.ini -o ./default.ini
for file in model/best.safetensors model/last.safetensors config.ini; do
    cp "$run/$file" kept
    misuse "a sound over the run's $file" "is read and would be overwritten" \
        lts-interp "${pair[@]}" --a $a --b $b --alpha 0.5 -o "$run/$file"
    misuse "an array over the run's $file" "is read and would be overwritten" \
        lts-encode --run "$run" $a -o "$run/$file"
    misuse "a decoded sound over the run's $file" "is read and would be overwritten" \
        lts-decode --run "$run" z.npy -o "$run/$file"
    ok "$file is still there" cmp "$run/$file" kept
done
mkdir beside
(cd beside && printf '[audio]\ncqt_fmin = A1\n' >config.ini &&
    expect 0 "a piped array beside a foreign config.ini" lts-decode --features - --config ../default.ini \
        -o piped.wav <../set/npy/guitar.npy &&
    ok "does not heed it" eval '! grep -q "begin at" err' && [ $failures -eq 0 ]) || failures=$((failures + 1))
cp s.wav s.png
misuse "a picture over its sound" "is read and would be overwritten" lts-plot spectrogram s.png -o ./s.png
expect 0 "a range" lts-interp "${pair[@]}" --a $a --b $b --alpha 0:1:0.5 -o range
cp range/*0-x*.wav first.wav
misuse "a range over one of its sounds" "0-x_interpolations_0.0.wav: is read and would be overwritten" \
    lts-interp --run "$run" --align none --a "range/ 0-x_interpolations_0.0.wav" --b $b --alpha 0:1:0.5 -o range/
ok "which is still there" cmp "range/ 0-x_interpolations_0.0.wav" first.wav
expect 0 "what is no regular file may be named twice" lts-encode --run "$run" $a -o /dev/stderr --logvar /dev/stderr
no_temporaries .
