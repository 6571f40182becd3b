"""Attention of a decoder: where in the source to look for the next token."""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._registry import Registry
from .batch import real_steps

__all__ = ["ATTENTIONS", "Attended", "Attention", "Memory"]

ATTENTIONS = Registry()
"""The kinds of attention by the name that the parameter `attention` takes."""

_LEAST_MASS = 1e-6
"""Share of the source, at least, on which a window is normalized in training; keeps gradients small."""


class Memory(NamedTuple):
    """What attention keeps of the source; every part has one row per sequence.

    Parameters
    ----------
    values : Tensor of shape (n, T, size)
        What can be looked at, at each step of the source.
    bias : Tensor of shape (n, T)
        Added to the energies: minus infinity on padding.
    position : Tensor of shape (n,)
        Where the last token has looked; moves on in monotonic attention only.
    start : Tensor of shape (n, T)
        How likely reading starts at each step. Used in monotonic attention
        only.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import ATTENTIONS
    >>> memory = ATTENTIONS["dot"](3, 5).remember(torch.ones(2, 4, 5), torch.tensor([4, 2]))
    >>> memory.bias[1].tolist()
    [0.0, 0.0, -inf, -inf]
    """

    values: Tensor
    bias: Tensor
    position: Tensor
    start: Tensor


class Attended(NamedTuple):
    """What attention returns for U states of the decoder.

    Parameters
    ----------
    context : Tensor of shape (n, U, size)
        Mean of the memory, weighted by `weights`.
    weights : Tensor of shape (n, U, T) or None
        Weights of the steps of the source; each row sums to 1 and is 0 on
        padding. None where they were not asked for.
    position : Tensor of shape (n,)
        `Memory.position` for the states that follow.
    entropy : Tensor of shape (n, U) or None
        Of the distribution over hops, in nats; monotonic attention only.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import ATTENTIONS
    >>> attention = ATTENTIONS["dot"](3, 5)
    >>> memory = attention.remember(torch.ones(2, 4, 5), torch.tensor([4, 2]))
    >>> attention(torch.ones(2, 6, 3), memory).context.shape
    torch.Size([2, 6, 5])
    """

    context: Tensor
    weights: Tensor | None
    position: Tensor
    entropy: Tensor | None


def _padding_bias(states: Any, lengths: Tensor) -> Any:
    real = real_steps(lengths.clamp(min=1), states.shape[1])  # an empty source is one step of zeros
    return torch.zeros(real.shape, dtype=states.dtype, device=states.device).masked_fill(~real, -torch.inf)


class Attention(nn.Module):
    """Base of the kinds of attention, entered by ``@ATTENTIONS.register(name)``.

    Parameters
    ----------
    query_size : int
        Size of a state of the decoder.
    size : int
        Size of a state of the encoder.

    Attributes
    ----------
    output_size : int
        Size of the context.
    progress : float
        Share of the training that is over; 1 outside of training.

    Examples
    --------
    >>> from seqestimators.modules import ATTENTIONS
    >>> ATTENTIONS["dot"](query_size=3, size=5).output_size
    5
    """

    def __init__(self, query_size: int, size: int):
        super().__init__()
        self.output_size = size
        self.progress = 1.0

    def remember(self, states: Tensor, lengths: Tensor) -> Memory:
        """Prepare the source.

        Parameters
        ----------
        states : Tensor of shape (n, T, size)
            Hidden states of the encoder, 0 on padding.
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        Memory
        """
        bias = _padding_bias(states, lengths)
        return Memory(states, bias, bias.new_zeros(len(states)), bias)

    def forward(self, queries: Tensor, memory: Memory, need_weights: bool = False) -> Attended:
        """Attend with all states of the decoder at once.

        Parameters
        ----------
        queries : Tensor of shape (n, U, query_size)
        memory : Memory
        need_weights : bool, default=False
            Whether to return the weights even where they cost extra.

        Returns
        -------
        Attended
        """
        raise NotImplementedError


class _ContentAttention(Attention):
    """Energies that compare each state of the decoder with each of the source."""

    def energies(self, queries: Tensor, values: Tensor) -> Tensor:
        """Return the energies, Tensor of shape (n, U, T)."""
        raise NotImplementedError

    def forward(self, queries: Tensor, memory: Memory, need_weights: bool = False) -> Attended:
        """Attend with all states of the decoder at once; the weights come for nothing."""
        energies = self.energies(queries, memory.values) + memory.bias[:, None]  # (n, U, T)
        weights = torch.softmax(energies, dim=2)
        return Attended(torch.bmm(weights, memory.values), weights, memory.position, None)


