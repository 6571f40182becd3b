"""The gates of a fitted network, step by step."""

from typing import Any

from .._sklearn import validate_params
from ..modules import CELLS
from ..sequences import object_array
from ._fitted import OF_STATES, FittedModel, unwrap
from .numpy_forward import trace_layers

__all__ = ["gate_trace"]


@validate_params(OF_STATES)
def gate_trace(model: Any, X: Any, *, layer: int = -1, direction: str = "forward", column: Any = None) -> Any:
    r"""Return the gates of an LSTM or GRU at every step of a sequence.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        A recurrent estimator with ``cell="lstm"`` or ``"gru"``, or a Pipeline
        that ends in one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer. A
        single string, or a single 1-D array of numbers, counts as one
        sequence.
    layer : int, default=-1
        Index of the recurrent layer, counted from 0 or, if negative, from the last.
    direction : {"forward", "backward"}, default="forward"
        Direction of the layer.
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    ndarray of shape (n,), dtype object, or Bunch
        A :class:`~sklearn.utils.Bunch` for each sequence, of its own length
        T; the Bunch alone for one sequence. It holds arrays of shape
        (T, hidden_size): of an LSTM the gates `i` (input), `f` (forget) and
        `o` (output), the candidate `g`, the memory `c` and the hidden state
        `h`; of a GRU the gates `r` (reset) and `z` (update), the candidate
        `n` and the hidden state `h`. Their rows are in the order of the
        sequence, in both directions.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    ValueError
        The cell is a plain RNN, which has no gates; there is no such layer
        or column; or the network reads forward only.

    See Also
    --------
    numpy_forward : The recurrence, and its equations.
    GateDisplay : The picture.

    Notes
    -----
    At every step, an LSTM has

    .. math:: c = f \odot c_{\mathrm{before}} + i \odot g, \qquad h = o \odot \tanh(c)

    and a GRU

    .. math:: h = (1 - z) \odot n + z \odot h_{\mathrm{before}}

    where *before* is the step read before: in the backward direction, the
    one behind.

    References
    ----------
    .. [1] Gers, F. A., J. Schmidhuber, F. Cummins, "Learning to Forget:
       Continual Prediction with LSTM", Neural Computation 12, 2000.
    .. [2] Karpathy, A., J. Johnson, L. Fei-Fei, "Visualizing and Understanding
       Recurrent Networks", arXiv:1506.02078, 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import gate_trace
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(hidden_size=8, max_epochs=1, random_state=0)
    ... ).fit(["ACGT", "TT"], [0, 1])
    >>> gates = gate_trace(model, "ACG")
    >>> {name: values.shape for name, values in gates.items()}["f"]
    (3, 8)
    >>> np.allclose(gates.h, gates.o * np.tanh(gates.c), atol=1e-6)
    True
    """
    fitted = FittedModel(model, column)
    if not fitted.cell.gates:
        name = CELLS.name_of(fitted.cell)
        raise ValueError(f"cell={name!r} has no gates: fit a model with cell='lstm' or cell='gru'")
    layer = fitted.find_layer(layer)
    way = fitted.find_direction(direction)
    sequences = fitted.read(X)
    traces = [layers[layer][way] for layers in trace_layers(fitted, sequences)]
    return unwrap(object_array(traces), X)
