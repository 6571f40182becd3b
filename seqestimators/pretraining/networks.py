"""Networks of molecules that start from an encoder, as ready pipelines."""

from typing import Any

import numpy as np
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from .._sklearn import HasMethods, StrOptions, validate_params
from ..baselines import MorganFingerprint
from ..estimators import RecurrentClassifier, RecurrentRegressor
from ..preprocessing import SequenceColumns, SmilesTokenizer
from .forests import make_encoder_forest
from .shipped import load_molecule_encoder
from .support_vectors import make_encoder_svm

__all__ = ["make_encoder_network", "make_encoder_vote", "make_joint_network"]

_CONSTRAINTS: dict = {
    "task": [StrOptions({"classification", "regression"})],
    "encoder": [HasMethods(["fit", "transform"]), None],
    "random_state": ["random_state"],
}


@validate_params(_CONSTRAINTS)
def make_encoder_network(
    *, task: str = "classification", encoder: Any = None, random_state: Any = None
) -> Pipeline:
    """Make a network of molecules that starts from an encoder and is trained as a whole (fine-tuning).

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Whether the model predicts classes or numbers.
    encoder : FrozenEstimator or None, default=None
        What :func:`pretrain_properties` returns. None takes
        :func:`load_molecule_encoder`.
    random_state : int, RandomState instance or None, default=None
        Determines the weights of the output layer, and the order of the rows.

    Returns
    -------
    Pipeline
        Of the steps "smilestokenizer", with the vocabulary of the encoder, and
        "recurrentclassifier" or "recurrentregressor", not fitted; 15 epochs
        with ``lr=0.003``.

    See Also
    --------
    make_encoder_svm : Leaves the encoder as it is, and takes a tenth of the time.
    make_joint_network : The same with Morgan fingerprints beside the string.
    make_encoder_vote : This and the support vector machine together.

    References
    ----------
    .. [1] Howard, J., S. Ruder, "Universal language model fine-tuning for text
       classification", ACL 2018.

    Examples
    --------
    >>> from seqestimators.pretraining import make_encoder_network
    >>> model = make_encoder_network(random_state=0)
    >>> model.set_params(recurrentclassifier__max_epochs=2)
    Pipeline(...)
    >>> molecules = ["CCO", "CCCO", "c1ccccc1", "Cc1ccccc1"] * 3
    >>> model.fit(molecules, [0, 0, 1, 1] * 3).predict_proba(["CCCCO"]).shape
    (1, 2)
    """
    encoder = load_molecule_encoder() if encoder is None else encoder
    return make_pipeline(_make_tokenizer(encoder), _make_network(task, encoder, random_state))


@validate_params(_CONSTRAINTS)
def make_joint_network(
    *, task: str = "classification", encoder: Any = None, random_state: Any = None
) -> Pipeline:
    """Make one network of molecules that reads the SMILES and the Morgan fingerprint.

    The string is read by an encoder, from whose weights it starts; beside its
    pooled states stands what a layer makes of the counts of substructures.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Whether the model predicts classes or numbers.
    encoder : FrozenEstimator or None, default=None
        What :func:`pretrain_properties` returns. None takes
        :func:`load_molecule_encoder`.
    random_state : int, RandomState instance or None, default=None
        Determines the weights of the new layers, and the order of the rows.

    Returns
    -------
    Pipeline
        Of the steps "sequencecolumns", with a column "smiles" and a block
        "morgan" of ``log(1 + counts)``, and "recurrentclassifier" or
        "recurrentregressor", not fitted; 15 epochs with ``lr=0.005``. It takes
        SMILES, as an array or as the column "smiles" of a data frame.

    See Also
    --------
    make_encoder_network : The same without fingerprints.
    seqestimators.SequenceColumns : For other columns, and several.
    seqestimators.baselines.make_ecfp_logistic : The fingerprint alone.

    References
    ----------
    .. [1] Yang, K. et al., "Analyzing learned molecular representations for
       property prediction", Journal of Chemical Information and Modeling 59
       (2019) 3370-3388.
    .. [2] Rogers, D., M. Hahn, "Extended-Connectivity Fingerprints", Journal of
       Chemical Information and Modeling 50 (2010) 742-754.

    Examples
    --------
    >>> from seqestimators.pretraining import make_joint_network
    >>> model = make_joint_network(random_state=0)
    >>> model.set_params(recurrentclassifier__max_epochs=2)
    Pipeline(...)
    >>> molecules = ["CCO", "CCCO", "c1ccccc1", "Cc1ccccc1"] * 3
    >>> model.fit(molecules, [0, 0, 1, 1] * 3).predict_proba(["CCCCO"]).shape
    (1, 2)
    """
    encoder = load_molecule_encoder() if encoder is None else encoder
    counts = make_pipeline(
        MorganFingerprint(counts=True), FunctionTransformer(np.log1p, feature_names_out="one-to-one")
    )
    columns = SequenceColumns({"smiles": _make_tokenizer(encoder)}, blocks=[("morgan", counts, "smiles")])
    return make_pipeline(columns, _make_network(task, encoder, random_state, lr=0.005))


