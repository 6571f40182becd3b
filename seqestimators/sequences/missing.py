"""Missing values in numeric series, told to a network by channels of their own."""

from dataclasses import replace

import numpy as np

from .container import Sequences

__all__ = ["mask_missing"]

N_PARTS = 3
"""How many channels stand for one: its value, whether it was observed, and when it was before."""


def mask_missing(series: Sequences) -> Sequences:
    r"""Replace missing values by those observed before, and say in further channels what is missing.

    The channels that come out are the values, in the place of a missing one
    the last that was observed, or 0 if none was; then, for each of them,
    whether it was observed, 1 or 0; then :math:`\log(1 + s_t)` of the number
    :math:`s_t` of steps since it was last observed before this step [1]_, or
    since the first step if it never was.

    Parameters
    ----------
    series : Sequences
        Numeric series of `d` channels, in which NaN is missing.

    Returns
    -------
    Sequences
        Series of `3 d` channels, finite where the observed values are.

    References
    ----------
    .. [1] Che, Z. et al., "Recurrent Neural Networks for Multivariate Time
       Series with Missing Values", Scientific Reports 8 (2018) 6085.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators.sequences import mask_missing, read_sequences
    >>> series = read_sequences([[0.5, np.nan, np.nan, 2.0]], missing="keep")
    >>> value, observed, since = mask_missing(series).values.T
    >>> value.tolist(), observed.tolist(), np.expm1(since).round().tolist()
    ([0.5, 0.5, 0.5, 2.0], [1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 2.0, 3.0])
    """
    values = series.values
    observed = ~np.isnan(values)
    step = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(observed, step, -1), axis=0)  # observed up to this step
    before = np.vstack([np.full_like(last[:1], -1), last[:-1]])
    begins = np.repeat(series.offsets[:-1], series.lengths)[:, None]
    since = np.log1p(step - np.maximum(before, begins))
    carried = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    joined = np.hstack([np.where(last < begins, 0, carried), observed, since])
    return replace(series, values=joined.astype(values.dtype), is_masked=True)
