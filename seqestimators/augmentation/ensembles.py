"""Votes of one model trained from several seeds."""

from typing import Any

from sklearn.base import clone, is_classifier, is_regressor
from sklearn.ensemble import VotingClassifier, VotingRegressor

from .._sklearn import HasMethods, Integral, Interval, validate_params

__all__ = ["make_seed_ensemble"]


@validate_params(
    {
        "estimator": [HasMethods(["fit", "predict", "get_params", "set_params"])],
        "n_seeds": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    }
)
def make_seed_ensemble(
    estimator: Any, n_seeds: int = 5, *, n_jobs: int | None = None
) -> VotingClassifier | VotingRegressor:
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
    VotingClassifier or VotingRegressor
        Of the estimators "seed0", "seed1" and so on, not fitted. Probabilities
        are averaged, and numbers.

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
    VotingClassifier takes one label per row, and VotingRegressor one number.

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
    return VotingRegressor(members, n_jobs=n_jobs)
