#!/usr/bin/env bash
# The clients: every address stands in lts-osc(7), and the Pure Data patch and the SuperCollider
# class drive a server, where pd and sclang are installed.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"
clients=$source/tools/clients pd="" sc=$source/tools/clients/supercollider
trap 'kill -9 $pd 2>/dev/null || true; at_end; finish' EXIT

# --- Addresses. ---

# documented SECTION...: the addresses of these sections of lts-osc(7).
documented() {
    awk -v wanted="$(printf '%s|' "$@")" '
        /^\.SH/ { section = $0; sub(/^\.SH "?/, "", section); sub(/"$/, "", section) }
        index(wanted, section "|") && /^\.B[IR]? \// && entry { print $2 }
        { entry = /^\.T[PQ]/ }' "$source/tools/lts-osc.7" | sort -u
}
documented "ADDRESSES AS IN INTERPOLATE_TWO" NEW LIVE "MATCHES AND SYNTHESIZER" MIDI >documented
"$bin/lts-server" --list-addresses | cut -d' ' -f1 | sort -u >known
ok "the server lists its addresses" [ "$(wc -l <known)" -gt 30 ]
ok "lts-osc(7) has the server's addresses and no others" diff documented known

# Of parameters, any name stands for all.
names_as_one() {
    while read -r address; do
        grep -qxF "$address" known || address=${address/#\/synth\/*/\/synth\/NAME}
        echo "$address"
    done | sort -u
}

# What the patch sends: sounds and voices have parts of addresses as arguments.
patch_files=("$clients/interpolate_two.pd" "$clients"/pd/*.pd)
{
    grep -ohE '[ ]/[a-z_][^ ;]*' "${patch_files[@]}" | tr -d ' ' |
        sed -n 's/%d\///; s/\/[0-9]\//\//; /^\/live\/\\\$1/d; /\\\$1/!p'
    for which in first second; do
        grep -ohE '/sound[^ ]*\\\$1[^ ;]*' "${patch_files[@]}" | sed "s/\\\\\$1/$which/"
    done
    grep -ohE 'lts-param [a-z]+' "${patch_files[@]}" | sed 's/.* /\/live\//'
} | names_as_one >sent
ok "the patch sends every address and no others" diff sent known

{
    grep -ohE '(this|timbre)\.send[A-Z]?[a-zA-Z]*\("/[^"]*"' "$sc/LatentTimbre.sc" | cut -d'"' -f2 |
        sed 's/^\/synth\/%$/\/synth\/NAME/; /%$/d; s/%\///'
    sed -n '/^LatentTimbreVoice/,$s/.*this\.send("\([a-z]*\)".*/\/live\/\1/p' "$sc/LatentTimbre.sc"
} | sort -u >sent
ok "the class sends every address and no others" diff sent known

# --- The same two sounds and the same server for both. ---

if ! command -v pd >/dev/null && ! command -v sclang >/dev/null; then
    echo "skipped: neither pd nor sclang is installed"
    exit
fi
small_set ds
DS=$scratch/ds RUN=$run
mkdir saved
# heard PATTERN: a line of the client's console, within a minute.
heard() {
    local until=$((SECONDS + 60))
    until grep -qE -- "$1" console; do
        [ $SECONDS -lt $until ] && kill -0 "$server" || return 1
        sleep 0.05
    done
}
hears() { ok "$name hears '$1'" heard "$1"; }

# --- Pure Data. ---

# tell NAME MESSAGE: what [s NAME] would send in the patch.
tell() { echo "$*;" >"/dev/udp/127.0.0.1/$((back + 1))"; }
if command -v pd >/dev/null; then
    name=pd
    pick_ports
    server_start
    cat >driver.pd <<DRIVER
#N canvas 0 0 450 300 12;
#X obj 20 20 netreceive -u $((back + 1));
#X obj 20 50 t a a;
#X obj 120 80 list split 1;
#X obj 20 80 list split 1;
#X obj 20 110 list trim;
#X obj 20 140 send;
#X obj 220 20 loadbang;
#X msg 220 50 \; lts-print 1 \; lts-connect 127.0.0.1 $port $back;
#X connect 0 0 1 0;
#X connect 1 0 3 0;
#X connect 1 1 2 0;
#X connect 2 0 5 1;
#X connect 3 1 4 0;
#X connect 4 0 5 0;
#X connect 6 0 7 0;
DRIVER
    pd -nogui -noaudio -stderr -open "$clients/interpolate_two.pd" driver.pd >console 2>&1 &
    pd=$!
    hears 'report .*State.*sent'
    hears 'report .*Connection.*works'
    hears 'audio io'
    hears '^lts: meter '
    tell "lts-out /load/dataset $DS"
    hears 'report 2.*sounds'
    tell "lts-out /load/model $RUN"
    hears 'Model.*loaded'
    tell "lts-first-index 1"
    tell "lts-second-index 2"
    hears 'First.*01.*Now'
    hears 'Second.*b\.c'
    tell "lts-duration 1"
    tell "lts-offset1 0.5"
    hears 'Selection.*1.*0\.5.*0'
    tell "lts-seed 7"
    hears 'Seed.*7'
    tell "lts-iterations 2"
    tell "lts-ramp bang"
    tell "lts-generate bang"
    hears 'Alfa.*updated'
    hears 'Audio.*generated'
    tell "lts-out /sound/interpolate_two/save_folder $PWD/saved"
    hears 'interpolate_two save_folder'
    tell "lts-save bang"
    hears 'Saved.*00000'
    # A datagram of 1000 values comes whole: the same sound as from the curve in pieces.
    tell "lts-pieces bang"
    hears 'Values.*750.*999'
    tell "lts-drawn 0"
    tell "lts-generate bang"
    tell "lts-save bang"
    hears 'Saved.*00001'
    ok "both ways make one curve" same saved/generated_audio-0000{0,1}.wav
    tell "lts-flat bang"
    tell "lts-curve-send bang"
    tell "lts-generate bang"
    tell "lts-save bang"
    hears 'Saved.*00002'
    ok "and another curve another sound" differ saved/generated_audio-0000{0,2}.wav
    tell "lts-voice 1"
    tell "lts-live-alpha 0.25"
    tell "lts-live-start bang"
    hears 'Voice.*2.*loops'
    for moved in "alpha 1.1" "speed -1" "gain 0.5" "transpose 7" "freeze 1" "position 0.5"; do
        tell "lts-live-$moved"
    done
    hears '^lts: live 2 at 0\.[45]'
    tell "lts-live-stop bang"
    hears 'Voice.*2.*stopped'
    tell "lts-stop bang"
    hears 'Stopped.*audio'
    ok "no message was refused" eval '! grep -E "give |does not sound|Could not|no such" console'
    kill $pd && wait $pd 2>/dev/null || true
    pd=""
    server_stop
    ok "pd complains about nothing" eval \
        '! grep -vE "^lts: |Address already in use" console | grep -iE "error|could|no method|fail"'
else
    echo "skipped: pd is not installed"
fi

# --- SuperCollider. ---

if command -v sclang >/dev/null; then
    name=sclang
    pick_ports
    server_start
    printf 'includePaths:\n    - %s\nexcludePaths: []\n' "$sc" >conf.yaml
    cat >drive.scd <<DRIVER
fork {
    var l = LatentTimbre("127.0.0.1", $port, $back);
    var expect = { |text| if (l.await(text, 60).not) { ("missed:" + text).postln; 1.exit } };
    var steps = Pbind(\\type, \\latentVoice, \\voice, l.voice(2), \\dur, Pn(0.05, 10),
        \\alpha, Pseg([0, 1], 0.5), \\gain, 0.5);
    l.test; expect.("Connection works");
    l.dataset("$DS"); l.model("$RUN"); expect.("Model loaded");
    l.first("01 Now.wav"); l.second("b.c.wav"); l.select(1, 0.5, 0);
    l.list; expect.("2 sounds");
    l.sounds.do { |sound| ("sound" + sound[0]).postln };
    l.seed(7); l.seed; l.iterations(2); l.gfIterations(2); l.normalize(false); l.sample(false);
    l.batchSize(32);
    l.curve(Env([1, 0], [1])); expect.("Alfa");
    l.curve([[0, 1], [0.5, 0], [1, 1]]); expect.("Alfa");
    l.alpha(0.3); expect.("Alfa");
    l.curve((0..2499) / 2500); expect.("Alfa");
    l.generate; expect.("Audio generated");
    l.curve([[0, 0], [1, 0.5]]); l.retake; expect.("Audio generated");
    l.saveFolder("$PWD/saved"); l.save; expect.("Saved");
    l.mix(1, [["01 Now.wav", 0, 0.5], ["b.c.wav", 0, 0.5]]); expect.("Audio generated");
    l.meters; l.voice(2).start; expect.("Voice 2 loops");
    steps.play; 1.wait;
    l.voice(2).position(0.5); l.voice(2).freeze; l.voice(2).speed(-1); l.voice(2).transpose(7);
    l.voice(2).alpha([0.2, 0.8]);
    if (l.voice(2).at.isNil) { "missed: the voice's place".postln };
    l.voice(2).stop; expect.("Voice 2 stopped");
    l.voice(1).mix(1, [["b.c.wav", 0, 0.5]]); expect.("Voice 1 loops");
    l.midi(1, 0, 64, 100); l.midi(0, 0, 64, 0);
    l.features("b.c.wav"); expect.("Features of");
    l.listDevices; l.output("null"); l.input(0); expect.("Audio input");
    if (l.devices.last.contains("null").not) { "missed: the devices".postln };
    l.playAgain; l.stop; l.cancel; expect.("Nothing to cancel");
    l.sendState; expect.("State sent");
    if (l.state['/dataset'] != ["$DS"]) { "missed: the state".postln };
    l.free;
    "all done".postln;
    0.exit
}
DRIVER
    sed -i '1s/^/(\n/; $s/$/\n)/' drive.scd
    code=0
    XDG_RUNTIME_DIR=$scratch QT_QPA_PLATFORM=offscreen QTWEBENGINE_DISABLE_SANDBOX=1 timeout 300 \
        sclang -u $((back + 1)) -l conf.yaml drive.scd >console 2>&1 || code=$?
    ok "sclang ends with 0, not $code" [ $code -eq 0 ]
    hears 'all done'
    hears '^sound 01 Now'
    ok "nothing was missed or refused" eval \
        '! grep -E "^ERROR|missed|give |does not sound|Could not|no such address" console'
    ok "a sound was saved" [ "$(find saved -name '*.wav' | wc -l)" -gt 0 ]
    [ $failures -eq 0 ] || tail -40 console
    server_stop
else
    echo "skipped: sclang is not installed"
fi
