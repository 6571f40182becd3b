"""Recurrent networks and their classical rivals, all with default parameters, on the same splits.

Run ``python benchmarks/accuracy.py FOLDER``. Every fit adds a line to FOLDER/accuracy.csv, and fits that
stand there are skipped, so that a run can be stopped and gone on with; on each split, all models have their
turn before the next, the cheap ones first. ``--only bbbp`` measures one data set, ``--table`` only prints
what is there, ``--jobs 1`` leaves the other cores alone, ``--quick`` is a rehearsal of one or two minutes,
into FOLDER/accuracy_quick.csv, whose scores mean nothing. Each fit has one thread; times are of the CPU, so
that they mean the same beside other work.

=========  ==============================================================================================
promoters  106 sequences, leave-one-out
molecules  1,017 molecules that ship with RDKit, ten random splits, stratified
esol       1,128 molecules, ten random splits; what is the same molecule but for stereochemistry is one
           group, which is never split
bbbp       each molecule once, as canonical SMILES without stereochemistry, those with two labels left
           out: 1,940; ten random splits, stratified, and ten splits by scaffold
splice     3,188 sequences, ten stratified folds; equal sequences, on either strand, are one group, and
           the one group with two labels, a pair, is left out
=========  ==============================================================================================

Splits leave a fifth for the test, folds a tenth. The seed of a model is the number of its split. Nothing is
chosen here by any of these data. But some defaults were: `defaults.py` compared those of RecurrentClassifier
with others on molecules, promoters and a third of splice, and the forests' for numbers, those of their
authors, were compared on esol.

The tables compare each model with the best rival, which is the one with the best mean, so that luck favours
it. They use the splits that all models have. Intervals and p-values are Nadeau and Bengio's for overlapping
training sets, as in `seqestimators.model_selection.compare`. Of leave-one-out, errors are counted, with the
exact binomial interval, and compared by McNemar's exact test; both take the errors for independent. The
adjusted p-values are Holm's, for all rows of a table. What isn't bundled is downloaded unless
SEQESTIMATORS_DATA names the folder that has it.
"""

import argparse
import csv
import os
import time
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed, parallel_config
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score, root_mean_squared_error
from sklearn.model_selection import (
    GroupShuffleSplit,
    LeaveOneOut,
    StratifiedGroupKFold,
    StratifiedShuffleSplit,
)
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentRegressor, SmilesTokenizer
from seqestimators.baselines import (
    make_descriptor_forest,
    make_ecfp_forest,
    make_ecfp_logistic,
    make_ecfp_mlp,
    make_ecfp_svm,
    make_kmer_logistic,
    make_kmer_window_vote,
    make_majority,
    make_onehot_logistic,
    make_window_logistic,
)
from seqestimators.datasets import (
    fetch_bbbp,
    fetch_esol,
    fetch_promoters,
    fetch_splice,
    load_molecule_activity,
)
from seqestimators.model_selection import ScaffoldSplit, leakage_report
from seqestimators.model_selection.comparison import _adjust_holm, _test_differences
from seqestimators.pretraining import make_encoder_svm, make_random_encoder_svm

ALPHA = 0.05
CELLS = ("rnn", "gru", "lstm")
ENCODERS = ("random encoder + SVM", "encoder + SVM")
KEYS = ["dataset", "split", "fold", "model"]

# Of true and predicted values, the latter as probabilities of the classes, or what ranks them, if there are
# classes.
SCORES = {
    "roc_auc": lambda true, predicted, classes: roc_auc_score(true, predicted[:, 1]),
    "accuracy": lambda true, predicted, classes: accuracy_score(true, classes[predicted.argmax(axis=1)]),
    "rmse": lambda true, predicted, classes: root_mean_squared_error(true, predicted),
    "r2": lambda true, predicted, classes: r2_score(true, predicted),
}
TITLES = {"roc_auc": "ROC-AUC", "accuracy": "accuracy", "rmse": "RMSE", "r2": "R²"}
COLUMNS = [*KEYS, "n_train", "n_test", *SCORES, "fit_cpu_seconds", "predict_cpu_seconds"]


# Models, by rising cost


