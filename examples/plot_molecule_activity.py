"""
Which molecules are active?
===========================

A medicinal chemist has measured a thousand molecules and asks which of the next ones are worth
making. Here a recurrent network reads the molecules as they are written, as SMILES strings, and
tells active from inactive ones. RNN, LSTM and GRU are compared with what chemists use: fingerprints
with a neural network and with a random forest.

The example needs no network and a few minutes on two cores.
"""

import os
import time
from pathlib import Path

import joblib
import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.metrics import roc_curve
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate, train_test_split
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier, SmilesTokenizer
from seqestimators.baselines import make_ecfp_forest, make_ecfp_mlp
from seqestimators.datasets import load_molecule_activity

# The tests of the package set this to run the whole script in seconds.
QUICK = "SEQESTIMATORS_QUICK" in os.environ

start = time.perf_counter()


def report(text):
    """Print a line with the seconds since the start."""
    print(f"{time.perf_counter() - start:6.0f} s  {text}", flush=True)


# %%
# Data
# ----
# 1,017 molecules of one chemical series come inside the RDKit wheel. A molecule is active from a
# pIC50 of 6.5 on: a third of a micromole per litre inhibits the enzyme by half.

molecules = load_molecule_activity(target="active")
smiles, active = molecules.data, molecules.target
if QUICK:
    smiles, active = smiles[::9], active[::9]
report(f"{len(smiles)} molecules, {active.mean():.0%} of them active; the first is {smiles[0]}")

# %%
# A third of the molecules serves to choose the hidden sizes. The other two thirds are the test
# molecules, in stratified folds: each fold is predicted by models trained on the other folds and on
# the first third. No molecule that is tested has had a say in the choice, and all models see the
# same folds. Four folds are shared evenly by the two processes that train.

rows = np.arange(len(smiles))
chosen_on, tested = train_test_split(rows, test_size=2 / 3, stratify=active, random_state=0)
splitter = StratifiedKFold(2 if QUICK else 4, shuffle=True, random_state=0)
folds = [
    (np.concatenate([chosen_on, tested[train]]), tested[test])
    for train, test in splitter.split(tested, active[tested])
]

# %%
# Search
# ------
# Tokenizer and network are one pipeline, so that each fold learns its own vocabulary. Two processes
# share the fits. A network this small gains nothing from threads, which would only fight over the
# cores: each process gets one.

recurrent = make_pipeline(
    SmilesTokenizer(), RecurrentClassifier(max_epochs=2 if QUICK else 20, random_state=0)
)
cells, sizes = ["rnn", "lstm", "gru"], [32, 64]
search = GridSearchCV(
    recurrent,
    {"recurrentclassifier__cell": cells, "recurrentclassifier__hidden_size": sizes},
    scoring="roc_auc",
    cv=StratifiedKFold(2 if QUICK else 3, shuffle=True, random_state=0),
    refit=False,
    n_jobs=2,
    verbose=2,
)
with joblib.parallel_config("loky", inner_max_num_threads=1):
    search.fit(smiles[chosen_on], active[chosen_on])

best_size = {}
for cell in cells:
    score, best_size[cell] = max(
        (score, setting["recurrentclassifier__hidden_size"])
        for score, setting in zip(
            search.cv_results_["mean_test_score"], search.cv_results_["params"], strict=True
        )
        if setting["recurrentclassifier__cell"] == cell
    )
    report(f"{cell.upper()}: {best_size[cell]} units are best, ROC-AUC {score:.3f} in the search")

# %%
# Comparison
# ----------
# The fingerprint models keep the settings that `seqestimators.baselines` gives them.

models = {
    cell.upper(): clone(recurrent).set_params(
        recurrentclassifier__cell=cell, recurrentclassifier__hidden_size=best_size[cell]
    )
    for cell in cells
}
models["ECFP + neural network"] = make_ecfp_mlp(random_state=0)
models["ECFP + random forest"] = make_ecfp_forest(n_estimators=20 if QUICK else 500, random_state=0)

results = {}
for name, model in models.items():
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        results[name] = cross_validate(
            model, smiles, active, scoring="roc_auc", cv=folds, n_jobs=2, return_estimator=True
        )
    report(f"{name}: {len(folds)} folds done")

# %%
# The table: mean and standard deviation over the folds, and the time of a fit.

print(f"\n{'model':24}{'ROC-AUC':>18}{'seconds a fit':>16}")
for name, result in results.items():
    scores = result["test_score"]
    area = f"{scores.mean():.3f} ± {scores.std(ddof=1):.3f}"
    print(f"{name:24}{area:>18}{result['fit_time'].mean():16.1f}")

# %%
# The folds are the same for all, so that models can be compared fold by fold. This says more than
# the spread of each, which is mostly due to folds that are hard for everyone.

best_cell = max(map(str.upper, cells), key=lambda name: results[name]["test_score"].mean())
print()
for name in ["ECFP + neural network", "ECFP + random forest"]:
    gain = results[name]["test_score"] - results[best_cell]["test_score"]
    print(
        f"{name} minus {best_cell}: {gain.mean():+.3f} ± {gain.std(ddof=1):.3f}, "
        f"better in {(gain > 0).sum()} of {len(gain)} folds"
    )

# %%
# Figure
# ------
# Left, the receiver operating characteristic, averaged over the folds. Right, the loss on the
# training molecules out of each network's `history_`: mean and range over the folds.

# Told apart by all common kinds of colour vision (Okabe and Ito), and by their dashes.
styles = dict(
    zip(
        models,
        [("#D55E00", "-"), ("#0072B2", "-"), ("#009E73", "-"), ("#000000", "--"), ("#CC79A7", "--")],
        strict=True,
    )
)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
grid = np.linspace(0, 1, 201)
for name, result in results.items():
    curves = []
    for fitted, (_, test) in zip(result["estimator"], folds, strict=True):
        probability = fitted.predict_proba(smiles[test])[:, 1]
        false_positives, true_positives, _ = roc_curve(active[test], probability)
        curves.append(np.interp(grid, false_positives, true_positives))
    mean_curve = np.concatenate([[0], np.mean(curves, axis=0)])
    color, dashes = styles[name]
    scores = result["test_score"]
    label = f"{name}: {scores.mean():.3f} ± {scores.std(ddof=1):.3f}"
    left.plot(np.concatenate([[0], grid]), mean_curve, color=color, linestyle=dashes, label=label)
left.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle=":", label="chance: 0.5")
left.set(title="Test folds", xlabel="False positive rate", ylabel="True positive rate")
left.legend(title="ROC-AUC", loc="lower right", fontsize="small", title_fontsize="small")

for name in map(str.upper, cells):
    losses = np.array(
        [[epoch["train_loss"] for epoch in fitted[-1].history_] for fitted in results[name]["estimator"]]
    )
    epochs = np.arange(1, losses.shape[1] + 1)
    color, dashes = styles[name]
    right.plot(epochs, losses.mean(axis=0), color=color, linestyle=dashes, label=name)
    right.fill_between(epochs, losses.min(axis=0), losses.max(axis=0), color=color, alpha=0.2, linewidth=0)
right.set(title="Training", xlabel="Epoch", ylabel="Cross-entropy of the training molecules", ylim=(0, None))
right.xaxis.get_major_locator().set_params(integer=True)
right.legend(loc="upper right", fontsize="small")

folder = Path("figures")
folder.mkdir(exist_ok=True)
figure.savefig(folder / "molecule_activity.png", dpi=110)
report(f"figure saved as {folder / 'molecule_activity.png'}")
plt.show()
