"""What fetch_*, load_* and read_* give back: arrays or a frame, a Bunch or a pair."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from ..domain import can_parse
from ..sequences import object_array

# What every function takes that gives back a Bunch.
FORM_PARAMETERS: dict = {"return_X_y": ["boolean"], "as_frame": ["boolean"]}


def make_bunch(
    columns: dict[str, Any],
    *,
    data: str | Sequence[str],
    target: str | Sequence[str] | None,
    return_X_y: bool,
    as_frame: bool,
    invalid: str | None = None,
    target_names: Any = None,
    **details: Any,
) -> Any:
    """Put the columns of a data set into the form that the user asks for.

    Parameters
    ----------
    columns : dict of str to list or ndarray
        Values of every column, all of one length: numbers as an array, strings
        and lists as a list.
    data : str or sequence of str
        Name of the column of sequences; several names make data of as many
        columns.
    target : str, sequence of str, or None
        Name of the column to predict, if there is one; several names make a
        target of as many columns.
    return_X_y : bool
        Whether to return only these two.
    as_frame : bool
        Whether to return pandas objects instead of arrays.
    invalid : {"keep", "drop"} or None, default=None
        What to do with the rows that RDKit can't parse where the data are
        SMILES; their number is `n_invalid` of the Bunch. None where they aren't.
    target_names : iterable of str or None, default=None
        What the classes mean; None takes the name of the target.
    **details : dict
        Further entries of the Bunch.

    Returns
    -------
    Bunch, or tuple (data, target)
        All columns besides data and target are in the Bunch under their names.
    """
    features = [data] if isinstance(data, str) else list(data)
    if invalid == "drop" or (invalid == "keep" and not return_X_y):  # else no one asks, and it takes seconds
        is_valid = _can_parse(columns[features[0]])
        details["n_invalid"] = int(np.count_nonzero(~is_valid))
        if invalid == "drop":
            columns = {name: _as_column(values)[is_valid] for name, values in columns.items()}
    columns = {name: _as_column(values) for name, values in columns.items()}
    frame = None
    if as_frame:
        import pandas as pd

        frame = pd.DataFrame(columns)
        columns = {name: frame[name] for name in columns}
    names = [target] if isinstance(target, str) else list(target or ())
    X, y = (_join([columns.pop(name) for name in part], part, frame) for part in (features, names))
    if return_X_y:
        return X, y
    if target_names is None:
        target_names = names
    return Bunch(
        data=X,
        target=y,
        frame=frame,
        feature_names=features,
        target_names=list(target_names),
        **details,
        **columns,
    )


def _join(columns, names, frame):
    """One column as it is, several as a table."""
    if len(columns) < 2:
        return columns[0] if columns else None
    return np.column_stack(columns) if frame is None else frame[names]


def _can_parse(smiles):
    return np.fromiter(map(can_parse, smiles), dtype=bool, count=len(smiles))


def _as_column(values):
    """A 1-D array; strings and lists as objects, since numpy would pad the first and stack the second."""
    return values if isinstance(values, np.ndarray) else object_array(values)