def recurrent(tokenizer, network, seed):
    """Pipelines with a network of each cell."""
    return {
        cell.upper(): make_pipeline(tokenizer, network(cell=cell, random_state=seed, device="cpu"))
        for cell in CELLS
    }


def encoders(task, seed):
    """Support vector machines on the states of networks that aren't trained on the labels."""
    models = make_random_encoder_svm(task=task, random_state=seed), make_encoder_svm(task=task)
    return dict(zip(ENCODERS, models, strict=True))


def classifiers_of_molecules(seed):
    return {
        "majority": make_majority(),
        "ECFP + logistic": make_ecfp_logistic(),
        "ECFP counts + SVM": make_ecfp_svm(),
        "k-mers + logistic": make_kmer_logistic(),
        "ECFP + forest": make_ecfp_forest(random_state=seed),
        "ECFP + MLP": make_ecfp_mlp(random_state=seed),
        "descriptors + forest": make_descriptor_forest(random_state=seed),
        **encoders("classification", seed),
        **recurrent(SmilesTokenizer(), RecurrentClassifier, seed),
    }


def regressors_of_molecules(seed):
    return {
        "mean": make_majority(task="regression"),
        "ECFP counts + SVM": make_ecfp_svm(task="regression"),
        "ECFP + forest": make_ecfp_forest(task="regression", random_state=seed),
        "ECFP + MLP": make_ecfp_mlp(task="regression", random_state=seed),
        "descriptors + forest": make_descriptor_forest(task="regression", random_state=seed),
        **encoders("regression", seed),
        **recurrent(SmilesTokenizer(), RecurrentRegressor, seed),
    }


def classifiers_of_dna(seed):
    return {
        "majority": make_majority(),
        "one-hot + logistic": make_onehot_logistic(DNATokenizer()),
        "k-mers + logistic": make_kmer_logistic(),
        "dinucleotides + logistic": make_window_logistic(),
        "vote of k-mers and one-hot": make_kmer_window_vote(DNATokenizer()),
        **recurrent(DNATokenizer(), RecurrentClassifier, seed),
    }


# Data: sequences, targets and groups that are not to be split


def find_groups(X, y, kind, level):
    """Group number of every row, and whether all rows of its group have one label."""
    groups = leakage_report(X, kind=kind, threshold=None).groups[level].to_numpy()
    n_labels = pd.Series(y).groupby(groups).transform("nunique")
    return groups, n_labels.to_numpy() == 1


def load_promoters():
    X, y = fetch_promoters(return_X_y=True)
    return X, y, None


def load_molecules():
    X, y = load_molecule_activity(target="active", return_X_y=True)
    return X, y, None


def load_esol():
    X, y = fetch_esol(return_X_y=True)
    return X, y, find_groups(X, y, "smiles", "stereo-free")[0]


def load_bbbp():
    X, y = fetch_bbbp(invalid="drop", return_X_y=True)
    groups, agrees = find_groups(X, y, "smiles", "stereo-free")
    _, first = np.unique(groups, return_index=True)
    rows = np.sort(first[agrees[first]])
    tokenizer = SmilesTokenizer(canonical=True, stereo=False)
    return tokenizer.inverse_transform(tokenizer.fit_transform(X[rows])), y[rows], None


def load_splice():
    X, y = fetch_splice(return_X_y=True)
    groups, agrees = find_groups(X, y, "dna", "strand")
    return X[agrees], y[agrees], groups[agrees]


@dataclass
class Task:
    """What is measured on one data set. The first of `scores` is compared."""

    load: object
    make_models: object
    scores: list
    splitters: dict
    """Functions of the number of splits."""


def draw_stratified(n_splits):
    return StratifiedShuffleSplit(n_splits, test_size=0.2, random_state=0)


