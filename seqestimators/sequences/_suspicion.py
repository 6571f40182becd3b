"""Signs that integers are no token ids of a tokenizer of this library."""

import warnings

import numpy as np

from ..exceptions import InvalidSequenceError, TokenIdWarning
from .container import Sequences, place_of
from .fingerprint import Fingerprint
from .ids import BOS, EOS, PAD, UNKNOWN

_ALWAYS_SMALL = 2**20
"""An id up to this is never too large."""
_IDS_PER_TOKEN = 16
"""Nor one up to so many times the number of tokens."""


def check_new_ids(tokens: Sequences, fingerprint: Fingerprint | None, is_matrix: bool) -> None:
    """Refuse ids that are too large to be learned, and warn of foreign ones that have a meaning here.

    Parameters
    ----------
    tokens : Sequences
        Ids as they were passed, the padding included.
    fingerprint : Fingerprint or None
        Of the tokenizer of this library that made them.
    is_matrix : bool
        Whether they were passed as a 2-D array. One that has been padded and
        cut out of has no fingerprint, and may hold unknown tokens.
    """
    values, offsets = tokens.values, tokens.offsets
    limit = max(
        _ALWAYS_SMALL, _IDS_PER_TOKEN * len(values), 0 if fingerprint is None else fingerprint.n_tokens
    )
    if values.max(initial=0) > limit:
        row, position = place_of(index := int(np.argmax(values)), offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of X is {values[index]}, too large for a token id: every id up "
            f"to it would get a vector of weights, and {len(values)} tokens teach ids up to {limit}. Number "
            'the tokens from 4 on, or set input="values" if these are measurements'
        )
    if fingerprint is not None or not (values <= EOS).any():
        return
    foreign = _first_foreign(values, offsets, is_matrix)
    if foreign is not None:
        row, position = place_of(foreign, offsets)
        warnings.warn(
            f"row {row}, position {position} of X is {values[foreign]}, but 0 is padding, 1 any unknown "
            "token, and 2 and 3 are the beginning and the end of a sequence, and no tokenizer of this "
            "library has "
            'made these ids. Tokens begin at 4: add 4 to all ids if yours begin at 0, or set input="values" '
            "if "
            "they are measurements",
            TokenIdWarning,
            stacklevel=8,
        )


def _first_foreign(values: np.ndarray, offsets: np.ndarray, is_matrix: bool) -> int | None:
    """Return the place of the first id of 0 to 3 that doesn't stand where its meaning here has a place."""
    lengths = np.diff(offsets)
    content = np.flatnonzero(values != PAD)
    bounds = np.searchsorted(content, offsets)
    filled = bounds[1:] > bounds[:-1]
    firsts, lasts = content[bounds[:-1][filled]], content[bounds[1:][filled] - 1]
    foreign = np.zeros(len(values), dtype=bool)
    if lengths.min() == lengths.max():  # rows of one length may be padded
        outer = np.ones(len(values), dtype=bool)
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            outer[first:last] = False
        foreign |= (values == PAD) & ~outer
    else:
        foreign |= values == PAD
    if not is_matrix:
        foreign |= values == UNKNOWN
    for marker, places in ((BOS, firsts), (EOS, lasts)):
        is_marker = values == marker
        is_marker[places] = False
        foreign |= is_marker
    return int(foreign.argmax()) if foreign.any() else None


def refuse_columns_behind_padding(matrix: np.ndarray) -> None:
    """Raise an error if a matrix looks like padded token ids with columns of other numbers beside them.

    Parameters
    ----------
    matrix : ndarray of shape (n, L)
    """
    if len(matrix) < 2 or matrix.dtype.kind not in "iuf":
        return
    for is_flipped in (False, True):
        table = matrix[:, ::-1] if is_flipped else matrix
        is_padding = table == PAD
        is_whole = (table == np.trunc(table)) & (table >= 0) if table.dtype.kind == "f" else table >= 0
        with_padding, fractional = is_padding.any(axis=0), ~is_whole.all(axis=0)
        ends = {int(with_padding.nonzero()[0].max(initial=-1)) + 1}
        if fractional.any():
            ends.add(int(fractional.argmax()))
        for end in ends:
            head = is_padding[:, :end]
            if not 3 <= end < table.shape[1] or not is_whole[:, :end].all() or not head[:, -1].any():
                continue
            is_padded = (head[:, 1:] >= head[:, :-1]).all() and head[:, -2:].all(axis=1).any()
            if is_padded and not head[:, 0].any():
                row = int(head[:, -1].argmax())
                position = table.shape[1] - 1 - end if is_flipped else end
                side = "before" if is_flipped else "behind"
                raise InvalidSequenceError(
                    f"row {row}, position {position} of X is {matrix[row, position]:g}, {side} padding of 0: "
                    "these look like padded token ids with columns of other numbers beside them, which would "
                    'be read as one more token. Give the ids alone, or set input="values" if each row is one '
                    "series of numbers"
                )
