"""Whether a written graph answers as the model does."""

from typing import Any

import numpy as np

from ..sequences import EOS, UNKNOWN

__all__ = ["compare_answers"]

LENGTHS = np.array([3, 1, 4])
TOLERANCE = 1e-3
"""Of the largest answer: far above rounding, and far below what another formula gives."""


def compare_answers(written: bytes, estimator: Any) -> None:
    """Raise an error if the graph and the model disagree on a few made sequences.

    It needs onnxruntime, and without it does nothing.

    Parameters
    ----------
    written : bytes
        Content of the ONNX file.
    estimator : BaseRecurrent
        Fitted.
    """
    try:
        from onnxruntime import InferenceSession
    except ImportError:
        return
    stride = estimator.net_.module_.stride if hasattr(estimator, "stride") else 1
    lengths = LENGTHS * stride
    padded = _make_inputs(estimator, lengths)
    session = InferenceSession(written, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_outputs()]
    answers = session.run(None, {session.get_inputs()[0].name: padded, "lengths": lengths})
    X = [row[:length] for row, length in zip(padded, lengths, strict=True)]
    if estimator._as_fitted().channels_first:
        X = [row.T for row in X]
    for answer, expected in zip(answers, _answer(estimator, X, names), strict=True):
        if expected.dtype == object:  # a row for every target
            answer = np.concatenate([row[:n] for row, n in zip(answer, LENGTHS, strict=True)])
            expected = np.concatenate(list(expected))
        largest = np.abs(expected).max()
        if answer.shape != expected.shape or not np.abs(answer - expected).max() <= TOLERANCE * largest:
            raise RuntimeError(
                f"the ONNX graph of this {type(estimator).__name__} gives other answers than the model, and "
                "is not written: a part of the model is new to to_onnx. Please report it"
            )


def _answer(estimator: Any, X: list[np.ndarray], names: list[str]) -> list[np.ndarray]:
    """Return what the model answers, in the order of the outputs of its graph."""
    if "std" in names:
        return list(estimator.predict(X, return_std=True))
    methods = {
        "states": estimator.transform,
        "probabilities": getattr(estimator, "predict_proba", None),
        "emissions": lambda X: estimator._run_steps(X, lambda outputs: outputs.values).to_list(),
    }
    return [methods.get(name, estimator.predict)(X) for name in names]


def _make_inputs(estimator: Any, lengths: np.ndarray) -> np.ndarray:
    """Return padded ids that fit has met, or series of the size of those of fit."""
    rng, n_steps = np.random.default_rng(0), lengths.max()
    if estimator.input_ == "tokens":
        known = np.flatnonzero(estimator.known_tokens_)
        tokens = known[known > EOS] if known[-1] > EOS else [UNKNOWN]
        return rng.choice(tokens, size=(len(lengths), n_steps))
    values = rng.normal(size=(len(lengths), n_steps, estimator.n_inputs_))
    values = values * getattr(estimator, "channel_scale_", 1) + getattr(estimator, "channel_mean_", 0)
    if estimator._as_fitted().missing == "mask":
        values[::2, ::2] = np.nan
    return values.astype(np.float32)
