#!/usr/bin/env python3
"""t-SNE of lts and of scikit-learn on the same points: seconds, and the Kullback-Leibler divergence
of both pictures by one function, of the sparse affinities that scikit-learn computes and an exact
sum over all pairs.

    tsne_vs_sklearn.py BUILD/tests/bench_tsne gaussians [--points 20000] [--threads 2]
    tsne_vs_sklearn.py BUILD/tests/bench_tsne DATASET/npy [--dimensions 128]

gaussians: a mixture of 19 Gaussians of unequal spreads and sizes in 128 dimensions. A folder: that
many frames of its arrays, as scores on their principal components. Prints a JSON object a line.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np


def gaussians(n, dimensions, seed=1):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(19, dimensions)) * 1.2
    spread = rng.uniform(0.5, 1.5, size=(19, 1, 1)) * rng.normal(size=(19, 16, dimensions)) / 4
    which = rng.choice(19, size=n, p=rng.dirichlet(np.full(19, 3)))
    inner = rng.normal(size=(n, 16))
    points = centres[which] + np.einsum("nk,nkd->nd", inner, spread[which])
    return (points + 0.2 * rng.normal(size=points.shape)).astype(np.float32)


def frames(folder, n, dimensions):
    from sklearn.decomposition import PCA

    arrays = [np.load(f, mmap_mode="r") for f in sorted(glob.glob(os.path.join(folder, "*.npy")))]
    total = sum(len(a) for a in arrays)
    step = max(total // n, 1)
    chosen = np.concatenate([a[::step] for a in arrays])[:n].astype(np.float64)
    scores = PCA(min(dimensions, chosen.shape[1]), random_state=0).fit_transform(np.cbrt(chosen))
    return scores.astype(np.float32)


def affinities(points, perplexity):
    from sklearn.manifold._t_sne import _joint_probabilities_nn
    from sklearn.neighbors import NearestNeighbors

    count = min(len(points) - 1, int(3 * perplexity + 1))
    neighbours = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(points)
    distances = neighbours.kneighbors_graph(mode="distance")
    distances.data **= 2
    return _joint_probabilities_nn(distances, perplexity, 0).tocoo()


def divergence(p, picture):
    y = picture.astype(np.float64)
    total = 0.0
    for first in range(0, len(y), 500):
        d = ((y[first : first + 500, None, :] - y[None]) ** 2).sum(-1)
        total += (1 / (1 + d)).sum()
    total -= len(y)
    w = 1 / (1 + ((y[p.row] - y[p.col]) ** 2).sum(1))
    mass = p.data > 0
    return float((p.data[mass] * np.log(p.data[mass] * total / w[mass])).sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench")
    parser.add_argument("data")
    parser.add_argument("--points", type=int, default=20000)
    parser.add_argument("--dimensions", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--perplexity", type=float, default=30)
    parser.add_argument("--ours-only", action="store_true")
    given = parser.parse_args()
    if given.data == "gaussians":
        points = gaussians(given.points, given.dimensions)
    else:
        points = frames(given.data, given.points, given.dimensions)
    p = affinities(points, given.perplexity)
    result = {"data": given.data, "points": len(points), "dimensions": points.shape[1]}
    with tempfile.TemporaryDirectory() as folder:
        file, picture = os.path.join(folder, "points.npy"), os.path.join(folder, "picture.npy")
        np.save(file, points)
        made = subprocess.run(
            [given.bench, file, picture, str(given.threads), str(given.perplexity)],
            check=True, capture_output=True, text=True)
        timed = json.loads(made.stdout)
        result["seconds"] = timed["seconds"]
        result["processor_seconds"] = timed["processor_seconds"]
        result["divergence"] = divergence(p, np.load(picture))
    print(json.dumps(result), flush=True)
    if given.ours_only:
        return
    from sklearn.manifold import TSNE

    begun, used = time.time(), time.process_time()
    peer = TSNE(perplexity=given.perplexity, init="pca", learning_rate="auto",
                n_jobs=given.threads, random_state=0).fit_transform(points)
    result["sklearn_seconds"] = time.time() - begun
    result["sklearn_processor_seconds"] = time.process_time() - used
    result["sklearn_divergence"] = divergence(p, peer)
    result["ratio"] = result["divergence"] / result["sklearn_divergence"]
    print(json.dumps(result))


if __name__ == "__main__":
    sys.exit(main())
