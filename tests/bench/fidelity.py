#!/usr/bin/python3
"""How true a run's sounds are: each sound encoded, decoded and re-phased, beside itself.

    tests/bench/fidelity.py BUILD RUN SOUND...

Prints for each sound the spectral convergence |A - M| / |M| of the constant-Q magnitudes A of what
comes out from M, those of what went in (the run's own settings), how far the level is off in dB, and
the means. BUILD holds the tools.
"""
import os
import shutil
import subprocess
import sys
import tempfile

import numpy


def magnitudes(build, folder, run):
    subprocess.run(
        [build + "/lts-dataset", "-q", "--config", run + "/config.ini", folder],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    npy = folder + "/npy"
    return {name[:-4]: numpy.load(npy + "/" + name) for name in sorted(os.listdir(npy)) if name.endswith(".npy")}


def main():
    build, run, sounds = sys.argv[1], sys.argv[2], sys.argv[3:]
    with tempfile.TemporaryDirectory() as work:
        for side in "in", "out":
            os.makedirs(work + "/" + side + "/audio")
        for number, sound in enumerate(sounds):
            name = "%04d" % number
            shutil.copy(sound, work + "/in/audio/" + name + os.path.splitext(sound)[1])
            latent = work + "/z.npy"
            subprocess.run([build + "/lts-encode", "-q", "--run", run, sound, "-o", latent], check=True)
            subprocess.run(
                [build + "/lts-decode", "-q", "--run", run, latent, "-o", work + "/out/audio/" + name + ".wav"],
                check=True,
            )
        wanted, found = magnitudes(build, work + "/in", run), magnitudes(build, work + "/out", run)
    convergences, levels = [], []
    for number, sound in enumerate(sounds):
        m, a = wanted["%04d" % number], found["%04d" % number]
        frames = min(len(m), len(a))
        m, a = m[:frames].astype(float), a[:frames].astype(float)
        convergences.append(numpy.linalg.norm(a - m) / numpy.linalg.norm(m))
        levels.append(20 * numpy.log10(numpy.linalg.norm(a) / numpy.linalg.norm(m)))
        print("%-32s %.4f %+.2f dB" % (os.path.basename(sound), convergences[-1], levels[-1]))
    print("mean %.4f, level off by %.2f dB at most" % (numpy.mean(convergences), numpy.max(numpy.abs(levels))))


if __name__ == "__main__":
    main()
