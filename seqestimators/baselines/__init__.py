"""Baselines to compare a recurrent network with, as ready pipelines."""

from .majority import make_majority
from .molecule_pipelines import (
    make_descriptor_forest,
    make_ecfp_forest,
    make_ecfp_logistic,
    make_ecfp_mlp,
    make_ecfp_svm,
)
from .molecules import MolecularDescriptors, MorganFingerprint
from .positionwise import PositionwiseClassifier
from .strings import make_kmer_logistic, make_kmer_window_vote, make_onehot_logistic, make_window_logistic

__all__ = [
    "MolecularDescriptors",
    "MorganFingerprint",
    "PositionwiseClassifier",
    "make_descriptor_forest",
    "make_ecfp_forest",
    "make_ecfp_logistic",
    "make_ecfp_mlp",
    "make_ecfp_svm",
    "make_kmer_logistic",
    "make_kmer_window_vote",
    "make_majority",
    "make_onehot_logistic",
    "make_window_logistic",
]
