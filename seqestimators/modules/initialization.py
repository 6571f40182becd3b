"""Initial weights, drawn from a generator of one's own."""

from torch import nn

from .attention import MonotonicAttention
from .dropout import Dropout

__all__ = ["initialize"]

UNKNOWN = 1
N_GATES = {nn.RNN: 1, nn.GRU: 3, nn.LSTM: 4}


def initialize(module, generator):
    """Fill the weights of a module, in place.

    Recurrent weights are orthogonal and input weights Xavier uniform, gate by
    gate; biases are 0 but for the forget gate of an LSTM, which starts at 1
    (in one of torch's two biases, which add up). Embeddings are standard
    normal; the vectors of padding and of unknown tokens start at 0, so that a
    token never met in training says nothing.

    Parameters
    ----------
    module : torch.nn.Module
        Made of recurrent layers, embeddings, linear layers and batch norm.
    generator : torch.Generator
        On the device of the module. The same state gives the same weights.

    Returns
    -------
    torch.nn.Module
        The module itself.

    References
    ----------
    .. [1] Saxe, A. M., J. L. McClelland, S. Ganguli, "Exact solutions to the
       nonlinear dynamics of learning in deep linear neural networks", ICLR
       2014.
    .. [2] Glorot, X., Y. Bengio, "Understanding the difficulty of training
       deep feedforward neural networks", AISTATS 2010.
    .. [3] Jozefowicz, R., W. Zaremba, I. Sutskever, "An Empirical Exploration
       of Recurrent Network Architectures", ICML 2015.

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from seqestimators.modules import initialize
    >>> lstm = initialize(nn.LSTM(2, 1), torch.Generator().manual_seed(0))
    >>> lstm.bias_ih_l0.tolist()
    [0.0, 1.0, 0.0, 0.0]
    """
    for part in module.modules():
        if isinstance(part, nn.RNNBase):
            _initialize_recurrent(part, generator)
        elif isinstance(part, nn.Embedding):
            nn.init.normal_(part.weight, generator=generator)
            nn.init.zeros_(part.weight[: UNKNOWN + 1].detach())
        elif isinstance(part, nn.Linear):
            nn.init.xavier_uniform_(part.weight, generator=generator)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.BatchNorm1d | MonotonicAttention):
            part.reset_parameters()
        elif isinstance(part, Dropout):
            part.generator = generator
    return module


def _initialize_recurrent(layer, generator):
    for name, weight in layer.named_parameters():
        if name.startswith("bias"):
            nn.init.zeros_(weight)
            if isinstance(layer, nn.LSTM) and name.startswith("bias_ih"):
                nn.init.ones_(weight.chunk(4)[1].detach())  # torch orders the gates i, f, g, o
            continue
        fill = nn.init.orthogonal_ if name.startswith("weight_hh") else nn.init.xavier_uniform_
        for gate in weight.chunk(N_GATES[type(layer)]):
            fill(gate.detach(), generator=generator)
