#!/usr/bin/env bash
# lts-server with a classifier, through lts-send: a match, its patch, and the synthesizer as it is
# recorded.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

mkdir -p root/sounds root/saved outside
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
expect 0 "a classifier of two sines" lts-train --config tiny.ini --seed 1 --quiet root
run=$PWD/root/inversynth/run-000
for i in 1 2; do
    "$bin/lts-synth" patch --space two-sines --seed 5 --index $i -o known$i.ini >out
    "$bin/lts-synth" render known$i.ini -o root/sounds/known$i.wav >out
done
pick_ports
# tell STATUS DESCRIPTION ARGUMENT...
tell() {
    local status=$1 what=$2
    shift 2
    expect "$status" "$what" lts-send --to "127.0.0.1:$port" --listen "$back" --timeout 60 "$@"
}

# --- A match is lts-match's. ---

server_start --root "$PWD/root" --match-run "$run" --audio-device "file:$PWD/root/live.wav"
ok "says nothing of it" [ ! -s server.err ]
tell 0 "a match" --print --wait '^/report Match 1 is known1.wav: distance' --fail 'Could not' \
    /match/start sounds/known1.wav
cp out first.txt
ok "four parameters" [ "$(grep -c '^/match/parameter 1 ' out)" -eq 4 ]
ok "and its distance" grep -qE '^/match/distance 1 [0-9.]+ [0-9.]+$' out
expect 0 "lts-match" lts-match --run "$run" root/sounds/known1.wav --params tool.ini
tell 0 "a folder" --wait 'Save folder set to' /sound/interpolate_two/save_folder "$PWD/root/saved"
tell 0 "its patch" --wait '^/report Saved match 1 at the path: .*/saved/matched_patch-00000.ini$' /match/save
ok "is lts-match's" cmp tool.ini root/saved/matched_patch-00000.ini
no_temporaries root/saved
expect 0 "which lts-synth renders" lts-synth render root/saved/matched_patch-00000.ini -o again.wav
tell 0 "refined" --print --wait '^/report Match 2 is known2.wav: distance' --fail 'Could not' \
    /match/2/start sounds/known2.wav 1
ok "with progress" [ "$(grep -c '^/progress ' out)" -ge 2 ]
ok "and a nearer sound" awk '/^\/match\/distance 2/ { exit !($4 <= $3) }' out
tell 0 "the first again" --print --wait 'Match 1 is known1.wav\.' /match/params
ok "is what it was" diff <(grep '^/match/' first.txt) <(grep '^/match/' out)
tell 0 "its sound" --wait '^/report Playing match 1' /match/play

# --- One clear line. ---

refusal() { # TEXT ARGUMENT...
    tell 0 "${*:2}" --print --wait "^/report .*$1" "${@:2}"
    ok "one report" [ "$(grep -c '^/report' out)" -eq 1 ]
}
sleep 1.2 # what plays may be told to be too loud
refusal 'did you mean sin1_f\?' /synth/sin_f1 440
refusal 'sin1_f -1: choose 0 to 20000 Hz' /synth/sin1_f -1
refusal 'no such match: choose 1 to 2' /match/3/play
refusal 'Could not match: .*nowhere.wav' /match/start nowhere.wav
refusal 'refine -1: choose 0 to 600 seconds' /match/start sounds/known1.wav -1
refusal 'Could not load the classifier: .*sounds' /match/run "$PWD/root/sounds"

# --- Out of the root. ---

cp root/sounds/known1.wav outside/secret.wav
cp -r "$run" outside/run
ln -s "$PWD/outside" root/link
ln -s "$PWD/outside/secret.wav" root/sounds/linked.wav
for path in "$PWD/outside/secret.wav" ../outside/secret.wav link/secret.wav sounds/linked.wav; do
    refusal 'Could not match: ' /match/start "$path"
done
refusal 'Could not load the classifier: ' /match/run "$PWD/outside/run"
refusal 'Could not load the classifier: ' /match/run link/run
for name in parameters.ini model/best.safetensors; do
    mv "$run/$name" "$run/$name.kept" && ln -s "$PWD/outside/run/$name" "$run/$name"
    refusal 'Could not load the classifier: .*lies outside of' /match/run "$run"
    rm "$run/$name" && mv "$run/$name.kept" "$run/$name"
