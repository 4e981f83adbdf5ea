#!/usr/bin/python3
"""Training speed beside PyTorch's (Debian's python3-torch), in one run on the same cores.

    tests/bench/train_vs_torch.py BUILD/tests/bench_train [BATCH ...]

The same 384-2048-256 model, summed squared error, Adam. The two take turns, ROUNDS times a batch
size, and each is measured by its fastest step, so that whatever else runs here disturbs neither; one
JSON object a line, with the ratio to reach. Exit status 1 when a ratio is missed.
"""
import json
import os
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional

ROUNDS = 3
SECONDS = 2.0
BINS, UNITS, LATENT = 384, 2048, 256
WANTED = {64: 2.5, 256: 1.5, 1024: 1.2}
WANTED_OF_LIMIT = 0.85


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(BINS, UNITS)
        self.fc21 = nn.Linear(UNITS, LATENT)
        self.fc22 = nn.Linear(UNITS, LATENT)
        self.fc3 = nn.Linear(LATENT, UNITS)
        self.fc4 = nn.Linear(UNITS, BINS)

    def forward(self, x):
        hidden = functional.relu(self.fc1(x))
        mean, log_variance = self.fc21(hidden), self.fc22(hidden)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        return functional.relu(self.fc4(functional.relu(self.fc3(z)))), mean, log_variance


def torch_rate(model, optimizer, x):
    """Frames a second of the fastest step within SECONDS."""
    fastest, end = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        optimizer.zero_grad()
        y, mean, log_variance = model(x)
        kl = -5e-4 * torch.mean(1 + log_variance - mean.pow(2) - log_variance.exp())
        loss = functional.mse_loss(y, x, reduction="sum") + kl
        loss.backward()
        optimizer.step()
        loss.item()
        fastest = min(fastest, time.perf_counter() - start)
    return len(x) / fastest


def our_rate(program, batch):
    out = subprocess.run([program, str(batch)], check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    batches = [int(text) for text in sys.argv[2:]] or list(WANTED)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    reached = True
    for batch in batches:
        model = Vae()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        x = torch.rand(batch, BINS)
        torch_rate(model, optimizer, x)  # warm
        theirs, ours = 0.0, {"frames_per_s": 0}
        for _ in range(ROUNDS):
            theirs = max(theirs, torch_rate(model, optimizer, x))
            found = our_rate(program, batch)
            if found["frames_per_s"] > ours["frames_per_s"]:
                ours = found
        ratio = ours["frames_per_s"] / theirs
        wanted = WANTED.get(batch)
        line = dict(ours, torch_frames_per_s=round(theirs), over_torch=round(ratio, 2),
                    wanted_over_torch=wanted, wanted_of_limit=WANTED_OF_LIMIT)
        print(json.dumps(line), flush=True)
        reached = reached and (wanted is None or ratio >= wanted)
        reached = reached and ours["ratio"] >= WANTED_OF_LIMIT
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
