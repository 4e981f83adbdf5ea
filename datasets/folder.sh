#!/usr/bin/env bash
# Makes DATASET/audio of links to your own recordings: folder.sh DATASET FOLDER...
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: folder.sh DATASET FOLDER..." >&2; exit 2; }
dataset=$1
shift
mkdir -p "$dataset/audio"
for folder in "$@"; do
    [ -d "$folder" ] || { echo "folder.sh: $folder: no such folder" >&2; exit 1; }
    name=$(basename "$(cd "$folder" && pwd)")
    if [ -e "$dataset/audio/$name" ]; then
        echo "folder.sh: $dataset/audio/$name: there already" >&2
        exit 1
    fi
    ln -s "$(cd "$folder" && pwd)" "$dataset/audio/$name"
done
echo "$dataset: now run lts-dataset $dataset"
