#!/usr/bin/python3
"""Held-out reconstruction error of a small `semantic` beside PyTorch's after equal epochs.

    tests/bench/semantic_vs_torch.py BUILD/lts-train [EPOCHS [NOTES]]

The same network, made-up notes, notes held out, batch size and rate, two seeds a side; one JSON
object. Exit status 1 when ours is worse than PyTorch's by the means of both.
"""
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import torch

from semantic_torch import Semantic

ROWS, COLUMNS, FILTERS, LATENT, BATCH, RATE, SEEDS = 512, 64, (16, 16, 16, 16, 16), 32, 16, 5e-4, 2


def note(random):
    """Partials of a decaying tone over noise, 0 to 1 as notes of features = stft."""
    bins, frames = numpy.arange(ROWS)[:, None], numpy.arange(COLUMNS)[None]
    lowest, width, slope = random.uniform(8, 60), random.uniform(1, 4), random.uniform(0.3, 1.5)
    decay = random.uniform(0.2, 3) / COLUMNS
    tone = sum(numpy.exp(-((bins - h * lowest) / width) ** 2 - slope * numpy.log(h)
                         - decay * frames * h) for h in range(1, 9))
    return numpy.clip(0.9 * tone + 0.05 * random.random((ROWS, COLUMNS)), 0, 1)


def ours(program, folder, epochs, seed):
    sets = {"model.type": "semantic", "semantic.filters": ",".join(map(str, FILTERS)),
            "semantic.latent_dimensions": LATENT, "training.epochs": epochs,
            "training.batch_size": BATCH, "training.learning_rate": RATE, "training.seed": seed,
            "dataset.validation": 0.2}
    arguments = [f"--set={key}={value}" for key, value in sets.items()]
    subprocess.run([program, "--quiet", "--preset=semantic", *arguments, folder], check=True)
    run = sorted((Path(folder) / "semantic").glob("run-*"))[-1]
    with open(run / "history.csv", newline="") as file:
        error = float(list(csv.DictReader(file))[-1]["validation_reconstruction"])
    with open(run / "report.csv", newline="") as file:
        held = [row for row in csv.reader(file) if "held out" in row or "validation" in row]
    return error, {row[0] for row in held}


def theirs(train, held, epochs, seed):
    torch.manual_seed(seed)
    model = Semantic(ROWS, COLUMNS, FILTERS, LATENT)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for _ in range(epochs):
        for batch in torch.randperm(len(train)).split(BATCH):
            optimizer.zero_grad()
            model.loss(train[batch]).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        return torch.mean((model.decode(model.encode(held)[0]) - held) ** 2).item()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 240
    random = numpy.random.default_rng(1)
    notes = numpy.stack([note(random) for _ in range(count)]).astype("float32")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "npy").mkdir()
        for i, x in enumerate(notes):
            numpy.save(Path(folder) / "npy" / f"BrightX100X1-{i}.wav.npy", x)
        errors, parts = [], []
        for seed in range(SEEDS):
            error, held = ours(sys.argv[1], folder, epochs, seed)
            errors.append(error)
            mask = torch.tensor([any(f"X1-{i}." in name or name.endswith(f"X1-{i}")
                                     for name in held) for i in range(count)])
            parts.append(mask)
    x = torch.from_numpy(notes)[:, None]
    others = [theirs(x[~mask], x[mask], epochs, seed) for seed, mask in enumerate(parts)]
    mean = [sum(errors) / SEEDS, sum(others) / SEEDS]
    print(json.dumps({"epochs": epochs, "notes": count, "held_out": int(parts[0].sum()),
                      "ours": errors, "torch": others, "over_torch": round(mean[0] / mean[1], 3)}))
    sys.exit(0 if mean[0] <= mean[1] else 1)


if __name__ == "__main__":
    main()
