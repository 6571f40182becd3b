"""Labels that are aligned with the steps of a sequence: counted, joined, and turned into numbers."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length

from ..exceptions import InvalidSequenceError
from .container import Sequences, place_of
from .reading import is_missing

__all__ = ["check_items", "count_labels", "encode_labels", "join_labels"]


def count_labels(sequences: Sequences, stride: int = 1, *, unit: str = "steps") -> np.ndarray:
    """Count the labels that every sequence asks for: its steps but for BOS and EOS, by stride.

    Parameters
    ----------
    sequences : Sequences
        Of n token sequences or numeric series.
    stride : int, default=1
        Number of steps a label.
    unit : str, default="steps"
        What a message calls the steps.

    Returns
    -------
    ndarray of shape (n,), dtype int64

    Raises
    ------
    InvalidSequenceError
        The stride doesn't divide the length of a row; the message names it.

    Examples
    --------
    >>> from seqestimators.sequences import BOS, EOS, Sequences, count_labels
    >>> count_labels(Sequences.from_rows([[BOS, 4, 5, 6, EOS], []]), stride=3)
    array([1, 0])
    """
    n_ends_before = np.concatenate([[0], np.cumsum(sequences.is_end)])
    n_steps = sequences.lengths - np.diff(n_ends_before[sequences.offsets])
    rest = n_steps % stride != 0
    if rest.any():
        row = int(rest.argmax())
        raise InvalidSequenceError(
            f"row {row} of X has {n_steps[row]} {unit}, which stride={stride} doesn't divide: cut the "
            "sequence, or set another stride"
        )
    return n_steps // stride


def join_labels(
    rows: Sequence[Any], n_labels: np.ndarray, *, stride: int = 1, unit: str = "steps"
) -> Sequences:
    """Join label sequences into one buffer, once each has as many labels as its row of X asks for.

    Parameters
    ----------
    rows : list of n str, or list of n lists
        What :func:`read_targets` makes of y; the labels of a string are its
        characters.
    n_labels : ndarray of shape (n,), dtype int64
        What :func:`count_labels` returns.
    stride : int, default=1
        Number of steps a label, for the message.
    unit : str, default="steps"
        What a message calls the steps.

    Returns
    -------
    Sequences
        Its values are the labels, as objects.

    Raises
    ------
    InvalidSequenceError
        A row has another number of labels, or a label is missing.
    ValueError
        There are more rows of y than of X, or fewer.
    TypeError
        A label isn't hashable.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import join_labels
    >>> join_labels(["HE", "E"], np.array([2, 1])).values
    array(['H', 'E', 'E'], dtype=object)
    """
    check_consistent_length(n_labels, rows)
    check_items(rows, "y")
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    wrong = lengths != n_labels
    if wrong.any():
        row = int(wrong.argmax())
        raise InvalidSequenceError(
            f"row {row} of y has {len(rows[row])} labels, but row {row} of X has {n_labels[row]} groups of "
            f"stride={stride} {unit}: give one label for each"
        )
    labels = np.fromiter(chain.from_iterable(rows), dtype=object, count=lengths.sum())
    return Sequences.from_lengths(labels, lengths)


def encode_labels(labels: Sequences, classes: np.ndarray) -> Sequences:
    """Put the number of its class in the place of every label.

    Parameters
    ----------
    labels : Sequences
        What :func:`join_labels` returns.
    classes : ndarray of shape (n_classes,)
        All labels there are.

    Returns
    -------
    Sequences
        Its values are indices into `classes`, as int64.

    Raises
    ------
    InvalidSequenceError
        A label is none of the classes; the message names row and position.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import encode_labels, join_labels
    >>> labels = join_labels(["HE", "E"], np.array([2, 1]))
    >>> encode_labels(labels, np.array(["E", "H"])).values
    array([1, 0, 0])
    """
    code_of = {label: code for code, label in enumerate(classes.tolist())}
    names = labels.values.tolist()
    codes = np.fromiter((code_of.get(name, -1) for name in names), dtype=np.int64, count=len(names))
    if (codes < 0).any():
        row, position = place_of(index := int((codes < 0).argmax()), labels.offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of y is {names[index]!r}, which is none of the classes "
            f"{classes.tolist()}: name all classes in the first call"
        )
    return Sequences(codes, labels.offsets)


def check_items(rows: Sequence[Any], name: str) -> None:
    """Refuse items of rows that can't be compared.

    Parameters
    ----------
    rows : list of str, or list of lists
    name : str
        What messages call them.

    Raises
    ------
    InvalidSequenceError
        An item is missing; the message names row and position.
    TypeError
        An item isn't hashable.
    """
    if not len(rows) or isinstance(rows[0], str):
        return
    try:
        distinct = set(chain.from_iterable(rows))
    except TypeError:
        row, position, item = next(_places(rows, _is_unhashable))
        raise TypeError(
            f"row {row}, position {position} of {name} is a {type(item).__name__}, which is no item of a "
            "sequence: use strings, numbers or tuples"
        ) from None
    if any(map(is_missing, distinct)):
        row, position, item = next(_places(rows, is_missing))
        raise InvalidSequenceError(
            f"row {row}, position {position} of {name} is missing ({item!r}): leave it out, or give it a name"
        )


def _places(rows: Sequence[Any], condition: Callable[[Any], bool]) -> Iterator[tuple[int, int, Any]]:
    """Yield (row, position, item) of the items that fulfil a condition."""
    for row, items in enumerate(rows):
        for position, item in enumerate(items):
            if condition(item):
                yield row, position, item


def _is_unhashable(item: Any) -> bool:
    try:
        hash(item)
    except TypeError:
        return True
    return False
