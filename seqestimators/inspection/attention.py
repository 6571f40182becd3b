"""Where a network with attention looks."""

from typing import Any

import numpy as np

from ._fitted import FittedModel, is_single, unwrap

__all__ = ["attention_weights"]


def attention_weights(model: Any, X: Any, y: Any = None, *, column: Any = None) -> np.ndarray:
    """Return the weights of attention of a fitted network.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        A RecurrentClassifier or RecurrentRegressor with
        ``pooling="attention"``, or a RecurrentSeq2Seq; or a Pipeline that ends
        in one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer. A
        single string, or a single 1-D array of numbers, counts as one
        sequence.
    y : array-like of n sequences, one sequence, or None, default=None
        Of a RecurrentSeq2Seq only: the targets to follow, one where X is one;
        None takes those that `predict` gives.
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    ndarray of shape (n,), dtype object, or ndarray
        Of classifier and regressor, arrays of shape (T,): the weight of each
        step in the pooled state. Of a RecurrentSeq2Seq, arrays of shape
        (target length + 1, T): a row for each token of the target, the last
        one for its end. The weights over the T steps are at least 0 and sum to
        1. The array alone for one sequence.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The estimator is of a kind without attention.
    ValueError
        The network pools in another way, there is no such column, or there are
        targets for a model that writes none.

    See Also
    --------
    AttentionDisplay : Their picture.

    Notes
    -----
    Weights say which hidden states are used, and a state has read other steps
    than its own: a large weight is no proof that its token decides [1]_.

    References
    ----------
    .. [1] Jain, S., B. C. Wallace, "Attention is not Explanation", NAACL 2019.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import attention_weights
    >>> model = make_pipeline(
    ...     DNATokenizer(),
    ...     RecurrentClassifier(pooling="attention", max_epochs=1, random_state=0),
    ... )
    >>> weights = attention_weights(model.fit(["ACGT", "TT"], [0, 1]), "ACG")
    >>> weights.shape, round(float(weights.sum()), 3)
    ((3,), 1.0)
    """
    fitted = FittedModel(model, column)
    name = type(fitted.estimator).__name__
    attend = getattr(fitted.estimator, "attention_weights", None)
    if attend is None:
        raise TypeError(
            f"{name} has no attention: give a RecurrentSeq2Seq, or a RecurrentClassifier or "
            'RecurrentRegressor with pooling="attention"'
        )
    sequences = fitted.read(X)
    if y is None:
        pooling: Any = getattr(fitted.part_of(fitted.network), "pooling", None)
        if fitted.place and hasattr(pooling, "weights"):  # the estimator knows those of the first column
            return unwrap(fitted.run_states(sequences, lambda layers: pooling.weights(layers[-1])), X)
        return unwrap(attend(sequences), X)
    if not hasattr(fitted.estimator, "target_tokenizer_"):
        raise ValueError(f"y is given, but {name} writes no target: leave it out")
    return unwrap(attend(sequences, [y] if is_single(X) else y), X)
