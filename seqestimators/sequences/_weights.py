"""The weights of rows, in training and in scores."""

from numbers import Real
from typing import Any

import numpy as np

from .._sklearn import _check_sample_weight
from .targets import read_labels

__all__ = ["read_weights"]

ALL_ZERO = "Sample weights must contain at least one non-zero number: sample_weight is 0 in every row"
"""Begins with what scikit-learn says, and checks for."""


def read_weights(sample_weight: Any, n_rows: int) -> np.ndarray:
    """Return the weight of every row.

    Parameters
    ----------
    sample_weight : array-like of shape (n_rows,), number or None
        A number is the weight of each; None is 1.
    n_rows : int

    Returns
    -------
    ndarray of shape (n_rows,), dtype float64
        Those whose sum would be infinite are divided by a power of two,
        which changes no weighted mean.

    Raises
    ------
    ValueError
        A weight is missing, negative, infinite or no number, which the message
        names by its row; their number is another; all are 0; there are no
        rows.

    Examples
    --------
    >>> from seqestimators.sequences import read_weights
    >>> read_weights([1, 0, 2], 3)
    array([1., 0., 2.])
    """
    if not n_rows:
        raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required: there are no rows")
    if sample_weight is None:
        return np.ones(n_rows)
    if hasattr(sample_weight, "__len__"):
        sample_weight = read_labels(sample_weight, "sample_weight")
        if sample_weight.ndim == 1:
            _check_each(sample_weight, n_rows)
    weight = _check_sample_weight(
        sample_weight, np.empty((n_rows, 1)), dtype=np.float64, ensure_non_negative=True
    )
    if not weight.any():  # a number of 0, which older versions of scikit-learn let pass
        raise ValueError(ALL_ZERO)
    with np.errstate(over="ignore"):
        is_too_large = not np.isfinite(weight.sum())
    return np.ldexp(weight, -np.frexp(n_rows)[1]) if is_too_large else weight


def _check_each(weights: np.ndarray, n_rows: int) -> None:
    if len(weights) != n_rows:
        raise ValueError(f"sample_weight has {len(weights)} weights for {n_rows} rows: give one for each")
    if weights.dtype.kind in "biuf":
        is_right = (weights >= 0) & np.isfinite(weights)
    else:
        items: list[Any] = weights.tolist()
        is_right = np.array([isinstance(one, Real) and 0 <= one < np.inf for one in items])  # type: ignore[operator]
    if not is_right.all():
        row = int(np.argmin(is_right))
        found = f"row {row} of sample_weight is {weights.tolist()[row]!r}"
        raise ValueError(f"{found}: a weight is a finite number from 0 on")
    if not weights.any():
        raise ValueError(ALL_ZERO)
