"""Inliers and outliers, told apart by a threshold on how likely a sequence is."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import OutlierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Interval, Real
from .._training import SequenceDataset
from ..parameters import parameter, with_parameters


def _has_threshold(estimator: Any) -> bool:
    """Whether the estimator is an outlier detector."""
    if estimator.contamination is None:
        raise AttributeError(
            f"{type(estimator).__name__}(contamination=None) sets no threshold between inliers and outliers: "
            "set contamination to the share of outliers in the training rows"
        )
    return True


@with_parameters
class OutlierDetection:
    """The threshold between inliers and outliers.

    Parameters
    ----------
    contamination : float or None
        Share of outliers in the training rows, in (0, 0.5]: as many of them
        are below the threshold that `predict` and `decision_function` go by.
        None sets no threshold, and there are no such methods.
    """

    title: ClassVar[str] = "Outliers"

    contamination: float | None = parameter(
        default=None, constraints=[Interval(Real, 0, 0.5, closed="right"), None], after_fit=True
    )

    def _learn_offset(self, train: SequenceDataset) -> None:
        """Set the threshold by the scores of the training rows, and their weights."""
        self.__dict__.pop("offset_", None)
        if self.contamination is not None:
            weight = train.weight.values[train.weight.starts].cpu().numpy()  # every token has that of its row
            scores = self.score_samples(train.X, normalize=True)  # type: ignore[attr-defined]
            self.offset_ = find_threshold(scores, weight, self.contamination)

    @available_if(_has_threshold)
    def decision_function(self, X: Any) -> np.ndarray:
        """Return how far each sequence is from the threshold.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype `dtype`
            ``score_samples(X, normalize=True) - offset_``: negative for
            outliers.
        """
        check_is_fitted(self)
        check_is_fitted(
            self,
            "offset_",
            msg="this %(name)s was fitted without contamination, which sets the threshold: fit it again",
        )
        scores = self.score_samples(X, normalize=True)  # type: ignore[attr-defined]
        return scores - scores.dtype.type(self.offset_)

    @available_if(_has_threshold)
    def predict(self, X: Any) -> np.ndarray:
        """Tell inliers from outliers.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype int64
            1 for inliers and -1 for outliers.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)

    @available_if(_has_threshold)
    def fit_predict(self, X: Any, y: Any = None, **fit_params: Any) -> np.ndarray:
        """Fit the network, and tell inliers from outliers in the same sequences.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : Ignored
            Present for scikit-learn's API.
        **fit_params : dict
            Further arguments of fit.

        Returns
        -------
        ndarray of shape (n,), dtype int64
            1 for inliers and -1 for outliers.
        """
        return OutlierMixin.fit_predict(self, X, y, **fit_params)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        if self.contamination is not None:
            tags.estimator_type = "outlier_detector"
        return tags


def find_threshold(scores: np.ndarray, weight: np.ndarray, share: float) -> float:
    """Return a score below which there is at most a share of the rows, and no smaller one.

    Parameters
    ----------
    scores : ndarray of shape (n,)
    weight : ndarray of shape (n,)
        At least 0 and not all 0; rows of weight 0 are absent.
    share : float
        In (0, 1).

    Returns
    -------
    float
        Halfway between two scores; the least score where one row is more than
        that share. Finite, so that what is impossible is always below it.
    """
    scores, weight = scores[weight > 0], weight[weight > 0]
    values, place = np.unique(scores, return_inverse=True)
    below = np.concatenate([[0.0], np.cumsum(np.bincount(place, weight))])  # weight below each value
    n_below = int(np.searchsorted(below, share * below[-1] * (1 + 1e-9), side="right")) - 1
    if values[0] == -np.inf and n_below <= 1:
        return float(values[1]) if len(values) > 1 else 0.0
    return float(values[0] if n_below == 0 else (float(values[n_below - 1]) + float(values[n_below])) / 2)
