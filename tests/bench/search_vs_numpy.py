#!/usr/bin/env python3
"""The nearest of a million points to 64, by lts and by NumPy's product of matrices over blocks of
the same mapped array: seconds of each, the least of three.

    search_vs_numpy.py BUILD/tests/bench_search [--points 1000000] [--threads 2]

Prints a JSON object. NumPy takes as many threads as OPENBLAS_NUM_THREADS says.
"""
import argparse
import json
import os
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("bench")
parser.add_argument("--points", type=int, default=1000000)
parser.add_argument("--dimensions", type=int, default=256)
parser.add_argument("--queries", type=int, default=64)
parser.add_argument("--threads", type=int, default=2)
given = parser.parse_args()
os.environ["OPENBLAS_NUM_THREADS"] = str(given.threads)
import numpy as np  # noqa: E402  after the threads are set


def search(points, queries, block=4096):
    least = np.empty((-(-len(points) // block), len(queries)), np.float32)
    for b in range(len(least)):
        p = np.asarray(points[b * block : (b + 1) * block])
        square = (p * p).sum(1)[:, None] - 2 * (p @ queries.T)
        least[b] = square.min(0)
    return least.min(0) + (queries * queries).sum(1)


rng = np.random.default_rng(1)
with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "points.npy")
    points = np.lib.format.open_memmap(file, "w+", np.float32, (given.points, given.dimensions))
    for first in range(0, given.points, 65536):
        points[first : first + 65536] = rng.standard_normal(
            points[first : first + 65536].shape, np.float32)
    points.flush()
    made = subprocess.run([given.bench, file, str(given.queries), str(given.threads)],
                          check=True, capture_output=True, text=True)
    result = json.loads(made.stdout)
    queries = rng.standard_normal((given.queries, given.dimensions), np.float32)
    times = []
    for _ in range(3):
        begun = time.time()
        search(points, queries)
        times.append(time.time() - begun)
    result["numpy_seconds"] = round(min(times), 4)
    print(json.dumps(result))
