#!/usr/bin/python3
"""How truly the pitch of a morph follows alpha, with a trained model.

    tests/bench/align_pitch.py [--pairs N] [--seed S] BUILD RUN

Pairs of harmonic notes, up to an octave apart, steady, with vibrato or gliding, are rendered by
lts-interp --align pitch at alpha .25, .5 and .75, and at 1 and 0. Wanted is
f(t) = a(t)^alpha b(t)^(1-alpha), with the notes' own fundamentals a and b. Each result is resampled
along that path, so that its partials lie still where it is met; in frames of 93 ms the fundamental
is found around it by a harmonic sum, whole octaves to either side, and refined to the median of its
partials' interpolated peaks (weighted by magnitude). The same is done with the notes themselves:
what that says is the measure's own error.

Prints a JSON object a pair and alpha with the median, the 90th percentile and the largest of the
frames' deviations in cents, and one at last of all; exit status 1 when one's 90th percentile is
beyond 10 cents.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy
from scipy.interpolate import CubicSpline
from scipy.io import wavfile

RATE, SECONDS, EDGE = 44100, 1.6, 0.2
ALPHAS, WANTED = (0.25, 0.5, 0.75), 10
WINDOW, HOP = 4096, 1024
HIGHEST = 5000  # Hz, of the partials that are measured


def fundamental(kind, hertz, rng):
    """Of a note (N), Hz."""
    t = numpy.arange(int(RATE * SECONDS)) / RATE
    if kind == "vibrato":
        cents = rng.uniform(30, 60) * numpy.sin(
            2 * numpy.pi * (rng.uniform(4.5, 6.5) * t + rng.uniform()))
    elif kind == "gliss":
        cents = rng.choice([-1, 1]) * rng.uniform(200, 400) * (t / SECONDS - 0.5)
    else:
        cents = 0 * t
    return hertz * 2 ** (cents / 1200)


def note(f, rng):
    """Harmonics of a fundamental f (N) with a formant of its own, slow attack and release."""
    phase = 2 * numpy.pi * numpy.cumsum(f) / RATE
    slope, formant, width = rng.uniform(0.6, 1.4), rng.uniform(500, 2500), rng.uniform(0.4, 1)
    x = numpy.zeros(len(f))
    for h in range(1, int(0.4 * RATE / f.max()) + 1):
        gain = h ** -slope * (0.3 + numpy.exp(-(numpy.log2(h * f / formant) / width) ** 2))
        x += gain * numpy.cos(h * phase + rng.uniform(0, 2 * numpy.pi))
    t = numpy.arange(len(f)) / RATE
    x *= numpy.minimum(1, t / 0.05) * numpy.minimum(1, (SECONDS - t) / 0.1)
    x *= numpy.exp(-t * rng.uniform(0, 0.8))
    return (0.3 * x / numpy.abs(x).max()).astype(numpy.float32)


def deviations(x, path):
    """Cents from path (N) Hz, a frame each."""
    still = numpy.median(path)
    phase = numpy.concatenate([[0], numpy.cumsum(path)])[:len(path)] / RATE
    first, last = int(EDGE * RATE), int((SECONDS - EDGE) * RATE)
    even = numpy.arange(phase[first] / still, phase[last] / still, 1 / RATE)
    at = numpy.interp(even * still, phase, numpy.arange(len(path)))
    y = CubicSpline(numpy.arange(len(x)), x.astype(numpy.float64))(at)
    window, size = numpy.hanning(WINDOW), 4 * WINDOW
    grid = still * 2 ** (numpy.arange(-1250, 1251, 10) / 1200)
    # Partials count, and what lies half way between them counts against.
    partials = numpy.arange(1, int(HIGHEST / grid[0]) + 1)
    inside = (partials * grid[:, None] < HIGHEST) * partials ** -0.5
    on, off = ((grid[:, None] * (partials - half) * size / RATE + 0.5).astype(int)
               for half in (0, 0.5))
    found = []
    for start in range(0, len(y) - WINDOW + 1, HOP):
        m = numpy.abs(numpy.fft.rfft(window * y[start:start + WINDOW], size))
        root = numpy.sqrt(m)
        f = grid[int(numpy.argmax(((root[on] - root[off]) * inside).sum(axis=1)))]
        cents, weight = [], []
        for h in range(1, int(HIGHEST / f) + 1):
            low, high = (int(h * f * 2 ** (c / 12) * size / RATE) for c in (-0.4, 0.4))
            k = low + int(numpy.argmax(m[low:high + 1]))
            if k in (low, high) or k == 0:
                continue
            a, b, c = numpy.log(m[k - 1:k + 2] + 1e-20)
            top = (k + 0.5 * (a - c) / (a - 2 * b + c)) * RATE / size
            cents.append(1200 * numpy.log2(top / h / still))
            weight.append(m[k] * h ** 0.5)
        order = numpy.argsort(cents)
        share = numpy.cumsum(numpy.array(weight)[order])
        found.append(cents[order[numpy.searchsorted(share, share[-1] / 2)]])
    return numpy.array(found)


def summary(cents):
    size = numpy.abs(cents)
    return {"median": round(float(numpy.median(size)), 2),
            "p90": round(float(numpy.percentile(size, 90)), 2),
            "worst": round(float(size.max()), 2)}


def render(build, run, a, b, alpha, out):
    done = subprocess.run(
        [os.path.join(build, "lts-interp"), "--run", run, "--a", a, "--b", b, "--align", "pitch",
         "--alpha", str(alpha), "-o", out], check=True, capture_output=True, text=True)
    return wavfile.read(out)[1], done.stderr.partition("\n")[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("build")
    parser.add_argument("run")
    given = parser.parse_args()
    kinds = [("steady", "steady"), ("vibrato", "steady"), ("steady", "steady"),
             ("gliss", "steady"), ("vibrato", "vibrato"), ("steady", "gliss"),
             ("steady", "vibrato"), ("gliss", "gliss"), ("vibrato", "gliss"), ("steady", "steady")]
    all_cents, ends, own, missed = [], [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        for pair in range(given.pairs):
            rng = numpy.random.default_rng([given.seed, pair])
            kind = kinds[pair % len(kinds)]
            semitones = rng.choice([-1, 1]) * rng.uniform(1, 7 if pair % 3 else 11)
            low = rng.uniform(110, 330)
            f = [fundamental(k, low * 2 ** (s * semitones / 12), rng)
                 for s, k in enumerate(kind)]
            files = [os.path.join(folder, name) for name in ("a.wav", "b.wav", "out.wav")]
            for s in range(2):
                x = note(f[s], rng)
                wavfile.write(files[s], RATE, x)
                own.append(deviations(x, f[s]))
            for alpha in (*ALPHAS, 0, 1):
                x, said = render(given.build, given.run, files[0], files[1], alpha, files[2])
                cents = deviations(x, f[0] ** alpha * f[1] ** (1 - alpha))
                line = {"bench": "align_pitch_pair", "pair": pair, "kinds": "/".join(kind),
                        "hertz": round(low, 1), "semitones": round(float(semitones), 2),
                        "alpha": alpha, **summary(cents)}
                if alpha in ALPHAS:
                    all_cents.append(cents)
                    line["met"] = line["p90"] <= WANTED
                    missed += not line["met"]
                    line["alignment"] = said
                else:
                    ends.append(cents)
                print(json.dumps(line), flush=True)
    flat = numpy.concatenate(all_cents)
    print(json.dumps({"bench": "align_pitch", "pairs": given.pairs, **summary(flat),
                      "missed": missed, "of": len(all_cents),
                      "ends": summary(numpy.concatenate(ends)),
                      "measure": summary(numpy.concatenate(own)), "wanted": WANTED}))
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
