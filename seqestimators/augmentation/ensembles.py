"""Votes of one model trained from several seeds."""

from typing import Any, Self

import numpy as np
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._sklearn import HasMethods, Integral, Interval, LinkedEstimator, validate_params

__all__ = ["SeedEnsembleRegressor", "make_seed_ensemble"]


class SeedEnsembleRegressor(LinkedEstimator, VotingRegressor):
    """Vote of regressors that says how far its members are apart.

    It is scikit-learn's VotingRegressor, with standard deviations. One makes it
    with :func:`make_seed_ensemble`.

    Parameters
    ----------
    estimators : list of (str, estimator)
        Regressors.
    weights : array-like of shape (n_regressors,) or None, default=None
        Weights of the members in the mean.
    n_jobs : int or None, default=None
        Number of models that are trained at the same time.
    verbose : bool, default=False
        Whether to print how long each fit took.

    References
    ----------
    .. [1] Lakshminarayanan, B., A. Pritzel, C. Blundell, "Simple and Scalable
       Predictive Uncertainty Estimation using Deep Ensembles", NeurIPS 2017.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentRegressor
    >>> from seqestimators.augmentation import make_seed_ensemble
    >>> model = make_pipeline(DNATokenizer(), RecurrentRegressor(loss="gaussian", max_epochs=2))
    >>> ensemble = make_seed_ensemble(model, 3).fit(["AAAA", "CCCC"] * 4, [0, 1] * 4)
    >>> type(ensemble).__name__
    'SeedEnsembleRegressor'
    >>> mean, std = ensemble.predict(["ACAC"], return_std=True)
    >>> mean.shape, std.shape
    ((1,), (1,))
    """

    def fit(self, X: Any, y: Any, **fit_params: Any) -> Self:
        """Fit all members.

        Parameters
        ----------
        X : array-like of n sequences
            As the members take it.
        y : array-like of shape (n,)
            Numbers.
        **fit_params : dict
            Handed to the members' fit, as scikit-learn routes it.

        Returns
        -------
        SeedEnsembleRegressor
            The fitted ensemble.
        """
        return super().fit(X, y, **fit_params)

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Return the mean of the members' predictions, and perhaps its standard deviation.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        return_std : bool, default=False
            Whether to return standard deviations too: of the members'
            predictions around their mean or, where the members predict
            standard deviations themselves, of the mixture of their normal
            distributions.

        Returns
        -------
        y : ndarray of shape (n,) or (n, n_quantiles)
            Two-dimensional where the members predict several quantiles.
        std : ndarray of the same shape
            Only with `return_std`.

        Raises
        ------
        ValueError
            There is one member, which predicts no standard deviation.
        """
        check_is_fitted(self)
        weights = self._weights_not_none
        members = self.estimators_
        if return_std and len(members) == 1 and not _gives_std(members[0]):
            raise ValueError(
                "return_std=True needs several members, or ones that predict standard deviations, but there "
                "is one that doesn't: set n_seeds to 2 or more"
            )
        if return_std:
            pairs = [
                one.predict(X, return_std=True) if _gives_std(one) else (one.predict(X), 0.0)
                for one in members
            ]
        else:
            pairs = [(one.predict(X), 0.0) for one in members]
        numbers = np.array([mean for mean, _ in pairs], dtype=np.float64)
        mean = np.average(numbers, axis=0, weights=weights)
        if not return_std:
            return mean
        own = np.array([np.broadcast_to(std, mean.shape) for _, std in pairs], dtype=np.float64)
        variance = (numbers - mean) ** 2 + own**2
        return mean, np.sqrt(np.average(variance, axis=0, weights=weights))


def _gives_std(model: Any) -> bool:
    """Whether a model, or the last step of a pipeline, predicts standard deviations."""
    while isinstance(model, Pipeline):
        model = model[-1]
    return getattr(model, "gives_std", False)


@validate_params(
    {
        "estimator": [HasMethods(["fit", "predict", "get_params", "set_params"])],
        "n_seeds": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    }
)
def make_seed_ensemble(
    estimator: Any, n_seeds: int = 5, *, n_jobs: int | None = None
) -> VotingClassifier | SeedEnsembleRegressor:
    """Make a vote of one model trained from several seeds.

    Networks of different initial weights err on different rows, so that the
    mean of their answers is mostly better than one answer.

    Parameters
    ----------
    estimator : estimator
        Classifier with `predict_proba`, or regressor; mostly a Pipeline. It
        is cloned.
    n_seeds : int, default=5
        Number of models; at least 1. Model `i` has the seed `i` in every
        `random_state` of the estimator and of what it is made of.
    n_jobs : int or None, default=None
        Number of models that are trained at the same time; -1 uses all
        processors.

    Returns
    -------
    VotingClassifier or SeedEnsembleRegressor
        Of the estimators "seed0", "seed1" and so on, not fitted. Probabilities
        are averaged, and numbers; ``predict(X, return_std=True)`` of the
        regressor says how far they are apart.

    Raises
    ------
    ValueError
        The estimator is neither classifier nor regressor, or has no
        `random_state`; or it is a classifier without `predict_proba`.

    See Also
    --------
    AugmentedClassifier : Averages one model's answers over several strings.

    Notes
    -----
    The classifier takes one label per row, and the regressor one number.

    References
    ----------
    .. [1] Hansen, L. K., P. Salamon, "Neural network ensembles", IEEE Transactions
       on Pattern Analysis and Machine Intelligence 12 (1990) 993-1001.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.augmentation import make_seed_ensemble
    >>> model = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=2))
    >>> ensemble = make_seed_ensemble(model, n_seeds=3)
    >>> ensemble.get_params()["seed2__recurrentclassifier__random_state"]
    2
    >>> ensemble.fit(["AAAA", "CCCC"] * 4, [0, 1] * 4).predict_proba(["ACAC"]).shape
    (1, 2)
    """
    votes_on_classes = is_classifier(estimator)
    if not (votes_on_classes or is_regressor(estimator)):
        raise ValueError(
            f"{type(estimator).__name__} is neither a classifier nor a regressor: only their "
            "answers are voted on"
        )
    if votes_on_classes and not hasattr(estimator, "predict_proba"):
        raise ValueError(
            f"{type(estimator).__name__} has no predict_proba to average: wrap it in CalibratedClassifierCV"
        )
    names = [
        name for name in estimator.get_params() if name == "random_state" or name.endswith("__random_state")
    ]
    if not names:
        raise ValueError(f"{type(estimator).__name__} has no random_state: all seeds give the same model")
    members = [
        (f"seed{seed}", clone(estimator).set_params(**dict.fromkeys(names, seed))) for seed in range(n_seeds)
    ]
    if votes_on_classes:
        return VotingClassifier(members, voting="soft", n_jobs=n_jobs)
    return SeedEnsembleRegressor(members, n_jobs=n_jobs)
