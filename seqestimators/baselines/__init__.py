"""The classical rivals of a recurrent network, as ready pipelines."""

from .majority import make_majority
from .molecule_pipelines import make_descriptor_forest, make_ecfp_forest, make_ecfp_logistic, make_ecfp_mlp
from .molecules import MolecularDescriptors, MorganFingerprint
from .positionwise import PositionwiseClassifier
from .strings import make_kmer_logistic, make_onehot_logistic

__all__ = [
    "MolecularDescriptors",
    "MorganFingerprint",
    "PositionwiseClassifier",
    "make_descriptor_forest",
    "make_ecfp_forest",
    "make_ecfp_logistic",
    "make_ecfp_mlp",
    "make_kmer_logistic",
    "make_majority",
    "make_onehot_logistic",
]
