#!/usr/bin/env bash
# Makes DATASET/audio of the recordings in Debian's sonic-pi-samples (CC0): sonic-pi.sh DATASET
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: sonic-pi.sh DATASET" >&2; exit 2; }
dataset=$1
samples=/usr/share/sonic-pi/samples
scratch=""
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT

if [ ! -d "$samples" ]; then
    command -v apt-get >/dev/null || {
        echo "sonic-pi.sh: $samples is not there; install the package sonic-pi-samples" >&2
        exit 1
    }
    scratch=$(mktemp -d)
    (cd "$scratch" && apt-get download -qq sonic-pi-samples && dpkg -x ./*.deb .) || {
        echo "sonic-pi.sh: the package sonic-pi-samples can neither be found nor fetched" >&2
        exit 1
    }
    samples=$scratch/$samples
fi

mkdir -p "$dataset/audio"
cp "$samples"/*.flac "$dataset/audio/"
cat >"$dataset/LICENSE.txt" <<'LICENCE'
The recordings in audio/ come from the Sonic Pi project and are dedicated to the public domain:
CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/
LICENCE
echo "$dataset/audio: $(find "$dataset/audio" -name '*.flac' | wc -l) recordings"
