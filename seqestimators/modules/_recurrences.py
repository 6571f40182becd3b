"""Recurrences on a CPU with gradients of their own, where torch would record ten operations a step.

The inputs of all steps are multiplied at once, as are the gradients of the weights; where the inputs are
token ids, the vectors of the vocabulary are multiplied, and each step reads a row of the product. The
hyperbolic tangent is ``2 sigmoid(2 a) - 1``: torch's sigmoid takes a sixth of the time of its tanh, and the
result is as exact. An LSTM is PyTorch's own, which runs on oneDNN.
"""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["ElmanStates", "GRUStates", "read_in_parts"]

N_BYTES_KEPT = 2**25
"""The largest block of memory that the C library of Linux keeps when it is freed."""
N_BYTES_OF_LSTM = 64
"""In one block, for each unit at each step of a row, where gradients are needed: 61 with oneDNN 3.12."""


def _project(x: Tensor, ids: Tensor | None, w: Tensor, bias: Tensor) -> Tensor:
    """Multiply the inputs of all steps, Tensor of shape (T, n, blocks * h), a new one."""
    # under autocast this product is computed in its type; the states never are
    projected = torch.addmm(bias, x.flatten(0, -2), w.t()).to(w.dtype)
    if ids is None:
        return projected.view(*x.shape[:2], -1)
    return projected.index_select(0, ids.flatten()).view(*ids.shape, -1)


def _differentiate_projection(
    ctx: Any, of_projected: Tensor, x: Tensor, ids: Tensor | None, w: Tensor
) -> tuple[Tensor | None, ...]:
    """Return the gradients of the inputs, of their weights and of their bias."""
    of_rows = of_projected.flatten(0, 1)
    if ids is not None:
        of_rows = x.new_zeros(len(x), len(w)).index_add_(0, ids.flatten(), of_rows)
    needed = ctx.needs_input_grad
    with torch.autocast("cpu", torch.bfloat16) if ctx.is_autocast else nullcontext():  # as forward
        return (
            (of_rows @ w).view_as(x) if needed[0] else None,
            of_rows.t() @ x.flatten(0, -2) if needed[2] else None,
            of_rows.sum(0) if needed[4] or needed[5] else None,
        )


