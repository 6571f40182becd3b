"""Scores of predicted sequences against true ones."""

from operator import eq
from typing import Any

import numpy as np

from .._sklearn import HasMethods, StrOptions, validate_params
from ..domain import KINDS, canonical_smiles, normalize
from ..exceptions import InvalidSequenceError
from ..sequences import Sequences, check_items, check_sequences, is_masked, read_weights
from ._edit_distance import edit_distance

__all__ = [
    "edit_similarity_score",
    "exact_match_score",
    "phoneme_error_rate",
    "token_accuracy_score",
    "word_error_rate",
]

MOLECULE = "molecule"
WEIGHTED: dict = {"sample_weight": ["array-like", None]}
_OPTIONS: dict = {
    "kind": [StrOptions({*KINDS, MOLECULE}), None],
    "tokenizer": [HasMethods(["normalize"]), None],
    **WEIGHTED,
}


@validate_params(_OPTIONS)
def token_accuracy_score(
    y_true: Any, y_pred: Any, *, kind: str | None = None, tokenizer: Any = None, sample_weight: Any = None
) -> float:
    """Share of positions that agree, over all sequences.

    Positions count alike, so that long sequences weigh more than short ones.
    What one sequence has behind the end of the other is wrong: a pair counts
    as many positions as the longer of both has.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True sequences: strings, whose items are their characters, or lists,
        tuples or 1-D arrays of hashable items; or a 2-D array, whose rows
        count in full length. An item that is None, NaN or -100 is masked: its
        position doesn't count.
    y_pred : array-like of shape (n_samples,)
        Predicted sequences, of either kind; ``["M", "K"]`` equals ``"MK"``.
    kind : {"dna", "rna", "protein", "smiles", "molecule"} or None, default=None
        What the sequences are: they are compared in its
        :func:`normal form <seqestimators.domain.normalize>`, so that case, for
        instance, doesn't count in DNA. "molecule" compares SMILES as RDKit
        writes them, so that all ways to write a molecule are alike; a
        prediction that is no molecule is wrong. None compares sequences as
        they are.
    tokenizer : tokenizer or None, default=None
        What reads the sequences, instead of `kind`: they are compared as it
        writes them, of ``SmilesTokenizer(canonical=True)`` as canonical SMILES.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        From 0 to 1, the best; 1 if all sequences are empty.

    Raises
    ------
    InvalidSequenceError
        A row is missing, or an item of `y_pred`, or a row has no normal form.
        The message names row and position.
    ValueError
        `y_true` or `y_pred` is a bare string or has no rows, or they differ in
        their number of rows; or all items of `y_true` are masked; or weights
        don't fit; or both `kind` and
        `tokenizer` are given.
    TypeError
        A row is no sequence, an item isn't hashable, or strings and lists are
        mixed in one of both.

    See Also
    --------
    edit_similarity_score : Forgives shifts by insertions and deletions.
    exact_match_score : Share of sequences right as a whole.

    Examples
    --------
    >>> from seqestimators.metrics import token_accuracy_score
    >>> token_accuracy_score(["MKLV", "MA"], ["MKIV", "MA"])
    0.8333...
    >>> token_accuracy_score(["MKLV"], ["MK"])
    0.5
    >>> token_accuracy_score(["MKLV"], ["mklv"], kind="protein")
    1.0
    >>> token_accuracy_score([["M", None, "L"]], ["MKA"])
    0.5
    """
    y_true, y_pred, weight = check_pair(y_true, y_pred, kind, tokenizer, sample_weight, has_masks=True)
    n_positions = weight @ np.maximum(_lengths(y_true), _lengths(y_pred))
    if n_positions == 0:
        return 1.0
    return float(weight @ _count_agreements(y_true, y_pred) / n_positions)


@validate_params(_OPTIONS)
def exact_match_score(
    y_true: Any, y_pred: Any, *, kind: str | None = None, tokenizer: Any = None, sample_weight: Any = None
) -> float:
    """Share of sequences that are right from the first item to the last.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True sequences, of any kind that :func:`token_accuracy_score` reads.
    y_pred : array-like of shape (n_samples,)
        Predicted sequences, one for each true one.
    kind : {"dna", "rna", "protein", "smiles", "molecule"} or None, default=None
        What the sequences are, as in :func:`token_accuracy_score`.
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
        The sequences or weights don't fit, as in :func:`token_accuracy_score`.

    See Also
    --------
    word_error_rate : The share of the others.

    Examples
    --------
    >>> from seqestimators.metrics import exact_match_score
    >>> exact_match_score(["MKLV", "MA"], ["MKIV", "MA"])
    0.5
    >>> exact_match_score(["CCO", "c1ccccc1"], ["OCC", "c1ccccc"], kind="molecule")
    0.5
    """
    y_true, y_pred, weight = check_pair(y_true, y_pred, kind, tokenizer, sample_weight)
    return float(np.average(_are_equal(y_true, y_pred), weights=weight))