@ATTENTIONS.register("dot")
class DotAttention(_ContentAttention):
    r"""Luong's general attention.

    .. math:: e_{ut} = s_u^\top W h_t

    Parameters
    ----------
    query_size : int
        Size of a state of the decoder.
    size : int
        Size of a state of the encoder.

    References
    ----------
    .. [1] Luong, M.-T., H. Pham, C. D. Manning, "Effective Approaches to
       Attention-based Neural Machine Translation", EMNLP 2015.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import ATTENTIONS
    >>> attention = ATTENTIONS["dot"](3, 5)
    >>> memory = attention.remember(torch.ones(1, 2, 5), torch.tensor([2]))
    >>> attention(torch.ones(1, 1, 3), memory).weights.tolist()
    [[[0.5, 0.5]]]
    """

    def __init__(self, query_size: int, size: int):
        super().__init__(query_size, size)
        self.project = nn.Linear(query_size, size, bias=False)

    def energies(self, queries: Tensor, values: Tensor) -> Tensor:
        """Return the energies, Tensor of shape (n, U, T)."""
        return torch.bmm(self.project(queries), values.transpose(1, 2))


@ATTENTIONS.register("additive")
class AdditiveAttention(_ContentAttention):
    r"""Bahdanau's attention.

    .. math:: e_{ut} = v^\top \tanh(W s_u + V h_t)

    Memory grows with target length times source length times `query_size`.

    Parameters
    ----------
    query_size : int
        Size of a state of the decoder.
    size : int
        Size of a state of the encoder.

    References
    ----------
    .. [1] Bahdanau, D., K. Cho, Y. Bengio, "Neural Machine Translation by
       Jointly Learning to Align and Translate", ICLR 2015.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import ATTENTIONS
    >>> attention = ATTENTIONS["additive"](3, 5)
    >>> memory = attention.remember(torch.ones(1, 2, 5), torch.tensor([2]))
    >>> attention(torch.ones(1, 1, 3), memory).weights.tolist()
    [[[0.5, 0.5]]]
    """

    def __init__(self, query_size: int, size: int):
        super().__init__(query_size, size)
        self.of_query = nn.Linear(query_size, query_size, bias=False)
        self.of_value = nn.Linear(size, query_size)
        self.energy = nn.Linear(query_size, 1, bias=False)

    def energies(self, queries: Tensor, values: Tensor) -> Tensor:
        """Return the energies, Tensor of shape (n, U, T)."""
        together = self.of_query(queries)[:, :, None] + self.of_value(values)[:, None]  # (n, U, T, d)
        return self.energy(torch.tanh(together))[..., 0]