@validate_params(_CONSTRAINTS)
def make_encoder_vote(
    *, task: str = "classification", encoder: Any = None, random_state: Any = None
) -> VotingClassifier | VotingRegressor:
    """Make a vote of the network that starts from an encoder, and of models of the encoder's states.

    For a few hundred or thousand molecules. Of numbers the vote is mostly more
    accurate than its members; of classes the forest alone may do as well.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Whether the model predicts classes or numbers.
    encoder : FrozenEstimator or None, default=None
        What :func:`pretrain_properties` returns. None takes
        :func:`load_molecule_encoder`.
    random_state : int, RandomState instance or None, default=None
        Determines the network, and the forest.

    Returns
    -------
    VotingClassifier or VotingRegressor
        Of "network" (:func:`make_encoder_network`), "svm"
        (:func:`make_encoder_svm`) and, of classes, "forest"
        (:func:`make_encoder_forest`), not fitted. Probabilities are averaged,
        and numbers.

    See Also
    --------
    sklearn.ensemble.VotingClassifier : Votes of any models, of one on descriptors too.

    References
    ----------
    .. [1] Hansen, L. K., P. Salamon, "Neural network ensembles", IEEE Transactions
       on Pattern Analysis and Machine Intelligence 12 (1990) 993-1001.

    Examples
    --------
    >>> from seqestimators.pretraining import make_encoder_vote
    >>> model = make_encoder_vote(task="regression", random_state=0)
    >>> model.set_params(network__recurrentregressor__max_epochs=2)
    VotingRegressor(...)
    >>> model.fit(["C", "CC", "CCC", "CCCC"] * 5, [1.0, 2.0, 3.0, 4.0] * 5).predict(
    ...     ["CC"]
    ... ).shape
    (1,)
    """
    network = make_encoder_network(task=task, encoder=encoder, random_state=random_state)
    svm = make_encoder_svm(task=task, encoder=encoder, probability=task == "classification")
    members = [("network", network), ("svm", svm)]
    if task == "regression":  # where trees, which can't go beyond the numbers of training, make a vote worse
        return VotingRegressor(members)
    forest = make_encoder_forest(encoder=encoder, random_state=random_state)
    return VotingClassifier([*members, ("forest", forest)], voting="soft")


def _make_tokenizer(encoder: Any) -> SmilesTokenizer:
    try:
        vocabulary = encoder[0].vocabulary_
    except (TypeError, IndexError, AttributeError):
        raise TypeError(
            f"encoder is a {type(encoder).__name__}, but must be what pretrain_properties returns: a fitted "
            "Pipeline of a SmilesTokenizer and a recurrent estimator"
        ) from None
    return SmilesTokenizer(canonical=True, stereo=False, vocabulary=vocabulary)


def _make_network(task: str, encoder: Any, random_state: Any, lr: float = 0.003) -> Any:
    estimator = RecurrentClassifier if task == "classification" else RecurrentRegressor
    return estimator(pretrained=encoder, max_epochs=15, lr=lr, random_state=random_state)
