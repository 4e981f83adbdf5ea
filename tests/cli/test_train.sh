#!/usr/bin/env bash
# lts-train from the shell: a run, kill -9 at random moments, Ctrl-C, and what goes wrong.
set -euo pipefail
bin=${LTS_BIN:?}
data=${LTS_SOURCE:?}/tests/data/cqt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

failed=0
check() { # DESCRIPTION COMMAND...
    local what=$1
    shift
    if "$@"; then echo "ok: $what"; else echo "FAILED: $what" && failed=1; fi
}
status_of() {
    local code=0
    "$@" >out.txt 2>err.txt || code=$?
    echo $code
}
says() { grep -qF -- "$1" err.txt || { echo "  said: $(cat err.txt)" && return 1; }; }
one_line() { [ "$(wc -l <err.txt)" -eq 1 ] || { echo "  said: $(cat err.txt)" && return 1; }; }
same_models() { cmp "$1/model/best.safetensors" "$2/model/best.safetensors" &&
    cmp "$1/model/last.safetensors" "$2/model/last.safetensors" &&
    cmp "$1/model/distance.safetensors" "$2/model/distance.safetensors"; }

set_name="a set"
mkdir -p "$set_name/npy"
cp "$data"/*.exact.npy "$set_name/npy"
epochs=20
train() { "$bin/lts-train" --threads 2 "$@"; }
begin() { # in the background, as $job
    "$bin/lts-train" --threads 2 "$@" >/dev/null 2>&1 &
    job=$!
}
tiny=(--set VAE.n_units=24 --set VAE.latent_dim=4 --set training.epochs=$epochs
    --set training.batch_size=128 --set training.learning_rate=1e-3
    --set training.checkpoint_interval=7)

check "a run" [ "$(status_of train "${tiny[@]}" "$set_name")" -eq 0 ]
whole="$set_name/timbre/run-000"
check "the run is named on standard output" [ "$(cat out.txt)" = "$(realpath "$set_name")/timbre/run-000" ]
check "an epoch a line in the history" [ "$(wc -l <"$whole/history.csv")" -eq $((epochs + 1)) ]

check "how far frames held out are" says "model/distance.safetensors: frames held out are "
cp "$whole/model/distance.safetensors" map
check "a finished run with its map stays" [ "$(status_of train --resume "$whole")" -eq 0 ]
check "as it is" eval '! says "distance.safetensors"'
rm "$whole/model/distance.safetensors"
check "a finished run without one" [ "$(status_of "$bin/lts-train" --threads 1 --json --resume "$whole")" -eq 0 ]
check "gets it" cmp map "$whole/model/distance.safetensors"
check "and a record of it" grep -q '"event":"distance".*"part":"validation","median":[0-9.e-]*,"percentile_95":' out.txt
# Where training moves frames, the map knows moved ones: without them it is another one.
cp -r "$whole" "$set_name/timbre/run-100"
rm "$set_name/timbre/run-100/model/distance.safetensors"
sed -i 's/^transpose_share = .*/transpose_share = 0/' "$set_name/timbre/run-100/config.ini"
check "the same model without moved frames" [ "$(status_of train --json --resume "$set_name/timbre/run-100")" -eq 0 ]
check "calls 95 % of those held out within 1" eval \
    "sed -n 's/.*\"percentile_95\":\([0-9.e-]*\).*/\1/p' out.txt | awk '{ exit !(\$1 > 0.9 && \$1 < 1.1) }'"
check "and has another map" eval '! cmp -s map "$set_name/timbre/run-100/model/distance.safetensors"'
rm -r "$set_name/timbre/run-100"

# Killed while it trains, while it saves, while it begins: the resumed run ends with the same bits.
RANDOM=4711
for round in 1 2 3; do
    run="$set_name/timbre/run-00$round"
    begin -q --checkpoint-every 0.01 "${tiny[@]}" "$set_name"
    for attempt in 1 2 3 4; do
        sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
        kill -9 $job 2>/dev/null || true
        wait $job 2>/dev/null || true
        [ -e "$run/config.ini" ] || break
        begin -q --checkpoint-every 0.01 --resume "$run"
    done
    wait $job 2>/dev/null || true
    if [ -e "$run/config.ini" ]; then
        check "round $round resumes" [ "$(status_of train -q --resume "$run")" -eq 0 ]
    else # killed before it had made its run
        check "round $round starts" [ "$(status_of train -q "${tiny[@]}" "$set_name")" -eq 0 ]
    fi
    check "round $round ends with the same bits" same_models "$whole" "$run"
    check "round $round: every epoch once in the history" [ "$(tail -n +2 "$run/history.csv" | cut -d, -f1 |
        tr '\n' ' ')" = "$(seq -s ' ' $epochs) " ]
    check "round $round leaves no half files" [ -z "$(find "$run" -name '*.tmp-*')" ]
