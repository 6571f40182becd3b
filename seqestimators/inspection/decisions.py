"""The prediction of a fitted network after every step of a sequence."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from .._training import MAX_HELD_STEPS
from ..sequences import BOS, EOS, Sequences, object_array
from ._fitted import FittedModel, unwrap

__all__ = ["decision_trace"]


def decision_trace(model: Any, X: Any) -> np.ndarray:
    """Return what a fitted model says of every prefix of a sequence.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        A RecurrentClassifier or a RecurrentRegressor, or a Pipeline that ends
        in one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer. A
        single string, or a single 1-D array of numbers, counts as one
        sequence.

    Returns
    -------
    ndarray of shape (n,), dtype object, or ndarray
        An array for each sequence, of its own length T; the array alone for
        one sequence. Row t is the prediction from the first ``t + 1`` steps: of a
        classifier as `predict_proba` gives it, the array has the shape
        (T, n_classes); of a regressor as `predict` gives it, (T,) or
        (T, n_targets). The last row is the prediction from the whole sequence.
        The markers of beginning and end are no steps: where a sequence has
        them, every prefix stands between them.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The model gives no single prediction for a sequence.

    See Also
    --------
    DecisionTraceDisplay : The picture.
    hidden_states : What the predictions are computed from.

    Notes
    -----
    A network that reads forward only, with ``pooling="last"``, gives the
    predictions for all prefixes in one pass, in a time that grows with T. For all
    others each prefix is a sequence of its own, in a time that grows with the
    square of T.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import decision_trace
    >>> model = make_pipeline(
    ...     DNATokenizer(),
    ...     RecurrentClassifier(
    ...         pooling="last", bidirectional=False, max_epochs=1, random_state=0
    ...     ),
    ... ).fit(["ACGT", "TT"], [0, 1])
    >>> trace = decision_trace(model, "ACG")
    >>> trace.shape
    (3, 2)
    >>> np.allclose(trace, model.predict_proba(["A", "AC", "ACG"]), atol=1e-6)
    True
    """
    fitted = FittedModel(model)
    sequences = fitted.read(X)
    has_end = sequences.is_tokens and (sequences.values == EOS).any()
    if fitted.network.is_causal and hasattr(fitted.network, "trace") and not has_end:
        return unwrap(_answer_at_each_state(fitted, sequences), X)
    return unwrap(_answer_prefixes(fitted, sequences), X)


def _answer_at_each_state(fitted: FittedModel, sequences: Sequences) -> np.ndarray:
    """One pass: the network says what its output on each prefix is."""
    outputs = fitted.estimator.run(sequences, fitted.network.trace, min_rows=1)
    answers = fitted.estimator.answer(outputs.values)
    n_steps = sequences.without_ends().lengths
    ends = outputs.offsets[1:]
    return object_array([answers[end - n : end] for end, n in zip(ends, n_steps, strict=True)])


def _answer_prefixes(fitted: FittedModel, sequences: Sequences) -> np.ndarray:
    """Answer each prefix as a sequence of its own, in chunks of bounded size."""
    answers = [fitted.answer(sequences)[:0]]
    inner = sequences.without_ends()
    prefixes: list[np.ndarray] = []
    rows: list[int] = []

    def answer_chunk() -> None:
        chunk = Sequences.from_rows(prefixes, like=sequences.values)
        chunk = replace(sequences, values=chunk.values, offsets=chunk.offsets, features=None, others=())
        answers.append(fitted.answer(chunk.with_beside(sequences, np.array(rows, dtype=np.int64))))
        prefixes.clear()
        rows.clear()

    for row, (whole, steps) in enumerate(zip(sequences.to_list(), inner.to_list(), strict=True)):
        ends = len(whole) - len(steps)  # none, one or both
        begins = int(sequences.is_tokens and ends > 0 and whole[0] == BOS)
        before, behind = whole[:begins], whole[len(whole) - ends + begins :]
        for stop in range(1, len(steps) + 1):
            prefixes.append(np.concatenate([before, steps[:stop], behind]))
            rows.append(row)
            if len(prefixes) * len(prefixes[-1]) > MAX_HELD_STEPS:
                answer_chunk()
    if prefixes:
        answer_chunk()
    joined = np.concatenate(answers)
    return object_array([joined[start:stop] for start, stop in pairwise(inner.offsets)])
