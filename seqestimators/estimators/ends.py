"""The markers of beginning and end: added inside the models that need them, never twice."""

import numpy as np

from ..preprocessing import Sequences
from ..preprocessing.vocabulary import BOS, EOS

__all__ = ["add_ends", "strip_ends"]


def strip_ends(sequences):
    """Leave out BOS at the beginning and EOS at the end of every sequence, where they stand.

    Parameters
    ----------
    sequences : Sequences
        Token ids.

    Returns
    -------
    Sequences
    """
    values, lengths = sequences.values, sequences.lengths
    filled = lengths > 0
    starts, stops = sequences.offsets[:-1].copy(), sequences.offsets[1:].copy()
    starts[filled] += values[starts[filled]] == BOS
    stops[filled] -= (values[stops[filled] - 1] == EOS) & (stops[filled] > starts[filled])
    if (stops - starts == lengths).all():
        return sequences
    kept = np.zeros(len(values) + 1, dtype=np.int64)
    np.add.at(kept, starts, 1)
    np.add.at(kept, stops, -1)
    offsets = np.concatenate([[0], np.cumsum(stops - starts)])
    return Sequences(values[np.cumsum(kept[:-1]) > 0], offsets)


def add_ends(sequences, begin=True):
    """Put EOS behind every sequence and, if `begin`, BOS before it.

    Parameters
    ----------
    sequences : Sequences
        Token ids.
    begin : bool, default=True

    Returns
    -------
    Sequences
    """
    ends = sequences.offsets[1:]
    values = np.insert(sequences.values, ends, EOS)
    offsets = sequences.offsets + np.arange(len(sequences.offsets))
    if begin:
        values = np.insert(values, offsets[:-1], BOS)
        offsets = offsets + np.arange(len(offsets))
    return Sequences(values, offsets)