@validate_params(_OPTIONS)
def edit_similarity_score(
    y_true: Any, y_pred: Any, *, kind: str | None = None, tokenizer: Any = None, sample_weight: Any = None
) -> float:
    """Mean of 1 - edit distance / length of the longer sequence.

    The edit distance [1]_ is the least number of insertions, deletions and
    substitutions of one item that turn one sequence into the other. Unlike in
    :func:`token_accuracy_score`, an item too many costs no more than itself,
    and all sequences count alike.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True sequences, of any kind that :func:`token_accuracy_score` reads.
    y_pred : array-like of shape (n_samples,)
        Predicted sequences, one for each true one.
    kind : {"dna", "rna", "protein", "smiles", "molecule"} or None, default=None
        What the sequences are, as in :func:`token_accuracy_score`.
    tokenizer : tokenizer or None, default=None
        What reads the sequences, instead of `kind`.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        From 0 to 1, the best. Two empty sequences are alike: 1.

    Raises
    ------
    ValueError, TypeError
        The sequences or weights don't fit, as in :func:`token_accuracy_score`.

    References
    ----------
    .. [1] Levenshtein, V. I., "Binary codes capable of correcting deletions,
       insertions, and reversals", Soviet Physics Doklady 10 (1966) 707-710.

    Examples
    --------
    >>> from seqestimators.metrics import edit_similarity_score, token_accuracy_score
    >>> edit_similarity_score(["MKLVA"], ["KLVA"])
    0.8
    >>> token_accuracy_score(["MKLVA"], ["KLVA"])
    0.0
    """
    y_true, y_pred, weight = check_pair(y_true, y_pred, kind, tokenizer, sample_weight)
    longest = np.maximum(_lengths(y_true), _lengths(y_pred))
    return float(np.average(1 - _edit_distances(y_true, y_pred) / np.maximum(longest, 1), weights=weight))


@validate_params(_OPTIONS)
def word_error_rate(
    y_true: Any, y_pred: Any, *, kind: str | None = None, tokenizer: Any = None, sample_weight: Any = None
) -> float:
    """Share of sequences that are not right as a whole.

    The measure of pronunciations [1]_, where each sequence belongs to one
    word: ``1 - exact_match_score``. In speech recognition the same name means
    the :func:`phoneme_error_rate` of sentences cut into words.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True sequences, of any kind that :func:`token_accuracy_score` reads.
    y_pred : array-like of shape (n_samples,)
        Predicted sequences, one for each true one.
    kind : {"dna", "rna", "protein", "smiles", "molecule"} or None, default=None
        What the sequences are, as in :func:`token_accuracy_score`.
    tokenizer : tokenizer or None, default=None
        What reads the sequences, instead of `kind`.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        From 0, the best, to 1.

    Raises
    ------
    ValueError, TypeError
        The sequences or weights don't fit, as in :func:`token_accuracy_score`.

    References
    ----------
    .. [1] Bisani, M. and Ney, H., "Joint-sequence models for grapheme-to-phoneme
       conversion", Speech Communication 50 (2008) 434-451.

    Examples
    --------
    >>> from seqestimators.metrics import word_error_rate
    >>> truth = [["K", "AE1", "T"], ["D", "AO1", "G"]]
    >>> word_error_rate(truth, [["K", "AE1", "T"], ["D", "AA1", "G"]])
    0.5
    """
    y_true, y_pred, weight = check_pair(y_true, y_pred, kind, tokenizer, sample_weight)
    return float(np.average(~_are_equal(y_true, y_pred), weights=weight))


@validate_params(_OPTIONS)
def phoneme_error_rate(
    y_true: Any, y_pred: Any, *, kind: str | None = None, tokenizer: Any = None, sample_weight: Any = None
) -> float:
    """Sum of the edit distances over the sum of the true lengths.

    The measure of pronunciations [1]_, and with other items that of any
    sequences: the character error rate of strings, the word error rate of
    sentences cut into words.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True sequences, of any kind that :func:`token_accuracy_score` reads.
    y_pred : array-like of shape (n_samples,)
        Predicted sequences, one for each true one.
    kind : {"dna", "rna", "protein", "smiles", "molecule"} or None, default=None
        What the sequences are, as in :func:`token_accuracy_score`.
    tokenizer : tokenizer or None, default=None
        What reads the sequences, instead of `kind`.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        From 0, the best; more than 1 where the predictions are too long.

    Raises
    ------
    ValueError, TypeError
        The sequences or weights don't fit, as in :func:`token_accuracy_score`;
        or all true sequences (of a weight that isn't 0) are empty.

    References
    ----------
    .. [1] Bisani, M. and Ney, H., "Joint-sequence models for grapheme-to-phoneme
       conversion", Speech Communication 50 (2008) 434-451.

    Examples
    --------
    >>> from seqestimators.metrics import phoneme_error_rate
    >>> truth = [["K", "AE1", "T"], ["D", "AO1", "G"]]
    >>> phoneme_error_rate(truth, [["K", "AE1", "T", "S"], ["D", "AA1", "G"]])
    0.333...
    """
    y_true, y_pred, weight = check_pair(y_true, y_pred, kind, tokenizer, sample_weight)
    n_items = weight @ _lengths(y_true)
    if n_items == 0:
        raise ValueError(
            "every row of y_true is empty, so that no error rate is defined: leave out empty rows, or use "
            "edit_similarity_score"
        )
    return float(weight @ _edit_distances(y_true, y_pred) / n_items)


