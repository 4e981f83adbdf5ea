#!/usr/bin/python3
"""Learning beside PyTorch's (Debian's python3-torch), on the same arrays, by the original's settings.

    tests/bench/learning_vs_torch.py BUILD DATASET [--output linear|relu] [EPOCHS [SEED ...]]

With a linear output, no bin dies by chance, and after two epochs (the default then) the loss a frame
is to be within 1 % of PyTorch's. That is the check of parity.

With the original's ReLU at the output (ten epochs by default) some bins fall silent in the first
steps and never learn. Which ones is chance - initial weights, order and noise decide - and with them
a good part of the loss: it differs by tens of per cent from seed to seed, here as there. So the loss
is shown only, and the relative reconstruction error, from the latent mean, is to be within 5 % over
the bins that learned in both.

DATASET holds npy/. One JSON object a seed; exit status 1 when a figure is missed.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy
import torch
from torch import nn
from torch.nn import functional

from lts_network import read_safetensors

BATCH, RATE, ERROR_WITHIN, LOSS_WITHIN = 64, 1e-4, 0.05, 0.01
EPOCHS = {"relu": 10, "linear": 2}


class Vae(nn.Module):
    def __init__(self, output, bins=384, units=2048, latent=256):
        super().__init__()
        self.output = {"linear": lambda x: x, "relu": functional.relu}[output]
        self.fc1 = nn.Linear(bins, units)
        self.fc21 = nn.Linear(units, latent)
        self.fc22 = nn.Linear(units, latent)
        self.fc3 = nn.Linear(latent, units)
        self.fc4 = nn.Linear(units, bins)

    def encode(self, x):
        hidden = functional.relu(self.fc1(x))
        return self.fc21(hidden), self.fc22(hidden)

    def decode(self, z):
        return self.output(self.fc4(functional.relu(self.fc3(z))))


def train_ours(build, dataset, output, seed, epochs):
    """The model of a run of lts-train, and the loss of its last epoch."""
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.realpath(os.path.join(dataset, "npy")), os.path.join(folder, "npy"))
        sets = [f"VAE.output_activation={output}", "dataset.validation=0",
                f"training.epochs={epochs}", f"training.seed={seed}",
                f"training.batch_size={BATCH}", f"training.learning_rate={RATE}"]
        command = [os.path.join(os.path.realpath(build), "lts-train"), "--json",
                   "--preset", "original-pytorch"]
        command += [word for text in sets for word in ("--set", text)]
        out = subprocess.run(command + [folder], check=True, capture_output=True, text=True,
                             cwd=folder).stdout
        done = [json.loads(line) for line in out.splitlines() if '"event":"done"' in line][-1]
        model = Vae(output)
        model.load_state_dict(
            read_safetensors(os.path.join(done["run"], "model/last.safetensors"))[1])
    return model, done["loss"]


def train_theirs(x, output, seed, epochs):
    torch.manual_seed(seed)
    model = Vae(output)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(x)).split(BATCH):
            batch = x[rows]
            optimizer.zero_grad()
            mean, log_variance = model.encode(batch)
            y = model.decode(mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance))
            kl = -5e-4 * torch.mean(1 + log_variance - mean.pow(2) - log_variance.exp())
            loss = functional.mse_loss(y, batch, reduction="sum") + kl
            loss.backward()
            optimizer.step()
            total += loss.item()
    return model, total / len(x)


def evaluate(model, x):
    """Per bin: squared error from the latent mean, and whether the model ever gives it sound."""
    error, peak = torch.zeros(x.shape[1], dtype=torch.double), torch.zeros(x.shape[1])
    with torch.no_grad():
        for part in x.split(4096):
            y = model.decode(model.encode(part)[0])
            error += (y - part).double().pow(2).sum(0)
            peak = torch.maximum(peak, y.max(0).values)
    return error, peak > 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("dataset")
    parser.add_argument("--output", choices=EPOCHS, default="linear")
    parser.add_argument("epochs", nargs="?", type=int)
    parser.add_argument("seeds", nargs="*", type=int)
    return parser.parse_args()


def compare(line, found, x, output):
    """Adds both sides' figures to the line, and whether ours meet theirs."""
    signal = x.double().pow(2).sum(0)
    evaluated = {who: evaluate(model, x) for who, (model, _) in found.items()}
    both = evaluated[""][1] & evaluated["_torch"][1]
    for who, (error, alive) in evaluated.items():
        line["loss" + who] = found[who][1]
        line["relative_error" + who] = float((error.sum() / signal.sum()).sqrt())
        line["silent_bins" + who] = int((~alive).sum())
        line["shared_error" + who] = float((error[both].sum() / signal[both].sum()).sqrt())
    if output == "linear":
        line["loss_over_torch"] = line["loss"] / line["loss_torch"]
        line["met"] = abs(line["loss_over_torch"] - 1) <= LOSS_WITHIN
    else:
        line["met"] = line["shared_error"] <= (1 + ERROR_WITHIN) * line["shared_error_torch"]


def main():
    given = arguments()
    epochs = given.epochs or EPOCHS[given.output]
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    files = sorted(glob.glob(os.path.join(given.dataset, "npy", "*.npy")))
    x = torch.from_numpy(numpy.concatenate([numpy.load(name) for name in files]))
    reached = True
    for seed in given.seeds or [0]:
        line = {"bench": "learning_vs_torch", "output": given.output, "frames": len(x),
                "epochs": epochs, "seed": seed}
        found = {"": train_ours(given.build, given.dataset, given.output, seed, epochs),
                 "_torch": train_theirs(x, given.output, seed, epochs)}
        compare(line, found, x, given.output)
        reached = reached and line["met"]
        print(json.dumps(line), flush=True)
    sys.exit(not reached)


if __name__ == "__main__":
    main()
