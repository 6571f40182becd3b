"""From the hidden states of a sequence to one vector, padding left out: a class for each way."""

import functools
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from .. import _native
from ._registry import Registry
from .batch import last_rows, real_steps, shortest
from .states import States

__all__ = ["POOLINGS", "Pooling", "last_of_parts", "masked_max", "masked_mean", "mean_of_parts"]

POOLINGS = Registry()
"""The poolings by the name that the parameter `pooling` takes."""


def _padded_rows(lengths: Tensor, n_steps: int) -> Tensor:
    """Which of all ``n_steps * n`` steps are padding, time first, as the encoder's states lie in memory.

    On a CPU their indices, which take a tenth of the time of a mask over all elements; elsewhere a mask, as
    counting them waits for the device.
    """
    padded = (torch.arange(n_steps, device=lengths.device)[:, None] >= lengths).flatten()
    return padded.nonzero()[:, 0] if lengths.is_cpu else padded


def _fill_rows(rows: Tensor, padding: Tensor, value: float) -> Tensor:
    """Overwrite, in place, what `_padded_rows` says of rows (..., n_steps * n, size)."""
    if padding.dtype == torch.bool:
        return rows.masked_fill_(padding[:, None], value)
    return rows.index_fill_(-2, padding, value)


def fill_padding(states: Tensor, lengths: Tensor, value: float) -> Tensor:
    """Overwrite the padded steps of states (n, T, size)."""
    if shortest(lengths) == states.shape[1]:
        return states
    time_first = states.transpose(0, 1)  # (T, n, size)
    padding = _padded_rows(lengths, len(time_first))
    rows = time_first.flatten(0, 1).clone()
    return _fill_rows(rows, padding, value).view(time_first.shape).transpose(0, 1)


def masked_mean(states: Tensor, lengths: Tensor) -> Tensor:
    """Return the mean over the real steps, 0 for a sequence of length 0.

    Parameters
    ----------
    states : Tensor of shape (n, T, size)
    lengths : Tensor of shape (n,), dtype int64

    Returns
    -------
    Tensor of shape (n, size)

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules.pooling import masked_mean
    >>> masked_mean(torch.tensor([[[1.0], [3.0], [9.0]]]), torch.tensor([2]))
    tensor([[2.]])
    """
    return fill_padding(states, lengths, 0).sum(1) / lengths.clamp(min=1)[:, None]


def masked_max(states: Tensor, lengths: Tensor) -> Tensor:
    """Return the maximum over the real steps, 0 for a sequence of length 0.

    Parameters
    ----------
    states : Tensor of shape (n, T, size)
    lengths : Tensor of shape (n,), dtype int64

    Returns
    -------
    Tensor of shape (n, size)

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules.pooling import masked_max
    >>> masked_max(torch.tensor([[[-3.0], [-1.0], [0.0]]]), torch.tensor([2]))
    tensor([[-1.]])
    """
    largest = fill_padding(states, lengths, -torch.inf).amax(1)  # (n, size)
    return largest if shortest(lengths) > 0 else largest.masked_fill((lengths == 0)[:, None], 0)


def last_of_parts(parts: Iterable[States]) -> Tensor:
    """Return the states that have read the whole sequence, (n, size), of states that come part by part.

    Parameters
    ----------
    parts : iterable of States
    """
    last: Any = None
    for part in parts:
        last = _later(last, part)
    return last


def mean_of_parts(parts: Iterable[States]) -> Tensor:
    """Return what `masked_mean` returns, of both directions, (n, size), of states that come part by part.

    Parameters
    ----------
    parts : iterable of States
    """
    sums, lengths = zip(*((_sum(part), part.lengths) for part in parts), strict=True)
    return _mean(sums, sum(lengths))


def _later(last: Tensor | None, part: States) -> Tensor:
    return part.last() if last is None else torch.where(part.lengths[:, None] > 0, part.last(), last)


def _sum(part: States) -> Tensor:
    return torch.cat([fill_padding(one, part.lengths, 0).sum(1) for one in part.directions], dim=1)


def _mean(sums: Sequence[Tensor], lengths: Any) -> Tensor:
    return torch.stack(list(sums)).sum(0) / lengths.clamp(min=1)[:, None]


def _larger(largest: Tensor | None, part: States) -> Tensor:
    """Return the maximum up to a part, minus infinity of what has no steps."""
    own = torch.cat([fill_padding(one, part.lengths, -torch.inf).amax(1) for one in part.directions], dim=1)
    return own if largest is None else torch.maximum(largest, own)


def _finite(largest: Any) -> Tensor:
    """Return 0 for sequences of length 0."""
    return largest.masked_fill(largest == -torch.inf, 0)


