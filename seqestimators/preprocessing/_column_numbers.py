"""The numbers of a table: which columns they are in, what is missing among them, and their names."""

from typing import TYPE_CHECKING, Any

import numpy as np

from .._sklearn import Integral
from ..exceptions import InvalidSequenceError
from ..sequences import is_missing

if TYPE_CHECKING:
    from sklearn.compose import ColumnTransformer


def list_names(columns: Any) -> list[Any]:
    """Return the names in what a block says of its columns; none of a slice, a mask or a function."""
    if isinstance(columns, (str, Integral)):
        return [columns]
    is_list = isinstance(columns, (list, tuple, np.ndarray)) or hasattr(columns, "to_list")
    names = list(map(plain_name, columns)) if is_list else []
    return [] if any(isinstance(name, bool) for name in names) else names


def plain_name(name: Any) -> Any:
    """Return a name in a type of Python, which is what scikit-learn takes."""
    return name.item() if isinstance(name, np.generic) else name


def refuse_missing_cell(column: Any, name: Any, error: Exception) -> None:
    """Raise an error that names the first missing value of a column, which a block has not taken."""
    missing = [is_missing(value) for value in column]
    if any(missing):
        row = missing.index(True)
        raise InvalidSequenceError(
            f"row {row} of X is missing ({list(column)[row]!r}) in {name!r}: drop the row, or impute the "
            "value, as by a block with SimpleImputer()"
        ) from error


def refuse_missing(numbers: np.ndarray, names: np.ndarray) -> None:
    """Raise an error that names the first number that is missing or infinite."""
    is_bad = ~np.isfinite(numbers)
    if is_bad.any():
        row, column = np.argwhere(is_bad)[0]
        raise InvalidSequenceError(
            f"row {row} of X has {numbers[row, column]:g} as {names[column]}: drop the row, or impute the "
            "value, as by a block with SimpleImputer()"
        )


def is_number(value: Any) -> bool:
    """Whether a value is a number, or the text of one."""
    if isinstance(value, (np.datetime64, np.timedelta64, complex)):
        return False
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def name_numbers(transformer: "ColumnTransformer", n_numbers: int) -> np.ndarray:
    """Return the names of what a ColumnTransformer computes; numbers where a block has none."""
    try:
        return transformer.get_feature_names_out()
    except (AttributeError, ValueError):  # a function in a block has no names
        names = np.empty(n_numbers, dtype=object)
        for block, place in transformer.output_indices_.items():
            n_columns = len(range(*place.indices(n_numbers)))
            names[place] = [f"{block}__{i}" for i in range(n_columns)]
        return names
