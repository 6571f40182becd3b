"""The models, data sets and splits that `accuracy.py` measures."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import (
    GridSearchCV,
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
    fetch_binding_sites,
    fetch_esol,
    fetch_promoters,
    fetch_splice,
    load_molecule_activity,
)
from seqestimators.model_selection import ScaffoldSplit, leakage_report
from seqestimators.pretraining import (
    make_encoder_forest,
    make_encoder_network,
    make_encoder_svm,
    make_joint_network,
    make_random_encoder_svm,
)

NETWORKS = (
    "LSTM",
    "LSTM, 32 units, 10 % of tokens masked",
    "LSTM with stem, found by search",
    "LSTM with stem, both strands",
    "random encoder + SVM",
    "encoder + SVM",
    "encoder + forest",
    "fine-tuned encoder",
    "joint network",
)
"""What has a recurrent network in it; all others are rivals."""
VOTES = {
    "both LSTMs": ("LSTM", "LSTM, 32 units, 10 % of tokens masked"),
    "encoder vote": ("fine-tuned encoder", "encoder + SVM", "encoder + forest"),
    "encoder vote with descriptor forest": (
        "fine-tuned encoder",
        "encoder + SVM",
        "encoder + forest",
        "descriptors + forest",
    ),
    "joint network and ECFP + logistic": ("joint network", "ECFP + logistic"),
    "ECFP + logistic and forest": ("ECFP + logistic", "descriptors + forest"),
}
"""Means of the answers of other models; rivals where no member is a network."""
VOTES_OF_NUMBERS = {
    "encoder vote": ("fine-tuned encoder", "encoder + SVM"),
    "encoder vote with descriptor forest": ("fine-tuned encoder", "encoder + SVM", "descriptors + forest"),
}
"""What differs where numbers are predicted: trees can't go beyond those that they have seen."""

# Models, by rising cost


def encoders(task, seed):
    """Networks whose encoder is not trained on the labels, or starts from one that has learned others."""
    probability = {"probability": True} if task == "classification" else {}
    return {
        "random encoder + SVM": make_random_encoder_svm(task=task, random_state=seed),
        "encoder + SVM": make_encoder_svm(task=task, **probability),
        "encoder + forest": make_encoder_forest(task=task, random_state=seed),
        "fine-tuned encoder": make_encoder_network(task=task, random_state=seed),
        "joint network": make_joint_network(task=task, random_state=seed),
    }


def classifiers_of_molecules(seed):
    return {
        "majority": make_majority(),
        "ECFP + logistic": make_ecfp_logistic(),
        "ECFP counts + SVM": make_ecfp_svm(),
        "k-mers + logistic": make_kmer_logistic(),
        "ECFP + forest": make_ecfp_forest(random_state=seed),
        "ECFP + MLP": make_ecfp_mlp(random_state=seed),
        "descriptors + forest": make_descriptor_forest(random_state=seed),
        "LSTM": make_pipeline(SmilesTokenizer(), RecurrentClassifier(random_state=seed)),
        **encoders("classification", seed),
    }


def regressors_of_molecules(seed):
    return {
        "mean": make_majority(task="regression"),
        "ECFP counts + SVM": make_ecfp_svm(task="regression"),
        "ECFP + forest": make_ecfp_forest(task="regression", random_state=seed),
        "ECFP + MLP": make_ecfp_mlp(task="regression", random_state=seed),
        "descriptors + forest": make_descriptor_forest(task="regression", random_state=seed),
        "LSTM": make_pipeline(SmilesTokenizer(), RecurrentRegressor(random_state=seed)),
        **encoders("regression", seed),
    }


def recipe(seed, **options):
    """A network of 32 units, trained for less long than the default, some of its tokens masked."""
    options = {"hidden_size": 32, "max_epochs": 20, "batch_size": 64, "token_dropout": 0.1} | options
    return make_pipeline(DNATokenizer(), RecurrentClassifier(random_state=seed, **options))


def classifiers_of_dna(seed):
    return {
        "majority": make_majority(),
        "one-hot + logistic": make_onehot_logistic(DNATokenizer()),
        "k-mers + logistic": make_kmer_logistic(),
        "dinucleotides + logistic": make_window_logistic(),
        "vote of k-mers and one-hot": make_kmer_window_vote(DNATokenizer()),
        "LSTM, 32 units, 10 % of tokens masked": recipe(seed),
        "LSTM": make_pipeline(DNATokenizer(), RecurrentClassifier(random_state=seed)),
    }


def classifiers_of_sites(seed):
    stems = {"recurrentclassifier__stem": [None, (32, 8, 4), (64, 12, 4), (128, 16, 4)]}
    return {
        **classifiers_of_dna(seed),
        "LSTM with stem, both strands": recipe(seed, stem=(64, 12, 4), reverse_complement=True),
        "LSTM with stem, found by search": GridSearchCV(recipe(seed), stems, scoring="roc_auc", cv=3),
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


def load_binding_sites():
    parts = [fetch_binding_sites(subset=name, return_X_y=True) for name in ("train", "test")]
    return *(np.concatenate(part) for part in zip(*parts, strict=True)), None


class PublishedSplit:
    """The first half of the rows to train on, the second to test, three times: for three seeds."""

    def split(self, X, y=None, groups=None):
        for _ in range(3):
            yield np.arange(len(X) // 2), np.arange(len(X) // 2, len(X))


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
    "binding sites": Task(
        load_binding_sites,
        classifiers_of_sites,
        ["roc_auc", "accuracy"],
        {"published": lambda n_splits: PublishedSplit()},
    ),
}