@ATTENTIONS.register("monotonic")
class MonotonicAttention(Attention):
    r"""Attention that hops forward through the source, whatever stands there.

    .. math:: p_u = p_{u-1} + \mathrm{hop}(s_u), \qquad
       \alpha_{ut} \propto \exp\left(-\frac{(t - p_u)^2}{2 \sigma^2}\right)

    A softmax over whole hops 0 to `max_hop` gives the step from each state of
    the decoder, the sum of the steps is the position looked at, and the
    weights are a Gaussian window of learned width around it, within the
    source. Reading starts where a learned softmax over the source says.

    In training, the start is a distribution, with which the windows are
    convolved, and a step is its expectation at first and in the end the whole
    number next to it, with the gradient of the expectation; in between it
    moves from the one to the other, so that the network can follow. It isn't
    the likeliest hop: a hop of 2 may have been learned as 1 or 3, half of the
    time each. In prediction, the start is the likeliest one and steps are
    whole: nothing drifts, and a step costs the same however long the source
    is.

    Parameters
    ----------
    query_size : int
        Size of a state of the decoder.
    size : int
        Size of a state of the encoder.
    max_hop : int, default=8
        Longest hop, at least 1.
    hardening : tuple of two floats, default=(0.4, 0.7)
        Shares of the training, in ascending order within [0, 1], up to which
        steps are expectations, and from which on they are whole.

    References
    ----------
    .. [1] Graves, A., "Generating Sequences With Recurrent Neural Networks",
       arXiv:1308.0850, 2013 (windows that move on).
    .. [2] Battenberg, E. et al., "Location-Relative Attention Mechanisms for
       Robust Long-Form Speech Synthesis", ICASSP 2020.
    .. [3] Bengio, Y., N. Leonard, A. Courville, "Estimating or Propagating
       Gradients Through Stochastic Neurons for Conditional Computation",
       arXiv:1308.3432, 2013 (straight-through gradient).

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import ATTENTIONS
    >>> attention = ATTENTIONS["monotonic"](3, 5).eval()
    >>> memory = attention.remember(torch.rand(1, 9, 5), torch.tensor([9]))
    >>> attention(torch.rand(1, 4, 3), memory).context.shape
    torch.Size([1, 4, 5])
    """

    def __init__(
        self, query_size: int, size: int, *, max_hop: int = 8, hardening: tuple[float, float] = (0.4, 0.7)
    ):
        super().__init__(query_size, size)
        self.hardening = hardening
        self.hop = nn.Linear(query_size, max_hop + 1)
        self.start = nn.Linear(size, 1, bias=False)
        self.log_width = nn.Parameter(torch.zeros(()))

    def reset_parameters(self) -> None:
        """Set the width of the window to one step."""
        nn.init.zeros_(self.log_width)

    def remember(self, states: Tensor, lengths: Tensor) -> Memory:
        """Prepare the source.

        Parameters
        ----------
        states : Tensor of shape (n, T, size)
            Hidden states of the encoder, 0 on padding.
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        Memory
            In training, `values` holds at ``k`` what stands, in expectation,
            ``k`` steps behind the start. In prediction it holds at ``t`` the
            mean of the window around ``t``.
        """
        bias = _padding_bias(states, lengths)  # (n, T)
        start = torch.softmax(self.start(states)[..., 0] + bias, dim=1)  # (n, T)
        if not self.training:
            position = start.argmax(dim=1).to(states.dtype)
            return Memory(self._windows(states, bias), bias, position, start)
        shifted = _shift(start)  # (n, T, T): [k, t] how likely k steps behind the start is t
        behind = torch.bmm(shifted, states)  # (n, T, size)
        mass = torch.bmm(shifted, torch.exp(bias)[..., None])[..., 0]  # (n, T): how likely within the source
        mass = mass.clamp(min=_LEAST_MASS)
        return Memory(behind / mass[..., None], mass.log(), mass.new_zeros(len(mass)), start)

    def _windows(self, states: Any, bias: Tensor) -> Any:
        """Mean of the window around each step of the source."""
        width = self.log_width.exp()
        radius = min(int(torch.ceil(7 * width)), states.shape[1] - 1)
        real = torch.exp(bias)[..., None]  # (n, T, 1)
        total, mass = states.clone(), real.clone()
        for distance in range(1, radius + 1):
            share = torch.exp(-(distance**2) / (2 * width**2))
            for whole, part in ((total, states), (mass, real)):
                whole[:, distance:] += share * part[:, :-distance]
                whole[:, :-distance] += share * part[:, distance:]
        return total / mass.clamp(min=torch.finfo(mass.dtype).tiny)

    def forward(self, queries: Tensor, memory: Memory, need_weights: bool = False) -> Attended:
        """Attend with all states of the decoder at once.

        Parameters
        ----------
        queries : Tensor of shape (n, U, query_size)
        memory : Memory
        need_weights : bool, default=False
            Whether to return the weights in prediction too.

        Returns
        -------
        Attended
        """
        logits = self.hop(queries)  # (n, U, max_hop + 1)
        hops = torch.arange(logits.shape[2], dtype=logits.dtype, device=logits.device)
        shares = torch.softmax(logits, dim=2)
        step = shares @ hops  # (n, U)
        n_steps = memory.bias.shape[1]
        if not self.training:
            position = memory.position[:, None] + step.round().cumsum(dim=1)  # (n, U)
            last = (memory.bias > -torch.inf).sum(dim=1, keepdim=True) - 1
            position = torch.minimum(position, last)
            rows = torch.arange(len(position), device=position.device)[:, None]
            context = memory.values[rows, position.long()]  # (n, U, size)
            weights = self._window(position, memory.bias) if need_weights else None
            return Attended(context, weights, position[:, -1], None)
        step = step + self._hardness() * (step.round() - step).detach()
        position = (memory.position[:, None] + step.cumsum(dim=1)).clamp(max=n_steps - 1)
        weights = self._window(position, memory.bias)  # (n, U, T), by distance from the start
        entropy = -(shares * torch.log_softmax(logits, dim=2)).sum(dim=2)
        return Attended(torch.bmm(weights, memory.values), weights, position[:, -1], entropy)

    def _hardness(self) -> Any:
        """How far a step is from its expectation to the whole number, in [0, 1]."""
        begin, end = self.hardening
        if self.progress >= end:
            return 1.0
        return max(0.0, (self.progress - begin) / (end - begin))

    def _window(self, position: Tensor, bias: Tensor) -> Any:
        places = torch.arange(bias.shape[1], dtype=bias.dtype, device=bias.device)
        distance = places - position[..., None]  # (n, U, T)
        return torch.softmax(bias[:, None] - distance**2 / (2 * self.log_width.exp() ** 2), dim=2)


def _shift(start: Tensor) -> Any:
    """Matrices (n, T, T) whose element [k, t] is start[t - k], 0 before the first step."""
    n_steps = start.shape[1]
    padded = F.pad(start, (n_steps - 1, 0))  # (n, 2 T - 1)
    return padded.unfold(1, n_steps, 1).flip(1)
