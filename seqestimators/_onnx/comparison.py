"""Whether a written graph answers as the model does."""

from typing import Any

import numpy as np

from ..estimators import RecurrentClassifier, RecurrentTagger
from ..sequences import EOS, UNKNOWN

__all__ = ["compare_answers"]

LENGTHS = np.array([3, 1, 4])
TOLERANCE = 1e-3
"""Of the largest answer: far above rounding, and far below what another formula gives."""


def compare_answers(written: bytes, estimator: Any, output: str) -> None:
    """Raise an error if the graph and the model disagree on a few made sequences.

    It needs onnxruntime, and without it does nothing.

    Parameters
    ----------
    written : bytes
        Content of the ONNX file.
    estimator : BaseRecurrent
        Fitted.
    output : {"predictions", "states"}
        What the graph gives.
    """
    try:
        from onnxruntime import InferenceSession
    except ImportError:
        return
    is_tagger = isinstance(estimator, RecurrentTagger)
    lengths = LENGTHS * (estimator.net_.module_.stride if is_tagger else 1)
    padded = _make_inputs(estimator, lengths)
    session = InferenceSession(written, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    (answer,) = session.run(None, {name: padded, "lengths": lengths})
    X = [row[:length] for row, length in zip(padded, lengths, strict=True)]
    if estimator._as_fitted().channels_first:
        X = [row.T for row in X]
    if output == "states":
        expected = estimator.transform(X)
    elif isinstance(estimator, (RecurrentClassifier, RecurrentTagger)):
        expected = estimator.predict_proba(X)
    else:
        expected = estimator.predict(X)
    if is_tagger and output == "predictions":
        answer = np.concatenate([row[:n] for row, n in zip(answer, LENGTHS, strict=True)])
        expected = np.concatenate(list(expected))
    largest = np.abs(expected).max()
    if answer.shape != expected.shape or not np.abs(answer - expected).max() <= TOLERANCE * largest:
        raise RuntimeError(
            f"the ONNX graph of this {type(estimator).__name__} gives other answers than the model, and is "
            "not written: a part of the model is new to to_onnx. Please report it"
        )


def _make_inputs(estimator: Any, lengths: np.ndarray) -> np.ndarray:
    """Return padded ids that fit has met, or series of the size of those of fit."""
    rng, n_steps = np.random.default_rng(0), lengths.max()
    if estimator.input_ == "tokens":
        known = np.flatnonzero(estimator.known_tokens_)
        tokens = known[known > EOS] if known[-1] > EOS else [UNKNOWN]
        return rng.choice(tokens, size=(len(lengths), n_steps))
    values = rng.normal(size=(len(lengths), n_steps, estimator.n_inputs_))
    values = values * getattr(estimator, "channel_scale_", 1) + getattr(estimator, "channel_mean_", 0)
    return values.astype(np.float32)