class _LastMaxMean(torch.autograd.Function):
    """The last state, masked_max and masked_mean side by side, of all directions at once."""

    @staticmethod
    def forward(ctx: Any, lengths: Tensor, *directions: Tensor) -> Tensor:
        n, n_steps, size = directions[0].shape
        rows = [states.transpose(0, 1).reshape(n_steps * n, size) for states in directions]
        least = shortest(lengths)
        padding = None if least == n_steps else _padded_rows(lengths, n_steps)
        is_empty = None if least > 0 else (lengths == 0)[:, None]
        ends = last_rows(lengths)
        count = lengths.clamp(min=1)[:, None]
        joined = torch.stack(rows) if len(rows) > 1 or padding is not None else rows[0][None]
        last = joined.index_select(1, ends)  # (n_directions, n, size)
        filled = joined.view(-1, n_steps, n, size)
        if padding is not None:
            _fill_rows(joined, padding, 0)
        mean = filled.sum(1) / count
        if padding is not None:
            _fill_rows(joined, padding, -torch.inf)
        largest = filled.amax(1)
        ctx.save_for_backward(filled, largest, count, ends, padding, is_empty)
        parts = torch.stack([last, largest, mean], dim=1)  # (n_directions, 3, n, size)
        if is_empty is not None:
            parts.masked_fill_(is_empty, 0)
        return parts.permute(2, 0, 1, 3).flatten(1)  # (n, n_directions * 3 * size)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        filled, largest, count, ends, padding, is_empty = ctx.saved_tensors
        n_directions, n_steps, n, size = filled.shape
        if is_empty is not None:
            gradient = gradient.masked_fill(is_empty, 0)
        of_last, of_largest, of_mean = gradient.view(n, n_directions, 3, size).permute(2, 1, 0, 3)
        # 0 or 1 as a float, many times faster than bool on a CPU; equal steps share the gradient
        result = torch.eq(filled, largest[:, None], out=torch.empty_like(filled))
        result.mul_((of_largest / result.sum(1))[:, None]).add_((of_mean / count)[:, None])
        rows = result.view(n_directions, n_steps * n, size)
        if padding is not None:
            _fill_rows(rows, padding, 0)
        rows.index_add_(1, ends, of_last)
        return None, *(one.transpose(0, 1) for one in result)


class _NativeLastMaxMean(torch.autograd.Function):
    """What `_LastMaxMean` computes, in one pass of the native kernel."""

    @staticmethod
    def forward(ctx: Any, lengths: Tensor, *directions: Tensor) -> Tensor:
        pooled, counts = _native.pool(lengths, directions)
        ctx.save_for_backward(lengths, pooled, counts, *directions)
        return pooled

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        lengths, pooled, counts, *directions = ctx.saved_tensors
        if not torch.is_grad_enabled():
            return None, *_native.unpool(lengths, directions, pooled, counts, gradient)
        # gradients of these gradients are asked for
        again = _LastMaxMean.apply(lengths, *directions)
        wanted = [one for one in directions if one.requires_grad]
        found = iter(torch.autograd.grad(again, wanted, gradient, create_graph=True))
        return None, *(next(found) if one.requires_grad else None for one in directions)