done
mv root/saved root/saved.kept && ln -s "$PWD/outside" root/saved
refusal 'Could not save: .*/saved: has become a link' /match/save
rm root/saved && mv root/saved.kept root/saved
ok "nothing is written outside" [ -z "$(find outside -name '*patch*')" ]
ln -s "$PWD/outside/patch.ini" root/saved/matched_patch-00001.ini
tell 0 "a name that is a link" --wait 'matched_patch-00002.ini$' /match/save
ok "is left alone" [ ! -e outside/patch.ini ]

# --- The synthesizer, as it is recorded. ---

for message in "/match/use" "/synth/sin2_A 0" "/synth/sin1_A 0.5" "/synth/start"; do
    # shellcheck disable=SC2086
    tell 0 "$message" $message
done
sleep 1
tell 0 "a morph" /synth/morph 0.5
tell 0 "silence" --wait 'Stopped' /sound/stop
tell 0 "what is remembered" --print --wait 'State sent' /state/send
ok "the run" grep -qx "/match/run $run" out
server_stop
peak=$("$client" peak root/live.wav)
ok "is heard, with a peak of $peak" awk "BEGIN { exit !($peak > 0.1 && $peak <= 1) }"

# --- It is remembered. ---

server_start --root "$PWD/root"
tell 0 "a match" --wait '^/report Match 1 is known2.wav' --fail 'Could not|No classifier' \
    /match/start sounds/known2.wav
tell 0 "a gain" /synth/gain 0.25
tell 0 "a parameter" /synth/sin1_f 660
tell 0 "a controller" --wait 'Controller 74 moves sin2_A' /synth/map 74 sin2_A
sleep 3 # at rest it is saved
ok "the gain is in the state" grep -qE '"synth_gain":[[:space:]]*0.25,' state.json
ok "and the parameters" grep -qE '"sin1_f":[[:space:]]*660,' state.json
ok "and the controllers" grep -qE '"74":[[:space:]]*"sin2_A"' state.json
server_stop
server_start --root "$PWD/root"
tell 0 "the patch" --print --wait '12 parameters' /synth/params
ok "is as it was left" grep -qE '^/synth/parameter 1 sin1_f 660 ' out
server_stop
cp state.json kept.json
sed -i 's/"sin1_f"/"sin9_f"/' state.json
server_start --root "$PWD/root"
ok "another synthesizer's is told" \
    grep -q "The synthesizer's settings are forgotten: sin9_f is no parameter of it" server.err
tell 0 "the patch" --print --wait '12 parameters' /synth/params
ok "and not taken" eval '! grep -q "^/synth/parameter 1 sin1_f 660 " out'
server_stop
ok "nor kept" eval '! grep -q sin9_f state.json'
sed 's/660/66000/' kept.json >state.json
server_start --root "$PWD/root"
ok "a value out of range is told" grep -q "is forgotten: sin1_f 66000: choose 0 to 20000 Hz" server.err
server_stop
sed -E 's/("synth_gain":).*,/\1 9,/' kept.json >state.json
server_start --root "$PWD/root"
ok "and a gain that is none" \
    grep -q "Nothing is remembered: .*state.json: 'synth_gain' must be a number, 0 to 4" server.err
server_stop
cp kept.json state.json
mv "$run" root/elsewhere
server_start --root "$PWD/root"
ok "a run that is gone is told" grep -q "Could not load the classifier: .*run-000" server.err
ok "and alone" [ "$(wc -l <server.err)" -eq 1 ]
server_stop
mv root/elsewhere "$run"
server_start --root "$PWD/root"
tell 0 "the patch, when it is back" --print --wait '12 parameters' /synth/params
ok "is as it was left" grep -qE '^/synth/parameter 1 sin1_f 660 ' out
server_stop
mv "$run" root/elsewhere
server_start --root "$PWD/root"
tell 0 "the paper's synthesizer in its place" /synth/f_cut 900
server_stop
for how in "while the run is gone" "and again"; do
    server_start --root "$PWD/root"
    tell 0 "its patch, $how" --print --wait '23 parameters' /synth/params
    ok "is as it was left" grep -qE '^/synth/parameter [0-9]+ f_cut 900 ' out
    server_stop
done
mv root/elsewhere "$run"
