#!/usr/bin/python3
"""Whether morphs are as loud as their path says: recordings paired by chance, rendered between
and beyond.

    tests/bench/morph_level.py [--live] BUILD RUN FOLDER [PAIRS [SEED]]

Pairs of FOLDER's recordings are rendered by lts-interp, not aligned, at alpha 0, .25, .5, .75, 1, -1
and 2. The path is that of [render] level = loudness between what is heard at 0 and 1: loudness, which
is amplitude to the power 0.6, mixed by alpha, in windows of 50 ms; their mean power is the level of
the whole. Prints, of whole sounds and of the windows within 40 dB of the path's loudest one, how far
levels are from the path in dB: the median, the points within 1 dB, the worst. Beyond the ends: by how
much sounds are louder than the louder end, as a whole and in their loudest window. BUILD holds the
tools. With --live, the first passes of live voices instead (BUILD/tests/bench_live_level).
"""
import os
import subprocess
import sys
import tempfile

import numpy
from scipy.io import wavfile

SECONDS = 4  # of a pair's excerpts, at most
BETWEEN, BEYOND = (0.25, 0.5, 0.75), (-1, 2)
LEAST = 1e-16  # power of silence


def duration(path):
    shown = subprocess.run(["soxi", "-D", path], check=True, capture_output=True, text=True)
    return float(shown.stdout)


def powers(path):
    """Mean squares of windows of 50 ms, and of the whole; what is left at the end joins the last."""
    rate, x = wavfile.read(path)
    parts = numpy.array_split(x.astype(float), max(1, len(x) // (rate // 20)))
    return numpy.array([numpy.mean(part**2) for part in parts]), numpy.mean(x.astype(float) ** 2)


def between(a, b, alpha):
    """Powers of the path between those of two ends."""
    return (alpha * a**0.3 + (1 - alpha) * b**0.3) ** (1 / 0.3)


def decibels(power):
    return 10 * numpy.log10(power + LEAST)


def play(build, run, a, b, seconds, folder):
    """alpha -> powers, of live voices"""
    alphas = ["%g" % alpha for alpha in (0, 1) + BETWEEN + BEYOND]
    subprocess.run(
        [build + "/tests/bench_live_level", run, a, b, "%.3f" % seconds, folder, *alphas], check=True
    )
    return {float(alpha): powers(folder + "/live_" + alpha + ".wav") for alpha in alphas}


def render(build, run, a, b, seconds, folder):
    """alpha -> powers"""
    at = {}
    for number, values in enumerate(("0:1:0.25", "-1:2:3")):
        out = folder + "/%d" % number
        subprocess.run(
            [build + "/lts-interp", "-q", "--run", run, "--a", a, "--b", b, "--duration", "%.3f" % seconds]
            + ["--align", "none", "--alpha=" + values, "-o", out],
            check=True,
        )
        files = sorted(name for name in os.listdir(out) if name.endswith(".wav"))
        for name in files:
            at[float(name[:-4].rsplit("_", 1)[-1])] = powers(out + "/" + name)
    return at


def report(what, errors):
    sizes = numpy.abs(errors)
    print(
        "%-28s median %.2f, %d of %d within 1 dB, worst %+.1f dB"
        % (what, numpy.median(sizes), numpy.sum(sizes <= 1), len(sizes), errors[numpy.argmax(sizes)])
    )


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--live"]
    sound = play if "--live" in sys.argv else render
    build, run, folder = arguments[:3]
    pairs = int(arguments[3]) if len(arguments) > 3 else 50
    draw = numpy.random.default_rng(int(arguments[4]) if len(arguments) > 4 else 0)
    sounds = sorted(name for name in os.listdir(folder) if name.endswith((".flac", ".wav")))
    whole, windows, beyond, loudest = [], [], [], []
    for _ in range(pairs):
        a, b = (folder + "/" + sounds[i] for i in draw.choice(len(sounds), 2, replace=False))
        seconds = min(duration(a), duration(b), SECONDS)
        with tempfile.TemporaryDirectory() as work:
            at = sound(build, run, a, b, seconds, work)
        name = os.path.basename(a) + " " + os.path.basename(b)
        row = []
        for alpha in BETWEEN:
            path = between(at[1][0], at[0][0], alpha)
            error = decibels(at[alpha][1]) - decibels(numpy.mean(path))
            heard = path > 1e-4 * path.max()
            whole.append(error)
            windows.extend(decibels(at[alpha][0][heard]) - decibels(path[heard]))
            row.append(error)
        for alpha in BEYOND:
            louder = max(at[0][1], at[1][1])
            beyond.append(decibels(at[alpha][1]) - decibels(louder))
            peak = max(at[0][0].max(), at[1][0].max())
            loudest.append(decibels(at[alpha][0].max()) - decibels(peak))
            row.append(beyond[-1])
        print("%-50s" % name + " ".join("%+6.2f" % value for value in row), flush=True)
    report("whole sounds:", numpy.array(whole))
    report("windows of 50 ms:", numpy.array(windows))
    print("beyond, whole sounds:        %+.1f dB at most" % numpy.max(beyond))
    print("beyond, loudest windows:     %+.1f dB at most" % numpy.max(loudest))


if __name__ == "__main__":
    main()
