#!/usr/bin/env bash
# The direction of dependencies between the rooms of src/ and between the sub-rooms of a room.
set -euo pipefail
cd "$LTS_SOURCE"

# Each room may include its own headers, base, and the rooms named here.
declare -A may=(
    [base]=""
    [formats]="base"
    [audio]="base formats"
    [dsp]="base"
    [features]="base dsp"
    [nn]="base"
    [model]="base formats nn features"
    [latent]="base"
    [align]="base"
    [synth]="base formats"
    [labels]="base formats features"
    [match]="base dsp formats synth"
    [render]="base dsp features model latent align"
    [pipeline]="base formats audio dsp features labels nn model latent align synth match render"
    [engine]="base formats audio dsp features labels model latent align synth match render pipeline"
)
# The pipeline has one public header a job, the engine one for those who talk to it, and the latent
# room one for its largest part.
declare -A room_of=([config]=pipeline [dataset]=pipeline [frames]=pipeline [train]=pipeline
    [interp]=pipeline [source]=pipeline [codec]=pipeline [plot]=pipeline [osc]=engine
    [directions]=latent [directions_file]=pipeline
    [distance]=latent [distance_file]=pipeline [align_time]=align [stft_note]=features
    [structure]=latent [condition]=labels [latent_map]=pipeline [generate]=pipeline
    [nearest]=latent [prior]=latent [prior_file]=pipeline [search]=pipeline
    [synth_data]=pipeline [match]=pipeline [lv2]=synth)
# The sub-room that a public header of the pipeline speaks for.
declare -A sub_of=([config]=config [dataset]=dataset [frames]=dataset [train]=train [interp]=interp
    [source]=sound [codec]=codec [plot]=plot [distance_file]=distance [synth_data]=synth
    [match]=match
    [latent_map]=latent_map [generate]=generate [search]=search [directions_file]=directions
    [prior_file]=prior)

# Within a room, each sub-room may include the sub-rooms named here; . is the room's own folder.
declare -A within=(
    [formats/ini]="." [formats/npy]="." [formats/pickle]="." [formats/safetensors]="." [formats/tensorboard]="."
    [dsp/cqt]="." [dsp/phase]=". cqt" [dsp/vocoder]=". cqt" [dsp/stft]="."
    [features/kinds]="."
    [match/.]="range" [match/range]=""
    [align/time]="." [align/pitch]="." [audio/ffmpeg]="." [base/files]="."
    [latent/distance]="." [latent/structure]="." [latent/directions]="." [latent/prior]="." [latent/tsne]="."
    [synth/space]="." [synth/fm]="." [synth/lv2]="." [synth/lv2_host]="lv2"
    [nn/windows]="." [nn/layers]=". windows" [nn/net]=". layers"
    [model/arch]="." [model/files]=". arch" [model/train]="."
    [pipeline/config]="" [pipeline/sound]="config" [pipeline/notes]="" [pipeline/dataset]="config sound notes"
    [pipeline/interp]="config sound" [pipeline/codec]="sound generate" [pipeline/plot]="dataset interp distance"
    [pipeline/train]="config dataset plot distance prior synth" [pipeline/distance]="sound" [pipeline/prior]="sound" [pipeline/latent_map]="plot dataset sound"
    [pipeline/generate]="config sound dataset" [pipeline/search]="config dataset sound"
    [pipeline/directions]="config dataset sound notes"
    [pipeline/synth]="" [pipeline/match]="sound synth"
    [engine/messages]="" [engine/osc]="messages" [engine/paths]="" [engine/state]="" [engine/realtime]=""
    [engine/device]="realtime" [engine/play]="paths realtime device" [engine/midi]="realtime device"
    [engine/match]="messages paths play" [engine/synth]="play"
    [engine/jobs]="messages paths play match" [engine/live]="jobs play"
    [engine/server]="messages osc paths state play midi match synth jobs live"
    [engine/handlers]="server device" [engine/control]="messages live match device server handlers"
)

wrong=0 files=0
complain() {
    echo "$1"
    wrong=1
}

# place_of PATH: its room and its sub-room, "dsp cqt", or "dsp ." of a file in the room's own folder.
place_of() {
    local rest=${1#*/}
    case $rest in
    */*) echo "${1%%/*} ${rest%%/*}" ;;
    *) echo "${1%%/*} ." ;;
    esac
}

while read -r file; do
    files=$((files + 1))
    case $file in
    include/*) room=$(basename "$file" .h) && sub=${sub_of[$room]:-.} room=${room_of[$room]:-$room} ;;
    *) read -r room sub < <(place_of "${file#src/}") ;;
    esac
    [ "$room" != lts ] || continue # the header over all
    [ -n "${may[$room]+known}" ] || { complain "$file: $room is a room nobody has drawn" && continue; }
    [ "$sub" = . ] || [ -n "${within[$room/$sub]+known}" ] ||
        { complain "$file: $room/$sub is a sub-room nobody has drawn" && continue; }
    while read -r header; do
        case $header in
        lts/*) other=$(basename "$header" .h) && within_it=${sub_of[$other]:-} other=${room_of[$other]:-$other} ;;
        *) read -r other within_it < <(place_of "$header") ;;
        esac
        case " $room ${may[$room]} " in
        *" $other "*) ;;
        *) complain "$file includes $header: $room may not include $other" ;;
        esac
        [ "$other" = "$room" ] && [ -n "$within_it" ] || continue
        case " $sub ${within[$room/$sub]-} " in
        *" $within_it "*) ;;
        *) complain "$file includes $header: in $room, $sub may not include $within_it" ;;
        esac
    done < <(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file" | grep /)
done < <(find src include/lts -name '*.[ch]')

# Neither table may lead back to where it began.
{
    for room in "${!may[@]}"; do
        for other in ${may[$room]}; do echo "$room $other"; done
    done
    for place in "${!within[@]}"; do
        for other in ${within[$place]}; do echo "$place ${place%%/*}/$other"; done
    done
} | tsort >/dev/null || complain "the tables of this test have a cycle"

# A name alone says which file is meant.
while read -r name; do
    complain "$name: more than one file has this name"
done < <(find src include/lts -name '*.[ch]' | sed 's#.*/##' | sort | uniq -d)

# What knows a library stays in the places that are there for it: rooms or sub-rooms.
declare -A keeps=([sndfile.h]="audio engine/device" [soxr.h]="audio engine/play" [fftw3.h]="dsp"
    [iniparser.h]="formats" [xxhash.h]="formats" [cJSON.h]="formats/safetensors engine/state"
    [lo.h]="engine/osc" [portaudio.h]="engine/device" [portmidi.h]="engine/midi"
    [cblas.h]="nn model latent match" [lapacke.h]="latent" [lilv.h]="synth/lv2_host")
for header in "${!keeps[@]}"; do
    while read -r file; do
        read -r room sub < <(place_of "${file#src/}")
        case " ${keeps[$header]} " in
        *" $room "* | *" $room/$sub "*) ;;
        *) complain "$file includes $header: only ${keeps[$header]} may" ;;
        esac
    done < <(grep -rlE "#include [<\"]([a-z]+/)?$header" src include || true)
done
[ "$files" -gt 0 ] || { echo "no files looked at" && exit 1; }
[ $wrong -eq 0 ] && echo "$files files keep to their rooms"
exit $wrong
