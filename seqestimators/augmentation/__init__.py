"""Other strings of the same meaning: to train on, and to average answers over."""

from .augmented import AugmentedClassifier, AugmentedRegressor
from .augmenters import Augmenter, ReverseComplement, SmilesRandomizer
from .ensembles import SeedEnsembleRegressor, make_seed_ensemble

__all__ = [
    "AugmentedClassifier",
    "AugmentedRegressor",
    "Augmenter",
    "ReverseComplement",
    "SeedEnsembleRegressor",
    "SmilesRandomizer",
    "make_seed_ensemble",
]