class Pooling(nn.Module):
    """Base of the poolings: one vector per sequence from its hidden states.

    A pooling of one's own overrides `pool`, which sees one direction, or
    `forward`, which sees both, and is entered by ``@POOLINGS.register(name)``.

    Parameters
    ----------
    size : int
        Size of a state, of both directions together.

    Attributes
    ----------
    n_parts : int
        Class attribute: how many vectors of the size of a state are joined.
    output_size : int
        Size of the result.
    is_causal : bool
        Class attribute: whether the result for a prefix is a function of its
        last state alone.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import POOLINGS, States
    >>> forward, backward = torch.zeros(2, 5, 4), torch.zeros(2, 5, 4)
    >>> POOLINGS["concat"](8)(States([forward, backward], torch.tensor([5, 3]))).shape
    torch.Size([2, 24])
    """

    n_parts: ClassVar[int] = 1
    is_causal: ClassVar[bool] = False

    def __init__(self, size: int):
        super().__init__()
        self.output_size = self.n_parts * size

    def forward(self, states: States) -> Tensor:
        """Return the pooled states, Tensor of shape (n, output_size); 0 for a sequence of length 0."""
        return torch.cat([self.pool(one, states.lengths) for one in states.directions], dim=1)

    def pool(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool one direction.

        Parameters
        ----------
        states : Tensor of shape (n, T, hidden_size)
            In the order in which the direction reads.
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        Tensor of shape (n, n_parts * hidden_size)
        """
        raise NotImplementedError

    def can_pool_parts(self, n_directions: int) -> bool:
        """Return whether there is `pool_parts`, which a subclass doesn't inherit.

        Parameters
        ----------
        n_directions : int

        Returns
        -------
        bool
        """
        return "pool_parts" in vars(type(self))

    def pool_parts(self, parts: Iterable[States]) -> Tensor:
        """Pool the states of long sequences, which come part by part.

        Parameters
        ----------
        parts : iterable of States
            One behind the other, each direction as it reads.

        Returns
        -------
        Tensor of shape (n, output_size)
            What `forward` returns for all of them.
        """
        raise NotImplementedError


@POOLINGS.register("concat")
class ConcatPooling(Pooling):
    """Last state, maximum and mean of each direction, side by side.

    References
    ----------
    .. [1] Howard, J., S. Ruder, "Universal Language Model Fine-tuning for Text
       Classification", ACL 2018.
    """

    n_parts = 3

    def forward(self, states: States) -> Tensor:
        """Return last, maximum and mean of each direction, Tensor of shape (n, 3 * size)."""
        is_native = _native.can_pool(states.lengths, states.directions)
        function = _NativeLastMaxMean if is_native else _LastMaxMean
        return function.apply(states.lengths, *states.directions)

    def pool_parts(self, parts: Iterable[States]) -> Tensor:
        """Return what `forward` returns for states that come part by part."""
        last: Any = None
        largest: Any = None
        sums, lengths = [], []
        for part in parts:
            last, largest = _later(last, part), _larger(largest, part)
            sums.append(_sum(part))
            lengths.append(part.lengths)
        found = torch.stack([last, _finite(largest), _mean(sums, sum(lengths))], dim=1)  # (n, 3, size)
        return found.unflatten(2, (len(part.directions), -1)).transpose(1, 2).flatten(1)


@POOLINGS.register("last")
class LastPooling(Pooling):
    """The state that has read the whole sequence, of each direction."""

    is_causal = True

    def forward(self, states: States) -> Tensor:
        """Return the last state of each direction, Tensor of shape (n, size)."""
        return states.last()

    def pool_parts(self, parts: Iterable[States]) -> Tensor:
        """Return what `forward` returns for states that come part by part."""
        return last_of_parts(parts)


@POOLINGS.register("mean")
class MeanPooling(Pooling):
    """The mean of all states."""

    pool = staticmethod(masked_mean)
    pool_parts = staticmethod(mean_of_parts)


@POOLINGS.register("max")
class MaxPooling(Pooling):
    """The maximum of all states, unit by unit."""

    pool = staticmethod(masked_max)

    def pool_parts(self, parts: Iterable[States]) -> Tensor:
        """Return what `forward` returns for states that come part by part."""
        return _finite(functools.reduce(_larger, parts, None))


@POOLINGS.register("attention")
class AttentionPooling(Pooling):
    r"""Mean of the states weighted by what each state says of itself.

    .. math:: \alpha_t = \mathrm{softmax}_t\,(v^\top \tanh(W h_t + b)), \qquad
       c = \sum_t \alpha_t h_t

    References
    ----------
    .. [1] Yang, Z., D. Yang, C. Dyer, X. He, A. Smola, E. Hovy, "Hierarchical
       Attention Networks for Document Classification", NAACL 2016.
    """

    def __init__(self, size: int):
        super().__init__(size)
        self.project = nn.Linear(size, size)
        self.energy = nn.Linear(size, 1, bias=False)

    def weights(self, states: States) -> Tensor:
        """Return the weight of every step.

        Parameters
        ----------
        states : States

        Returns
        -------
        Tensor of shape (n, T)
            Each row sums to 1 over the real steps and is 0 on padding; all 0
            for a sequence of length 0.
        """
        return self._weigh(states.join(), states.lengths)

    def _weigh(self, joined: Tensor, lengths: Tensor) -> Tensor:
        return torch.softmax(self._energies(joined, lengths), dim=1) * real_steps(lengths, joined.shape[1])

    def _energies(self, joined: Tensor, lengths: Tensor) -> Tensor:
        energies = self.energy(torch.tanh(self.project(joined)))[:, :, 0]  # (n, T)
        lowest = torch.finfo(energies.dtype).min  # not -inf: a row without real steps would be nan
        return energies.masked_fill(~real_steps(lengths, joined.shape[1]), lowest)

    def forward(self, states: States) -> Tensor:
        """Return the weighted mean, Tensor of shape (n, size)."""
        # 0 times an infinite state behind the end would be nan
        joined = fill_padding(states.join(), states.lengths, 0)  # (n, T, size)
        return torch.bmm(self._weigh(joined, states.lengths)[:, None], joined)[:, 0]

    def can_pool_parts(self, n_directions: int) -> bool:
        """Return whether there is one direction: the weight of a step is of both at once."""
        return n_directions == 1 and super().can_pool_parts(n_directions)

    def pool_parts(self, parts: Iterable[States]) -> Tensor:
        """Return what `forward` returns for states that come part by part."""
        most: Any = None
        total: Any = None
        for part in parts:
            joined = fill_padding(part.join(), part.lengths, 0)
            energies = self._energies(joined, part.lengths)
            before, most = most, energies.amax(1) if most is None else torch.maximum(most, energies.amax(1))
            weights = torch.exp(energies - most[:, None]) * real_steps(part.lengths, joined.shape[1])
            own = torch.cat([torch.bmm(weights[:, None], joined)[:, 0], weights.sum(1, keepdim=True)], dim=1)
            # the weights so far are relative to a lower maximum
            total = own if before is None else own + total * torch.exp(before - most)[:, None]
        return total[:, :-1] / total[:, -1:].clamp(min=torch.finfo(total.dtype).tiny)
