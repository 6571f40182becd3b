"""How the gradient of the loss flows back through the steps of a sequence."""

from copy import deepcopy

import numpy as np
import torch
from sklearn.utils import check_consistent_length
from torch import nn

from .._sklearn import Integral, StrOptions, validate_params
from .._training import SequenceDataset
from ..estimators.pooled import BasePooled
from ..estimators.tagger import RecurrentTagger
from ..sequences import Sequences
from ._fitted import FittedModel, is_single, unwrap

__all__ = ["gradient_flow"]


class _Unrolled(nn.Module):
    """A recurrent cell taken step by step, so that every hidden state is a node of the graph.

    All steps of torch's own layer are one node, which shows the gradient that
    its output receives, but not what flows from step to step inside.
    """

    def __init__(self, cell):
        super().__init__()
        self.cell = cell
        self.states = []

    def forward(self, inputs):
        self.states = []
        memory = None
        for x in inputs.unbind(1):
            _, memory = self.cell(x[:, None], memory)
            hidden = memory[0] if isinstance(memory, tuple) else memory  # (1, n, hidden_size)
            self.states.append(hidden)
        return torch.cat(self.states).transpose(0, 1), memory  # (n, T, hidden_size)


@validate_params(
    {"layer": [Integral], "direction": [StrOptions({"forward", "backward"})]},
    prefer_skip_nested_validation=True,
)
def gradient_flow(model, X, y, *, layer=-1, direction="forward"):
    r"""Return the norm of the gradient of the loss at every hidden state.

    .. math:: \lVert \partial L / \partial h_t \rVert_2

    The loss of a sequence reaches :math:`h_t` by every path: straight, where
    the answer is read from it, through the layers above, and through all
    states that are read after it. Where the norm falls from step to step, the
    network can't learn what happened long ago [1]_ [2]_.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        A RecurrentClassifier, RecurrentRegressor or RecurrentTagger, or a
        Pipeline that ends in one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer. A
        single string, or a single 1-D array of numbers, counts as one
        sequence.
    y : array-like of n targets, or one target
        As `fit` takes them; of one sequence its target alone.
    layer : int, default=-1
        Which recurrent layer, counted from 0 or, if negative, from the last.
    direction : {"forward", "backward"}, default="forward"
        Which direction of it. A bidirectional layer has two states at every
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
    if not isinstance(fitted.estimator, (BasePooled, RecurrentTagger)):
        raise TypeError(
            f"{type(fitted.estimator).__name__} has no loss of a sequence and its target: this needs a "
            "RecurrentClassifier, RecurrentRegressor or RecurrentTagger"
        )
    layer, direction = fitted.find_layer(layer), fitted.find_direction(direction)
    sequences = fitted.read(X)
    if is_single(X) and (np.ndim(y) == 0 or len(y) != 1):
        y = [y]
    check_consistent_length(sequences, y)
    estimator = fitted.estimator
    target, _ = estimator._encode_target(y, sequences, np.ones(len(sequences)), reset=False)

    network = _make_differentiable(estimator)
    cells = network.encoder.layers[layer]
    unrolled = cells[direction] = _Unrolled(cells[direction])
    device = estimator.net_.device
    dataset = SequenceDataset(_double(sequences), _double(target), _weigh_labels(target), device=device)
    results = np.empty(len(sequences), dtype=object)
    for rows in fitted.cut(sequences):
        inputs, lengths = dataset.source.pad(rows)
        losses = estimator._criterion()(network([(inputs, lengths)]), dataset.targets(rows)[0])
        weight = dataset.weight.join(rows) if isinstance(target, Sequences) else torch.ones_like(losses)
        loss = (losses * weight).sum()
        gradients = torch.autograd.grad(loss, unrolled.states, allow_unused=True, materialize_grads=True)
        norms = torch.cat(gradients).norm(dim=2).T.cpu().numpy()  # (n, T)
        for row, norm in zip(rows, norms, strict=True):
            in_reading = norm[: sequences.lengths[row]]
            results[row] = in_reading[::-1].copy() if direction else in_reading.copy()
    return unwrap(results, X)


def _make_differentiable(estimator):
    """Return a copy of an estimator's network, the fitted one being left as it is."""
    network = deepcopy(estimator).net_.module_.double().eval()
    for part in network.modules():
        if isinstance(part, nn.RNNBase):
            part.train()  # they have no dropout of their own, and cuDNN differentiates no other
    return network


def _double(values):
    """Floating-point numbers in double precision; token ids and classes as they are."""
    if isinstance(values, Sequences):
        return Sequences(_double(values.values), values.offsets)
    return values.astype(np.float64) if values.dtype.kind == "f" else values


def _weigh_labels(target):
    """Weight of each label that makes the loss of a sequence the mean over its labels."""
    if not isinstance(target, Sequences):
        return None
    return Sequences(np.repeat(1 / np.maximum(target.lengths, 1), target.lengths), target.offsets)
