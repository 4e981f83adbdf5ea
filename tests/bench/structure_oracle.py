#!/usr/bin/env python3
"""Writes tests/data/structure: labelled points, and their measures by NumPy and scikit-learn.

    structure_oracle.py FOLDER

points.npy (n,Z); labels.npy (n,3): descriptor (-1 for none), magnitude, pitch; measures.npy
(1 + descriptors, 6): of all, then of each, in the order of lts_structure; NaN where undefined.
"""
import itertools
import os
import sys

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score, silhouette_samples

DESCRIPTORS, PITCHES, Z = 5, 4, 6


def make():
    rng = np.random.default_rng(3)
    base = rng.normal(size=(PITCHES, Z)) * 2
    way = rng.normal(size=(DESCRIPTORS, Z))
    rows = []
    for p in range(PITCHES):
        rows.append((base[p] + 0.1 * rng.normal(size=Z), -1, 0, p))
        for d in range(DESCRIPTORS):
            if d == 4 and p > 0:
                continue
            for m in (25, 50, 75, 100) if d < 4 else (50, 100):
                for _ in range(1 + (d == 1 and m == 50)):
                    bend = 0.2 * (d + 1) * np.sin(m / 20) * np.roll(way[d], 1)
                    noise = 0.3 * rng.normal(size=Z)
                    rows.append((base[p] + way[d] * m / 50 + bend + noise, d, m, p))
    order = rng.permutation(len(rows))
    points = np.array([rows[i][0] for i in order], np.float32)
    return points, np.array([rows[i][1:] for i in order], np.float32)


def norm(x):
    return np.linalg.norm(x, axis=-1)


def mean(values):
    values = [v for v in values if np.isfinite(v)]
    return np.mean(values) if values else np.nan


def measure(z, labels):
    d, m, p = labels.T.astype(int)
    own = d >= 0
    result = np.full((1 + DESCRIPTORS, 6), np.nan)
    samples = silhouette_samples(z[own], d[own])
    result[0, 0] = samples.mean()
    whole = norm(z[own] - z[own].mean(0)).mean()
    for k in range(DESCRIPTORS):
        result[1 + k, 0] = samples[d[own] == k].mean()
        group = z[d == k]
        result[1 + k, 1] = norm(group - group.mean(0)).mean() / whole
    result[0, 1] = mean(result[1:, 1])
    separation = np.full((DESCRIPTORS, PITCHES), np.nan)
    linear = np.full((DESCRIPTORS, PITCHES), np.nan)
    straight = np.full((DESCRIPTORS, PITCHES), np.nan)
    ways = {k: [] for k in range(DESCRIPTORS)}
    for q in range(PITCHES):
        there = {k: z[(d == k) & (p == q)] for k in range(DESCRIPTORS)}
        there = {k: v for k, v in there.items() if len(v)}
        centre = {k: v.mean(0) for k, v in there.items()}
        within = np.mean(np.concatenate([norm(v - centre[k]) for k, v in there.items()]))
        middle = np.concatenate(list(there.values())).mean(0)
        for k in there:
            separation[k, q] = np.mean([norm(centre[k] - centre[o]) for o in there if o != k])
            separation[k, q] /= within
            ways[k].append((centre[k] - middle) / norm(centre[k] - middle))
            chosen = (p == q) & ((d == k) | (d < 0))
            steps = np.unique(m[chosen])
            if len(steps) < 3:
                continue
            path = np.array([z[chosen & (m == s)].mean(0) for s in steps])
            fit = LinearRegression().fit(steps[:, None], path).predict(steps[:, None])
            linear[k, q] = r2_score(path, fit, multioutput="variance_weighted")
            straight[k, q] = norm(path[-1] - path[0]) / norm(np.diff(path, axis=0)).sum()
    result[0, 2] = np.mean([mean(separation[:, q]) for q in range(PITCHES)])
    result[0, 3], result[0, 4] = mean(linear.ravel()), mean(straight.ravel())
    for k in range(DESCRIPTORS):
        result[1 + k, 2] = mean(separation[k])
        result[1 + k, 3], result[1 + k, 4] = mean(linear[k]), mean(straight[k])
        result[1 + k, 5] = mean([a @ b for a, b in itertools.combinations(ways[k], 2)])
    result[0, 5] = mean(result[1:, 5])
    return result


def main():
    points, labels = make()
    os.makedirs(sys.argv[1], exist_ok=True)
    np.save(os.path.join(sys.argv[1], "points.npy"), points)
    np.save(os.path.join(sys.argv[1], "labels.npy"), labels)
    measures = measure(points.astype(np.float64), labels)
    np.save(os.path.join(sys.argv[1], "measures.npy"), measures.astype(np.float32))
    print(measures)


if __name__ == "__main__":
    main()
