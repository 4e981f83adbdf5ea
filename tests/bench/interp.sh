#!/usr/bin/env bash
# One interpolation of 2 s, from process start to a finished WAV: interp.sh BUILD RUN A B [TIMES]
# Prints JSON: the least and the median of the wall-clock times, and the target.
set -euo pipefail
[ $# -ge 4 ] || { echo "usage: interp.sh BUILD RUN A B [TIMES]" >&2; exit 2; }
build=$1 run=$2 a=$3 b=$4 times=${5:-15}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for _ in $(seq "$times"); do
    start=$(date +%s%N)
    "$build/lts-interp" --quiet --run "$run" --a "$a" --b "$b" --duration 2 --alpha 0.5 \
        -o "$folder/out.wav"
    echo $((($(date +%s%N) - start) / 1000))
done | sort -n | awk '{ t[NR] = $1 / 1e6 }
    END { printf "{\"bench\":\"interp_2s\",\"seconds_min\":%.4f,\"seconds_median\":%.4f,", t[1], t[int((NR + 1) / 2)]
          printf "\"target\":0.15,\"met\":%s}\n", t[int((NR + 1) / 2)] <= 0.15 ? "true" : "false" }'
