"""Molecules by the states of an encoder: support vector machines as ready pipelines."""

from typing import Any

from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from .._sklearn import HasMethods, StrOptions, validate_params
from ..baselines._labelwise import SVC
from ..preprocessing import SmilesTokenizer
from ._untrained import UntrainedEncoder
from .shipped import load_molecule_encoder

__all__ = ["make_encoder_svm", "make_random_encoder_svm"]

_TASK: dict = {"task": [StrOptions({"classification", "regression"})]}
_MEMORY: dict = {"memory": [str, HasMethods(["cache"]), None]}


@validate_params(
    {
        **_TASK,
        **_MEMORY,
        "encoder": [HasMethods(["fit", "transform"]), None],
        "probability": ["boolean"],
    }
)
def make_encoder_svm(
    *,
    task: str = "classification",
    encoder: Any = None,
    probability: bool = False,
    memory: Any = None,
) -> Pipeline:
    """Make a model of molecules: the states of a pretrained encoder and a support vector machine.

    It is fitted in seconds, on strings alone, and is the first model to try
    where a few hundred or thousand molecules have a label.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Whether the model predicts classes or numbers.
    encoder : transformer or None, default=None
        Takes SMILES and returns an array of shape (n_molecules, n_features),
        as what :func:`pretrain_properties` returns. None takes
        :func:`load_molecule_encoder`.
    probability : bool, default=False
        Whether the classifier has `predict_proba`: five more fits calibrate
        its margins by cross-validation (Platt scaling). Not for several labels
        a row, nor for numbers.
    memory : str, object with a method cache, or None, default=None
        Where the Pipeline keeps states, so that a search over the support
        vector machine encodes each training set once.

    Returns
    -------
    Pipeline
        Of the encoder, "standardscaler" and "svc", or
        "transformedtargetregressor" around SVR, not fitted. `C` is 2, or 5
        for numbers, with `epsilon` 0.05 standard deviations. With
        `probability` the last step is "calibratedclassifiercv".

    Raises
    ------
    ValueError
        Probabilities are asked for where there are no classes.

    See Also
    --------
    make_random_encoder_svm : The same with an encoder that has learned nothing.
    seqestimators.baselines.make_descriptor_forest : RDKit's descriptors themselves.

    Notes
    -----
    A classifier has a `decision_function`, which ROC-AUC takes, and
    probabilities only if they are asked for.

    With several labels per row, 1, 0, or NaN or -1 where one is not known, one
    model is trained for each label, on the rows in which it is known.

    References
    ----------
    .. [1] Cortes, C., V. Vapnik, "Support-vector networks", Machine Learning 20
       (1995) 273-297.
    .. [2] Platt, J., "Probabilistic outputs for support vector machines and
       comparisons to regularized likelihood methods", Advances in Large Margin
       Classifiers, 1999.

    Examples
    --------
    >>> from seqestimators.pretraining import make_encoder_svm
    >>> model = make_encoder_svm()
    >>> model.fit(["CCO", "CCCO", "c1ccccc1", "Cc1ccccc1"] * 3, [0, 0, 1, 1] * 3)
    Pipeline(...)
    >>> model.predict(["CCCCO", "c1ccccc1C"])
    array([0, 1])
    """
    encoder = load_molecule_encoder() if encoder is None else encoder
    if probability and task != "classification":
        raise ValueError('probability=True, but task="regression" has no classes: leave it out')
    svm = CalibratedClassifierCV(_make_svm(task), ensemble=False) if probability else _make_svm(task)
    return make_pipeline(encoder, StandardScaler(), svm, memory=memory)


@validate_params({**_TASK, **_MEMORY, "random_state": ["random_state"]})
def make_random_encoder_svm(
    *, task: str = "classification", random_state: Any = None, memory: Any = None
) -> Pipeline:
    """Make the control of :func:`make_encoder_svm`: the same with an encoder that has learned nothing.

    The states of a recurrent network with weights as they are drawn tell much
    of a string already. What training or pretraining is worth is the
    difference to this model.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Whether the model predicts classes or numbers.
    random_state : int, RandomState instance or None, default=None
        Determines the weights.
    memory : str, object with a method cache, or None, default=None
        Where the Pipeline keeps states.

    Returns
    -------
    Pipeline
        Of the steps "smilestokenizer", "untrainedencoder" (a bidirectional
        LSTM of 128 units a direction), "standardscaler" and "svc", or
        "transformedtargetregressor" around SVR, not fitted.

    See Also
    --------
    make_encoder_svm : The same with the shipped encoder.

    References
    ----------
    .. [1] Jaeger, H., "The 'echo state' approach to analysing and training
       recurrent neural networks", GMD Report 148, 2001.

    Examples
    --------
    >>> from seqestimators.pretraining import make_random_encoder_svm
    >>> model = make_random_encoder_svm(task="regression", random_state=0)
    >>> model.fit(["C", "CC", "CCC", "CCCC"] * 5, [1.0, 2.0, 3.0, 4.0] * 5)
    Pipeline(...)
    >>> model.predict(["CC", "CCCC"]).shape
    (2,)
    """
    tokenizer = SmilesTokenizer(canonical=True, stereo=False)
    encoder = UntrainedEncoder(
        input="tokens", hidden_size=128, embedding_dim=64, device="cpu", random_state=random_state
    )
    return make_pipeline(tokenizer, encoder, StandardScaler(), _make_svm(task), memory=memory)


def _make_svm(task: str) -> Any:
    if task == "classification":
        return SVC(C=2.0)
    return TransformedTargetRegressor(SVR(C=5.0, epsilon=0.05), transformer=StandardScaler())