TASKS = {
    "promoters": Task(
        load_promoters, classifiers_of_dna, ["accuracy"], {"leave-one-out": lambda n_splits: LeaveOneOut()}
    ),
    "molecules": Task(
        load_molecules, classifiers_of_molecules, ["roc_auc", "accuracy"], {"random": draw_stratified}
    ),
    "esol": Task(
        load_esol,
        regressors_of_molecules,
        ["rmse", "r2"],
        {"random": lambda n_splits: GroupShuffleSplit(n_splits, test_size=0.2, random_state=0)},
    ),
    "bbbp": Task(
        load_bbbp,
        classifiers_of_molecules,
        ["roc_auc", "accuracy"],
        {
            "random": draw_stratified,
            "scaffold": lambda n_splits: ScaffoldSplit(n_splits, test_size=0.2, random_state=0),
        },
    ),
    "splice": Task(
        load_splice,
        classifiers_of_dna,
        ["accuracy"],
        {"folds": lambda n_splits: StratifiedGroupKFold(n_splits, shuffle=True, random_state=0)},
    ),
}


# Measuring


def predict_scores(model, X):
    """Probabilities of the classes, or margins of two where there are none."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)
    margin = model.decision_function(X)
    return np.column_stack([-margin, margin])


def measure(key, model, X, y, train, test, scores):
    """A row of results."""
    torch.set_num_threads(1)
    start = time.process_time()
    model.fit(X[train], y[train])
    fitted = time.process_time()
    has_classes = hasattr(model, "classes_")
    predicted = predict_scores(model, X[test]) if has_classes else model.predict(X[test])
    end = time.process_time()
    classes = model.classes_ if has_classes else None
    return {
        **dict(zip(KEYS, key, strict=True)),
        "n_train": len(train),
        "n_test": len(test),
        **{name: f"{SCORES[name](y[test], predicted, classes):.6g}" for name in scores},
        "fit_cpu_seconds": f"{fitted - start:.4g}",
        "predict_cpu_seconds": f"{end - fitted:.4g}",
    }


def list_jobs(name, task, done, quick, cells):
    """Arguments of `measure` for all that isn't done: all models on the first split, then on the next."""
    X, y, groups = task.load()
    if quick:
        step = len(X) // 100
        X, y, groups = X[::step], y[::step], None if groups is None else groups[::step]
    for split, make_splitter in task.splitters.items():
        folds = make_splitter(2 if quick else 10).split(X, y, groups)
        for fold, (train, test) in enumerate(folds):
            if quick and fold == 2:
                break
            for model_name, model in task.make_models(fold).items():
                if model_name.lower() in CELLS and model_name.lower() not in cells:
                    continue
                key = name, split, fold, model_name
                if quick and model_name.lower() in CELLS:
                    model[-1].set_params(max_epochs=1)
                if key not in done:
                    yield key, model, X, y, train, test, task.scores


def run(path, names, n_jobs, quick, cells):
    done = set(read_results(path)[KEYS].itertuples(index=False, name=None))
    for name in names:
        jobs = list(list_jobs(name, TASKS[name], done, quick, cells))
        print(f"{name}: {len(jobs)} fits to do", flush=True)
        with parallel_config("loky", inner_max_num_threads=1):
            parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)
            for row in parallel(delayed(measure)(*job) for job in jobs):
                add_row(path, row)


def read_results(path):
    return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=COLUMNS)


def add_row(path, row):
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        if is_new:
            writer.writeheader()
        writer.writerow(row)
    print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)


# Tables


def print_tables(results):
    for (name, split), rows in results.groupby(["dataset", "split"], sort=False):
        scores = TASKS[name].scores
        values = rows.pivot(index="fold", columns="model", values=scores[0]).dropna()
        rows = rows[rows["fold"].isin(values.index)]
        print(f"\n{name}, {split}: {len(values)} splits that all models have", end="")
        if len(values) < 2:
            print(", too few for a table")
            continue
        print(f", about {rows['n_train'].median():.0f} rows to train on\n")
        table = count_errors(values) if split == "leave-one-out" else compare_scores(rows, values, scores)
        seconds = rows.groupby("model")[["fit_cpu_seconds", "predict_cpu_seconds"]].median()
        table["fit, CPU s"] = seconds["fit_cpu_seconds"].map("{:.3g}".format)
        table["predict, CPU s"] = seconds["predict_cpu_seconds"].map("{:.2g}".format)
        print("| model |", " | ".join(table), "|")
        print("|---" * (len(table.columns) + 1) + "|")
        for model, cells in table.fillna("").iterrows():
            print(f"| {model} |", " | ".join(cells), "|")
    print(
        f"\nBetter and worse: than the best rival, with an adjusted p below {ALPHA}. No difference shown is "
        "not the same as equal: the interval says how large a difference may be. CPU seconds are medians."
    )


