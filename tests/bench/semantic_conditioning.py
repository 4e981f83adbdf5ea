#!/usr/bin/python3
"""How well notes made from labels alone are what their labels say.

    tests/bench/semantic_conditioning.py BUILD SEMANTIC_RUN CLASSIFIER_RUN DATASET [EVERY [SPREAD]]

Makes a note of every descriptor at magnitudes 0, 25, 50, 75 and 100 for every EVERYth pitch of the
data set (default 3) with lts-generate --latent prior --spread SPREAD (default 1), equal seeds, and
reads them as a data set. Both runs are of DATASET, with the same [training] seed, so that they held
out the same notes. Prints one JSON object:

    real, generated  percent of the notes, held out or generated, whose descriptor the classifier names;
                     also by descriptor; chance: one of them by lot
    monotone         percent of pitches at which the feature that a descriptor stands for moves one
                     way at each step of magnitude: of the data set, and of generated notes; also by
                     descriptor, with the rank correlation (Spearman) of feature and magnitude

The features are those that datasets/semantic-guitar.sh changes. Needs numpy, scipy and PyTorch.
"""
import csv
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import torch
from scipy.stats import spearmanr
from torch.nn import functional

from lts_network import read_safetensors
from semantic_torch import same_padding

RATE, SIZE, HOP = 22050, 1024, 256
MAGNITUDES = (0, 25, 50, 75, 100)
HERTZ = numpy.arange(SIZE // 2) * RATE / SIZE
KEYS = {name: key for key, name in enumerate(
    ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"])}


# --- What a note sounds like: of power (512,64) and the fundamental in Hz -------------------------

def centroid(power, _):
    return (power.sum(1) * HERTZ).sum() / power.sum()


def flatness(power, _):
    mean = power.mean(1)[1:]
    return numpy.exp(numpy.log(mean).mean()) / mean.mean()


def share(low, high):
    """Of the energy, between two multiples of the fundamental."""
    return lambda power, f0: power[(HERTZ >= low * f0) & (HERTZ < high * f0)].sum() / power.sum()


overtones = share(1.5, numpy.inf)


def pick(power, _):
    return power[(HERTZ >= 2500) & (HERTZ < 6000)].sum() / power.sum()


def early(power, _):
    return power[:, : round(0.1 * RATE / HOP)].sum() / power.sum()


def attack(power, _):
    """When a fifth of the energy has sounded."""
    grown = numpy.cumsum(power.sum(0)) / power.sum()
    return numpy.interp(0.2, grown, numpy.arange(len(grown)))


def middle(power, _):
    level = power.sum(0)
    return (level * numpy.arange(len(level))).sum() / level.sum()


def swing(level):
    """Of a level over the frames, besides its slow course."""
    level = numpy.log(level[2:-10])
    t = numpy.arange(len(level))
    return (level - numpy.polyval(numpy.polyfit(t, level, 2), t)).std()


def tremolo(power, _):
    return swing(power.sum(0))


def timbre_swing(power, f0):
    return swing(power[HERTZ >= 2.5 * f0].sum(0) / power[HERTZ < 2.5 * f0].sum(0))


FEATURES = {
    "Crunch": overtones, "Dirt": overtones, "Fuzz": overtones,
    "Crush": flatness, "Punch": early, "Soft": attack, "Tight": middle, "Smooth": centroid,
    "Dark": centroid, "Bright": centroid, "Fat": share(0, 1.5), "Thin": share(0, 1.5),
    "Resonant": share(2.7, 3.3), "Sharp": pick, "Fluttery": tremolo, "Jittery": tremolo,
    "Stuttering": tremolo, "Shimmery": share(1.5, 2.5), "WahWah": timbre_swing}
FALLING = {"Tight", "Smooth", "Dark", "Thin"}


# --- Data sets and tools --------------------------------------------------------------------------

def read_notes(dataset):
    """Pictures (n,512,64), and their labels."""
    pictures, labels = [], []
    for path in sorted((Path(dataset) / "npy").glob("notes-*.npy")):
        pictures.append(numpy.load(path))
        with open(path.with_suffix(".csv"), newline="") as file:
            labels += csv.DictReader(file)
    return numpy.concatenate(pictures), labels


def powers(pictures, labels):
    """Of each note by descriptor, magnitude and pitch; without an effect by (0, pitch)."""
    found = {}
    for picture, label in zip(pictures, labels):
        low, high = float(label["min"]), float(label["max"])
        magnitude = float(label["magnitude"])
        name = label["descriptor"] if magnitude > 0 else ""
        found[name, magnitude, label["pitch"]] = 10 ** ((low + picture * (high - low)) / 10)
    return found


def hertz(pitch):
    name = pitch.rstrip("0123456789")
    return 440 * 2 ** ((KEYS[name] + 12 * int(pitch[len(name):]) + 12 - 69) / 12)


def generate(build, run, descriptors, pitches, spread, folder):
    """The notes as folder/audio/DESCRIPTORXMAGNITUDEXPITCH.wav and a data set of them."""
    def one(wanted):
        descriptor, magnitude, pitch = wanted
        subprocess.run(
            [build / "lts-generate", "--quiet", "--run", run, "--descriptor", descriptor,
             "--magnitude", str(magnitude), "--pitch", pitch, "--latent", "prior", "--spread",
             str(spread), "--seed", "1", "--threads", "1", "-o", folder / "audio"],
            check=True, stdout=subprocess.DEVNULL)
    wanted = [(d, m, p) for p in pitches for d in descriptors for m in MAGNITUDES
              if m > 0 or d == descriptors[0]]
    with ThreadPoolExecutor() as pool:
        list(pool.map(one, wanted))
    subprocess.run([build / "lts-dataset", "--quiet", "--features", "stft", folder], check=True,
                   stdout=subprocess.DEVNULL)


class Classifier:
    """An inversynth of lts-train computed by PyTorch."""

    def __init__(self, run):
        settings, tensor = read_safetensors(Path(run) / "model" / "best.safetensors")
        self.tensor, self.names = tensor, settings["descriptors"].split("\n")
        self.strides = [tuple(map(int, layer.split("/")[1].split("x")))
                        for layer in settings["model.convolutions"].split(",")]

    def __call__(self, pictures):
        x = torch.from_numpy(pictures)[:, None]
        for i, stride in enumerate(self.strides, 1):
            weight = self.tensor[f"conv{i}.weight"].permute(3, 2, 0, 1)
            rows, columns = (same_padding(x.shape[2 + d], weight.shape[2 + d], stride[d])
                             for d in range(2))
            x = functional.pad(x, (*columns, *rows))
            x = functional.relu(functional.conv2d(x, weight, self.tensor[f"conv{i}.bias"], stride))
        x = x.permute(0, 2, 3, 1).flatten(1)
        x = functional.relu(functional.linear(x, self.tensor["fc1.weight"], self.tensor["fc1.bias"]))
        x = functional.linear(x, self.tensor["fc2.weight"], self.tensor["fc2.bias"])
        return [self.names[c] for c in x.argmax(1)]


# --- Figures --------------------------------------------------------------------------------------

def accuracy(classifier, pictures, labels):
    named = []
    for first in range(0, len(pictures), 64):
        named += classifier(numpy.ascontiguousarray(pictures[first:first + 64]))
    right = {}
    for name, label in zip(named, labels):
        right.setdefault(label["descriptor"], []).append(name == label["descriptor"])
    every = [r for rs in right.values() for r in rs]
    return {"notes": len(every), "all": round(100 * numpy.mean(every), 1),
            **{d: round(100 * numpy.mean(rs), 1) for d, rs in sorted(right.items())}}


def monotone(power, descriptors, pitches):
    result, moved = {}, []
    for descriptor in descriptors:
        sign = -1 if descriptor in FALLING else 1
        good, ranks = [], []
        for pitch in pitches:
            notes = [power.get((descriptor if m else "", m, pitch)) for m in MAGNITUDES]
            if any(note is None for note in notes):
                continue
            values = [sign * FEATURES[descriptor](note, hertz(pitch)) for note in notes]
            good.append(bool((numpy.diff(values) > 0).all()))
            ranks.append(spearmanr(MAGNITUDES, values)[0])
        if good:
            result[descriptor] = [round(100 * numpy.mean(good), 1), round(numpy.mean(ranks), 2)]
            moved += good
    return {"all": round(100 * numpy.mean(moved), 1) if moved else None, **result}


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    build, run, classifying, dataset = map(Path, sys.argv[1:5])
    every = int(sys.argv[5]) if len(sys.argv) > 5 else 3
    spread = float(sys.argv[6]) if len(sys.argv) > 6 else 1
    classifier = Classifier(classifying)
    pictures, labels = read_notes(dataset)
    descriptors = [d for d in classifier.names if d in FEATURES]
    pitches = sorted({label["pitch"] for label in labels}, key=hertz)[::every]
    with open(run / "report.csv", newline="") as file:
        held = {row["name"] for row in csv.DictReader(file) if row["part"] == "validation"}
    apart = [i for i, label in enumerate(labels)
             if label["file"] in held and float(label["magnitude"]) > 0]
    with tempfile.TemporaryDirectory() as folder:
        generate(build, run, descriptors, pitches, spread, Path(folder))
        made, made_labels = read_notes(folder)
    told = [i for i, label in enumerate(made_labels) if float(label["magnitude"]) > 0]
    print(json.dumps({
        "chance": round(100 / len(classifier.names), 1),
        "real": accuracy(classifier, pictures[apart], [labels[i] for i in apart]),
        "generated": accuracy(classifier, made[told], [made_labels[i] for i in told]),
        "monotone_real": monotone(powers(pictures, labels), descriptors, pitches),
        "monotone_generated": monotone(powers(made, made_labels), descriptors, pitches)}, indent=1))


if __name__ == "__main__":
    main()
