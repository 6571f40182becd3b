"""Scores of labels of steps by what they make up: segments, tagged spans, secondary structure."""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

import numpy as np

from .._sklearn import StrOptions, validate_params
from ..exceptions import InvalidSequenceError
from .scores import WEIGHTED, check_pair, read_rows

__all__ = ["q3_score", "segment_f1_score", "segment_overlap_score"]

STATES = dict.fromkeys("HGI", "H") | dict.fromkeys("EB", "E") | dict.fromkeys("CTSLP- ", "C")
"""Helix, strand and coil, by the eight states of DSSP and how they are written."""
DSSP = (
    f"states of secondary structure are {', '.join(map(repr, STATES))}: give None where the state of a "
    "residue is not known"
)
BIO = (
    'labels of scheme="bio" are "B", "I", "O", or "B-name" and "I-name": write the "E" and "S" of BIOES as '
    '"I" and "B", or take scheme="segments" for runs of any labels'
)


@validate_params({"scheme": [StrOptions({"bio", "segments"})], **WEIGHTED})
def segment_f1_score(y_true: Any, y_pred: Any, *, scheme: str = "bio", sample_weight: Any = None) -> float:
    """F1 score of segments: those that agree in label, beginning and end.

    The harmonic mean of precision and recall [1]_ over the segments of all
    sequences: twice the number that are right, over the sum of those in
    `y_true` and those in `y_pred`.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels of every step: strings, lists, tuples or 1-D arrays. A
        label that is None, NaN or -100 is masked: its step is left out of both
        before segments are looked for.
    y_pred : array-like of shape (n_samples,)
        Predicted labels, of either kind.
    scheme : {"bio", "segments"}, default="bio"
        What a segment is. "bio": a "B" and all "I" behind it, or "B-name" and
        "I-name", with "O" for steps outside; an "I" that goes on with no segment
        of its name belongs to none. "segments": a run of equal labels.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        From 0 to 1, the best; 1 if there are no segments at all.

    Raises
    ------
    InvalidSequenceError
        A row is missing, or an item of `y_pred`, or a label is none of the
        scheme; the message names the row.
    ValueError
        `y_true` and `y_pred` differ in their number of rows, all labels are
        masked, or weights don't fit.

    See Also
    --------
    token_accuracy_score : The share of steps that are right.
    segment_overlap_score : Counts segments that are right in part.

    References
    ----------
    .. [1] Tjong Kim Sang, E. F., F. De Meulder, "Introduction to the CoNLL-2003
       shared task: language-independent named entity recognition", CoNLL 2003.

    Examples
    --------
    >>> from seqestimators.metrics import segment_f1_score
    >>> segment_f1_score(["OBIIOBI"], ["OBIIOOB"])
    0.5
    >>> segment_f1_score(["HHHEE"], ["HHHHE"], scheme="segments")
    0.0
    """
    given = {"y_true": y_true, "y_pred": y_pred}
    y_true, y_pred, weight = check_pair(y_true, y_pred, None, None, sample_weight, has_masks=True)
    if scheme == "bio":
        for name, rows in (("y_true", y_true), ("y_pred", y_pred)):
            _refuse_others(rows, given[name], name, _is_bio, BIO)
    find = find_spans if scheme == "bio" else find_runs
    true, pred = list(map(find, y_true)), list(map(find, y_pred))
    n_right = sum(w * len({*a} & {*b}) for w, a, b in zip(weight, true, pred, strict=True))
    n_all = sum(w * (len(a) + len(b)) for w, a, b in zip(weight, true, pred, strict=True))
    return float(2 * n_right / n_all) if n_all else 1.0


@validate_params(WEIGHTED)
def q3_score(y_true: Any, y_pred: Any, *, sample_weight: Any = None) -> float:
    """Share of residues whose secondary structure is right: helix, strand or coil.

    The eight states of DSSP [1]_ are reduced to three [2]_: H, G and I are
    helix, E and B strand, all others (T, S, C, L, P, ``-`` and blank) coil.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True states of every residue: strings, lists, tuples or 1-D arrays. A
        state that is None, NaN or -100 is masked, and doesn't count.
    y_pred : array-like of shape (n_samples,)
        Predicted states, of either kind.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        From 0 to 1, the best; residues of all sequences count alike.

    Raises
    ------
    InvalidSequenceError
        A state is none of DSSP; the message names the row.
    ValueError, TypeError
        The sequences or weights don't fit, as in :func:`token_accuracy_score`.

    See Also
    --------
    segment_overlap_score : Counts helices and strands instead of residues.

    References
    ----------
    .. [1] Kabsch, W., C. Sander, "Dictionary of protein secondary structure",
       Biopolymers 22 (1983) 2577-2637.
    .. [2] Rost, B., C. Sander, "Prediction of protein secondary structure at
       better than 70% accuracy", Journal of Molecular Biology 232 (1993)
       584-599.

    Examples
    --------
    >>> from seqestimators.metrics import q3_score
    >>> q3_score(["HHGTEE"], ["HHHCEC"])
    0.833...
    """
    given = {"y_true": y_true, "y_pred": y_pred}
    y_true, y_pred, weight = check_pair(y_true, y_pred, None, None, sample_weight, has_masks=True)
    for name, rows in (("y_true", y_true), ("y_pred", y_pred)):
        _refuse_others(rows, given[name], name, STATES.__contains__, DSSP)
    true, pred = _reduce(y_true), _reduce(y_pred)
    pairs = list(zip(weight, true, pred, strict=True))
    n_steps = sum(w * max(len(a), len(b)) for w, a, b in pairs)
    n_right = sum(w * sum(map(str.__eq__, a, b)) for w, a, b in pairs)
    return float(n_right / n_steps) if n_steps else 1.0


