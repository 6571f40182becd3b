"""Mean and scale of the columns of a table, of numbers of any size."""

import numpy as np

__all__ = ["mean_and_scale"]


def mean_and_scale(table: np.ndarray, weight: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return what standardizes the columns of a table.

    Numbers with a large offset, or so large or so small that their squares
    have no place in a float64, are measured as exactly as all others.

    Parameters
    ----------
    table : ndarray of shape (n, d), dtype float
        Finite wherever the weight is not 0.
    weight : ndarray of shape (n,) or (n, d), or None, default=None
        Weight of every row, or of every number, at least 0; 0 means absent.
        None weighs all alike.

    Returns
    -------
    mean : ndarray of shape (d,), dtype float64
        Weighted mean of every column; 0 of one without weight.
    scale : ndarray of shape (d,), dtype float64
        Weighted standard deviation (of the population) of every column; 1
        of a column that is constant up to rounding, or without weight.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import mean_and_scale
    >>> mean, scale = mean_and_scale(np.array([[1e9, 5.0], [1e9 + 2, 5.0]]))
    >>> (mean - 1e9).tolist(), scale.tolist()
    ([1.0, -999999995.0], [1.0, 1.0])
    """
    if weight is None:
        weight = np.ones(len(table))
    weight = weight if weight.ndim == table.ndim else weight[:, None]
    largest_weight = np.max(weight, axis=0, initial=0)
    weight = weight / np.where(largest_weight > 0, largest_weight, 1)  # at most 1
    weight = np.broadcast_to(weight, table.shape)
    known = weight > 0
    total = np.where(known.any(axis=0), weight.sum(axis=0), 1)
    largest = np.max(np.abs(table), axis=0, where=known, initial=0).astype(np.float64)
    exponent = np.frexp(largest)[1]  # a power of two, by which to divide is exact
    near_1 = np.ldexp(np.where(known, table, 0).astype(np.float64), -exponent)
    # differences from the anchor are small, and exact
    anchor = np.where(known.any(axis=0), np.max(near_1, axis=0, where=known, initial=-1), 0)
    mean = anchor + (weight * np.where(known, near_1 - anchor, 0)).sum(axis=0) / total
    scale = np.sqrt((weight * (near_1 - mean) ** 2).sum(axis=0) / total)
    is_constant = scale <= 10 * np.finfo(np.float64).eps * np.abs(mean)
    return np.ldexp(mean, exponent), np.where(is_constant, 1.0, np.ldexp(scale, exponent))