done

# Ctrl-C.
"$bin/lts-train" --threads 2 "${tiny[@]}" --set training.epochs=100000 \
    "$set_name" >out.txt 2>err.txt &
job=$!
for _ in $(seq 100); do
    grep -q '^epoch 2/' err.txt 2>/dev/null && break
    sleep 0.1
done
kill -INT $job
code=0
wait $job || code=$?
check "an interrupted run exits with 1" [ $code -eq 1 ]
check "and says how to go on" says "lts-train --resume '$(realpath "$set_name")/timbre/run-004'"
check "from a checkpoint" [ -e "$set_name/timbre/run-004/model/checkpoint.safetensors" ]

check "JSON: an object an epoch" [ "$(train --json --resume "$set_name/timbre/run-004" \
    --set training.epochs=40 2>/dev/null | grep -c '"event":"epoch".*"validation_loss":')" -gt 2 ]

# A disk that fills up.
cp "$whole/model/checkpoint.safetensors" before
check "a full disk fails" [ "$(ulimit -f 60 && status_of train -q --resume "$whole" \
    --set training.epochs=40)" -eq 1 ]
check "with one line that names the file" one_line
check "... in model/" says "$whole/model/"
check "and leaves the checkpoint as it was" cmp before "$whole/model/checkpoint.safetensors"
check "after which the run goes on" [ "$(status_of train -q --resume "$whole" \
    --set training.epochs=31)" -eq 0 ]

if [ "$(id -u)" -ne 0 ]; then
    chmod a-w "$set_name"
    check "a data set that cannot be written to" [ "$(status_of train -q "${tiny[@]}" \
        --set extra.description=other "$set_name")" -eq 1 ]
    check "says so" one_line
    chmod u+w "$set_name"
fi

check "fewer epochs than the run has" [ "$(status_of train --resume "$whole" --set training.epochs=2)" -eq 0 ]
check "are said to be too few" says "epochs already, and more are needed to go on: --set training.epochs="
check "and nothing goes on" eval '! says "going on after"'

check "other bins" [ "$(status_of train -q --set audio.num_octaves=7 "$set_name")" -eq 1 ]
check "are named" says "384 bins, expected 336 (7 octaves x 48): re-run lts-dataset or correct [audio]"
check "in one line" one_line
check "an octave too many is wrong use" [ "$(status_of train -q --set audio.num_octaves=10 "$set_name")" -eq 2 ]
check "no data set at all" [ "$(status_of train -q)" -eq 2 ]
check "is one line" one_line
check "a data set that is not there" [ "$(status_of train -q nowhere)" -eq 1 ]
check "says what to do" says "nowhere/npy: No such file or directory: run lts-dataset first"
check "a run that is not there" [ "$(status_of train -q --resume nowhere)" -eq 1 ]
check "is told" says "no run there"
check "--config with --resume is wrong use" [ "$(status_of train --config x.ini --resume "$whole")" -eq 2 ]
check "--from without --resume is wrong use" [ "$(status_of train --from last "$set_name")" -eq 2 ]
cp "$whole/model/checkpoint.safetensors" before && rm "$whole/model/checkpoint.safetensors"
check "a lost checkpoint is refused" [ "$(status_of train -q --resume "$whole" --set training.epochs=40)" -eq 1 ]
check "in one line" one_line
check "that says how to go on" says "--from last"
check "and which works" [ "$(status_of train -q --resume "$whole" --from last --set training.epochs=32)" -eq 0 ]
mv before "$whole/model/checkpoint.safetensors"
check "--threads 0 is wrong use" [ "$(status_of "$bin/lts-train" --threads 0 "$set_name")" -eq 2 ]

cp "$(ls "$set_name"/npy/*.npy | head -1)" "$set_name/npy/broken.npy"
printf '\0\0\300\177' | dd of="$set_name/npy/broken.npy" bs=1 seek=$((128 + 4 * 384 * 3 + 4 * 5)) \
    conv=notrunc status=none
check "a changed data set is not resumed" [ "$(status_of train -q --resume "$whole")" -eq 1 ]
check "and why" says "the data set has changed"
check "NaN in the data" [ "$(status_of train -q "${tiny[@]}" --set dataset.validation=0 "$set_name")" -eq 1 ]
check "names file and frame" says "broken.npy: frame 3, bin 5: not a number"
check "in one line of its own" one_line

exit $failed
