#!/usr/bin/env bash
# lts-server killed while it saves: LTS_KILLS times (10). What was saved is whole, what was set a
# half a second before is remembered.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

small_set ds
mkdir saved
pick_ports
dump_start
server_start --dataset ds --run "$run" --seed 1
asks "first" $two/first/audio_path s "01 Now.wav"
asks "second" $two/second/audio_path s b.c
asks "iterations" /sound/set_phase_iter i 0
asks "a folder" $two/save_folder s "$PWD/saved"
whole=$((2 * 32000 * 4)) highest=-1
numbers() { find saved -name 'generated_audio-[0-9]*.wav' | sed 's/.*-0*\([0-9]\)/\1/; s/\.wav//' | sort -n; }

for round in $(seq "${LTS_KILLS:-10}"); do
    renders "round $round" /interpolate_two/generate fff 2 0 0
    # A setting whose age is known when the server dies.
    asks "a mark" /interpolate_two/select fff 1.5 0.5 "0.$round"
    sleep 0.6
    for _ in 1 2 3 4 5 6; do send $two/save & done
    for n in 1 2 3; do send /seed i $((round * 10 + n)); done
    sleep "0.0$((RANDOM % 6))$((RANDOM % 10))"
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
    wait $(jobs -p | grep -v "^$dump\$") 2>/dev/null || true
    for file in saved/*.wav; do
        [ -e "$file" ] || continue
        ok "$file is whole" [ "$(samples "$file" | wc -c)" -eq $whole ]
    done
    top=$(numbers | tail -1)
    ok "the numbers are without a gap" [ "$(numbers | tr '\n' ' ')" = "$(seq -s ' ' 0 "${top:--1}") " -o -z "$top" ]
    [ -z "$top" ] || highest=$top
    now_on
    server_start
    sync
    ok "no complaint about the state" eval '! grep -qi "remembered" server.err && ! answers | grep -qi "remembered:"'
    asks "what is remembered" /state/send
    answered "^/interpolate_two/select fff 1\.500000 0\.500000 0\.$round"
    answered "^$two/save_folder s \"$PWD/saved/?\""
    answered "^$two/first/name s \"01 Now\""
done
renders "after all" /interpolate_two/generate fff 2 0 0
asks "save" $two/save
ok "numbering goes on" [ -s "$(printf 'saved/generated_audio-%05d.wav' $((highest + 1)))" ]
echo "${LTS_KILLS:-10} kills, $((highest + 1)) sounds, $(find saved -name '*tmp*' | wc -l) unfinished files left aside"
server_stop
dump_stop
