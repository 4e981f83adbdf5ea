#!/usr/bin/env bash
# Makes DATASET/audio of sounds this project renders itself (CC0): rendered.sh DATASET [PROGRAM]
# PROGRAM is the built lts-render-set; by default the one on the PATH.
set -euo pipefail
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: rendered.sh DATASET [PROGRAM]" >&2; exit 2; }
mkdir -p "$1/audio"
"${2:-lts-render-set}" "$1/audio"
cat >"$1/LICENSE.txt" <<'LICENCE'
The sounds in audio/ were rendered by latent-timbre's lts-render-set and are dedicated to the public
domain: CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/
LICENCE