def check_pair(y_true, y_pred, kind, tokenizer, sample_weight, has_masks=False):
    """Both as lists of strings, or both as lists of lists, and the weights; masked positions are left out."""
    if kind is not None and tokenizer is not None:
        raise ValueError(f"kind={kind!r} and a tokenizer both say how sequences are read: give one of them")
    y_true, y_pred = read_rows(y_true, "y_true", has_masks), read_rows(y_pred, "y_pred")
    if has_masks and len(y_true) == len(y_pred):
        y_true, y_pred = _leave_out_masked(y_true, y_pred)
    y_true, y_pred = (
        to_normal_form(y, name, kind, tokenizer) for y, name in ((y_true, "y_true"), (y_pred, "y_pred"))
    )
    if len(y_true) != len(y_pred):
        raise ValueError(
            f"y_true has {len(y_true)} rows, but y_pred has {len(y_pred)}: give one prediction for every "
            "true sequence"
        )
    weight = read_weights(sample_weight, len(y_true))
    if isinstance(y_true[0], str) != isinstance(y_pred[0], str):
        y_true, y_pred = list(map(list, y_true)), list(map(list, y_pred))
    return y_true, y_pred, weight


def _leave_out_masked(y_true, y_pred):
    """Both without the positions at which the true item isn't known."""
    masks = [[] if isinstance(row, str) else list(map(is_masked, row)) for row in y_true]
    if not any(map(any, masks)):
        return y_true, y_pred
    if all(map(all, masks)) and not any(isinstance(row, str) for row in y_true):
        raise ValueError("every item of y_true is masked: there is nothing to score")

    def keep(rows):
        return [
            [item for i, item in enumerate(row) if i >= len(mask) or not mask[i]]
            for row, mask in zip(rows, masks, strict=True)
        ]

    return keep(y_true), keep(y_pred)


def read_rows(y, name, has_masks=False):
    if len(getattr(y, "shape", ())) == 2:
        table = np.asarray(y)
        y = list(table) if table.dtype.kind in "iufb" or table.shape[1] != 1 else y
    rows = check_sequences(y, lists=True, name=name)
    check_items(rows, name, has_masks)
    return rows


def to_normal_form(rows, name, kind, tokenizer):
    """As the kind or the tokenizer writes them, if there is one; lists are joined where strings are read."""
    if kind is None and tokenizer is None:
        return rows
    reads_lists = getattr(tokenizer, "_reads_lists", False)
    if not isinstance(rows[0], str) and not reads_lists:
        rows = [_join_letters(row, f"row {i}", name) for i, row in enumerate(rows)]
    if kind == MOLECULE:
        return _canonical(rows, name)
    if kind is not None:
        return normalize(rows, kind, name=name)
    return list(tokenizer.normalize(rows, name=name))


def _canonical(rows, name):
    """SMILES as RDKit writes them; a prediction that is no molecule stays as it is, and is like none."""
    written = canonical_smiles(rows)
    if name == "y_true" and None in written:
        row = written.index(None)
        raise InvalidSequenceError(
            f"Could not parse {rows[row]!r} at row {row} of {name} as a molecule: correct the SMILES or drop "
            "the row"
        )
    return [text if one is None else one for text, one in zip(rows, written, strict=True)]


def _join_letters(row, place, name):
    for position, item in enumerate(row):
        if not isinstance(item, str) or len(item) != 1:
            raise InvalidSequenceError(
                f"{place}, position {position} of {name} is {item!r}, but with a kind or a tokenizer "
                'sequences are strings, or lists of single letters: join the items, "".join(row)'
            )
    return "".join(row)


def _lengths(rows):
    return np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))


def _are_equal(y_true, y_pred):
    return np.fromiter(map(eq, y_true, y_pred), dtype=bool, count=len(y_true))


def _edit_distances(y_true, y_pred):
    return np.fromiter(map(edit_distance, y_true, y_pred), dtype=np.int64, count=len(y_true))


def _count_agreements(y_true, y_pred):
    """For every pair, the number of positions at which both have the same item."""
    if not isinstance(y_true[0], str):
        return [sum(map(eq, a, b)) for a, b in zip(y_true, y_pred, strict=True)]
    pairs = [(a[: len(b)], b[: len(a)]) for a, b in zip(y_true, y_pred, strict=True)]
    texts = ["".join(side) for side in zip(*pairs, strict=True)]
    encoding, dtype = ("ascii", np.uint8) if all(map(str.isascii, texts)) else ("utf-32-le", np.uint32)
    true, pred = (np.frombuffer(text.encode(encoding, "surrogatepass"), dtype) for text in texts)
    agrees = Sequences.from_lengths(np.equal(true, pred), _lengths([a for a, _ in pairs]))
    return agrees.keep(agrees.values).lengths
