"""Molecules by the states of an encoder: forests as ready pipelines."""

from typing import Any

from sklearn.ensemble import ExtraTreesRegressor
from sklearn.pipeline import Pipeline, make_pipeline

from .._sklearn import HasMethods, Integral, Interval, StrOptions, validate_params
from ..baselines._labelwise import ExtraTreesClassifier
from .shipped import load_molecule_encoder

__all__ = ["make_encoder_forest"]


@validate_params(
    {
        "task": [StrOptions({"classification", "regression"})],
        "encoder": [HasMethods(["fit", "transform"]), None],
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "memory": [str, HasMethods(["cache"]), None],
    }
)
def make_encoder_forest(
    *,
    task: str = "classification",
    encoder: Any = None,
    n_estimators: int = 300,
    random_state: Any = None,
    memory: Any = None,
) -> Pipeline:
    """Make a model of molecules: the states of a pretrained encoder and extremely randomized trees.

    It is fitted in seconds, on strings alone, and has probabilities. For
    numbers the support vector machine is mostly the better choice: trees
    don't go beyond the numbers of training.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Whether the model predicts classes or numbers.
    encoder : transformer or None, default=None
        Takes SMILES and returns an array of shape (n_molecules, n_features),
        as what :func:`pretrain_properties` returns. None takes
        :func:`load_molecule_encoder`.
    n_estimators : int, default=300
        Number of trees; at least 1.
    random_state : int, RandomState instance or None, default=None
        Determines the splits of the trees.
    memory : str, object with a method cache, or None, default=None
        Where the Pipeline keeps states, so that a search over the forest
        encodes each training set once.

    Returns
    -------
    Pipeline
        Of the encoder and "extratreesclassifier", with at least two molecules
        in a leaf, or "extratreesregressor", of whose states each split looks
        at a third; not fitted.

    See Also
    --------
    make_encoder_svm : A support vector machine on the same states.
    make_encoder_vote : Both, and a network that is trained further.
    seqestimators.baselines.make_descriptor_forest : RDKit's descriptors themselves.

    Notes
    -----
    With several labels per row, 1, 0, or NaN or -1 where one is not known, one
    model is trained for each label, on the rows in which it is known.

    References
    ----------
    .. [1] Geurts, P., D. Ernst, L. Wehenkel, "Extremely randomized trees",
       Machine Learning 63 (2006) 3-42.

    Examples
    --------
    >>> from seqestimators.pretraining import make_encoder_forest
    >>> model = make_encoder_forest(n_estimators=20, random_state=0)
    >>> model.fit(["CCO", "CCCO", "c1ccccc1", "Cc1ccccc1"] * 3, [0, 0, 1, 1] * 3)
    Pipeline(...)
    >>> model.predict(["CCCCO", "c1ccccc1C"])
    array([0, 1])
    """
    encoder = load_molecule_encoder() if encoder is None else encoder
    parameters = {"n_estimators": n_estimators, "random_state": random_state}
    forest = (
        ExtraTreesClassifier(min_samples_leaf=2, **parameters)
        if task == "classification"
        else ExtraTreesRegressor(max_features=1 / 3, **parameters)
    )
    return make_pipeline(encoder, forest, memory=memory)
