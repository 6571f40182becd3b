"""The scikit-learn estimators: recurrent networks behind fit and predict."""

from .classifier import RecurrentClassifier
from .regressor import RecurrentRegressor

__all__ = ["RecurrentClassifier", "RecurrentRegressor"]
