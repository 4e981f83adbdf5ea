#!/usr/bin/env bash
# Recordings of lts-server, --audio-device file: none takes the place of another, and each is whole
# however the server ends.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

small_set ds
one=$run
mkdir -p slow/audio
cp ds/audio/b.c.wav slow/audio
train slow "sample_rate = 22050"$'\n'"bins_per_octave = 24"$'\n'"num_octaves = 6" 1
other=$run
pick_ports
dump_start

# counted FILE: bytes of samples that the header counts, and those that are there.
counted() { number_at "$1" $(($(data_at "$1") + 4)); }
there() { echo $(($(stat -c %s "$1") - $(data_at "$1") - 8)); }
data_at() { grep -abo data "$1" | tail -1 | cut -d: -f1; }
whole() {
    ok "$1 has samples" [ "$(counted "$1")" -gt 40000 ]
    ok "$1 is whole" [ "$(counted "$1")" -eq "$(there "$1")" ]
}

# Every orderly end leaves it whole, and the name is taken from then on.
for signal in HUP TERM INT; do
    server_start --audio-device "file:$PWD/$signal.wav"
    sleep 0.7
    server_stop $signal
    whole $signal.wav
    cp $signal.wav kept.wav
    expect 1 "again" lts-server --osc-port "$port" --state '' --audio-device "file:$PWD/$signal.wav"
    says "$signal.wav: is there already: name another file"
    one_line
    ok "is left as it was" cmp $signal.wav kept.wav
done
expect 1 "no folder" lts-server --osc-port "$port" --state '' --audio-device file:nowhere/a.wav
says "nowhere/a.wav: cannot be recorded to: No such file or directory"
one_line

expect 1 "no such MIDI port" lts-server --osc-port "$port" --state '' --midi "$PWD/no-port" \
    --audio-device "file:$PWD/never.wav"
ok "leaves no recording" [ ! -e never.wav ]

# A kill leaves what was recorded up to half a second before it.
server_start --audio-device "file:$PWD/killed.wav"
sleep 1.3
kill -9 "$server"
wait "$server" 2>/dev/null || true
server=""
ok "of a second and more $(counted killed.wav) bytes are counted" [ "$(counted killed.wav)" -gt 80000 ]

# A terminal that closes does not end what nohup began.
rm server.out server.err
(trap '' HUP && exec "$bin/lts-server" --osc-port "$port" --state '' --audio-device null --reply "127.0.0.1:$back") \
    >server.out 2>server.err &
server=$!
for _ in $(seq 500); do grep -qs "Listening on" server.out server.err && break || sleep 0.02; done
kill -HUP "$server"
sleep 0.3
asks "nohup" /test/connection
answered "Connection works"
server_stop

# A run of another rate than 44.1 kHz: one file from the start; another rate later, another file.
server_start --run "$one" --audio-device "file:$PWD/rate.wav"
sleep 0.7
ok "its rate" [ "$(number_at rate.wav 24)" -eq 32000 ]
ok "one file" [ "$(find . -name 'rate*' | wc -l)" -eq 1 ]
asks "another rate" /load/model s "$other"
sleep 0.7
server_stop
whole rate.wav
whole rate-2.wav
ok "the other rate" [ "$(number_at rate-2.wav 24)" -eq 22050 ]

# What is remembered of a recording is that it has ended: it is told.
rm state.json
server_start
asks "a recording" /audio/device/out s "file:$PWD/first.wav"
sleep 0.5
server_stop
cp first.wav kept.wav
now_on
rm server.out server.err
"$bin/lts-server" --osc-port "$port" --reply "127.0.0.1:$back" --state "$PWD/state.json" >server.out 2>server.err &
server=$!
for _ in $(seq 500); do grep -qs "Listening on" server.out server.err && break || sleep 0.02; done
ok "clients are told" await '^/report s "The recording has ended \(/audio/device/out begins another\): '
ok "the terminal too" grep -q "The recording has ended (/audio/device/out begins another): $PWD/first.wav" server.err
server_stop
ok "is left as it was" cmp first.wav kept.wav
server_start
server_stop
ok "is told once" eval '! grep -q "The recording has ended" server.err'
dump_stop
