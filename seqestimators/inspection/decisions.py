"""The answer of a fitted network after every step of a sequence."""

from itertools import pairwise

import numpy as np

from ..modules import join_directions
from ..sequences import BOS, EOS
from ._fitted import FittedModel, as_sequences, unwrap

__all__ = ["decision_trace"]

MAX_TOKENS = 2**18
"""Tokens, about, of prefixes that are answered at once."""


def decision_trace(model, X):
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
        one sequence. Row t is the answer on the first ``t + 1`` steps: of a
        classifier as `predict_proba` gives it, the array has the shape
        (T, n_classes); of a regressor as `predict` gives it, (T,) or
        (T, n_targets). The last row is the answer on the whole sequence.
        The markers of beginning and end are no steps: where a sequence has
        them, every prefix stands between them.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The model gives no single answer for a sequence.

    See Also
    --------
    DecisionTraceDisplay : The picture.
    hidden_states : What the answers are read from.

    Notes
    -----
    A network that reads forward only, with ``pooling="last"``, gives the
    answers on all prefixes in one pass, in a time that grows with T. For all
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
    is_causal = fitted.has_causal_answer()
    sequences = fitted.read(X)
    if not is_causal or (sequences.is_tokens and (sequences.values == EOS).any()):
        return unwrap(_answer_prefixes(fitted, sequences), X)
    return unwrap(_answer_at_each_state(fitted, sequences), X)


def _answer_at_each_state(fitted, sequences):
    """One pass: the last state of a prefix is the state at its last step."""

    def read_out(inputs, lengths):
        states = join_directions(fitted.encoder.read(inputs, lengths), lengths)
        return fitted.network.read_out(states.flatten(0, 1)).view(*states.shape[:2], -1)

    results = fitted.compute(sequences, read_out)
    n_steps = sequences.without_ends().lengths
    for row, outputs in enumerate(results):
        results[row] = fitted.estimator._answer(outputs[len(outputs) - n_steps[row] :])
    return results


def _answer_prefixes(fitted, sequences):
    """Answer each prefix as a sequence of its own, in chunks of bounded size."""
    prefixes, answers, n_tokens = [], [fitted.answer(sequences)[:0]], 0
    inner = sequences.without_ends()
    for whole, steps in zip(sequences.to_list(), inner.to_list(), strict=True):
        ends = len(whole) - len(steps)  # none, one or both
        begins = int(sequences.is_tokens and ends > 0 and whole[0] == BOS)
        before, behind = whole[:begins], whole[len(whole) - ends + begins :]
        for stop in range(1, len(steps) + 1):
            prefixes.append(np.concatenate([before, steps[:stop], behind]))
            n_tokens += len(prefixes[-1])
            if n_tokens > MAX_TOKENS:
                answers.append(fitted.answer(as_sequences(prefixes, like=sequences)))
                prefixes, n_tokens = [], 0
    if prefixes:
        answers.append(fitted.answer(as_sequences(prefixes, like=sequences)))
    joined = np.concatenate(answers)
    results = np.empty(len(sequences), dtype=object)
    for row, (start, stop) in enumerate(pairwise(inner.offsets)):
        results[row] = joined[start:stop]
    return results
