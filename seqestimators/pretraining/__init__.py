"""Encoders that were taught what costs no measurement, and the shipped one."""

from .forests import make_encoder_forest
from .networks import make_encoder_network, make_encoder_vote, make_joint_network
from .properties import pretrain_properties
from .shipped import load_molecule_encoder
from .support_vectors import make_encoder_svm, make_random_encoder_svm

__all__ = [
    "load_molecule_encoder",
    "make_encoder_forest",
    "make_encoder_network",
    "make_encoder_svm",
    "make_encoder_vote",
    "make_joint_network",
    "make_random_encoder_svm",
    "pretrain_properties",
]
