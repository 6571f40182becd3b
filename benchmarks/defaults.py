"""The defaults of the classifier and the regressor, each beside other values, one at a time.

Run ``python benchmarks/defaults.py FOLDER``. Every fit adds a line to FOLDER/defaults.csv, and fits that
stand there are skipped, so that a run can be stopped and gone on with. All variants see the same folds and
the same seeds. ``--limit N`` stops after N fits; ``--table`` only prints what is there. The table holds the
mean difference to the default over the folds, in points of 0.01, and its standard error; folds share training
rows, so that it is too small rather than too large. "All" is the mean over the sets. Scores are
ROC-AUC on the molecules and binding sites, R² on ESOL, accuracy elsewhere. Of large sets a sample of a
thousand rows is taken, of the binding sites none that the published split tests. Data are downloaded unless
SEQESTIMATORS_DATA names their folder. Without FOLDER, one for temporary files is taken.
"""

import argparse
import csv
import os
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import torch
from sklearn.metrics import get_scorer
from sklearn.model_selection import KFold, RepeatedStratifiedKFold, StratifiedKFold, StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentRegressor, SmilesTokenizer
from seqestimators.datasets import (
    fetch_bbbp,
    fetch_binding_sites,
    fetch_esol,
    fetch_promoters,
    fetch_splice,
    load_molecule_activity,
    make_start_codon,
)

# The most important first.
VARIANTS = [
    {},
    {"batch_size": 64, "lr": 0.01, "max_epochs": 15},
    {"positions": False},
    {"cell": "gru"},
    *({"hidden_size": size} for size in (32, 128)),
    {"num_layers": 2},
    *({"pooling": name} for name in ("mean", "max", "attention")),
    {"token_dropout": 0.1},
    *({"weight_decay": decay} for decay in (0.0, 0.1)),
    {"gradient_clip": None},
    {"batch_size": 64, "lr": 0.01},
    {"dropout": 0.5},
    {"max_epochs": 60},
    *({"lr": lr} for lr in (0.002, 0.01)),
    *({"batch_size": size} for size in (16, 64)),
    {"max_epochs": 15},
    {"dropout": 0.0},
    {"lr_schedule": "cosine"},
    {"bidirectional": False},
    *({"embedding_dim": size} for size in (None, 64)),
]
COLUMNS = ["data", "variant", "fold", "score", "seconds"]


def draw_rows(X, y, n_rows=1000):
    """A sample of unequal rows."""
    _, first = np.unique(X.astype(str), return_index=True)
    rows = np.random.default_rng(0).permutation(np.sort(first))[:n_rows]
    return X[rows], y[rows]


def stratified():
    return StratifiedKFold(3, shuffle=True, random_state=0)


def load_molecules():
    X, y = load_molecule_activity(target="active", return_X_y=True)
    return SmilesTokenizer(), X, y, "roc_auc", stratified()


def load_bbbp():
    X, y = draw_rows(*fetch_bbbp(invalid="drop", return_X_y=True))
    return SmilesTokenizer(), X, y, "roc_auc", stratified()


def load_esol():
    X, y = fetch_esol(return_X_y=True)
    return SmilesTokenizer(), X, y, "r2", KFold(3, shuffle=True, random_state=0)


def load_splice():
    X, y = draw_rows(*fetch_splice(return_X_y=True))
    return DNATokenizer(), X, y, "accuracy", stratified()


def load_binding_sites():
    X, y = draw_rows(*fetch_binding_sites(subset="train", return_X_y=True))
    return DNATokenizer(), X, y, "roc_auc", stratified()


def load_promoters():
    X, y = fetch_promoters(return_X_y=True)
    folds = RepeatedStratifiedKFold(n_splits=4, n_repeats=2, random_state=0)
    return DNATokenizer(), X, y, "accuracy", folds


