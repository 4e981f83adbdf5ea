#!/usr/bin/env bash
# lts-server's replies beside those of the original application: its texts, with {} for what it
# fills in, word for word, in its order and with its types.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

small_set ds
DS=$scratch/ds
mkdir saved
pick_ports
dump_start

# The original's text as one line: its line breaks are blanks, and a line ends at 119 bytes.
line() {
    local text=${1//' '$'\n'' '/ }
    text=${text//$'\n'/}
    [ ${#text} -le 119 ] || text=${text:0:116}...
    printf '/report s "%s"\n' "$text"
}
# expected LINE...: what is to come; a text that begins with '/' is as oscdump prints it.
expected() {
    local text
    for text in "$@"; do
        case $text in
        /*) printf '%s\n' "$text" ;;
        *) line "$text" ;;
        esac
    done >wanted
}
# replies ADDRESS [TYPES VALUE...] -- LINE...: these and no others.
replies() {
    local message=()
    while [ "$1" != -- ]; do message+=("$1") && shift; done
    shift
    expected "$@"
    asks "${message[*]}" "${message[@]}"
    ok "${message[*]}: as the original" diff wanted out
}

# --- At the start: the devices, numbered from 0, and those in use, before anybody asks. ---

now_on
server_start
sync
answers | grep -v "/sync/$syncs\b" >out
: >err
mapfile -t listed < <(grep '^/audio/devicelist ' out)
null=$((${#listed[@]} - 2))
ok "there is a device" [ $null -ge 0 ]
ok "the list is cleared first" [ "${listed[0]}" = '/audio/devicelist s "clear"' ]
ok "the null device is the last" [ "${listed[-1]}" = "/audio/devicelist s \"$null null\"" ]
for id in $(seq 0 $null); do
    ok "device $id has its number" eval '[[ ${listed[id + 1]} == "/audio/devicelist s \"$id "* ]]'
done
started=('Initiating audio...' "${listed[@]}" "/audio/io s \"0 $null\"")
expected "${started[@]}" 'Waiting osc message to load a model...'
ok "the start: as the original" diff wanted out

# --- Message by message. ---

asks "the connection" /test/connection
ok "as the original" grep -qxE '/report s " Connection works\. #[0-9]+"' out
lines 1
replies /audio/devicelist -- "${listed[@]}" "/audio/io s \"0 $null\""
replies /audio/device/out i $null -- 'Audio output is set to null' "/audio/io s \"0 $null\""
replies /audio/device/in i $null -- 'Audio input is set to null' "/audio/io s \"$null $null\""

replies /load/dataset s "$DS/" -- "/dataset s \"$DS\"" $'Dataset is set to: \n '"$DS"
loaded=("Current dataset path is $DS" "Received a request to load model from path $run"
    $'CQT dataset set to \n '"$DS/npy" $'Audio path set to \n '"$DS/audio" '/model/batch_size i 64'
    $'Model loaded successfully from \n '"$run")
replies /load/model s "$run" -- "${loaded[@]}"
first=($'First sound is set to: \n 01 Now \n at the path \n '"$DS/audio/01 Now.wav"
    "$two/first/path s \"$DS/audio/01 Now.wav\"" "$two/first/name s \"01 Now\"")
second=($'Second sound is set to: \n b.c \n at the path \n '"$DS/audio/b.c.wav"
    "$two/second/path s \"$DS/audio/b.c.wav\"" "$two/second/name s \"b.c\"")
replies $two/first/audio_path s "D:/x/audio/01 Now.wav" -- "${first[@]}"
replies $two/second/audio_path s "D:/x/audio/b.c.wav" -- "${second[@]}"

replies /batch_size/set i 32 -- '/model/batch_size i 32' 'Batch size is set to: 32'
replies /output/gf_iter i 3 -- '/output/gf_iter i 3' 'Griffin Lim number of iterations is set to: 3'
replies /sound/set_phase_iter i 5 -- 'Number of phase estimation iterations set to 5'
replies /output/normalize i 1 -- '/output/normalize i 1' 'Output normalization is on.'
replies /output/normalize i 0 -- '/output/normalize i 0' 'Output normalization is off.'
none=' This model has no levels: nothing changes.'
replies /output/level s none -- '/output/level s "none"' "Levels mix in dB.$none"
replies /output/level s Loudness -- '/output/level s "loudness"' "Levels mix as loudness.$none"
replies /set_alfa fff 1 0 -1 -- 'Alfa vector is updated.'
replies /sound/stop s STOP -- 'Stopped audio playback...'

replies $two/save s Save -- 'Please provide a save folder before saving the audio'
replies $two/save_folder s "$PWD/nowhere" -- "Save folder does not exist at the path $PWD/nowhere"
replies $two/save_folder s "$PWD/saved/" -- "Save folder set to $PWD/saved"

# --- A render. ---

few='Error: Generate sound function did not receive enough arguments ({}). Required number of arguments are 3: duration, audio_1_offset, audio_2_offset. Units are seconds.'
long1=$'audio_1_offset+example_length ({}) > Audio_1 total length (4.0). Can not generate examples. \n Are you sure you set the sounds? \n Audio 1 name-> 01 Now'
long2=$'audio_2_offset+example_length ({}) > Audio_2 total length (3.0). Can not generate interpolations. \n Are you sure you set the sounds? \n Audio 1 name-> b.c'
replies /interpolate_two/generate f 1 -- "${few/\{\}/1}"
replies /interpolate_two/generate ff 1 0 -- "${few/\{\}/2}"
replies /interpolate_two/generate ffff 1 0 0 0 -- "${few/\{\}/4}"
# Seconds have a decimal point, and the digits that single precision tells apart.
for number in 5:5.0 5.5:5.5 4.2:4.2 10:10.0 100:100.0 123.456:123.456 12345:12345.0 1e6:1000000.0; do
    replies /interpolate_two/generate fff "${number%:*}" 0 0 -- "${long1/\{\}/${number#*:}}"
done
replies /interpolate_two/generate fff 1 3.5 0 -- "${long1/\{\}/4.5}"
replies /interpolate_two/generate fff 0.1 3.1 2.95 -- "${long2/\{\}/3.05}"
replies /interpolate_two/generate fff 0.2 0 2.9 -- "${long2/\{\}/3.1}"
replies /interpolate_two/generate iii 4 0 0 -- "${long2/\{\}/4.0}"

# duration offset1 offset2: TYPES VALUES, as they are shown. /seed and /progress are not the original's.
asks "a seed" /seed i 7
rendered() {
    expected "Interpolate two - duration set to $5" \
        "First audio: 01 Now "$'\n'" First audio offset: $6 "$'\n'" Second audio: b.c "$'\n'" Second audio offset: $7 "$'\n'" Example Length: $5" \
        'Generating interpolations' 'Generating DL model outputs' 'Running phase estimation' \
        'Audio generated, playing...'
    renders "$*" /interpolate_two/generate "${@:1:4}"
    grep -vE '^/progress f|"Rendering with seed 7"|"The path is [0-9.]* from what was trained' out >told
    ok "$*: as the original" diff wanted told
    ok "and its seed" [ "$(grep -c '^/report s "Rendering with seed 7"$' out)" -eq 1 ]
}
rendered fff 1 0 0 1.0 0.0 0.0
rendered fff 0.1 0.25 2.9 0.1 0.25 2.9
rendered iii 1 2 0 1.0 2.0 0.0
rendered ddd 0.5 1.5 0.123 0.5 1.5 0.123
replies $two/play_again s bang -- 'Playing the previous audio...'
for number in 00000 00001; do
    replies $two/save s Save -- \
        "Saved the last generated sound at the path: $PWD/saved/generated_audio-$number.wav"
done
asks "stop" /sound/stop

# --- What is worded otherwise begins as the original's does, or says what is missing. ---

refused "Could not set the dataset: /nope: no such folder" /load/dataset s /nope
refused "Could not load the model: /nope: no such folder" /load/model s /nope
refused "Could not set the first sound: 01 Nov.wav: not in the data set: did you mean 01 Now.wav?" \
    $two/first/audio_path s "01 Nov.wav"
refused "Could not set the second sound: trumpet: not in the data set: see /dataset/list" \
    $two/second/audio_path s trumpet
refused "/mix: sound 2: b,c: not in the data set: did you mean b.c.wav?" \
    /mix fsffsff 1 b.c 0 0.5 b,c 0 0.5
refused "Could not compute features: b.d: not in the data set: did you mean b.c.wav?" \
    /sound/features s b.d

# --- A path that is empty. ---

empty() { refused "$1: empty " "${@:2}"; }
empty "Could not set the dataset" /load/dataset s ""
empty "Could not load the model" /load/model s ""
empty "Could not set the first sound" $two/first/audio_path s ""
empty "Could not set the second sound" $two/second/audio_path s ""
empty "Could not set the save folder" $two/save_folder s ""
empty "Could not update the alfa vector" /curve/load s ""
empty "Could not compute features" /sound/features s ""
empty "Could not set the audio output" /audio/device/out s ""
empty "Could not set the audio output" /audio/device/out s file:
empty "/mix: sound 1" /mix fsff 1 "" 0 1
empty "/live/mix: sound 1" /live/mix fsff 1 "" 0 1
refused "Could not update the alfa vector: time 3: times go from 0 to 1" /curve/points ffff 0 1 3 0

# --- A start with a model, which waits for none. ---

server_stop
now_on
server_start
sync
answers | grep -v "/sync/$syncs\b" >out
expected "/dataset s \"$DS\"" $'Dataset is set to: \n '"$DS" "${first[@]}" "${second[@]}" \
    "${loaded[@]}" "${started[@]}"
ok "the start: as the original, and what is remembered" diff wanted out
server_stop

# --- Every address that takes something, with the wrong number and the wrong types. ---

server_start
expect 0 "the addresses" lts-server --list-addresses
cp out addresses
ok "there are some" [ "$(wc -l <addresses)" -gt 30 ]
while read -r address takes; do
    case $takes in
    *s*n* | *n*s*) wrong=("N" "f nan" "si x 1") ;;
    *\(n\)*) wrong=("f nan" "f inf" "N" "fs 1 x" "si x 1") ;;
    *n*) wrong=("f nan" "f -inf" "s x" "N" "ss x y") ;;
    s) wrong=("" "i 1" "N" "is 1 x") ;;
    *) wrong=("i 1" "f nan" "N" "is 1 x") ;;
    esac
    for arguments in "${wrong[@]}"; do
        # shellcheck disable=SC2086
        refused "" "$address" $arguments
        ok "$address: nothing else" [ "$(grep -cv '^/audio/io ' out)" -eq 1 ]
    done
done <addresses
ok "no report is too long" [ -z "$(sed -n 's/^[^ ]* \/report s "\(.*\)"$/\1/p' replies | awk 'length > 119')" ]
server_stop
dump_stop