def is_rival(model):
    return model.lower() not in CELLS and model not in ENCODERS


def compare_scores(rows, values, scores):
    """Means, and differences to the best rival; a row for each model, the best first."""
    sign = -1 if scores[0] == "rmse" else 1
    models = (sign * values.mean()).sort_values(ascending=False).index
    best = next(filter(is_rival, models))
    table = pd.DataFrame(index=models)
    for score in scores:
        by_model = rows.groupby("model")[score]
        table[TITLES[score]] = by_model.mean().map("{:.3f}".format) + by_model.std().map(" ± {:.3f}".format)
    sizes = rows.drop_duplicates("fold")
    correction = (sizes["n_test"] / sizes["n_train"]).mean()
    tests = pd.DataFrame.from_dict(
        {
            model: _test_differences((values[model] - values[best]).to_numpy(), correction, 0.0, ALPHA)
            for model in models.drop(best)
        },
        orient="index",
    )
    table[f"minus {best}"] = tests["difference"].map("{:+.3f}".format)
    table["95 % interval"] = tests["low"].map("{:+.3f} to ".format) + tests["high"].map("{:+.3f}".format)
    return add_verdicts(table, tests["p_value"], sign * tests["difference"])


def count_errors(values):
    """Errors, and where the best rival is right or wrong instead; a row for each model, the best first."""
    wrong = values == 0
    models = wrong.sum().sort_values(kind="stable").index
    best = next(filter(is_rival, models))
    table, p_values, gains = pd.DataFrame(index=models), {}, {}
    for model in models:
        n_wrong = int(wrong[model].sum())
        low, high = binomtest(n_wrong, len(wrong)).proportion_ci(1 - ALPHA, method="exact")
        table.loc[model, f"errors of {len(wrong)}"] = str(n_wrong)
        table.loc[model, "error rate"] = f"{n_wrong / len(wrong):.3f}"
        table.loc[model, "95 % interval"] = f"{low:.3f} to {high:.3f}"
        if model != best:
            n_lost = int((wrong[model] & ~wrong[best]).sum())
            n_won = int((wrong[best] & ~wrong[model]).sum())
            table.loc[model, f"wrong where {best} is right"] = str(n_lost)
            table.loc[model, "right where it is wrong"] = str(n_won)
            p_values[model] = binomtest(n_won, n_won + n_lost).pvalue if n_won + n_lost else 1.0
            gains[model] = n_won - n_lost
    return add_verdicts(table, pd.Series(p_values), pd.Series(gains))


def add_verdicts(table, p_values, gains):
    """The columns of the test; a positive gain is one over the best rival."""
    adjusted = pd.Series(_adjust_holm(p_values.to_numpy()), index=p_values.index)
    verdict = pd.Series("no difference shown", index=p_values.index)
    verdict[(adjusted < ALPHA) & (gains > 0)] = "better"
    verdict[(adjusted < ALPHA) & (gains < 0)] = "worse"
    table["p"] = p_values.map("{:.2g}".format)
    table["adjusted p"] = adjusted.map("{:.2g}".format)
    table["beside the best rival"] = verdict
    return table.fillna({"beside the best rival": "the best rival"})


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default="results", help="where the results are kept")
    parser.add_argument("--only", choices=list(TASKS), action="append", help="measure this data set only")
    parser.add_argument(
        "--cell", choices=CELLS, action="append", help="measure networks of this cell only, beside the rivals"
    )
    parser.add_argument("--table", action="store_true", help="only print the tables of what is there")
    parser.add_argument(
        "--jobs", type=int, default=-1, help="number of processes; -1, the default: all cores"
    )
    parser.add_argument("--quick", action="store_true", help="two splits of about 100 rows, one epoch")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / ("accuracy_quick.csv" if arguments.quick else "accuracy.csv")
    names = arguments.only or list(TASKS)
    if not arguments.table:
        run(path, names, arguments.jobs, arguments.quick, arguments.cell or CELLS)
    results = read_results(path)
    print_tables(results[results["dataset"].isin(names)])


if __name__ == "__main__":
    main()
