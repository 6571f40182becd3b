"""Sequences without their first or their last token: what precedes, and what follows."""

import numpy as np

from ..sequences import Sequences


def leave_out(sequences: Sequences, first: bool) -> Sequences:
    """Leave out the first or the last value of every sequence; none is empty."""
    kept = np.ones(len(sequences.values), dtype=bool)
    kept[sequences.offsets[:-1] if first else sequences.offsets[1:] - 1] = False
    return sequences.keep(kept)
