#!/usr/bin/python3
"""What two minutes of training on five minutes of sound give, by default.ini.

    tests/bench/small_data.py BUILD DATASET [MINUTES]

DATASET holds audio/, such as datasets/mixed-instruments.sh makes. Every eighth file is held out.
Prints one JSON object with, for seen and for unseen sounds, in the mean over files: the spectral
convergence | |X| - |Y| | / | |X| | of magnitudes Y, encoded and decoded by the latent mean, to those
of the sound X; the same of what lts-interp plays at alpha 1, analysed again; and how far a copy at
-70 dBFS comes out from there, at most, in dB. Exit status 1 when a figure is missed.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy
import torch

from lts_network import Network, evaluate

HELD_OUT_EVERY = 8
HEARD = 12  # sounds of each kind that are played
WANTED = {"seen": 0.10, "unseen": 0.20}
QUIET, QUIET_WITHIN = -70.0, 1.0


class Tools:
    def __init__(self, build):
        self.build = os.path.realpath(build)

    def __call__(self, name, *words):
        subprocess.run([os.path.join(self.build, name), "-q", *words], check=True)


def link(names, folder):
    os.makedirs(os.path.join(folder, "audio"))
    for name in names:
        os.symlink(name, os.path.join(folder, "audio", os.path.basename(name)))


def arrays(folder):
    """Magnitudes by the names of their files."""
    return {os.path.basename(name): numpy.load(name).astype(numpy.float32)
            for name in sorted(glob.glob(os.path.join(folder, "npy", "*.npy")))}


def play(tools, run, names, folder):
    """Each sound at alpha 1, analysed."""
    os.makedirs(os.path.join(folder, "audio"))
    for name in names:
        tools("lts-interp", "--run", run, "--a", name, "--b", name, "--alpha", "1", "-o",
              os.path.join(folder, "audio", os.path.splitext(os.path.basename(name))[0] + ".wav"))
    tools("lts-dataset", folder)
    return arrays(folder)


def convergence(of, to):
    """The mean over the files of `of`."""
    found = []
    for name, y in of.items():
        x = to[name]
        count = min(len(x), len(y))
        found.append(numpy.linalg.norm(y[:count] - x[:count]) / numpy.linalg.norm(x[:count]))
    return float(numpy.mean(found))


def level(name):
    """RMS in dBFS."""
    out = subprocess.run(["sox", name, "-n", "stats"], capture_output=True, text=True, check=True)
    return float([line for line in out.stderr.splitlines() if "RMS lev" in line][0].split()[3])


def quiet_error(tools, run, names, folder):
    """The most, over sounds, by which the RMS of a copy at -70 dBFS changes, in dB."""
    quiet, heard = (os.path.join(folder, name) for name in ("quiet.wav", "heard.wav"))
    worst = 0.0
    for name in names:
        subprocess.run(["sox", name, "-e", "float", "-b", "32", quiet, "gain",
                        str(QUIET - level(name))], check=True)
        tools("lts-interp", "--run", run, "--a", quiet, "--b", quiet, "--alpha", "1", "-o", heard)
        worst = max(worst, abs(level(heard) - QUIET))
    return worst


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    tools, minutes = Tools(sys.argv[1]), sys.argv[3] if len(sys.argv) > 3 else "2"
    names = sorted(glob.glob(os.path.join(os.path.realpath(sys.argv[2]), "audio", "*")))
    held = names[HELD_OUT_EVERY - 1::HELD_OUT_EVERY]
    kinds = {"seen": [name for name in names if name not in held], "unseen": held}
    line, reached = {"bench": "small_data", "minutes": float(minutes)}, True
    with tempfile.TemporaryDirectory() as folder:
        for kind, sounds in kinds.items():
            link(sounds, os.path.join(folder, kind))
            tools("lts-dataset", os.path.join(folder, kind))
        tools("lts-train", os.path.join(folder, "seen"), "--preset", "default", "--set",
              f"training.minutes={minutes}", "--set", "dataset.validation=0", "--set",
              "extra.example_length=0.1")
        run = os.path.join(folder, "seen", "timbre", "run-000")
        network = Network(os.path.join(run, "model", "last.safetensors"))
        for kind, sounds in kinds.items():
            to = arrays(os.path.join(folder, kind))
            found = evaluate(network.reconstruct, [torch.from_numpy(x) for x in to.values()])
            some = sounds[::max(1, len(sounds) // HEARD)][:HEARD]
            heard = play(tools, run, some, os.path.join(folder, "heard_" + kind))
            line[kind] = {"files": len(sounds), "convergence": found["file_error"],
                          "lsd_db": found["lsd_db"], "heard": convergence(heard, to),
                          "wanted": WANTED[kind],
                          "quiet_error_db": quiet_error(tools, run, some, folder)}
            reached = (reached and line[kind]["heard"] <= WANTED[kind]
                       and line[kind]["convergence"] <= WANTED[kind]
                       and line[kind]["quiet_error_db"] <= QUIET_WITHIN)
    line["met"] = reached
    print(json.dumps(line))
    sys.exit(not reached)


if __name__ == "__main__":
    main()
