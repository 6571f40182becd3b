"""Truncated backpropagation through time: how far gradients flow back, and what is kept for them.

The state is handed on from part to part of a sequence, its gradient is not, so that the parts don't need each
other for their gradients. Of each only the state before it is kept; the rest is computed a second time, many
parts beside each other as the rows of one batch.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .batch import MAX_STEPS
from .cells import Cell, State
from .dropout import Dropout

__all__ = ["read_truncated"]


def read_truncated(
    cell: Cell,
    inputs: Tensor,
    lengths: Tensor,
    n_steps: int,
    first: State | None = None,
    ids: Tensor | None = None,
) -> Tensor:
    """Return the states of a cell; their gradients end at the beginning of their part.

    Parameters
    ----------
    cell : Cell
    inputs : Tensor of shape (n, T, input_size), or (n_tokens, input_size)
        What the steps read, or the vectors of all tokens.
    lengths : Tensor of shape (n,), dtype int64
    n_steps : int
        Steps of a part, at least 1; the last one may have fewer.
    first : tuple of Tensors of shape (n, hidden_size), or None, default=None
        The state before the first step; None stands for zeros.
    ids : Tensor of shape (n, T), dtype int64, or None, default=None
        Of the tokens that the steps read.

    Returns
    -------
    Tensor of shape (n, T, hidden_size)
        What stands at padded steps means nothing.

    References
    ----------
    .. [1] Werbos, P. J., "Backpropagation Through Time: What It Does and How
       to Do It", Proceedings of the IEEE 78, 1990.
    .. [2] Williams, R. J., J. Peng, "An Efficient Gradient-Based Algorithm for
       On-Line Training of Recurrent Network Trajectories", Neural Computation
       2, 1990.
    """
    inputs = inputs.transpose(0, 1) if ids is None else inputs  # time first, as it lies in memory
    parts = _Parts(cell, n_steps, lengths, None if ids is None else ids.t())
    if any(isinstance(one, Dropout) for one in cell.modules()):  # the second time it would drop other units
        joined = torch.cat([states for states, _ in parts.read(inputs, first)])
    else:
        joined = _TruncatedStates.apply(parts, len(first or ()), inputs, *(first or ()), *cell.parameters())
    return joined.transpose(0, 1)


class _Parts:
    """How a cell reads the parts of a batch: one after the other, or some that follow each other at once.

    Everything has the time first. With ids the inputs are the vectors of all tokens, which every part reads.
    """

    def __init__(self, cell: Cell, n_steps: int, lengths: Tensor, ids: Tensor | None):
        self.cell, self.n_steps, self.lengths, self.ids = cell, n_steps, lengths, ids

    def take(self, inputs: Tensor, begin: int, end: int) -> Tensor:
        """Return the inputs of some steps."""
        return inputs[begin:end] if self.ids is None else inputs

    def read(self, inputs: Tensor, state: State | None) -> Iterator[tuple[Tensor, State]]:
        """Yield the states of each part, and the last one, from which the next part goes on."""
        total = len(inputs if self.ids is None else self.ids)
        for begin in range(0, total, self.n_steps):
            end = min(begin + self.n_steps, total)
            states, last = self.read_beside(self.take(inputs, begin, end), begin, end, state)
            state = tuple(part.detach().clone() for part in last)  # which would keep all that it is a view of
            yield states, state

    def group(self, total: int) -> Iterator[tuple[int, int, int]]:
        """Yield which parts are read beside each other: the index of the first one, and the steps."""
        n_whole, rest = divmod(total, self.n_steps)
        size = max(1, MAX_STEPS // (self.n_steps * len(self.lengths)))
        for k in range(0, n_whole, size):
            yield k, k * self.n_steps, min(k + size, n_whole) * self.n_steps
        if rest:
            yield n_whole, n_whole * self.n_steps, total

    def read_beside(self, inputs: Tensor, begin: int, end: int, state: State | None) -> tuple[Tensor, State]:
        """Return the states of some steps: whole parts, or a single shorter one, each from its own state.

        Parameters
        ----------
        inputs : Tensor
            What `take` returns.
        begin, end : int
            The steps.
        state : tuple of Tensors of shape (n_parts * n, hidden_size), or None
        """
        n, n_steps = len(self.lengths), min(self.n_steps, end - begin)
        starts = torch.arange(begin, end, n_steps, device=self.lengths.device)
        lengths = (self.lengths - starts[:, None]).clamp_(0, n_steps).flatten()
        ids = None if self.ids is None else _beside(self.ids[begin:end], n_steps).t()
        inputs = inputs if self.ids is not None else _beside(inputs, n_steps).transpose(0, 1)
        states, last = self.cell.read_part(inputs, lengths, state, ids)  # (n_parts * n, n_steps, hidden_size)
        return _behind(states.transpose(0, 1), n), last


def _beside(steps: Tensor, n_steps: int) -> Tensor:
    """Put parts, (n_parts * n_steps, n, ...), beside each other, (n_steps, n_parts * n, ...)."""
    return steps.unflatten(0, (-1, n_steps)).transpose(0, 1).flatten(1, 2)


def _behind(steps: Tensor, n: int) -> Tensor:
    """Put parts, (n_steps, n_parts * n, ...), behind each other, (n_parts * n_steps, n, ...)."""
    return steps.unflatten(1, (-1, n)).transpose(0, 1).flatten(0, 1)


class _TruncatedStates(torch.autograd.Function):
    """The states (T, n, hidden_size) of all parts, of which only those before each part are kept."""

    @staticmethod
    def forward(ctx: Any, parts: _Parts, n_first: int, inputs: Tensor, *given: Tensor) -> Tensor:
        first = given[:n_first]
        with torch.enable_grad():  # as for the gradients, so that both times give the same
            read = [(states.detach(), last) for states, last in parts.read(inputs.detach(), first or None)]
        states, ends = zip(*read, strict=True)
        zeros = tuple(torch.zeros_like(part) for part in ends[0])
        before = zip(first or zeros, *ends[:-1], strict=True)
        ctx.parts, ctx.n_first, kind = parts, n_first, inputs.device.type
        # autocast is on where the states are computed, and off again where they are differentiated
        enabled, dtype = torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)
        ctx.autocast = {"device_type": kind, "enabled": enabled, "dtype": dtype}
        ctx.save_for_backward(inputs, *(torch.stack(part) for part in before))  # (n_parts, n, hidden_size)
        return torch.cat(states)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        parts, (inputs, *before) = ctx.parts, ctx.saved_tensors
        needs_inputs, needed = ctx.needs_input_grad[2], ctx.needs_input_grad[3:]
        needs_first, needs_weight = any(needed[: ctx.n_first]), needed[ctx.n_first :]
        n = len(parts.lengths)
        weights = [
            one for one, is_needed in zip(parts.cell.parameters(), needs_weight, strict=True) if is_needed
        ]
        of_inputs = torch.zeros_like(inputs) if needs_inputs else None
        of_weights = [torch.zeros_like(weight) for weight in weights]
        of_first: Any = [None] * ctx.n_first
        for k, begin, end in parts.group(len(gradient)):
            with torch.enable_grad(), torch.autocast(**ctx.autocast):
                taken = parts.take(inputs, begin, end).detach().requires_grad_(needs_inputs)
                n_parts = -(-(end - begin) // parts.n_steps)
                state = [part[k : k + n_parts].flatten(0, 1) for part in before]
                if is_first := needs_first and k == 0:
                    state = [part.requires_grad_() for part in state]
                states, _ = parts.read_beside(taken, begin, end, tuple(state))
            wanted = [*weights, *(state if is_first else ()), *([taken] if needs_inputs else ())]
            found = torch.autograd.grad(
                states, wanted, gradient[begin:end], allow_unused=True, materialize_grads=True
            )
            for total, part in zip(of_weights, found, strict=False):
                total.add_(part)
            if is_first:
                of_first = [part[:n] for part in found[len(weights) : len(weights) + ctx.n_first]]
            if of_inputs is not None:
                parts.take(of_inputs, begin, end).add_(found[-1])
        in_order = iter(of_weights)
        return None, None, of_inputs, *of_first, *(next(in_order) if one else None for one in needs_weight)
