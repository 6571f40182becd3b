"""Labels that are aligned with the steps of a sequence: counted, joined, and turned into numbers."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length

from ..exceptions import InvalidSequenceError
from ._containers import is_missing, shorten, unmask
from .container import Sequences, offsets_of, place_of

__all__ = [
    "MASKED",
    "check_items",
    "count_labels",
    "encode_labels",
    "is_masked",
    "join_labels",
    "read_step_weights",
]

MASKED = -100
"""A label that is not known, as torch's cross-entropy has it: so do None, NaN and NA."""


def is_masked(label: Any) -> bool:
    """Return whether a label of a step is not known: None, NaN, NA or -100.

    Parameters
    ----------
    label : object

    Returns
    -------
    bool

    Examples
    --------
    >>> from seqestimators.sequences import is_masked
    >>> [is_masked(label) for label in (None, -100, "H", 0)]
    [True, True, False, False]
    """
    return is_missing(label) or (isinstance(label, (int, float, np.number)) and label == MASKED)


def count_labels(sequences: Sequences, stride: int = 1, *, unit: str = "steps") -> np.ndarray:
    """Count the labels that every sequence asks for: its steps but for BOS and EOS, by stride.

    Parameters
    ----------
    sequences : Sequences
        Of n token sequences or numeric series.
    stride : int, default=1
        Number of steps per label.
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
        characters. A label that is None, NaN, NA or -100 is masked.
    n_labels : ndarray of shape (n,), dtype int64
        What :func:`count_labels` returns.
    stride : int, default=1
        Number of steps per label, for the message.
    unit : str, default="steps"
        What a message calls the steps.

    Returns
    -------
    Sequences
        Its values are the labels, as objects; None where they are masked.

    Raises
    ------
    InvalidSequenceError
        A row has another number of labels, a label is a fraction, or all are
        masked.
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
    _check_hashable(rows, "y")
    remedy = "give one label for each"
    if len(rows) > 2 and all(isinstance(one, str) for one in rows) and len(set(rows)) <= len(rows) / 2:
        remedy += ". A label for the whole sequence is learned by RecurrentClassifier"
    lengths = check_counts(rows, n_labels, stride=stride, unit=unit, remedy=remedy)
    labels = np.fromiter(chain.from_iterable(rows), dtype=object, count=lengths.sum())
    distinct = set(labels.tolist())
    fractions = {one for one in distinct if isinstance(one, (float, np.floating)) and not is_masked(one)}
    fractions = {one for one in fractions if one != np.trunc(one) or np.isinf(one)}
    if fractions:
        index = next(i for i, label in enumerate(labels) if label in fractions)
        row, position = place_of(index, offsets_of(rows))
        raise InvalidSequenceError(
            f"row {row}, position {position} of y is {labels[index]!r}, a continuous target, but labels of "
            "steps are classes: a number for every step is learned by RecurrentStepRegressor, one for the "
            "whole sequence by RecurrentRegressor"
        )
    masked = {label for label in distinct if is_masked(label)}
    if masked:
        if masked == distinct:
            raise InvalidSequenceError(
                f"all {len(labels)} labels of y are masked ({labels[0]!r}): give at least one that is known"
            )
        labels[np.fromiter(map(is_masked, labels), dtype=bool, count=len(labels))] = None
    return Sequences.from_lengths(labels, lengths)


def check_counts(
    rows: Sequence[Any],
    n_targets: np.ndarray,
    *,
    stride: int = 1,
    unit: str = "steps",
    name: str = "labels",
    remedy: str,
) -> np.ndarray:
    """Raise an error that names the first row with more or fewer targets than its row of X asks for.

    Parameters
    ----------
    rows : sequence of n sequences
    n_targets : ndarray of shape (n,), dtype int64
        What :func:`count_labels` returns.
    stride : int, default=1
        Number of steps per target.
    unit, name : str
        What the message calls steps and targets.
    remedy : str
        What the message ends with.

    Returns
    -------
    ndarray of shape (n,), dtype int64
        Length of every row.
    """
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    wrong = lengths != n_targets
    if wrong.any():
        row = int(wrong.argmax())
        raise InvalidSequenceError(
            f"row {row} of y has {len(rows[row])} {name}, but row {row} of X has {n_targets[row]} groups of "
            f"stride={stride} {unit}: {remedy}"
        )
    return lengths


def read_step_weights(step_weight: Any, n_labels: np.ndarray) -> Sequences:
    """Read a weight for every label of every row.

    Parameters
    ----------
    step_weight : array-like of n rows
        Lists or arrays of as many numbers as the row has labels, or an array
        of shape (n, T).
    n_labels : ndarray of shape (n,), dtype int64
        Number of labels of every row of y.

    Returns
    -------
    Sequences
        Its values are the weights, as float64.

    Raises
    ------
    InvalidSequenceError
        A weight is negative, not finite, masked or no number, or a row has
        another number of them.
    ValueError
        There are more rows than of y, or fewer, or all weights are 0.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import read_step_weights
    >>> read_step_weights([[1, 0.5], [0]], np.array([2, 1])).values
    array([1. , 0.5, 0. ])
    """
    if hasattr(step_weight, "iloc"):  # of pandas, whose frames are iterated by columns
        step_weight = step_weight.to_numpy()
    check_consistent_length(n_labels, step_weight)
    rows = []
    for i, row in enumerate(step_weight):
        row = unmask(row, i, name="step_weight")
        try:
            weights = np.asarray(row, dtype=np.float64)
        except (TypeError, ValueError):
            raise InvalidSequenceError(
                f"row {i} of step_weight is {shorten(row)}: give one number for each label of the row"
            ) from None
        if weights.shape != (n_labels[i],):
            raise InvalidSequenceError(
                f"row {i} of step_weight has shape {weights.shape}, but row {i} of y has {n_labels[i]} "
                "labels: give one weight for each"
            )
        rows.append(weights)
    read = Sequences.from_rows(rows, like=np.empty(0))
    bad = ~(np.isfinite(read.values) & (read.values >= 0))
    if bad.any():
        row, position = place_of(index := int(bad.argmax()), read.offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of step_weight is {read.values[index]:g}: a weight is a finite "
            "number of at least 0"
        )
    if len(read.values) and not read.values.any():
        raise ValueError("step_weight is 0 for every step: no label is left to learn from")
    return read


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
        Its values are indices into `classes`, as int64, or -100 where a label
        is masked.

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
    code_of = {label: code for code, label in enumerate(classes.tolist())} | {None: MASKED}
    names = labels.values.tolist()
    codes = np.fromiter((code_of.get(name, -1) for name in names), dtype=np.int64, count=len(names))
    if (codes == -1).any():
        row, position = place_of(index := int((codes == -1).argmax()), labels.offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of y is {names[index]!r}, which is none of the classes "
            f"{classes.tolist()}: name all classes in the first call"
        )
    return Sequences(codes, labels.offsets)


def count_transitions(labels: Sequences, n_classes: int, weight: np.ndarray | None = None) -> np.ndarray:
    """Return how often labels stand first, last, and next to each other.

    Parameters
    ----------
    labels : Sequences
        What :func:`encode_labels` returns. Labels that are masked say nothing
        of their neighbours.
    n_classes : int
    weight : ndarray of shape (n_labels,) or None, default=None
        Weight of every label. Two neighbours count as the second of them, and
        the end as the label before it; None counts all alike.

    Returns
    -------
    ndarray of shape (n_classes + 1, n_classes + 1), dtype float64
        How often a label (in the column) stands behind another (in the row).
        The last row is the beginning of a sequence, the last column its end.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import Sequences
    >>> from seqestimators.sequences.step_labels import count_transitions
    >>> count_transitions(Sequences.from_rows([[0, 1], [0]]), 2)
    array([[0., 1., 1.],
           [0., 0., 1.],
           [2., 0., 0.]])
    """
    values, begins, ends = labels.values, labels.offsets[:-1], labels.offsets[1:]
    weight = np.ones(len(values)) if weight is None else weight
    present = labels.lengths > 0
    first, last = begins[present], ends[present] - 1
    has_neighbour = np.ones(len(values), dtype=bool)
    has_neighbour[first] = False
    place = np.flatnonzero(has_neighbour)
    outside = np.full(len(first), n_classes)
    counts = np.zeros((n_classes + 1, n_classes + 1))
    for before, behind, counted in (
        (outside, values[first], first),
        (values[place - 1], values[place], place),
        (values[last], outside, last),
    ):
        known = (before != MASKED) & (behind != MASKED)
        np.add.at(counts, (before[known], behind[known]), weight[counted[known]])
    return counts


def check_items(rows: Sequence[Any], name: str, may_be_missing: bool = False) -> None:
    """Refuse items of rows that can't be compared.

    Parameters
    ----------
    rows : list of str, or list of lists
    name : str
        What messages call them.
    may_be_missing : bool, default=False
        Whether an item may be missing.

    Raises
    ------
    InvalidSequenceError
        An item is missing; the message names row and position.
    TypeError
        An item isn't hashable.
    """
    distinct = _check_hashable(rows, name)
    if not may_be_missing and any(map(is_missing, distinct)):
        row, position, item = next(_places(rows, is_missing))
        raise InvalidSequenceError(
            f"row {row}, position {position} of {name} is missing ({item!r}): leave it out, or give it a name"
        )


def _check_hashable(rows: Sequence[Any], name: str) -> set[Any]:
    """Return the distinct items of rows that are no strings, all of which must be hashable."""
    try:
        return set(chain.from_iterable(row for row in rows if not isinstance(row, str)))
    except TypeError:
        row, position, item = next(_places(rows, _is_unhashable))
        raise TypeError(
            f"row {row}, position {position} of {name} is a {type(item).__name__}, which is no item of a "
            "sequence: use strings, numbers or tuples"
        ) from None


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
