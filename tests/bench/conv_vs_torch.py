#!/usr/bin/python3
"""Training speed of convolutional networks, InverSynth's and `semantic`, beside PyTorch's (Debian's
python3-torch), in one run on the same cores.

    tests/bench/conv_vs_torch.py BUILD/tests/bench_conv [NETWORK BATCH] ...

The same layers, losses and Adam. The two take turns, ROUNDS times a network and
batch size, and each is measured by its fastest step; one JSON object a line, with the ratio to reach.
Exit status 1 when a ratio is missed.
"""
import json
import os
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional

from semantic_torch import Semantic, same_padding

ROUNDS = 2
SECONDS = 4.0
ROWS, COLUMNS, PARAMETERS, CLASSES = 64, 257, 23, 16
LAYERS = {
    "c6": [(32, 3, 3, 2, 2), (71, 3, 3, 2, 2), (128, 3, 4, 2, 3), (128, 3, 3, 2, 2),
           (128, 3, 3, 2, 2), (128, 3, 3, 1, 2)],
    "c6xl": [(64, 3, 3, 2, 2), (128, 3, 3, 2, 2), (128, 3, 4, 2, 3), (128, 3, 3, 2, 2),
             (256, 3, 3, 2, 2), (256, 3, 3, 1, 2)],
}
WANTED_OVER_TORCH = {"c6": 2.0, "c6xl": 1.5, "semantic": 2.0}
WANTED_OF_SGEMM = {"c6xl": 0.6, "semantic": 0.5}


class Classifier(nn.Module):
    def __init__(self, layers):
        super().__init__()
        rows, columns, channels = ROWS, COLUMNS, 1
        self.pads, self.convolutions = [], nn.ModuleList()
        for filters, k1, k2, s1, s2 in layers:
            self.pads.append(same_padding(columns, k2, s2) + same_padding(rows, k1, s1))
            self.convolutions.append(nn.Conv2d(channels, filters, (k1, k2), (s1, s2)))
            rows, columns, channels = -(-rows // s1), -(-columns // s2), filters
        self.fc1 = nn.Linear(rows * columns * channels, 512)
        self.fc2 = nn.Linear(512, PARAMETERS * CLASSES)

    def forward(self, x):
        for pad, convolution in zip(self.pads, self.convolutions):
            x = functional.relu(convolution(functional.pad(x, pad)))
        return self.fc2(functional.relu(self.fc1(x.flatten(1))))


def classification(network, batch):
    """A model, and the loss of a batch by it."""
    model = Classifier(LAYERS[network])
    x = torch.randn(batch, 1, ROWS, COLUMNS)
    target = functional.one_hot(torch.randint(CLASSES, (batch, PARAMETERS)), CLASSES)
    target = target.flatten(1).float()
    return model, lambda: functional.binary_cross_entropy_with_logits(model(x), target)


def reconstruction(batch):
    model = Semantic(512, 64, (512, 256, 128, 64, 32), 128)
    x = torch.rand(batch, 1, 512, 64)
    return model, lambda: model.loss(x)


def torch_rate(model, optimizer, loss_of, batch):
    """Examples a second of the fastest step within SECONDS."""
    fastest, end = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        loss.item()
        fastest = min(fastest, time.perf_counter() - start)
    return batch / fastest


def our_rate(program, network, batch):
    out = subprocess.run([program, network, str(batch)], check=True, capture_output=True,
                         text=True).stdout
    return json.loads(out)


def main():
    if len(sys.argv) < 2 or len(sys.argv) % 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    words = sys.argv[2:]
    cases = list(zip(words[::2], map(int, words[1::2]))) or [
        (network, batch) for network in LAYERS for batch in (16, 64)]
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    reached = True
    for network, batch in cases:
        made = reconstruction(batch) if network == "semantic" else classification(network, batch)
        model, loss_of = made
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        theirs, ours = 0.0, {"examples_per_s": 0, "ratio": 0}
        for _ in range(ROUNDS):
            theirs = max(theirs, torch_rate(model, optimizer, loss_of, batch))
            found = our_rate(program, network, batch)
            if found["examples_per_s"] > ours["examples_per_s"]:
                ours = found
        ratio = ours["examples_per_s"] / theirs
        wanted, of_sgemm = WANTED_OVER_TORCH[network], WANTED_OF_SGEMM.get(network, 0)
        print(json.dumps(dict(ours, torch_examples_per_s=round(theirs, 1),
                              over_torch=round(ratio, 2), wanted_over_torch=wanted,
                              wanted_ratio=of_sgemm)), flush=True)
        reached = reached and ratio >= wanted and ours["ratio"] >= of_sgemm
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
