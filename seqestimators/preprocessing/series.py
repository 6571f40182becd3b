"""Series out of the containers of other libraries."""

from typing import Any

import numpy as np

from .._sklearn import validate_params
from ..sequences import read_sequences

__all__ = ["read_series"]


@validate_params({"channels_first": ["boolean"]})
def read_series(X: Any, *, channels_first: bool = False) -> np.ndarray:
    """Return series of any container as one array of them.

    Estimators read these containers by themselves. What divides rows, as
    cross-validation does, needs a container with one item a series: a frame
    with a row for each step has others.

    Parameters
    ----------
    X : array-like of n series
        A list of arrays, of data frames or of Series; an array of shape (n,
        T, d) or (n, T); a frame with an index of instances and times (the
        pd-multiindex of sktime and aeon), one row per step; a nested frame, whose
        cells are Series or arrays, one column per channel.
    channels_first : bool, default=False
        Whether arrays have the shape (n, d, T), and those of a list (d, T), as
        the numpy3D and np-list of aeon and sktime.

    Returns
    -------
    ndarray of shape (n,), dtype object
        Arrays of shape (T, d), of the float type of X. NaN within a series
        stays; steps of NaN behind the end are left out of arrays, as padding,
        but not of lists and frames.

    Raises
    ------
    InvalidSequenceError
        A series can't be read; the message names row and position.
    TypeError
        X holds no series, or is a frame with a row for each number.

    See Also
    --------
    make_windows : Pieces of series, and what comes after them.
    seqestimators.sequences.read_sequences : What estimators read.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqestimators.preprocessing import read_series
    >>> steps = pd.DataFrame(
    ...     {
    ...         "patient": [1, 1, 1, 2, 2],
    ...         "hour": [0, 1, 2, 0, 1],
    ...         "pulse": [60.0, 62, 61, 80, 82],
    ...     }
    ... )
    >>> [one.shape for one in read_series(steps.set_index(["patient", "hour"]))]
    [(3, 1), (2, 1)]
    """
    return read_sequences(X, "values", dtype=None, channels_first=channels_first, missing="keep").to_list()
