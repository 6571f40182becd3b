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
    from ._files import load, save
    from ._onnx import to_onnx
    from ._show_versions import show_versions
    from .estimators import (
        RecurrentClassifier,
        RecurrentLanguageModel,
        RecurrentRegressor,
        RecurrentSeq2Seq,
        RecurrentStepRegressor,
        RecurrentTagger,
        predict_n_best,
        sample,
    )
    from .preprocessing import (
        CodonTokenizer,
        DNATokenizer,
        ExternalTokenizer,
        Padder,
        ProteinTokenizer,
        RegexTokenizer,
        SelfiesTokenizer,
        SequenceColumns,
        SequenceTokenizer,
        SeriesScaler,
        SmilesTokenizer,
        WordTokenizer,
    )

__all__ = [
    "CodonTokenizer",
    "DNATokenizer",
    "ExternalTokenizer",
    "Padder",
    "ProteinTokenizer",
    "RecurrentClassifier",
    "RecurrentLanguageModel",
    "RecurrentRegressor",
    "RecurrentSeq2Seq",
    "RecurrentStepRegressor",
    "RecurrentTagger",
    "RegexTokenizer",
    "SelfiesTokenizer",
    "SequenceColumns",
    "SequenceTokenizer",
    "SeriesScaler",
    "SmilesTokenizer",
    "WordTokenizer",
    "load",
    "predict_n_best",
    "sample",
    "save",
    "show_versions",
    "to_onnx",
]
_ROOMS = {
    "load": "_files",
    "predict_n_best": "estimators",
    "sample": "estimators",
    "save": "_files",
    "show_versions": "_show_versions",
    "to_onnx": "_onnx",
}


def _rooms():
    from pkgutil import iter_modules

    return [room.name for room in iter_modules(__path__) if not room.name.startswith("_")]


def __getattr__(name):
    if name in __all__:
        room = _ROOMS.get(name, "estimators" if name.startswith("Recurrent") else "preprocessing")
        return getattr(_import_module(f".{room}", __name__), name)
    if name in _rooms():
        return _import_module(f".{name}", __name__)
    if name == "__version__":
        return _import_module("._version", __name__).find_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*__all__, *_rooms(), "__version__"})
