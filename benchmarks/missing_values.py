"""Series with missing values: masks beside filling in, and beside leaving steps out.

Run ``python benchmarks/missing_values.py FOLDER``. Every measurement adds a row to
``FOLDER/missing_values.csv``; those that are there are not measured again. ``--seeds`` takes more than five.

A third of the values of Japanese Vowels is taken out, in training and test: whole steps, or single values of
each of the 12 channels, at random. The made series are a level and noise, 20 steps of two channels, of which
a share between 0 and two thirds is missing, another one in each series; the level is to be predicted. A seed
stands for another draw of what is missing, and for other weights. Parameters that are not named here are the
defaults.
"""

import argparse
import os
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd

from seqestimators import RecurrentClassifier, RecurrentRegressor
from seqestimators.datasets import fetch_japanese_vowels

GRU = {"cell": "gru", "max_epochs": 30}


def take_out(series, rng, kind):
    """A third of the steps or of the single values, NaN in their place."""
    gaps = []
    for one in series:
        shape = one.shape if kind == "values" else (len(one), 1)
        gaps.append(np.where(rng.random(shape) < 1 / 3, np.nan, one))
    return gaps


def fill_mean(train, series):
    mean = np.nanmean(np.concatenate(train), axis=0)
    return [np.where(np.isnan(one), mean, one) for one in series]


def fill_forward(train, series):
    """The value before; the mean of the training rows where there is none."""
    mean = np.nanmean(np.concatenate(train), axis=0)
    return [pd.DataFrame(one).ffill().fillna(pd.Series(mean)).to_numpy() for one in series]


def leave_out(train, series):
    """Whole steps that are missing; the mean in the place of single values."""
    kept = [one[~np.isnan(one).all(axis=1)] for one in series]
    return fill_mean(train, kept)


PREPARATIONS = {"mask": None, "mean": fill_mean, "value before": fill_forward, "left out": leave_out}


def fit(preparation, estimator, train, test, y, y_test):
    prepare = PREPARATIONS[preparation]
    if prepare is None:
        return estimator.set_params(missing="mask").fit(train, y).score(test, y_test)
    return estimator.fit(prepare(train, train), y).score(prepare(train, test), y_test)


def vowels(seed, kind):
    X, y = fetch_japanese_vowels("train", return_X_y=True)
    X_test, y_test = fetch_japanese_vowels("test", return_X_y=True)
    rng = np.random.default_rng(seed)
    estimator = RecurrentClassifier(**GRU, random_state=seed)
    if kind == "whole":
        return estimator, X, X_test, y, y_test
    return estimator, take_out(X, rng, kind), take_out(X_test, rng, kind), y, y_test


def levels(seed):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=600)
    X = [np.array([level, -level]) + rng.normal(size=(20, 2)) for level in y]
    for one in X:
        one[rng.random(one.shape) < rng.uniform(0, 2 / 3)] = np.nan
    return RecurrentRegressor(**GRU, random_state=seed), X[:300], X[300:], y[:300], y[300:]


TASKS = {
    "vowels, steps": lambda seed: vowels(seed, "steps"),
    "vowels, values": lambda seed: vowels(seed, "values"),
    "vowels, whole": lambda seed: vowels(seed, "whole"),
    "levels": levels,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", choices=TASKS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / "missing_values.csv"
    rows = pd.read_csv(path).to_dict("records") if path.exists() else []
    measured = {(row["task"], row["preparation"], row["seed"]) for row in rows}
    for seed in range(options.seeds):
        for task in [options.only] if options.only else TASKS:
            for preparation in ["mean"] if task == "vowels, whole" else PREPARATIONS:
                if (task, preparation, seed) in measured or (preparation == "left out" and task == "levels"):
                    continue
                score = fit(preparation, *TASKS[task](seed))
                rows.append({"task": task, "preparation": preparation, "seed": seed, "score": score})
                pd.DataFrame(rows).to_csv(path, index=False)
                print(rows[-1], flush=True)
    table = pd.DataFrame(rows).pivot_table("score", ["task", "seed"], "preparation")
    print(table.groupby("task").mean().round(3))
    print("masks minus each other, pair by pair of seeds: mean and standard deviation")
    difference = -table.drop(columns="mask").sub(table["mask"], axis=0)
    print(difference.groupby("task").agg(["mean", "std"]).round(3))


if __name__ == "__main__":
    main()
