"""How strongly an inhibitor binds a kinase: a network over both sequences beside each of them alone.

Run ``python benchmarks/kinase.py FOLDER``. Every measurement adds a row to ``FOLDER/kinase.csv``; those that
are there are not measured again, so that a run that was stopped goes on. ``--only fits`` or ``search``
measures one part; ``--kinases`` takes more of the 442 kinases than 110, drawn at random, each
with its 68 inhibitors.

`fetch_kinase_affinity` finds the pairs or downloads them. A fifth of the pairs is the test: drawn at random,
all pairs of a fifth of the inhibitors, or all pairs of a fifth of the kinases, grouped by their sequence.
Parameters that are not named here are the defaults.
"""

import argparse
import os
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.inspection import permutation_importance
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import GridSearchCV, GroupShuffleSplit, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seqestimators import ProteinTokenizer, RecurrentRegressor, SequenceColumns, SmilesTokenizer
from seqestimators.baselines import MorganFingerprint
from seqestimators.datasets import fetch_kinase_affinity

TOKENIZERS = {"smiles": SmilesTokenizer(), "protein": ProteinTokenizer()}
NETWORK = {"cell": "gru", "hidden_size": 32, "stem": (32, 7, 4), "max_epochs": 20, "batch_size": 64}
PARTS = ("fits", "search")
GRID = {"recurrentregressor__hidden_size": [16, 32], "recurrentregressor__stem": [(32, 7, 4), (32, 7, 8)]}
N_SEARCHED = 3000


def concordance_index(y, predicted):
    """Share of the pairs of different targets that are predicted in their order; a tie counts half."""
    concordant = total = 0.0
    for number, prediction in zip(y, predicted, strict=True):
        is_greater = y > number
        above = np.sign(predicted[is_greater] - prediction)
        concordant += (above + 1).sum() / 2
        total += len(above)
    return concordant / total


def make_network(blocks=()):
    """A network over both columns; the kinases come second, where each is encoded once in a batch."""
    return make_pipeline(
        SequenceColumns(TOKENIZERS, blocks=blocks), RecurrentRegressor(**NETWORK, random_state=0)
    )


def make_network_without(column):
    """The same network, but one column is the same in all rows."""
    hide = FunctionTransformer(pd.DataFrame.assign, kw_args={column: "C"})
    return make_pipeline(hide, make_network())


COUNTS = CountVectorizer(analyzer="char", ngram_range=(1, 2), lowercase=False, dtype=np.float32)
FEATURES = [
    ("morgan", MorganFingerprint(n_bits=1024, counts=True), "smiles"),
    ("residues", COUNTS, "protein"),
]
"""Counts of Morgan substructures, and of residues and pairs of neighbours."""


MODELS = {
    "mean of the training pairs": DummyRegressor(),
    "features, gradient boosting": make_pipeline(
        ColumnTransformer(FEATURES, sparse_threshold=0), HistGradientBoostingRegressor(random_state=0)
    ),
    "features, forest": make_pipeline(
        ColumnTransformer(FEATURES, sparse_threshold=0),
        RandomForestRegressor(200, max_features="sqrt", random_state=0),
    ),
    "network, both": make_network(),
    "network, both and the features": make_network(FEATURES),
    "network, inhibitor alone": make_network_without("protein"),
    "network, kinase alone": make_network_without("smiles"),
}


def load_pairs(n_kinases):
    """Pairs of the inhibitors and of kinases drawn at random."""
    bunch = fetch_kinase_affinity(as_frame=True)
    kept = np.random.RandomState(0).permutation(bunch.kinase.unique())[:n_kinases]
    rows = bunch.kinase.isin(kept).to_numpy()
    return bunch.data[rows].reset_index(drop=True), bunch.target[rows].to_numpy()


def split(X, y, name):
    options = {"n_splits": 1, "test_size": 0.2, "random_state": 0}
    if name == "random":
        return next(ShuffleSplit(**options).split(X))
    return next(GroupShuffleSplit(**options).split(X, y, X[name]))


SPLITS = {"random": "random", "new inhibitors": "smiles", "new kinases": "protein"}


def measure_fits(X, y, add):
    for split_name, column in SPLITS.items():
        for model_name, model in MODELS.items():
            if not add(what=model_name, split=split_name):
                continue
            train, test = split(X, y, column)
            start = time.process_time()
            model.fit(X.iloc[train], y[train])
            predicted = model.predict(X.iloc[test])
            add(
                what=model_name,
                split=split_name,
                mse=mean_squared_error(y[test], predicted),
                concordance=concordance_index(y[test], predicted),
                seconds=time.process_time() - start,
            )
            if model_name == "network, both":
                measure_importance(model, X.iloc[test], y[test], split_name, add)


def measure_importance(model, X, y, split_name, add):
    """Write down how much larger the error is when a column is shuffled."""
    lost = permutation_importance(model, X, y, scoring="neg_mean_squared_error", n_repeats=3, random_state=0)
    for name, mean in zip(X.columns, lost.importances_mean, strict=True):
        add(what=f"mse lost, {name}", split=split_name, mse=mean)


def measure_search(X, y, add):
    if not add(what="search", split="random"):
        return
    rows = np.random.RandomState(0).permutation(len(X))[:N_SEARCHED]
    model = make_network().set_params(recurrentregressor__max_epochs=12)
    search = GridSearchCV(model, GRID, cv=2, scoring="neg_mean_squared_error", refit=False)
    start = time.process_time()
    search.fit(X.iloc[rows], y[rows])
    for parameters, score in zip(
        search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
    ):
        name = ", ".join(f"{key.partition('__')[2]}={value}" for key, value in parameters.items())
        add(what=f"searched: {name}", split="random", mse=-score)
    add(what="search", split="random", seconds=time.process_time() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinases", type=int, default=110)
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / "kinase.csv"
    rows = pd.read_csv(path).to_dict("records") if path.exists() else []

    def add(**row):
        """Write down a row that has numbers; of others, say whether it is missing."""
        if set(row) == {"what", "split"}:
            return not any(row.items() <= known.items() for known in rows)
        rows.append(row)
        pd.DataFrame(rows).to_csv(path, index=False)
        print(row, flush=True)
        return True

    X, y = load_pairs(options.kinases)
    print(
        f"{len(X)} pairs of {X.smiles.nunique()} inhibitors and {X.protein.nunique()} sequences", flush=True
    )
    measures = {"fits": measure_fits, "search": measure_search}
    for part in [options.only] if options.only else PARTS:
        measures[part](X, y, add)


if __name__ == "__main__":
    main()
