#!/usr/bin/env bash
# lts-server among clients that are broken or mean no good. LTS_HOSTILE=N: that many datagrams.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

small_set ds
mkdir -p outside/audio ds/out
cp "ds/audio/b.c.wav" outside/audio/secret.wav
cp -r "$run" outside/run
ln -s "$scratch/outside" ds/link
ln -s "$scratch/outside/audio/secret.wav" ds/audio/linked.wav
printf '0 1\n1 0\n' >outside/curve.txt
pick_ports
dump_start
server_start --root "$scratch/ds" --seed 1
at=$scratch/ds

"$bin/lts-server" --list-addresses | tr -d '\r' >addresses
ok "some forty addresses" [ "$(wc -l <addresses)" -ge 35 ]

asks "a data set" /load/dataset s "$at"
asks "a run" /load/model s "$run"
asks "first" $two/first/audio_path s "01 Now.wav"
asks "second" $two/second/audio_path s b.c
asks "a selection" /interpolate_two/select fff 0.3 0 0
asks "a folder" $two/save_folder s "$at/out"
answered "Save folder set to"
send /state/send
sync
answers | grep -vE "/sync/|/report" >kept

# --- Out of the root. ---

# Nothing that leads outside may be answered with success, nor leave anything there.
find outside ds -type f | sort >files
elsewhere() { # ADDRESS WORDS-BEFORE WORDS-AFTER, for each way out to FILE
    local address=$1 file=$2 path
    for path in "$scratch/outside/$file" "../outside/$file" "$at/../outside/$file" "link/$file" "$at/link/$file" \
        "$at//./link/../link/$file" "..\\outside\\$file" "$at/audio/../../outside/$file"; do
        asks "$address $path" "$address" "${@:3:1}" "$path" "${@:4}"
        ok "is refused in one line" [ "$(grep -c "^/report" out)" -eq 1 ]
        ok "not done" eval '! grep -qiE "(is|are|was) (set|updated|loaded|saved)|set to|successfully|loops|frames\." out'
    done
}
elsewhere /load/dataset "" s
elsewhere /load/model run s
elsewhere /curve/load curve.txt s
elsewhere $two/save_folder "" s
for path in linked.wav "$at/audio/linked.wav" "$at/link/audio/secret.wav" "$scratch/outside/audio/secret.wav" \
    "../outside/audio/secret.wav" "link/audio/secret.wav"; do
    asks "$path" $two/first/audio_path s "$path"
    ok "is not set" eval '! grep -q "is set to" out'
    asks "$path" /mix fsffsff 0.2 "$path" 0 0.5 b.c 0 0.5
    sleep 0.05
    ok "is not mixed" eval '! answers | grep -q "Running"'
    asks "$path" /live/mix fsff 0.2 "$path" 0 1
    ok "is not looped" eval '! grep -q "loops" out'
    asks "$path" /sound/features s "$path"
    ok "is not analysed" eval '! grep -q "Features of" out'
done
for name in "$scratch/outside/x.wav" ../outside/x.wav "$at/../outside/x.wav" link/x.wav "$at/link/x.wav" \
    "$at/audio/../../outside/x.wav" ../../../../../../etc/cron.d/x; do
    asks "file:$name" /audio/device/out s "file:$name"
    ok "is refused in one line" [ "$(grep -c "^/report" out)" -eq 1 ]
    ok "is not written" eval '! grep -q "set to file" out'
done
asks "the device" /audio/device/out s null
ok "nothing came or went" diff files <(find outside ds -type f | sort)
asks "what is set" /state/send
ok "is what was" diff kept <(grep -v /report out)

# --- Every address with every kind of argument. ---

long=$(printf '%060000d' 0)
while read -r address _; do
    for types in "" i f s T F N I d h iii fff sss fsf sfs isf ffffffff; do
        values=() letters=$types
        while [ -n "$letters" ]; do
            case ${letters:0:1} in
            i | h) values+=(-2147483648) ;;
            f | d) values+=(nan) ;;
            s) values+=("%s%n/../$(printf '\t\r')") ;;
            esac
            letters=${letters:1}
        done
        # shellcheck disable=SC2086
        send "$address" $types "${values[@]}"
    done
    for value in inf -inf 1e38 -1e38 1e-40; do
        send "$address" f $value
        send "$address" fff $value $value $value
    done
    send "$address" s "$long"
    now_on
    ok "$address" sync
done <addresses
# Some of that was a wish, and a stop is due.
asks "stop" /sound/stop
ok "it still works" eval 'asks "" /test/connection && grep -q "Connection works" out'

# One report for each message that is wrong, and one alone.
while read -r address takes; do
    case $takes in *n* | *s*) ;; *) continue ;; esac
    [ "$takes" != "s?" ] || continue
    refused "" "$address" fsfsfs nan x nan x nan x
done <addresses

# --- Datagrams that are not OSC, and such as hardly are. ---

dump_stop
before=$(memory)
cut -d' ' -f1 addresses >paths
"$client" hostile "$port" "$back" 1 600 <paths >out 2>err || ok "survives" false
middle=$(memory)
count=${LTS_HOSTILE:-2500} seed=${LTS_SEED:-2}
ok "survives $count datagrams of seed $seed" eval '"$client" hostile $port $back $seed $count <paths >out 2>err'
cat out
after=$(memory)
echo "memory: $before kB before, $middle kB after 600 datagrams, $after kB at the end"
[ -n "${LTS_SANITIZED:-}" ] || ok "memory has not run away" [ "$after" -lt $((middle + 60000)) ]
head -c 1000000 /dev/urandom >noise
for from in $(seq 0 49); do dd if=noise bs=20000 skip="$from" count=1 status=none >"/dev/udp/127.0.0.1/$port"; done
dump_start
ok "still there" eval 'asks "" /test/connection && grep -q "Connection works" out'
ok "nothing came or went outside" diff <(grep outside files) <(find outside -type f | sort)
asks "first" $two/first/audio_path s "01 Now.wav"
asks "second" $two/second/audio_path s b.c
asks "iterations" /sound/set_phase_iter i 1
asks "a curve" /set_alfa f 0
renders "and renders" /interpolate_two/generate fff 0.3 0 0
server_stop
dump_stop
