#!/usr/bin/env bash
# An LV2 instrument from end to end: the DX10 of Debian's mda-lv2 described, drawn from, learnt and
# matched, and a plugin that is gone afterwards.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
uri=http://drobilla.net/plugins/mda/DX10
unset LV2_PATH
! "$bin/lts-synth" --version --verbose | grep -q "^LV2: not" || skip "this build has no LV2 instruments"
"$bin/lts-synth" lv2-list >out 2>err || true
grep -qF "$uri " out || skip "no DX10: install Debian's mda-lv2 (tools/dependencies lv2)"

expect 0 "its controls" lts-synth lv2-params $uri -o dx10.ini
ok "16 of them" [ "$(sed -n '/^\[parameters\]/,/^\[ranges\]/p' dx10.ini | grep -c ' = ')" -eq 16 ]
sed -i 's/^coarse = .*/coarse = linear 0 1 4/; s/^mod_init = .*/mod_init = linear 0 1 4/
    s/^decay = .*/decay = linear 0.2 0.8 3/' dx10.ini
expect 0 "sounds of it" lts-synth random --lv2 dx10.ini --count 480 --seed 1 -o drawn
prints "drawn: 480 examples of 16384 samples"
ok "no warning" [ "$(grep -c warning err)" -eq 0 ]
expect 0 "by --space they are" lts-synth random --space dx10.ini --count 480 --seed 1 --threads 1 -o same -q
ok "the same" cmp drawn/samples.npy same/samples.npy
expect 0 "others" lts-synth random --lv2 dx10.ini --count 60 --seed 2 -o unseen

printf '%s\n' '[inversynth]' 'architecture = own' 'layers = 16x4x6/4x4, 32x4x4/4x4' 'source = drawn' \
    '[training]' 'epochs = 10' 'batch_size = 16' 'learning_rate = 0.003' >train.ini
mkdir work
expect 0 "a training" lts-train --config train.ini --seed 1 -q work
run=work/inversynth/run-000
expect 0 "knows those it has not heard" lts-match --run $run --evaluate unseen --resynthesize 10 --json -q
value() { sed -n "s/.*$1.*\"$2\":\([-0-9.e]*\).*/\1/p" out; }
rank=$(value '"parameter":"mean"' mean_percentile_rank)
ok "by rank: $rank %" awk "BEGIN { exit !($rank > 85) }"
near=$(value '"event":"resyntheses"' stft_correlation)
ok "and by their sound: $near %" awk "BEGIN { exit !($near > 85) }"

# A sound between the levels: the prediction is near, the search finds it.
sed 's/^\[parameters\]/[patch]/; s/^coarse = .*/coarse = 0.5/; s/^mod_init = .*/mod_init = 0.4/
    s/^decay = .*/decay = 0.5/' dx10.ini >patch.ini
expect 0 "a sound" lts-synth render patch.ini -o target.wav
expect 0 "is matched" lts-match --run $run target.wav --refine 2 --seed 1 --json -q -o match.wav --params match.ini
tried=$(value '"event":"match"' evaluations) found=$(value '"event":"match"' distance)
guessed=$(value '"event":"match"' predicted)
ok "no farther off by the search" awk "BEGIN { exit !($found <= $guessed) }"
ok "less than half as far, where it had time for a thousand sounds" \
    awk "BEGIN { exit !($tried < 1000 || $found < $guessed / 2) }"
ok "the plugin is named" grep -qxF "plugin = $uri" match.ini
ok "decay is found" awk -F' = ' '/^decay/ { exit !($2 > 0.45 && $2 < 0.55) }' match.ini
expect 0 "its patch renders" lts-synth render match.ini -o again.wav
ok "the same sound" cmp <(tail -c 60000 match.wav) <(tail -c 60000 again.wav)

# A plugin that is gone: nothing is written, and the run stays.
mkdir none
gone() { # TOOL ARGUMENT...
    LV2_PATH=$scratch/none expect 1 "without the plugin: $*" "$@"
    says "$uri: no such plugin is installed: install it, or add its folder to LV2_PATH"
    one_line
}
gone lts-match --run $run target.wav -o gone.wav --params gone.ini
gone lts-synth random --lv2 dx10.ini -o gone
gone lts-synth render match.ini -o gone.wav
ok "nothing was made" [ -z "$(ls -d gone.wav gone.ini gone/samples.npy 2>/dev/null)" ]
expect 0 "it is back" lts-match --run $run target.wav -q -o match.wav

expect 2 "another synthesizer's parameters" lts-synth random --lv2 "$LTS_SOURCE/no.ini" --space paper -o x
says "--lv2 and --space both name the parameters: give one of them"
one_line
expect 0 "a file of no plugin" lts-synth space two-sines -o two.ini
expect 2 "is refused" lts-synth random --lv2 two.ini -o x
says "two.ini: is of no LV2 instrument: write one by lts-synth lv2-params, or use --space"
one_line
expect 2 "for a patch" lts-synth patch --lv2 dx10.ini -o x.ini
says "--lv2 has no meaning for patch"
one_line
