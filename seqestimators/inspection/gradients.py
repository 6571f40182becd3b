"""How the gradient of the loss flows back through the steps of a sequence."""

from typing import Any

import numpy as np
import torch
from sklearn.utils import check_consistent_length

from .._sklearn import validate_params
from .._training import SequenceDataset, run_batches
from ..modules import Batch, Cell, Ragged
from ..modules.batch import reverse_each
from ._fitted import OF_STATES, FittedModel, in_double_precision, is_single, unwrap

__all__ = ["gradient_flow"]


class _Unrolled(Cell):
    """A recurrent cell taken step by step, so that every hidden state is a node of the graph.

    All steps of torch's own layer are one node, which shows the gradient that
    its output receives, but not what flows from step to step inside.
    """

    def __init__(self, cell: Cell):
        super().__init__(cell.input_size, cell.hidden_size)
        self.cell = cell
        self.states: list[torch.Tensor] = []

    def forward(self, inputs: torch.Tensor, state: Any = None) -> Any:
        self.states = []
        for x in inputs.unbind(1):
            _, state = self.cell(x[:, None], state)
            self.states.append(state[0])  # (n, hidden_size)
        return torch.stack(self.states, dim=1), state  # (n, T, hidden_size)


@validate_params(OF_STATES)
def gradient_flow(model: Any, X: Any, y: Any, *, layer: int = -1, direction: str = "forward") -> Any:
    r"""Return the norm of the gradient of the loss at every hidden state.

    .. math:: \lVert \partial L / \partial h_t \rVert_2

    The loss of a sequence reaches :math:`h_t` by every path: straight, where
    the answer is read from it, through the layers above, and through all
    states that are read after it. Where the norm falls from step to step, the
    network can't learn what happened long ago [1]_ [2]_.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        A RecurrentClassifier, RecurrentRegressor, RecurrentTagger or
        RecurrentSeq2Seq, or a Pipeline that ends in one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer. A
        single string, or a single 1-D array of numbers, counts as one
        sequence.
    y : array-like of n targets, or one target
        As `fit` takes them; of one sequence its target alone.
    layer : int, default=-1
        Index of the recurrent layer, counted from 0 or, if negative, from the last.
    direction : {"forward", "backward"}, default="forward"
        Direction of the layer. A bidirectional layer has two states at every
        step; the gradient is that of this one.

    Returns
    -------
    ndarray of shape (n,), dtype object, or ndarray of shape (T,)
        For each sequence, of its own length T, the norm at every step as
        float64, in the order of the sequence; the array alone for one
        sequence. The backward direction reads the first step last.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The model is none of these.
    ValueError
        There is no such layer, the network reads forward only, or `fit` has
        not seen a class of y.

    See Also
    --------
    GradientFlowDisplay : The picture.

    Notes
    -----
    The cells of the layer are unrolled with the fitted weights, in double
    precision, for gradients that vanish soon leave single precision. The loss is
    that of training, without dropout, with running means in batch norm and
    without weights of classes or rows: cross-entropy, or the squared error of
    the standardized target, of one sequence; a tagger's is the mean over its
    labels. The memory of an LSTM is a path of its own past :math:`h_t`, and
    not a part of this gradient where it doesn't come from :math:`h_t`.

    References
    ----------
    .. [1] Bengio, Y., P. Simard, P. Frasconi, "Learning Long-Term Dependencies
       with Gradient Descent is Difficult", IEEE Transactions on Neural
       Networks 5, 1994.
    .. [2] Pascanu, R., T. Mikolov, Y. Bengio, "On the difficulty of training
       Recurrent Neural Networks", ICML 2013.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import gradient_flow
    >>> X, y = ["ACGT", "TT"], ["yes", "no"]
    >>> model = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=1, random_state=0))
    >>> [norms.shape for norms in gradient_flow(model.fit(X, y), X, y)]
    [(4,), (2,)]
    >>> gradient_flow(model, "ACG", "no").shape
    (3,)
    """
    fitted = FittedModel(model)
    layer, way = fitted.find_layer(layer), fitted.find_direction(direction)
    sequences = fitted.read(X)
    if is_single(X) and (np.ndim(y) == 0 or len(y) != 1):
        y = [y]
    check_consistent_length(sequences, y)
    target = fitted.estimator.encode_target(sequences, y)
    network = fitted.copy_network()
    cells: Any = network.encoder.layers[layer]
    unrolled = cells[way] = _Unrolled(cells[way])

    def norms(batch: Batch) -> Ragged:
        batch.weight = _weigh_rows(batch.target)
        loss = network.loss(batch)
        gradients = torch.autograd.grad(loss, unrolled.states, allow_unused=True, materialize_grads=True)
        norms = torch.stack(gradients, dim=1).norm(dim=2)  # (n, T)
        ((inputs, lengths),) = batch.pieces  # one: a batch is large enough to be cut only if it is one row
        _, lengths = network.encoder.prepare(inputs, lengths)
        return Ragged.from_padded([(reverse_each(norms, lengths) if way else norms, lengths)])

    dataset = SequenceDataset(
        in_double_precision(sequences), in_double_precision(target), device=fitted.estimator.net_.device
    )
    return unwrap(run_batches(dataset, norms, gradients=True).to_list(), X)


def _weigh_rows(target: Any) -> torch.Tensor | None:
    """Weights that make the loss of a sequence the mean over its labels, and that of a batch their sum."""
    if not isinstance(target, Ragged):
        return None
    return (1 / target.lengths.clamp(min=1).double()).repeat_interleave(target.lengths)
