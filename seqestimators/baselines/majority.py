"""The majority-class baseline."""

from sklearn.dummy import DummyRegressor

from .._sklearn import StrOptions, validate_params
from ._labelwise import DummyClassifier

__all__ = ["make_majority"]


@validate_params({"task": [StrOptions({"classification", "regression"})]})
def make_majority(*, task: str = "classification") -> DummyClassifier | DummyRegressor:
    """Make the majority-class baseline: the most frequent class, or the mean.

    Every score of another model means something only beside that of this one.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Whether the model predicts classes or numbers.

    Returns
    -------
    DummyClassifier or DummyRegressor
        Not fitted. `predict` gives the most frequent class, `predict_proba`
        the frequencies of all, or that of each of several labels per row among
        the rows in which it is known; or `predict` gives the mean.

    See Also
    --------
    PositionwiseClassifier : ``PositionwiseClassifier(make_majority())`` does
        the same for label sequences.

    Notes
    -----
    scikit-learn's dummies don't look at X at all: they take strings or token
    ids of any lengths, in any container, and complain of nothing in it.

    Examples
    --------
    >>> from seqestimators.baselines import make_majority
    >>> model = make_majority().fit(["CCO", "C", "c1ccccc1"], ["liquid", "gas", "liquid"])
    >>> model.predict(["CC", "CCCCCC"])
    array(['liquid', 'liquid'], dtype='<U6')
    """
    return DummyClassifier(strategy="prior") if task == "classification" else DummyRegressor(strategy="mean")
