"""The rows that early stopping sets aside, taken from the training rows only."""

from typing import Any

import numpy as np
from sklearn.model_selection import (
    GroupShuffleSplit,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedShuffleSplit,
)


def split_validation(
    n_rows: Any, validation_fraction: Any, *, stratify: Any = None, groups: Any = None, seed: Any = 0
) -> Any:
    """Split row indices into training and validation.

    Parameters
    ----------
    n_rows : int
        Number of rows, at least 2.
    validation_fraction : float
        Share of the rows, or of the groups, for validation, in (0, 1).
    stratify : ndarray of shape (n_rows,) or None, default=None
        Classes whose shares are kept.
    groups : array-like of shape (n_rows,) or None, default=None
        Rows of one group stay together.
    seed : int, default=0
        Seed of the shuffle.

    Returns
    -------
    train, valid : ndarray of int64
        Row indices, in ascending order.

    Raises
    ------
    ValueError
        A part would be empty, or a class or group set is too small to split.

    Examples
    --------
    >>> from seqestimators.estimators._validation_split import split_validation
    >>> train, valid = split_validation(10, 0.2)
    >>> len(train), len(valid)
    (8, 2)
    """
    rows = np.zeros(n_rows)
    try:
        if groups is not None and stratify is not None:
            n_splits = max(2, min(round(1 / validation_fraction), len(np.unique(groups))))
            splitter = StratifiedGroupKFold(n_splits, shuffle=True, random_state=seed)
        elif groups is not None:
            splitter = GroupShuffleSplit(1, test_size=validation_fraction, random_state=seed)
        elif stratify is not None:
            splitter = StratifiedShuffleSplit(1, test_size=validation_fraction, random_state=seed)
        else:
            splitter = ShuffleSplit(1, test_size=validation_fraction, random_state=seed)
        train, valid = next(splitter.split(rows, stratify, groups))
    except ValueError as error:
        raise ValueError(
            f"early_stopping=True sets a validation_fraction of {validation_fraction} of the {n_rows} "
            f"training rows aside, which fails here: {error} Give more rows, another fraction, or "
            "early_stopping=False."
        ) from None
    return np.sort(train), np.sort(valid)
