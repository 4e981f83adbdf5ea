#!/usr/bin/env bash
# The direction of dependencies between the rooms of src/: each may include its own headers, base, and
# the rooms named here.
set -euo pipefail
cd "$LTS_SOURCE"

declare -A may=(
    [base]=""
    [formats]="base"
    [audio]="base formats"
    [dsp]="base"
    [nn]="base"
    [model]="base formats nn"
    [latent]="base"
    [synth]="base"
    [render]="base dsp model latent"
    [pipeline]="base formats audio dsp nn model latent synth render"
    [engine]="base formats audio dsp model latent synth render pipeline"
)
# The pipeline has one public header a job, the engine one for those who talk to it.
declare -A room_of=([config]=pipeline [dataset]=pipeline [frames]=pipeline [train]=pipeline
    [interp]=pipeline [codec]=pipeline [plot]=pipeline [osc]=engine)

wrong=0 files=0
for folder in src/*/; do
    room=$(basename "$folder")
    [ -n "${may[$room]+known}" ] || { echo "src/$room: a room nobody has drawn" && wrong=1; continue; }
    for file in "$folder"*.[ch] include/lts/"$room".h; do
        [ -e "$file" ] || continue
        files=$((files + 1))
        while read -r header; do
            other=${header#lts/}
            other=${other%.h}
            other=${other%%/*}
            other=${room_of[$other]:-$other}
            case " $room ${may[$room]} " in
            *" $other "*) ;;
            *) echo "$file includes $header: $room may not include $other" && wrong=1 ;;
            esac
        done < <(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file" | grep /)
    done
done
# What knows a library stays in the rooms that are there for it.
declare -A keeps=([sndfile.h]="audio engine" [soxr.h]="audio engine" [fftw3.h]="dsp" [iniparser.h]="formats"
    [xxhash.h]="formats" [cJSON.h]="formats engine" [lo.h]="engine"
    [portaudio.h]="engine" [portmidi.h]="engine" [cblas.h]="nn model latent" [lapacke.h]="latent")
for header in "${!keeps[@]}"; do
    while read -r file; do
        room=$(basename "$(dirname "$file")")
        case " ${keeps[$header]} " in
        *" $room "*) ;;
        *) echo "$file includes $header: only ${keeps[$header]} may" && wrong=1 ;;
        esac
    done < <(grep -rlE "#include [<\"]([a-z]+/)?$header" src include || true)
done
[ "$files" -gt 0 ] || { echo "no files looked at" && exit 1; }
[ $wrong -eq 0 ] && echo "$files files keep to their rooms"
exit $wrong
