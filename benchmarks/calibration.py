"""How far predicted intervals and probabilities are right, before and after calibration.

Run ``python benchmarks/calibration.py FOLDER``. Every fit adds its answers to FOLDER, and fits that stand
there are skipped, so that a run can be stopped and gone on with; ``--table`` only prints what is there,
``--quick`` is a rehearsal of a minute, into FOLDER/quick, whose numbers mean nothing. It takes a quarter
of an hour on one core.

ESOL and 1,000 molecules of Lipophilicity: networks predict intervals that are meant to cover 90 % of the
targets. BBBP: they predict probabilities. Each of several random splits trains on 60 % of the molecules. The
other 40 % are halved at random 100 times: one half calibrates, the other is scored. All networks have the
defaults but for what their row names.

=====================  ==================================================================================
gaussian               mean +- 1.645 standard deviations of ``loss="gaussian"``
quantiles              the 5 % and the 95 % quantile of ``loss="quantile"``
MC dropout             mean +- 1.645 standard deviations over 50 samples, squared error
gaussian + MC dropout  the same network as gaussian, the total standard deviation
seed ensemble          five networks as gaussian, the standard deviation of their mixture
seeds, means alone     the same, mean +- 1.645 standard deviations of the five means
=====================  ==================================================================================

Calibration is split conformal prediction: residuals are divided by the standard deviation of each row, which
crepes does; quantiles are widened by one amount. Probabilities are calibrated by Platt's logistic regression
on the log-odds. The calibration error has ten bins.

References: Romano, Y., E. Patterson, E. J. Candès, "Conformalized Quantile Regression", NeurIPS 2019; Platt,
J., "Probabilistic Outputs for Support Vector Machines", 1999.
"""

import argparse
import os
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
import torch
from crepes import ConformalRegressor
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, root_mean_squared_error
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier, RecurrentRegressor, SmilesTokenizer
from seqestimators.datasets import fetch_bbbp, fetch_esol, fetch_lipophilicity
from seqestimators.metrics import expected_calibration_error, interval_coverage_score

Z = 1.6448536
N_SEEDS = 5
N_HALVES = 100
N_SPLITS = {"ESOL": 4, "Lipophilicity": 3, "BBBP": 3}
CLASSIFIERS = {
    "network": {},
    "label_smoothing=0.1": {"label_smoothing": 0.1},
    'loss="focal"': {"loss": "focal"},
}


def read(name):
    """SMILES and targets."""
    if name == "BBBP":
        X, y = fetch_bbbp(invalid="drop", return_X_y=True)
    else:
        X, y = (fetch_esol if name == "ESOL" else fetch_lipophilicity)(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(y))[: 1000 if name == "Lipophilicity" else None]
    return np.asarray(X, dtype=object)[rows], np.asarray(y)[rows]


def fit(estimator, seed, X, y, quick, **params):
    """The fitted pipeline."""
    if quick:
        params |= {"max_epochs": 1, "hidden_size": 8}
    return make_pipeline(SmilesTokenizer(), estimator(**params, random_state=seed)).fit(X, y)


def numbers(X, y, train, test, split, quick):
    """Predictions for the rows of the test: mean and sd, or lower and upper quantile, by method."""
    answers = {}
    seeds = [10 * split + i for i in range(N_SEEDS)]
    members = []
    for seed in seeds:
        model = fit(RecurrentRegressor, seed, X[train], y[train], quick, loss="gaussian")
        members.append(model.predict(X[test], return_std=True))
        if seed == seeds[0]:
            answers["gaussian"] = members[0]
            model[-1].set_params(n_dropout_samples=50)
            answers["gaussian + MC dropout"] = model.predict(X[test], return_std=True)
    means, sds = (np.array(part, dtype=float) for part in zip(*members, strict=True))
    answers["seed ensemble"] = means.mean(axis=0), np.sqrt(means.var(axis=0) + (sds**2).mean(axis=0))
    answers["seeds, means alone"] = means.mean(axis=0), means.std(axis=0)
    model = fit(
        RecurrentRegressor, seeds[0], X[train], y[train], quick, loss="quantile", quantile=[0.05, 0.95]
    )
    answers["quantiles"] = tuple(model.predict(X[test]).T)
    model = fit(RecurrentRegressor, seeds[0], X[train], y[train], quick)
    model[-1].set_params(n_dropout_samples=50)
    answers["MC dropout"] = model.predict(X[test], return_std=True)
    return answers


def probabilities(X, y, train, test, split, quick):
    """Probabilities for the rows of the test, by method."""
    seeds = [10 * split + i for i in range(N_SEEDS)]
    answers = {}
    for name, params in CLASSIFIERS.items():
        model = fit(RecurrentClassifier, seeds[0], X[train], y[train], quick, **params)
        answers[name] = model.predict_proba(X[test])[:, 1]
        if name == "network":
            model[-1].set_params(n_dropout_samples=50)
            answers["MC dropout"] = model.predict_proba(X[test])[:, 1]
    others = [fit(RecurrentClassifier, seed, X[train], y[train], quick) for seed in seeds[1:]]
    all_seeds = [answers["network"], *(model.predict_proba(X[test])[:, 1] for model in others)]
    answers["seed ensemble"] = np.mean(all_seeds, axis=0)
    return answers