def load_start_codon():
    X, y = make_start_codon(1200, random_state=0)
    folds = StratifiedShuffleSplit(4, train_size=80, test_size=1000, random_state=0)
    return DNATokenizer(), X, y, "accuracy", folds


SETS = {
    "molecules": load_molecules,
    "BBBP": load_bbbp,
    "ESOL": load_esol,
    "splice": load_splice,
    "binding sites": load_binding_sites,
    "promoters": load_promoters,
    "start codon": load_start_codon,
}


def name_of(variant):
    return ", ".join(f"{name}={value!r}" for name, value in variant.items()) or "default"


def read_results(path):
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def run(path, limit):
    done = {(row["data"], row["variant"], int(row["fold"])) for row in read_results(path)}
    data = {}
    for name, load in SETS.items():
        tokenizer, X, y, scoring, splitter = load()
        data[name] = tokenizer, X, y, get_scorer(scoring), list(splitter.split(X, y))
    n_fits = 0
    for variant in VARIANTS:
        for name, (tokenizer, X, y, scorer, folds) in data.items():
            for fold, (train, test) in enumerate(folds):
                if (name, name_of(variant), fold) in done:
                    continue
                if n_fits == limit:
                    return
                network = RecurrentRegressor if name == "ESOL" else RecurrentClassifier
                model = make_pipeline(tokenizer, network(**variant, random_state=fold, device="cpu"))
                start = time.process_time()
                model.fit(X[train], y[train])
                taken = time.process_time() - start
                score = scorer(model, X[test], y[test])
                add_row(path, [name, name_of(variant), fold, f"{score:.5f}", f"{taken:.2f}"])
                n_fits += 1


def add_row(path, row):
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([COLUMNS, row] if is_new else [row])


def describe(values):
    if len(values) < 2:
        return "-"
    return f"{np.mean(values):+.1f} ± {np.std(values, ddof=1) / np.sqrt(len(values)):.1f}"


def describe_mean(sets):
    """The mean over sets of their means, and its standard error."""
    if any(len(values) < 2 for values in sets):
        return "-"
    errors = [np.var(values, ddof=1) / len(values) for values in sets]
    return f"{np.mean([np.mean(values) for values in sets]):+.1f} ± {np.sqrt(np.sum(errors)) / len(sets):.1f}"


def print_table(path):
    results = read_results(path)
    scores = {(r["data"], r["variant"], r["fold"]): 100 * float(r["score"]) for r in results}
    times = {(r["data"], r["variant"], r["fold"]): float(r["seconds"]) for r in results}
    print("| variant |", " | ".join(SETS), "| all | time |")
    print("|---" * (len(SETS) + 3) + "|")
    for variant in map(name_of, VARIANTS):
        keys = [key for key in scores if key[1] == variant and (key[0], "default", key[2]) in scores]
        if not keys:
            continue
        differences = {name: [] for name in SETS}
        for data, _, fold in keys:
            differences[data].append(scores[data, variant, fold] - scores[data, "default", fold])
        cells = [describe(values) for values in differences.values()]
        if variant == "default":
            cells = [f"{np.mean([scores[k] for k in keys if k[0] == name] or np.nan):.1f}" for name in SETS]
        together = "" if variant == "default" else describe_mean(list(differences.values()))
        ratio = sum(times[k] for k in keys) / sum(times[k[0], "default", k[2]] for k in keys)
        print(f"| {variant} | {' | '.join(cells)} | {together} | {ratio:.2f} |")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    temporary = Path(tempfile.gettempdir()) / "seqestimators-defaults"
    parser.add_argument("folder", type=Path, nargs="?", default=temporary, help="where the results are kept")
    parser.add_argument("--limit", type=int, default=-1, help="stop after so many fits")
    parser.add_argument("--table", action="store_true", help="only print the table of what is there")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / "defaults.csv"
    if not arguments.table:
        run(path, arguments.limit)
    print_table(path)


if __name__ == "__main__":
    main()
