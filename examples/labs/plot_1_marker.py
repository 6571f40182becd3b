"""
Lab 1. A marker in a series: when does a network decide?
========================================================

Is there a -1 in a series of digits? A network reads the series step by step and answers at its end. If
it has understood the question, it would change its mind at the very step of the -1, wherever that
stands, and then stick to its answer. The pictures show whether it does, which gates let it remember,
and how far back training can reach.

It needs no data from the network and less than two minutes on two cores.
"""

import os
import time
from pathlib import Path

import joblib
import matplotlib.pyplot as plt
import numpy as np

from seqestimators import RecurrentClassifier
from seqestimators.datasets import make_marker
from seqestimators.inspection import (
    DecisionTraceDisplay,
    GateDisplay,
    GradientFlowDisplay,
    TrainingHistoryDisplay,
    decision_trace,
    gradient_flow,
)

# The tests of the package set this to run the whole script in seconds.
QUICK = "SEQESTIMATORS_QUICK" in os.environ
SEEDS = range(1 if QUICK else 4)

start = time.perf_counter()


def report(text):
    """Print a line with the seconds since the start."""
    print(f"{time.perf_counter() - start:6.0f} s  {text}", flush=True)


# %%
# Training
# --------
# Digits go in as the numbers they are. The answer is read from the last state, so that each state could
# be the last, and is asked for an answer.


def fit(cell, seed):
    """Fit one network to data of its own."""
    X, y = make_marker(100 if QUICK else 1000, random_state=seed)
    return RecurrentClassifier(
        cell=cell,
        hidden_size=32,
        bidirectional=False,
        pooling="last",
        max_epochs=3 if QUICK else 20,
        early_stopping=True,
        n_iter_no_change=20,
        scoring="accuracy",
        random_state=seed,
    ).fit(X, y)


models = {}
for cell in ("rnn", "lstm", "gru"):
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        models[cell.upper()] = joblib.Parallel(n_jobs=2)(joblib.delayed(fit)(cell, seed) for seed in SEEDS)
    report(f"{cell.upper()}: {len(SEEDS)} networks of {models[cell.upper()][0].n_parameters_} weights")

folder = Path("figures")
folder.mkdir(exist_ok=True)
display = TrainingHistoryDisplay.from_estimators(models)
display.figure_.savefig(folder / "lab1_history.png", dpi=110)

# %%
# The moment of the decision
# --------------------------
# The digits 1 to 9, and the same with a -1 at each of the nine places. A network decides at the right
# moment if its answer first rises above 1/2 at the -1; without one it should stay below. LSTM and GRU
# do so. The plain network learns the same data slower; it may say yes too early, or steps too late.

plain = np.arange(1.0, 10.0)
marked = [np.where(np.arange(9) == place, -1.0, plain) for place in range(9)]


def first_crossing(model, series):
    """Return the first step at which the answer is yes, or -1."""
    steps = np.flatnonzero(decision_trace(model, series)[:, 1] > 0.5)
    return steps[0] if len(steps) else -1


X_new, y_new = make_marker(100 if QUICK else 500, random_state=100)
print(f"\n{'cell':6}{'accuracy':>9}{'decides at the -1':>20}{'quiet without':>16}")
for name, seeds in models.items():
    accuracy = np.mean([model.score(X_new, y_new) for model in seeds])
    right = np.mean([first_crossing(model, x) == i for model in seeds for i, x in enumerate(marked)])
    quiet = sum(first_crossing(model, plain) == -1 for model in seeds)
    print(f"{name:6}{accuracy:9.1%}{right:14.0%} of 9{quiet:11} of {len(seeds)}")

best = {name: max(seeds, key=lambda model: model.score(X_new, y_new)) for name, seeds in models.items()}
display = DecisionTraceDisplay.from_estimators(best, [plain, *marked])
display.figure_.savefig(folder / "lab1_decisions.png", dpi=110)

# %%
# The gates
# ---------
# What the LSTM does at the -1: input and forget gates change over, candidates of the other sign enter its
# memory, and there they stay.

display = GateDisplay.from_estimator(best["LSTM"], marked[4])
display.figure_.savefig(folder / "lab1_gates.png", dpi=110)

# %%
# How far back training reaches
# -----------------------------
# The gradient of the loss at every state of longer series. Each step back through a plain network
# shrinks it; LSTM and GRU hand it on.

X_long, y_long = make_marker(20 if QUICK else 100, length=60, random_state=200)
print(f"\n{'cell':6}gradient 50 steps back, relative to the last, by seed")
for name, seeds in models.items():
    ratios = [
        np.median([norms[-51] / norms[-1] for norms in gradient_flow(model, X_long, y_long)])
        for model in seeds
    ]
    print(f"{name:6}" + " ".join(f"{ratio:8.0e}" for ratio in ratios))

display = GradientFlowDisplay.from_estimators(best, X_long, y_long)
display.figure_.savefig(folder / "lab1_gradients.png", dpi=110)
report(f"figures saved in {folder}")
plt.show()