def run(folder, quick):
    """Fit what isn't in the folder yet."""
    data = {name: read(name) for name in N_SPLITS}
    for split in range(1 if quick else max(N_SPLITS.values())):
        for name, (X, y) in data.items():
            path = folder / f"{name}{split}.npz"
            if path.exists() or split >= N_SPLITS[name]:
                continue
            splitter = StratifiedShuffleSplit if name == "BBBP" else ShuffleSplit
            train, test = next(splitter(1, test_size=0.4, random_state=split).split(X, y))
            answers = (probabilities if name == "BBBP" else numbers)(X, y, train, test, split, quick)
            np.savez(path, y=y[test], **{key: np.asarray(one) for key, one in answers.items()})
            print(path.name, flush=True)


def halves(n_rows):
    """Halves of the rows, to calibrate and to score."""
    generator = np.random.default_rng(0)
    for _ in range(N_HALVES):
        order = generator.permutation(n_rows)
        yield order[: n_rows // 2], order[n_rows // 2 :]


def score_intervals(method, y, answer):
    """Coverage and width of the intervals of one method, raw and calibrated."""
    rows = []
    if method == "quantiles":
        lower, upper = answer
        mean = answer.mean(axis=0)
        misses = np.maximum(lower - y, y - upper)
    else:
        mean, sd = answer
        sd = np.maximum(sd, 1e-3 * y.std())
        lower, upper = mean - Z * sd, mean + Z * sd
    raw = interval_coverage_score(y, lower, upper), np.mean(upper - lower)
    for calibration, test in halves(len(y)):
        if method == "quantiles":
            n = len(calibration)
            more = np.sort(misses[calibration])[min(int(np.ceil(0.9 * (n + 1))), n) - 1]
            low, high = lower[test] - more, upper[test] + more
            high = np.maximum(low, high)
        else:
            model = ConformalRegressor().fit(y[calibration] - mean[calibration], sigmas=sd[calibration])
            low, high = model.predict_int(mean[test], sigmas=sd[test], confidence=0.9).T
        rows.append((interval_coverage_score(y[test], low, high), np.mean(high - low)))
    return {
        "RMSE": root_mean_squared_error(y, mean),
        "raw coverage": raw[0],
        "raw width": raw[1],
        "coverage": np.mean([one[0] for one in rows]),
        "width": np.mean([one[1] for one in rows]),
    }


def score_probabilities(y, p):
    """Ranking and calibration errors of probabilities, raw and calibrated."""
    raw, calibrated = [], []
    log_odds = logit(np.clip(p, 1e-6, 1 - 1e-6))[:, None]
    for calibration, test in halves(len(y)):
        raw.append(expected_calibration_error(y[test], p[test]))
        platt = LogisticRegression(C=1e3).fit(log_odds[calibration], y[calibration])
        calibrated.append(expected_calibration_error(y[test], platt.predict_proba(log_odds[test])[:, 1]))
    return {"ROC-AUC": roc_auc_score(y, p), "raw error": np.mean(raw), "error": np.mean(calibrated)}


def print_tables(folder):
    """The means over the splits, of each set."""
    for name in N_SPLITS:
        scores = []
        for path in sorted(folder.glob(f"{name}?.npz")):
            with np.load(path) as stored:
                answers = dict(stored)
            y = answers.pop("y")
            for method, answer in answers.items():
                of_one = (
                    score_probabilities(y, answer)
                    if name == "BBBP"
                    else score_intervals(method, y, answer.astype(float))
                )
                scores.append({"method": method, "split": path.stem} | of_one)
        if not scores:
            continue
        table = pd.DataFrame(scores).drop(columns="split").groupby("method", sort=False)
        print(f"\n{name}, {len({one['split'] for one in scores})} splits\n")
        mean, spread = table.mean(), table.std()
        print("| method |", " | ".join(mean.columns), "|")
        print("|---" * (1 + len(mean.columns)) + "|")
        for method, row in mean.iterrows():
            cells = [
                f"{100 * value:.1f} % ({100 * spread.loc[method, column]:.1f})"
                if "coverage" in column
                else f"{value:.3f}"
                for column, value in row.items()
            ]
            print(f"| {method} |", " | ".join(cells), "|")


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--table", action="store_true", help="print what is there")
    parser.add_argument("--quick", action="store_true", help="a rehearsal")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    folder = arguments.folder / "quick" if arguments.quick else arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    if not arguments.table:
        run(folder, arguments.quick)
    print_tables(folder)


if __name__ == "__main__":
    main()
