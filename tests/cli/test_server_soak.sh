#!/usr/bin/env bash
# lts-server given anything at any time: renders, stops, voices, saves, devices, data sets and models,
# in an order of LTS_SEED, for LTS_SOAK_SECONDS (5). Meant for a build with a sanitizer.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

seconds=${LTS_SOAK_SECONDS:-5} seed=${LTS_SEED:-$((RANDOM * 32768 + RANDOM))}
echo "LTS_SEED=$seed LTS_SOAK_SECONDS=$seconds"
RANDOM=$seed

small_set ds
first=$run
mkdir -p other/audio saved
cp ds/audio/b.c.wav "other/audio/01 Now.wav"
cp "ds/audio/01 Now.wav" other/audio/b.c.wav
train other "sample_rate = 22050"$'\n'"bins_per_octave = 12"$'\n'"num_octaves = 6" 1
second=$run
printf '0 1\n0.3 0\n2 0.7\n' >curve.txt
mkfifo midi
pick_ports
dump_start
server_start --dataset ds --run "$first" --midi "$PWD/midi"
exec 3<>midi
send $two/first/audio_path s "01 Now.wav"
send $two/second/audio_path s b.c
send $two/save_folder s "$PWD/saved"
send /sound/set_phase_iter i 2

pick() { # WORD...: one of them, in `picked`
    local n=$((RANDOM % $# + 1))
    picked=${!n}
}
part() { picked="$((RANDOM % 2)).$((RANDOM % 1000))"; }
devices=0
anything() {
    local voice=$((RANDOM % 8 + 1)) a b
    part && a=$picked
    part && b=$picked
    case $((RANDOM % 41)) in
    [0-3]) send /interpolate_two/generate fff "$a" "$b" 0.5 ;;
    4) send /interpolate_two/retake ;;
    5 | 6) send /sound/stop ;;
    7) send /interpolate_two/cancel ;;
    8) send $two/play_again ;;
    9 | 10) send $two/save ;;
    1[1-3]) send /live/$voice/start fff "0.$((RANDOM % 900 + 100))" "$a" "$b" ;;
    14) send /live/$voice/mix fsffsff 0.5 "01 Now" 0 "$a" b.c 0.5 "$b" ;;
    15) send /live/$voice/stop ;;
    1[67]) send /live/$voice/alpha f "$a" ;;
    18) send /live/$voice/alpha ff "$a" "$b" ;;
    19) send /live/$voice/position f "0.$((RANDOM % 1000))" ;;
    20) send /live/$voice/freeze i $((RANDOM % 2)) ;;
    21) send /live/$voice/speed f $((RANDOM % 17 - 8)) ;;
    22) send /live/$voice/gain f "$a" ;;
    23) send /live/$voice/transpose f $((RANDOM % 97 - 48)) ;;
    40) pick none pitch time both auto && send /live/$voice/align s "$picked" ;;
    24) send /set_alfa ffff "$a" "-$b" "-$a" "$b" ;;
    25) send /curve/points ffff 0 "$a" 1 "$b" ;;
    26) send /curve/load s "$PWD/curve.txt" ;;
    27) send /curve/begin i 4 && send /curve/chunk iff 0 "$a" "$b" && send /curve/chunk iff 2 "$b" "$a" && send /curve/end ;;
    28) pick "$first" "$second" "$first" && send /load/model s "$picked" ;;
    29) pick ds other && send /load/dataset s "$PWD/$picked" ;;
    30) devices=$((devices + 1)) && pick null null "file:$PWD/heard-$devices.wav" && send /audio/device/out s "$picked" ;;
    31) send /audio/devicelist ;;
    32) send /dataset/list ;;
    33) send /meters i $((RANDOM % 2)) ;;
    34) send /state/send ;;
    35) pick 0 1 && send /output/normalize i "$picked" && send /output/sample i $((1 - picked)) ;;
    36) send /sound/set_phase_iter i $((RANDOM % 12)) ;;
    37) pick /seed "/seed i $((RANDOM % 100))" && send $picked ;;
    38) send /sound/features s b.c.wav ;;
    39) printf '\x90'"\\x$(printf %02x $((RANDOM % 64 + 32)))"'\x60\xb0\x01\x'"$(printf %02x $((RANDOM % 128)))"'\x80\x40\x00' >&3 ;;
    esac
}

until=$((SECONDS + seconds)) count=0 tested=0
now_on
while [ $SECONDS -lt $until ]; do
    anything
    count=$((count + 1))
    [ $((RANDOM % 20)) -ne 0 ] || sleep "0.$((RANDOM % 4))"
    if [ $((count % 100)) -eq 0 ]; then
        kill -0 "$server" 2>/dev/null || break
        now_on
        send /test/connection
        ok "after $count messages it answers" await "Connection works" 10
        ok "after $count messages it keeps up" sync 120
        tested=$((tested + 1))
        rm -f heard-*.wav saved/*
    fi
done
ok "it lives" kill -0 "$server"
echo "$count messages, $tested times asked, $(memory) kB"
send /sound/stop
ok "everything is handled" sync 120

# --- A device that goes away while it plays: the disk is full. ---
mkdir mnt
if mount -t tmpfs -o size=256k tmpfs mnt 2>/dev/null; then
    asks "a small disk" /audio/device/out s "file:$PWD/mnt/heard.wav"
    answered "Audio output is set to"
    sleep 3
    asks "the device is gone" /audio/io || true
    ok "it is said" eval 'tail -n 200 replies | grep -qiE "/report s \".*(gone|lost|no space|full|disk|could not be written)"'
    asks "null" /audio/device/out s null
    answered "Audio output is set to null"
    umount mnt
fi
asks "a data set" /load/dataset s "$PWD/ds"
asks "a run" /load/model s "$first"
asks "first" $two/first/audio_path s "01 Now.wav"
asks "second" $two/second/audio_path s b.c
asks "a curve" /set_alfa f 0
asks "settings" /output/normalize i 0
renders "it still renders" /interpolate_two/generate fff 0.3 0 0
exec 3>&-
server_stop
dump_stop
