"""Draws the pictures of the landing page into docs/_static: `python docs/landing_pictures.py`.

They are committed, so that neither the site nor the README has to train the networks: half a minute on one core.
"""

from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, SmilesTokenizer
from seqestimators.datasets import load_molecule_activity, make_marker
from seqestimators.inspection import (
    DecisionTraceDisplay,
    MoleculeAttributionDisplay,
    MutagenesisDisplay,
)
from seqestimators.plotting.drawing import COLORS

STATIC = Path(__file__).parent / "_static"
# The same lines and letters whenever it is run, and letters that any viewer can draw.
plt.rcParams |= {
    "svg.hashsalt": "seqestimators",
    "svg.fonttype": "path",
    "font.size": 10,
    "axes.titlesize": 10,
}


def save(figure, name):
    figure.savefig(
        STATIC / f"landing_{name}.svg",
        facecolor="white",
        bbox_inches="tight",
        metadata={"Date": None},
    )


def draw_molecule():
    """Draw the atoms of an inhibitor, coloured by what they contribute to the prediction."""
    smiles, active = load_molecule_activity(target="active", return_X_y=True)
    kind = np.where(active, "active", "inactive")
    model = make_pipeline(
        SmilesTokenizer(), RecurrentClassifier(max_epochs=15, random_state=0)
    )
    model.fit(smiles, kind)
    short = sorted(smiles[active == 1], key=len)[:30]
    molecule = short[np.argmax(model.predict_proba(short)[:, 0])]
    figure, ax = plt.subplots(figsize=(4.2, 3), layout="constrained")
    MoleculeAttributionDisplay.from_estimator(
        model, molecule, attribution="occlusion", ax=ax
    )
    save(figure, "molecule")


def draw_logo():
    """Draw which nucleotides make a sequence a promoter: those of its TATA box."""
    rng = np.random.default_rng(0)

    def draw_dna(motif):
        dna = "".join(rng.choice(list("ACGT"), rng.integers(14, 20)))
        place = rng.integers(len(dna))
        return dna[:place] + motif + dna[place:]

    dna = [draw_dna("TATAAAAG") for _ in range(300)] + [
        draw_dna("") for _ in range(300)
    ]
    kind = ["promoter"] * 300 + ["background"] * 300
    model = make_pipeline(
        DNATokenizer(),
        RecurrentClassifier(stem=(32, 8, 1), max_epochs=15, random_state=0),
    )
    model.fit(dna, kind)
    figure, ax = plt.subplots(figsize=(4.2, 3), layout="constrained")
    MutagenesisDisplay.from_estimator(model, dna[0], kind="logo", ax=ax)
    save(figure, "logo")


def draw_trace():
    """Draw the prediction after every step of a series."""
    series, has_marker = make_marker(600, random_state=0)
    model = RecurrentClassifier(
        input="values",
        pooling="last",
        bidirectional=False,
        max_epochs=30,
        random_state=0,
    )
    model.fit(series, np.where(has_marker, "marker", "none"))
    figure, ax = plt.subplots(figsize=(4.2, 3), layout="constrained")
    DecisionTraceDisplay.from_estimator(
        model, series[has_marker == 1][0], target="marker", ax=ax
    )
    save(figure, "trace")


# From benchmarks/README.md: "Training", LSTM with the native kernel, and "Beside Keras", BiLSTM 64.
SECONDS = {
    "seqestimators": 0.216,
    "PyTorch, padded by hand": 0.675,
    "Keras on TensorFlow": 0.956,
    "Keras on JAX": 1.093,
    "skorch, packed": 1.653,
}
# From benchmarks/README.md. The best model with a network, the error of the best single other model (1 - accuracy,
# 1 - ROC-AUC, or RMSE), how much smaller that of the network is, and the 95 % interval of that where there is one.
DIFFERENCES = [
    (
        "binding sites (RAD21), ROC-AUC",
        "stem, both strands",
        0.024,
        0.018,
        None,
    ),
    ("splice junctions, accuracy", "default LSTM", 0.031, 0.009, (0.0, 0.019)),
    (
        "solubility (ESOL), RMSE",
        "vote with forest",
        0.621,
        0.069,
        (0.038, 0.100),
    ),
    (
        "blood-brain barrier, ROC-AUC",
        "vote with forest",
        0.057,
        0.002,
        (-0.005, 0.009),
    ),
    (
        "enzyme inhibitors, ROC-AUC",
        "joint network",
        0.053,
        -0.005,
        (-0.017, 0.008),
    ),
]


def draw_speed():
    """Draw how long an epoch takes, beside other ways to write it."""
    figure, ax = plt.subplots(figsize=(5, 2.5), layout="constrained")
    bars = ax.barh(
        list(SECONDS),
        list(SECONDS.values()),
        color=[COLORS[0]] + ["#9aa3ad"] * 4,
    )
    ax.bar_label(bars, fmt="%.2f s", padding=3)
    ax.set(xlabel="seconds per epoch", xlim=(0, 2.1))
    ax.invert_yaxis()
    ax.spines[["top", "right"]].set_visible(False)
    save(figure, "speed")


def draw_accuracy():
    """Draw by how much the error is smaller than that of the best model without a network."""
    figure, ax = plt.subplots(figsize=(4.6, 3.2), layout="constrained")
    for place, (_, _, error, mean, interval) in enumerate(DIFFERENCES):
        if interval is not None:
            ax.plot(
                [100 * end / error for end in interval],
                [place, place],
                color=COLORS[0],
                linewidth=2.5,
                alpha=0.5,
            )
        ax.plot(100 * mean / error, place, "o", color=COLORS[0], markersize=8)
    ax.axvline(0, color="0.3", linewidth=1)
    names = [f"{data}\n{model}" for data, model, *_ in DIFFERENCES]
    ax.set_yticks(range(len(names)), names, fontsize=9)
    ax.invert_yaxis()
    ax.set_xlabel(
        "errors saved, in per cent of those of\nthe best single model without a network"
    )
    ax.spines[["top", "right"]].set_visible(False)
    save(figure, "accuracy")


if __name__ == "__main__":
    draw_speed()
    draw_accuracy()
    draw_molecule()
    draw_logo()
    draw_trace()
