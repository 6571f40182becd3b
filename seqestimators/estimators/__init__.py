"""The scikit-learn estimators: recurrent networks behind fit and predict."""

from .classifier import RecurrentClassifier
from .language_model import RecurrentLanguageModel
from .regressor import RecurrentRegressor
from .seq2seq import RecurrentSeq2Seq
from .tagger import RecurrentTagger

__all__ = [
    "RecurrentClassifier",
    "RecurrentLanguageModel",
    "RecurrentRegressor",
    "RecurrentSeq2Seq",
    "RecurrentTagger",
]
