"""The scikit-learn estimators: recurrent networks behind fit and predict."""

from .base import BaseRecurrent
from .classifier import RecurrentClassifier
from .regressor import RecurrentRegressor

__all__ = ["BaseRecurrent", "RecurrentClassifier", "RecurrentRegressor"]
