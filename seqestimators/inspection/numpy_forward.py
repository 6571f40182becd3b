"""The recurrence of a fitted network, written out in numpy."""

from typing import Any

import numpy as np
from sklearn.utils import Bunch

from .._sklearn import Integral, validate_params
from ..modules import Batch, Cell, Ragged, RecurrentEncoder
from ..sequences import Sequences, object_array
from ._fitted import FittedModel, unwrap

__all__ = ["numpy_forward"]


@validate_params({"layer": [Integral]})
def numpy_forward(model: Any, X: Any, *, layer: int = -1, column: Any = None) -> np.ndarray:
    r"""Recompute the hidden states of a fitted network in plain numpy.

    The recurrence is written out, step by step, so that it can be read, and
    compared with the network: of torch, it uses the weights, and the vectors
    that the first layer reads.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        Any recurrent estimator, or a Pipeline that ends in one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer. A
        single string, or a single 1-D array of numbers, counts as one
        sequence.
    layer : int, default=-1
        Index of the recurrent layer, counted from 0 or, if negative, from the last.
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    ndarray of shape (n,), dtype object, or ndarray of shape (T, d)
        What :func:`hidden_states` returns, up to rounding: in the model's
        own dtype, 1e-5 for float32 and 1e-10 for float64.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    ValueError
        There is no such layer or column.

    See Also
    --------
    hidden_states : The same numbers by the network itself, many times faster.
    gate_trace : All that the recurrence computes on the way.

    Notes
    -----
    The weights of a cell come in blocks, one for each gate: `W` with the bias
    `b` acts on the input, `U` with the bias `d` on the state before, and
    :math:`h_0 = c_0 = 0`. Elman's network [1]_:

    .. math:: h_t = \tanh(W x_t + b + U h_{t-1} + d)

    The long short-term memory [2]_:

    .. math::
       i_t &= \sigma(W_i x_t + b_i + U_i h_{t-1} + d_i) \\
       f_t &= \sigma(W_f x_t + b_f + U_f h_{t-1} + d_f) \\
       g_t &= \tanh(W_g x_t + b_g + U_g h_{t-1} + d_g) \\
       o_t &= \sigma(W_o x_t + b_o + U_o h_{t-1} + d_o) \\
       c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
       h_t &= o_t \odot \tanh(c_t)

    The gated recurrent unit [3]_:

    .. math::
       r_t &= \sigma(W_r x_t + b_r + U_r h_{t-1} + d_r) \\
       z_t &= \sigma(W_z x_t + b_z + U_z h_{t-1} + d_z) \\
       n_t &= \tanh(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + d_n)) \\
       h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}

    The backward direction reads the sequence from its end. The next layer
    reads both directions side by side; those of a language model never mix.

    References
    ----------
    .. [1] Elman, J. L., "Finding Structure in Time", Cognitive Science 14, 1990.
    .. [2] Hochreiter, S., J. Schmidhuber, "Long Short-Term Memory", Neural
       Computation 9, 1997; with the forget gate of Gers, F. A. et al.,
       "Learning to Forget", Neural Computation 12, 2000.
    .. [3] Cho, K. et al., "Learning Phrase Representations using RNN
       Encoder-Decoder for Statistical Machine Translation", EMNLP 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import hidden_states, numpy_forward
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(hidden_size=8, max_epochs=1, random_state=0)
    ... ).fit(["ACGT", "TT"], [0, 1])
    >>> np.allclose(numpy_forward(model, "ACG"), hidden_states(model, "ACG"), atol=1e-5)
    True
    """
    fitted = FittedModel(model, column)
    sequences = fitted.read(X)
    layer = fitted.find_layer(layer)
    traces = [layers[layer] for layers in trace_layers(fitted, sequences)]
    rows = [np.concatenate([computed.h for computed in directions], axis=1) for directions in traces]
    return unwrap(object_array(rows), X)


def trace_layers(fitted: FittedModel, sequences: Sequences) -> list[list[list[Bunch]]]:
    """Read sequences and return all that the cells compute.

    Parameters
    ----------
    fitted : FittedModel
    sequences : Sequences

    Returns
    -------
    list of n lists of num_layers lists of one or two Bunches
        For the forward and, if there is one, the backward direction, what
        the cell has computed: arrays of shape (T, hidden_size), by the name
        they have in the equations, in the order of the sequence.
    """

    def prepare(batch: Batch) -> Ragged:
        return Ragged.from_padded(fitted.encoder.prepare(*piece) for piece in batch.pieces)

    vectors = fitted.run_column(sequences, prepare)
    return [_trace_layers(fitted.encoder, x) for x in vectors.to_list()]


def _trace_layers(encoder: RecurrentEncoder, vectors: np.ndarray) -> list[list[Bunch]]:
    """Run all layers over what the first one reads, (T, size)."""
    orders = (slice(None), slice(None, None, -1))[: 1 + encoder.bidirectional]  # from each of its ends
    inputs = [vectors] * len(orders)  # what each direction reads
    layers = []
    layer: Any
    for layer in encoder.layers:
        directions = [
            _run(cell, states[order], order)
            for cell, states, order in zip(layer, inputs, orders, strict=True)
        ]
        layers.append(directions)
        inputs = [computed.h for computed in directions]
        if encoder.mix_directions:
            inputs = [np.concatenate(inputs, axis=1)] * len(inputs)
    return layers


def _run(cell: Cell, inputs: np.ndarray, order: slice) -> Bunch:
    """Take a cell from step to step, beginning with states of 0; return what it computes, put in order."""
    weights = {name: weight.detach().cpu().numpy() for name, weight in cell.named_parameters()}
    dtype = next(iter(weights.values())).dtype
    step = {name: np.zeros(cell.hidden_size, dtype=dtype) for name in cell.parts}
    computed = {name: np.empty((len(inputs), cell.hidden_size), dtype=dtype) for name in cell.computed}
    for t, x in enumerate(inputs.astype(dtype)):
        step = cell.equations(weights, x, step)
        for name, values in computed.items():
            values[t] = step[name]
    return Bunch(**{name: values[order] for name, values in computed.items()})
