"""Recurrent networks as scikit-learn estimators."""

from .base import BaseRecurrent
from .classifier import RecurrentClassifier
from .generation import predict_n_best, sample
from .language_model import RecurrentLanguageModel
from .pooled import BasePooled
from .regressor import RecurrentRegressor
from .seq2seq import RecurrentSeq2Seq
from .step_regressor import RecurrentStepRegressor
from .tagger import RecurrentTagger

__all__ = [
    "BasePooled",
    "BaseRecurrent",
    "RecurrentClassifier",
    "RecurrentLanguageModel",
    "RecurrentRegressor",
    "RecurrentSeq2Seq",
    "RecurrentStepRegressor",
    "RecurrentTagger",
    "predict_n_best",
    "sample",
]