class ElmanStates(torch.autograd.Function):
    """States (T, n, h) of Elman's network.

    Takes inputs (T, n, d), the first state (n, h), and torch's weights; or vectors (n_tokens, d), and behind
    all others the ids (T, n) of those that the steps read.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor, ids: Tensor | None = None
    ) -> Tensor:
        sums = _project(x, ids, 2 * w, 2 * (b + d))
        states = x.new_empty(len(sums) + 1, *h.shape)
        states[0] = h
        twice_u = (2 * u).t().contiguous()
        minus_1 = x.new_full((), -1.0)
        for a, before, after in zip(sums.unbind(), states[:-1].unbind(), states[1:].unbind(), strict=True):
            torch.add(minus_1, a.addmm_(before, twice_u).sigmoid_(), alpha=2, out=after)
        ctx.is_autocast = torch.is_autocast_enabled("cpu")
        ctx.save_for_backward(x, w, u, states, ids)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, w, u, states, ids = ctx.saved_tensors
        of_sums = torch.mul(states[1:], states[1:]).neg_().add_(1)  # the derivative of tanh
        later = None
        for of_sum, own in zip(reversed(of_sums.unbind()), reversed(gradient.unbind()), strict=True):
            of_sum.mul_(own if later is None else torch.addmm(own, later, u))
            later = of_sum
        needed = ctx.needs_input_grad
        of_h = later @ u if needed[1] else None
        of_u = of_sums.flatten(0, 1).t() @ states[:-1].flatten(0, 1) if needed[3] else None
        of_x, of_w, of_bias = _differentiate_projection(ctx, of_sums, x, ids, w)
        return of_x, of_h, of_w, of_u, of_bias, of_bias, None


class GRUStates(torch.autograd.Function):
    """States (T, n, h) of a gated recurrent unit: takes what `ElmanStates` takes."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, w: Tensor, u: Tensor, b: Tensor, d: Tensor, ids: Tensor | None = None
    ) -> Tensor:
        n, size = h.shape
        r_and_z, n_alone = slice(2 * size), slice(2 * size, None)
        # what belongs to n is doubled, for its tanh
        u_of_r_and_z, u_of_n = u[r_and_z].t().contiguous(), (2 * u[n_alone]).t().contiguous()
        bias, d_of_n = torch.cat([b[r_and_z] + d[r_and_z], 2 * b[n_alone]]), 2 * d[n_alone]
        gates = _project(x, ids, torch.cat([w[r_and_z], 2 * w[n_alone]]), bias)
        states = x.new_empty(len(gates) + 1, n, size)
        states[0] = h
        recalled = x.new_empty(len(gates), n, size)  # what n reads of the state, before r lets it through
        minus_1 = x.new_full((), -1.0)
        r, z, new = gates.chunk(3, dim=2)
        parts = (gates[..., r_and_z], r, z, new, recalled, states[:-1], states[1:])
        for r_z, r_t, z_t, n_t, q, before, after in zip(*(part.unbind() for part in parts), strict=True):
            r_z.addmm_(before, u_of_r_and_z).sigmoid_()
            torch.addmm(d_of_n, before, u_of_n, out=q)
            n_t.addcmul_(r_t, q).sigmoid_()
            torch.add(minus_1, n_t, alpha=2, out=n_t)
            torch.lerp(n_t, before, z_t, out=after)
        ctx.is_autocast = torch.is_autocast_enabled("cpu")
        ctx.save_for_backward(x, w, u, states, gates, recalled, ids)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, w, u, states, gates, recalled, ids = ctx.saved_tensors
        n_steps, n, size = gradient.shape
        r, z, new = gates.chunk(3, dim=2)
        # what the gradient of a state is multiplied by: in the sum of n, of its input and its recalled part,
        # and in those of r and z
        of_new = torch.mul(new, new).neg_().add_(1)
        of_new.addcmul_(of_new, z, value=-1)  # (1 - n^2) (1 - z)
        of_sums = torch.empty_like(gates)
        of_r, of_z, of_recalled = of_sums.chunk(3, dim=2)
        torch.mul(of_new, r, out=of_recalled)
        torch.addcmul(of_recalled, of_recalled, r, value=-1, out=of_r)
        of_r.mul_(recalled).mul_(0.5)  # recalled was doubled
        torch.sub(states[:-1], new, out=of_z).mul_(torch.addcmul(z, z, z, value=-1))
        of_states = torch.empty_like(states)
        of_states[0] = 0
        of_states[1:] = gradient
        parts = (
            of_sums,
            of_sums.view(n_steps, n, 3, size),
            z,
            of_states[:-1],
            of_states[1:],
            of_states[1:, :, None],
        )
        steps = zip(*(reversed(part.unbind()) for part in parts), strict=True)
        for sums, blocks, z_t, of_before, of_state, for_each_block in steps:
            blocks.mul_(for_each_block)
            of_before.addcmul_(of_state, z_t).addmm_(sums, u)
        needed = ctx.needs_input_grad
        flat = of_sums.flatten(0, 1)
        of_u = flat.t() @ states[:-1].flatten(0, 1) if needed[3] else None
        of_d = flat.sum(0) if needed[5] else None
        torch.mul(of_new, of_states[1:], out=of_recalled)  # now of the input's part
        of_x, of_w, of_b = _differentiate_projection(ctx, of_sums, x, ids, w)
        return of_x, of_states[0], of_w, of_u, of_b, of_d, None


def read_in_parts(
    read: Callable[[Tensor, Any], tuple[Tensor, Any]], inputs: Tensor, state: Any, size: int
) -> tuple[Tensor, Any]:
    """Let PyTorch's LSTM read so many steps at once that its memory need not be asked for anew in each batch.

    Each page of it is filled with zeros then, which takes a tenth of the time of
    training.

    Parameters
    ----------
    read : function
        Takes inputs and state, and returns states and state.
    inputs : Tensor of shape (n, T, d)
    state : tuple of two Tensors of shape (1, n, h), or None
    size : int
        Number of units h.

    Returns
    -------
    states : Tensor of shape (n, T, h)
    state : tuple of two Tensors of shape (1, n, h)
    """
    n, n_steps, _ = inputs.shape
    most = max(N_BYTES_KEPT // (N_BYTES_OF_LSTM * max(n, 1) * size), 1)
    is_onednns = inputs.device.type == "cpu" and inputs.dtype == torch.float32
    if n_steps <= most or not is_onednns or not torch.is_grad_enabled():
        return read(inputs, state)
    n_parts = -(-n_steps // most)
    parts = []
    for part in inputs.split(-(-n_steps // n_parts), dim=1):
        states, state = read(part, state)
        parts.append(states)
    return torch.cat(parts, dim=1), state
