"""What fetch_* and load_* give back: arrays or a frame, a Bunch or a pair."""

import numpy as np
from sklearn.utils import Bunch

__all__ = ["make_bunch", "make_molecule_bunch"]


def make_bunch(columns, *, data, target, return_X_y, as_frame, **details):
    """Put the columns of a data set into the form that the user asks for.

    Parameters
    ----------
    columns : dict of str to list or ndarray
        Values of every column, all of one length: numbers as an array, strings
        and lists as a list.
    data : str
        Name of the column of sequences.
    target : str or None
        Name of the column to predict, if there is one.
    return_X_y : bool
        Whether to return only these two.
    as_frame : bool
        Whether to return pandas objects instead of arrays.
    **details : dict
        Further entries of the Bunch. Without `target_names`, the name of the
        target stands there.

    Returns
    -------
    Bunch, or tuple (data, target)
        All columns besides data and target are in the Bunch under their names.
    """
    columns = {name: _as_column(values) for name, values in columns.items()}
    frame = None
    if as_frame:
        import pandas as pd

        frame = pd.DataFrame(columns)
        columns = {name: frame[name] for name in columns}
    X, y = columns.pop(data), columns.pop(target, None)
    if return_X_y:
        return X, y
    details.setdefault("target_names", [target] if target else [])
    return Bunch(data=X, target=y, frame=frame, feature_names=[data], **details, **columns)


def make_molecule_bunch(columns, *, target, invalid, return_X_y, as_frame, **details):
    """Count the SMILES that RDKit can't parse, or drop their rows, and make the Bunch.

    Parameters
    ----------
    columns : dict of str to list or ndarray
        As for :func:`make_bunch`; the sequences are in the column "smiles".
    target : str or None
        Name of the column to predict, if there is one.
    invalid : {"keep", "drop"}
        What to do with the rows that RDKit can't parse.
    return_X_y, as_frame : bool
        As for :func:`make_bunch`.
    **details : dict
        Further entries of the Bunch, which also gets the count `n_invalid`.

    Returns
    -------
    Bunch, or tuple (data, target)
        As from :func:`make_bunch`.
    """
    if invalid == "drop" or not return_X_y:  # else no one asks, and parsing takes seconds
        is_valid = _can_parse(columns["smiles"])
        details["n_invalid"] = int(np.count_nonzero(~is_valid))
        if invalid == "drop":
            columns = {name: _as_column(values)[is_valid] for name, values in columns.items()}
    return make_bunch(
        columns, data="smiles", target=target, return_X_y=return_X_y, as_frame=as_frame, **details
    )


def _can_parse(smiles):
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():  # the count says it all
        return np.array([Chem.MolFromSmiles(one) is not None for one in smiles], dtype=bool)


def _as_column(values):
    """A 1-D array; strings and lists as objects, since numpy would pad the first and stack the second."""
    if isinstance(values, np.ndarray):
        return values
    column = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        column[i] = value
    return column
