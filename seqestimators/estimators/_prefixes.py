"""What sampled sequences are asked for: the tokens that they begin with, and their condition."""

from numbers import Number
from typing import Any

import numpy as np

from ..exceptions import InvalidSequenceError
from ..sequences import (
    EOS,
    UNKNOWN,
    Sequences,
    naming,
    place_of,
    read_sequences,
    shorten,
    symbol_at,
    unmask,
)


def read_prefix(model: Any, prefix: Any, n_samples: int) -> np.ndarray:
    """Read the tokens that sampled sequences begin with.

    Parameters
    ----------
    model : RecurrentLanguageModel
        Fitted.
    prefix : array-like
        Token ids, a 1-D array of them, or `n_samples` of such.
    n_samples : int

    Returns
    -------
    ndarray of shape (n_samples, longest), dtype int64
        Padded behind with 0.
    """
    if isinstance(prefix, str):
        raise TypeError(
            f"prefix is the string {prefix!r}, but a {type(model).__name__} reads token ids: give the "
            "pipeline and the string to seqestimators.sample"
        )
    rows = [np.asarray(prefix, dtype=None if len(prefix) else np.int64)] if _is_one(prefix) else prefix
    with naming("prefix"):
        given = read_sequences(rows, "tokens").without_ends()
        model._compare_vocabulary(given)
    if len(given) not in (1, n_samples):
        raise ValueError(
            f"prefix has {len(given)} sequences, but n_samples={n_samples}: give one for all, or one for each"
        )
    read = model._replace_unknown(given)
    is_special = read.values <= EOS
    if is_special.any():
        index = int(is_special.argmax())
        row, position = place_of(index, given.offsets)
        reason = "a token that training has not met, so that the model knows nothing of what follows it"
        if read.values[index] != UNKNOWN:
            reason = "which stands for padding, or for an end of a sequence: leave it out"
        token = symbol_at(rows[row] if isinstance(rows, (list, np.ndarray)) else None, given[row], position)
        raise InvalidSequenceError(f"row {row}, position {position} of prefix is {token!r}, {reason}")
    table = np.zeros((len(read), int(read.lengths.max())), dtype=np.int64)
    table[np.arange(table.shape[1]) < read.lengths[:, None]] = read.values
    return np.broadcast_to(table, (n_samples, table.shape[1])).copy()


def _is_one(prefix: Any) -> bool:
    """Whether a prefix is the ids of one sequence."""
    if isinstance(prefix, Sequences):
        return False
    if isinstance(prefix, np.ndarray):
        return prefix.ndim == 1 and prefix.dtype != object
    return isinstance(prefix, list | tuple) and all(isinstance(one, Number) for one in prefix)


def read_condition(model: Any, condition: Any, n_samples: int) -> np.ndarray | None:
    """Read the numbers that the first state of sampled sequences depends on.

    Parameters
    ----------
    model : RecurrentLanguageModel
        Fitted.
    condition : array-like of shape (n_numbers,) or (n_samples, n_numbers), or None
    n_samples : int

    Returns
    -------
    ndarray of shape (n_samples, n_numbers), of the model's dtype, or None
    """
    name, n_numbers = type(model).__name__, model.n_numbers_
    if condition is None:
        if n_numbers:
            raise ValueError(
                f"this {name} was fitted under a condition of {n_numbers} numbers: say by condition= "
                "which is asked for"
            )
        return None
    if not n_numbers:
        raise ValueError(
            f"condition={condition!r}, but this {name} was fitted without one: fit it behind a "
            "SequenceColumns with numeric= columns"
        )
    condition = unmask(condition, name="condition")
    try:
        table = np.asarray(condition)
    except ValueError:
        raise ValueError(
            f"condition={shorten(condition)} has rows of several lengths: give each "
            f"sample {n_numbers} numbers"
        ) from None
    if table.dtype.kind not in "iufb":
        raise TypeError(f"condition has dtype {table.dtype}, but must be numbers")
    if table.ndim < 2:
        table = table.reshape(1, -1)
    if table.shape not in {(1, n_numbers), (n_samples, n_numbers)}:
        raise ValueError(
            f"condition has shape {np.shape(condition)}, but this {name} was fitted on {n_numbers} numbers: "
            f"give the shape ({n_numbers},), or ({n_samples}, {n_numbers}) for a condition of each sample"
        )
    with np.errstate(over="ignore"):
        numbers = table.astype(model._as_fitted()._number_type)
    if not np.isfinite(numbers).all():
        row, number = np.argwhere(~np.isfinite(numbers))[0]
        raise ValueError(
            f"row {row} of condition has {table[row, number]:g} as number {number}: give one that "
            f"{model._as_fitted()._number_type} holds"
        )
    return np.broadcast_to(numbers, (n_samples, n_numbers)).copy()
