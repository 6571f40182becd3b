"""The hidden states of a fitted network, step by step."""

from typing import Any

import numpy as np

from .._sklearn import Integral, validate_params
from ._fitted import FittedModel, unwrap

__all__ = ["hidden_states"]


@validate_params({"layer": [Integral]})
def hidden_states(model: Any, X: Any, *, layer: int = -1, column: Any = None) -> np.ndarray:
    """Return the hidden state of a fitted network at every step of a sequence.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        Any recurrent estimator, or a Pipeline that ends in one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer. A
        single string, or a single 1-D array of numbers, counts as one
        sequence.
    layer : int, default=-1
        Index of the recurrent layer, counted from 0 or, if negative, from the last.
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    ndarray of shape (n,), dtype object, or ndarray of shape (T, d)
        An array of shape (T, d) for each sequence, of its own length T; the
        array alone for one sequence. `d` is `hidden_size`, twice that in both
        directions: forward, then backward. A language model's steps include
        the beginning and the end.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    ValueError
        There is no such layer or column.

    See Also
    --------
    numpy_forward : The same numbers by a recurrence written out.
    HiddenStateDisplay : Their picture.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import hidden_states
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(hidden_size=8, max_epochs=1, random_state=0)
    ... )
    >>> states = hidden_states(model.fit(["ACGT", "TT"], [0, 1]), ["ACG", "T"])
    >>> [row.shape for row in states]
    [(3, 16), (1, 16)]
    """
    fitted = FittedModel(model, column)
    sequences = fitted.read(X)
    layer = fitted.find_layer(layer)
    return unwrap(fitted.run_states(sequences, lambda layers: layers[layer].join()), X)
