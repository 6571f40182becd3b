"""The control of all pretraining: an encoder that has learned nothing."""

from typing import Any, Self

import numpy as np

from .._sklearn import _fit_context
from ..estimators import RecurrentRegressor


class UntrainedEncoder(RecurrentRegressor):
    """Gives the pooled states of a network whose weights stay as they were drawn."""

    @_fit_context
    def fit(self, X: Any, y: Any = None) -> Self:  # type: ignore[override]
        """Learn which token ids there are, and draw the weights.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids.
        y : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        UntrainedEncoder
        """
        return self._fit(X, np.zeros(len(X)), None)

    def _train(self, datasets: Any, **kwargs: Any) -> Self:
        self.n_iter_ = 0
        return self