@validate_params(WEIGHTED)
def segment_overlap_score(y_true: Any, y_pred: Any, *, sample_weight: Any = None) -> float:
    r"""Overlap of true and predicted segments of secondary structure, the SOV of 1999.

    A segment is a run of equal labels. Of a sequence with true segments `s` and
    predicted ones `p` the score [1]_ is

    .. math:: \frac{1}{N} \sum_{(s, p)} \frac{\mathrm{minov}(s, p) + \delta(s, p)}
        {\mathrm{maxov}(s, p)}\,|s|,
        \quad \delta = \min\{\mathrm{maxov} - \mathrm{minov},\ \mathrm{minov},\
        \lfloor |s| / 2 \rfloor,\ \lfloor |p| / 2 \rfloor\}

    over all pairs of one label that overlap, in minov steps, and together
    reach over maxov. N is the sum of the lengths of `s` over these pairs, and
    of all true segments without such a pair.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels of every step: strings, lists, tuples or 1-D arrays. A
        label that is None, NaN or -100 is masked: its step is left out of both
        before segments are looked for.
    y_pred : array-like of shape (n_samples,)
        Predicted labels, of either kind.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of the sequences, not negative; None weighs all alike.

    Returns
    -------
    float
        Mean over the sequences that have true labels, from 0 to 1, the best; 1
        if none has. In the field often given in percent.

    Raises
    ------
    ValueError, TypeError
        The sequences or weights don't fit, as in :func:`token_accuracy_score`.

    See Also
    --------
    q3_score : Counts residues.
    segment_f1_score : Counts segments that are right from beginning to end.

    Notes
    -----
    Labels are compared as they are: eight states are reduced to three before.

    References
    ----------
    .. [1] Zemla, A., C. Venclovas, K. Fidelis, B. Rost, "A modified definition
       of Sov, a segment-based measure for protein secondary structure
       prediction assessment", Proteins 34 (1999) 220-223.

    Examples
    --------
    >>> from seqestimators.metrics import segment_overlap_score
    >>> segment_overlap_score(["CCHHHHHHCC"], ["CCCHHHHHHC"])
    0.9
    >>> segment_overlap_score(["CCHHHHHHCC"], ["CCHHCHHCCC"])
    0.625
    """
    y_true, y_pred, weight = check_pair(y_true, y_pred, None, None, sample_weight, has_masks=True)
    kept = [i for i, row in enumerate(y_true) if len(row) and weight[i]]
    if not kept:
        return 1.0
    scores = [_overlap(find_runs(y_true[i]), find_runs(y_pred[i])) for i in kept]
    return float(np.average(scores, weights=weight[kept]))


def find_runs(labels: Any) -> list[tuple[Any, int, int]]:
    """Return label, beginning and end of every run of equal labels."""
    spans, begin = [], 0
    for label, run in groupby(labels):
        end = begin + sum(1 for _ in run)
        spans.append((label, begin, end))
        begin = end
    return spans


def find_spans(labels: Any) -> list[tuple[str, int, int]]:
    """Return name, beginning and end of every span of B and I."""
    spans: list[tuple[str, int, int]] = []
    for position, label in enumerate(labels):
        kind, _, what = label.partition("-")
        if kind == "B":
            spans.append((what, position, position + 1))
        elif kind == "I" and spans and spans[-1][::2] == (what, position):
            spans[-1] = (what, spans[-1][1], position + 1)
    return spans


def _is_bio(label: Any) -> bool:
    return isinstance(label, str) and re.fullmatch("O|[BI](-.+)?", label, re.DOTALL) is not None


def _refuse_others(rows: Any, given: Any, name: str, is_known: Callable[[Any], bool], expected: str) -> None:
    """Raise an error that names the first label that is none of a scheme; `given` has the masked ones too."""
    for i, row in enumerate(rows):
        if not all(map(is_known, row)):
            label = next(label for label in row if not is_known(label))
            position = list(read_rows(given, name, has_masks=True)[i]).index(label)
            raise InvalidSequenceError(f"row {i}, position {position} of {name} is {label!r}, but {expected}")


def _reduce(rows: Any) -> list[list[str]]:
    """States of DSSP as helix, strand and coil."""
    return [[STATES[state] for state in row] for row in rows]


def _overlap(true: list[tuple[Any, int, int]], pred: list[tuple[Any, int, int]]) -> float:
    """SOV of one sequence."""
    total, normalizer = 0.0, 0
    for label, begin, end in true:
        length, is_met = end - begin, False
        for other, start, stop in pred:
            shared = min(end, stop) - max(begin, start)
            if other != label or shared <= 0:
                continue
            is_met = True
            reach = max(end, stop) - min(begin, start)
            spare = min(reach - shared, shared, length // 2, (stop - start) // 2)
            total += (shared + spare) / reach * length
            normalizer += length
        normalizer += 0 if is_met else length
    return total / normalizer
