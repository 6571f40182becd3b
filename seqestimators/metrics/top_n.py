"""Scores of several candidates for each sequence."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Real as RealNumber
from typing import Any

import numpy as np

from .._sklearn import HasMethods, Integral, Interval, StrOptions, validate_params
from ..domain import KINDS
from ..sequences import read_weights, shorten
from .scores import MOLECULE, WEIGHTED, read_rows, to_normal_form

__all__ = ["top_n_accuracy_score"]


@validate_params(
    {
        "n": [Interval(Integral, 1, None, closed="left")],
        "kind": [StrOptions({*KINDS, MOLECULE}), None],
        "tokenizer": [HasMethods(["normalize"]), None],
        **WEIGHTED,
    }
)
def top_n_accuracy_score(
    y_true: Any,
    y_pred: Any,
    *,
    n: int = 5,
    kind: str | None = None,
    tokenizer: Any = None,
    sample_weight: Any = None,
) -> float:
    """Share of sequences that are among the first n candidates for them.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True sequences, of any kind that :func:`token_accuracy_score` reads.
    y_pred : array-like of n_samples lists
        The candidates for each, the best first: sequences, or pairs (sequence,
        log-probability) as :func:`seqestimators.predict_n_best` returns them.
        A list may be shorter than `n`, or empty.
    n : int, default=5
        Number of candidates that count, at least 1.
    kind : {"dna", "rna", "protein", "smiles", "molecule"} or None, default=None
        What the sequences are, as in :func:`token_accuracy_score`: "molecule"
        compares canonical SMILES.
    tokenizer : tokenizer or None, default=None
        What reads the sequences, instead of `kind`.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        From 0 to 1, the best.

    Raises
    ------
    ValueError, TypeError
        The sequences or weights don't fit, as in :func:`token_accuracy_score`;
        or a row of `y_pred` is no list of candidates.

    See Also
    --------
    exact_match_score : The same of a single prediction.
    sklearn.metrics.top_k_accuracy_score : The same of classes.

    References
    ----------
    .. [1] Liu, B. et al., "Retrosynthetic Reaction Prediction Using Neural
       Sequence-to-Sequence Models", ACS Central Science 3 (2017) 1103-1113.

    Examples
    --------
    >>> from seqestimators.metrics import top_n_accuracy_score
    >>> candidates = [["CCN", "OCC"], ["C", "CC"]]
    >>> top_n_accuracy_score(["CCO", "CCC"], candidates, n=2, kind="molecule")
    0.5
    """
    if kind is not None and tokenizer is not None:
        raise ValueError(f"kind={kind!r} and a tokenizer both say how sequences are read: give one of them")
    true = to_normal_form(read_rows(y_true, "y_true"), "y_true", kind, tokenizer)
    rows = [_read_candidates(row, i)[:n] for i, row in enumerate(_list_rows(y_pred))]
    if len(rows) != len(true):
        raise ValueError(
            f"y_true has {len(true)} rows, but y_pred has {len(rows)}: give a list of candidates for each"
        )
    weight = read_weights(sample_weight, len(true))
    candidates: Any = [candidate for row in rows for candidate in row]
    if candidates:
        with _naming_candidates(rows):
            candidates = to_normal_form(read_rows(candidates, "y_pred"), "y_pred", kind, tokenizer)
    given = iter(map(tuple, candidates))  # items alike are alike, whatever holds them
    found = [tuple(one) in [next(given) for _ in row] for one, row in zip(true, rows, strict=True)]
    return float(np.average(found, weights=weight))


@contextmanager
def _naming_candidates(rows: list[list[Any]]) -> Iterator[None]:
    """Let errors that count all candidates as rows name the row, and which of its candidates it is."""
    places = [(row, place) for row, candidates in enumerate(rows) for place in range(len(candidates))]

    def name(found: re.Match[str]) -> str:
        row, place = places[int(found[1])]
        return f"candidate {place} in row {row}"

    try:
        yield
    except (TypeError, ValueError) as error:
        error.args = (re.sub(r"\brow (\d+)", name, str(error)),)
        raise


def _list_rows(y_pred: Any) -> list[Any]:
    """The rows of candidates, which may be those of a table."""
    if not _is_ordered(y_pred):
        raise TypeError(
            f"y_pred is {shorten(y_pred)}, but must be a list, with a list of candidates for each sequence"
        )
    if hasattr(y_pred, "to_pylist"):  # pyarrow
        return list(y_pred.to_pylist())
    is_table = len(getattr(y_pred, "shape", ())) == 2  # of pandas or polars, whose items are columns
    return list(np.asarray(y_pred) if is_table else y_pred)


def _is_ordered(rows: Any) -> bool:
    """Whether these are several items in an order."""
    is_other = isinstance(rows, (str, bytes, set, frozenset, Mapping)) or getattr(rows, "shape", None) == ()
    return hasattr(rows, "__len__") and not is_other


def _read_candidates(row: Any, i: int) -> list[Any]:
    """The candidates of a row, without their log-probabilities."""
    if not _is_ordered(row):
        raise TypeError(
            f"row {i} of y_pred is {shorten(row)}, but must be a list of candidates, the best first: put "
            "a single one into a list, or use exact_match_score"
        )
    return [one[0] if _is_pair(one) else one for one in row]


def _is_pair(candidate: Any) -> bool:
    """Whether a candidate comes with its log-probability."""
    return (
        isinstance(candidate, tuple)
        and len(candidate) == 2
        and hasattr(candidate[0], "__len__")
        and isinstance(candidate[1], RealNumber)
    )
