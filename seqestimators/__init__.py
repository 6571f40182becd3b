"""Recurrent neural networks on sequences as scikit-learn estimators.

One picture first::

    ["CCN=C=O", ...] --Tokenizer--> [array([5, 5, 6, ...]), ...] --(Padder)--> (n, L) ids, 0 = padding
                                            |                                        |
                                            +---------------> Recurrent* <-----------+
                                                                  |
                                                                  +--> (n,) labels | tag sequences | strings

A tokenizer turns strings into token ids, a recurrent estimator learns from
them, and both together are a scikit-learn ``Pipeline``. The names below are
loaded when they are first used, so that importing a tokenizer loads neither
torch nor rdkit.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .estimators import (
        RecurrentClassifier,
        RecurrentLanguageModel,
        RecurrentRegressor,
        RecurrentSeq2Seq,
        RecurrentTagger,
    )
    from .preprocessing import (
        CodonTokenizer,
        DNATokenizer,
        Padder,
        ProteinTokenizer,
        SequenceTokenizer,
        SmilesTokenizer,
    )

_ROOMS = (
    "baselines",
    "datasets",
    "domain",
    "estimators",
    "exceptions",
    "inspection",
    "metrics",
    "model_selection",
    "modules",
    "parameters",
    "plotting",
    "preprocessing",
    "sequences",
    "testing",
)
_ROOM_OF_NAME = {
    "CodonTokenizer": "preprocessing",
    "DNATokenizer": "preprocessing",
    "Padder": "preprocessing",
    "ProteinTokenizer": "preprocessing",
    "RecurrentClassifier": "estimators",
    "RecurrentLanguageModel": "estimators",
    "RecurrentRegressor": "estimators",
    "RecurrentSeq2Seq": "estimators",
    "RecurrentTagger": "estimators",
    "SequenceTokenizer": "preprocessing",
    "SmilesTokenizer": "preprocessing",
}

__all__ = [
    "CodonTokenizer",
    "DNATokenizer",
    "Padder",
    "ProteinTokenizer",
    "RecurrentClassifier",
    "RecurrentLanguageModel",
    "RecurrentRegressor",
    "RecurrentSeq2Seq",
    "RecurrentTagger",
    "SequenceTokenizer",
    "SmilesTokenizer",
]


def __getattr__(name):
    if name in _ROOM_OF_NAME:
        return getattr(_import_module(f".{_ROOM_OF_NAME[name]}", __name__), name)
    if name in _ROOMS:
        return _import_module(f".{name}", __name__)
    if name == "__version__":
        from importlib.metadata import version

        return version("seqestimators")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*__all__, *_ROOMS, "__version__"})
