#!/usr/bin/python3
"""How much sooner than the PyTorch original the recipe of default.ini is as true to sounds it has
never met, in one run on the same cores.

    tests/bench/time_to_quality.py [--quick] BUILD DATASET

DATASET holds npy/ of the 165 recordings of sonic-pi-samples, of which 17 are held out. The original
(384-2048-256, ReLU output, linear magnitudes, mean squared error, Adam at 1e-4, batch 256) trains for
ten epochs; its held-out error over all frames and log-spectral distance are what lts-train then has
to reach. lts-train is given growing budgets of [training] minutes, each a training of its own, until
both are reached. Times are those of the trainings alone on either side; that of lts-train's whole
process, which reads, evaluates every file and writes too, stands beside ("process_seconds").
--quick measures one epoch of PyTorch's, and takes what ten reach as .269 and 8.6 dB.

Prints a JSON object a budget and one at last; exit status 1 when lts-train is less than 50 times
sooner.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

from lts_network import Network, evaluate

EPOCHS, BATCH, RATE, KL_BETA = 10, 256, 1e-4, 5e-4
HELD_OUT, SPLIT = 17, 3
KNOWN = {"error": 0.269, "lsd_db": 8.6}
FIRST_BUDGET, GROWTH, LAST_BUDGET = 0.04, 1.5, 1.5  # minutes
WANTED = 50


class Original(nn.Module):
    def __init__(self, bins=384, units=2048, latent=256):
        super().__init__()
        self.fc1 = nn.Linear(bins, units)
        self.fc21 = nn.Linear(units, latent)
        self.fc22 = nn.Linear(units, latent)
        self.fc3 = nn.Linear(latent, units)
        self.fc4 = nn.Linear(units, bins)

    def encode(self, x):
        hidden = functional.relu(self.fc1(x))
        return self.fc21(hidden), self.fc22(hidden)

    def decode(self, z):
        return functional.relu(self.fc4(functional.relu(self.fc3(z))))

    def reconstruct(self, x):
        return self.decode(self.encode(x)[0])


def split(dataset):
    """Names of the arrays to train on and of those held out."""
    names = sorted(glob.glob(os.path.join(dataset, "npy", "*.npy")))
    held = set(numpy.random.default_rng(SPLIT).permutation(len(names))[:HELD_OUT].tolist())
    return ([name for i, name in enumerate(names) if i not in held],
            [names[i] for i in sorted(held)])


def read(names):
    return [torch.from_numpy(numpy.load(name).astype(numpy.float32)) for name in names]


def train_original(x, epochs):
    """The model, and the seconds of its training."""
    torch.manual_seed(0)
    model = Original()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    start = time.perf_counter()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(BATCH):
            batch = x[rows]
            mean, log_variance = model.encode(batch)
            y = model.decode(mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance))
            kl = -KL_BETA * torch.mean(1 + log_variance - mean.pow(2) - log_variance.exp())
            loss = functional.mse_loss(y, batch) + kl
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model, time.perf_counter() - start


def train_ours(build, names, minutes):
    """The model that lts-train makes by default in so many minutes, and the seconds of
    its training and of the process."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "npy"))
        for name in names + glob.glob(os.path.join(os.path.dirname(names[0]), "config.ini")):
            os.symlink(os.path.realpath(name), os.path.join(folder, "npy", os.path.basename(name)))
        start = time.perf_counter()
        out = subprocess.run(
            [os.path.join(os.path.realpath(build), "lts-train"), "--json", "--preset", "default",
             "--set", f"training.minutes={minutes}", "--set", "dataset.validation=0", folder],
            check=True, capture_output=True, text=True, cwd=folder).stdout
        process = time.perf_counter() - start
        records = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        done = [record for record in records if record["event"] == "done"][-1]
        model = Network(os.path.join(done["run"], "model/last.safetensors"))
    return model, done["seconds"], process


def reach(build, names, held, wanted):
    """The record of the first budget whose model is as good as wanted; None when none is."""
    minutes = FIRST_BUDGET
    while minutes <= LAST_BUDGET:
        model, training, process = train_ours(build, names, minutes)
        line = {"bench": "time_to_quality_budget", "minutes": round(minutes, 4),
                "seconds": round(training, 2), "process_seconds": round(process, 2)}
        line.update(evaluate(model.reconstruct, held))
        print(json.dumps(line), flush=True)
        if all(line[key] <= wanted[key] for key in KNOWN):
            return line
        minutes *= GROWTH
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("build")
    parser.add_argument("dataset")
    given = parser.parse_args()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    names, held_names = split(given.dataset)
    held, x = read(held_names), torch.cat(read(names))
    epochs = 1 if given.quick else EPOCHS
    original, seconds = train_original(x, epochs)
    wanted = KNOWN if given.quick else evaluate(original.reconstruct, held)
    line = {"bench": "time_to_quality", "frames": len(x), "epochs_measured": epochs,
            "torch_seconds": round(seconds * EPOCHS / epochs, 1),
            "torch_error": wanted["error"], "torch_lsd_db": wanted["lsd_db"]}
    ours = reach(given.build, names, held, wanted)
    if ours:
        for key in "seconds", "process_seconds", "error", "lsd_db":
            line[key] = ours[key]
        line["sooner"] = round(line["torch_seconds"] / ours["seconds"], 1)
        line["sooner_process"] = round(line["torch_seconds"] / ours["process_seconds"], 1)
    line["wanted"] = WANTED
    line["met"] = bool(ours) and line["sooner"] >= WANTED
    print(json.dumps(line))
    sys.exit(not line["met"])


if __name__ == "__main__":
    main()
