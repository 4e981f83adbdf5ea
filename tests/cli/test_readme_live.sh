#!/usr/bin/env bash
# The README's live session, run as it stands there, but for the ports.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

export HOME=$scratch
mkdir -p kitchen/audio
"$client" sound kitchen/audio/pan.wav 44100 3 330 0.4
"$client" sound kitchen/audio/kettle.wav 44100 3 523 0.4
train kitchen "" 3

pick_ports
awk '/^    lts-server --dataset/ { on = 1 } on && !/^    / { exit } on { print substr($0, 5) }' \
    "$source/README.md" |
    sed "s/7020/$port/; s/7021/$back/
        s/^lts-server/& --osc-port $port --reply 127.0.0.1:$back --audio-device file:heard.wav/
        s/lts-send/& --to 127.0.0.1:$port --listen $back/" >session.sh
ok "there is a session" grep -q '/sound/stop$' session.sh
sed -n '1s/^lts-server/& --nonsense/p; 2p' session.sh >failing.sh
ok "a server that does not start is not waited for" env PATH="$bin:$PATH" timeout 20 bash -m failing.sh
printf '%s\n' 'sleep 0.5' 'kill %1 && wait %1' 'echo "the server: $?"' 'kill %2' >>session.sh
PATH=$bin:$PATH timeout 120 bash -m session.sh >answers 2>said || true
sed -n 's/^[^ ]* \/report s "\(.*\)"$/\1/p' answers >reports
ok "the server ends well" grep -q '^the server: 0$' answers
for said in 'First sound is set to: pan ' 'Second sound is set to: kettle ' 'Alfa vector is updated\.' \
    'Audio generated, playing\.\.\.' 'Save folder set to ' 'Saved the last generated sound' \
    'Voice 1 loops pan.wav and kettle.wav\.' 'Voice 2 loops ' 'Stopped audio playback'; do
    ok "answers $said" grep -q -- "^$said" reports
done
# A loaded machine may not feed the device in time. That is told, and is no refusal.
ok "nothing is refused" eval '! grep -qE "Could not|: |not set|Error" <(
    grep -vE "audio: |sound is set to: |path: |^the sound breaks up: " reports)'
ok "a sound is saved" [ -s generated_audio-00000.wav ]
ok "all is heard" awk "BEGIN { exit !($("$client" peak heard.wav) > 0.01) }"
sed 's/^/  /' reports
