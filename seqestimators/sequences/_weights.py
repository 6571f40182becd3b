"""The weights of rows, in training and in scores."""

from typing import Any

import numpy as np

from .._sklearn import _check_sample_weight
from .targets import read_labels

__all__ = ["read_weights"]


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

    Raises
    ------
    ValueError
        A weight is missing, negative or infinite, which the message names by
        its row; their number is another; all are 0.

    Examples
    --------
    >>> from seqestimators.sequences import read_weights
    >>> read_weights([1, 0, 2], 3)
    array([1., 0., 2.])
    """
    if sample_weight is None:
        return np.ones(n_rows)
    if hasattr(sample_weight, "__len__"):
        sample_weight = read_labels(sample_weight, "sample_weight")
        if sample_weight.ndim == 1 and sample_weight.dtype.kind in "iuf":
            is_wrong = ~np.isfinite(sample_weight) | (sample_weight < 0)
            if is_wrong.any():
                row = int(np.argmax(is_wrong))
                found = f"row {row} of sample_weight is {sample_weight[row]:g}"
                raise ValueError(f"{found}: a weight is a finite number from 0 on")
    weight = _check_sample_weight(
        sample_weight, np.empty((n_rows, 1)), dtype=np.float64, ensure_non_negative=True
    )
    if n_rows and not weight.any():  # which older versions of scikit-learn let pass
        raise ValueError("sample_weight is 0 in every row: give one of them a higher weight")
    return weight
