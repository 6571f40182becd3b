"""States of recurrent layers from the compiled library, and their gradients."""

from contextlib import nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from .library import KINDS, Call, find_library, loaded_library

__all__ = ["Computed", "Reading", "can_run", "run"]

State = tuple[Tensor, ...]
Weights = tuple[Tensor, Tensor, Tensor, Tensor]

N_BLOCKS = {"rnn": 1, "gru": 3, "lstm": 4}

UNITS = 8
"""So many units are computed side by side: the library wants a multiple of them."""


class Reading(NamedTuple):
    """How a layer reads what it is given.

    Parameters
    ----------
    lengths : Tensor of shape (n,), dtype int64, or None, default=None
        How many steps of each sequence are real; the states behind are 0.
        None stands for all.
    ids : Tensor of shape (n, T), dtype int64, or None, default=None
        Which of the vectors given is read at each step; None reads a vector
        at each step.
    is_backward : bool, default=False
        Whether the ids are read from the last real one to the first.
    """

    lengths: Tensor | None = None
    ids: Tensor | None = None
    is_backward: bool = False


class Given(NamedTuple):
    """What a pass reads: inputs, first state and memory, torch's four weights, lengths and ids.

    By the same names, whether each needs a gradient.
    """

    x: Any
    h: Any
    c: Any
    w: Any
    u: Any
    b: Any
    d: Any
    lengths: Any
    ids: Any


class Computed(NamedTuple):
    """What a layer has made of its inputs.

    Parameters
    ----------
    states : Tensor of shape (T, n, h)
    last : Tensor of shape (n, h)
        The state of each sequence after its last real step. A gradient that
        comes through it needs no array of the size of the states.
    memory : Tensor of shape (n, h) or None
        Of an LSTM after the last step, where all sequences have one length.
    """

    states: Tensor
    last: Tensor
    memory: Tensor | None


def can_run(kind: str, *given: Tensor) -> bool:
    """Say whether the library computes the states of a layer.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    *given : Tensor
        Inputs, state and weights.
    """
    return kind in KINDS and is_plain(*given)


def is_plain(*given: Tensor) -> bool:
    """Say whether the library can read tensors: numbers in single precision on a CPU.

    Parameters
    ----------
    *given : Tensor
    """
    for one in given:
        if not isinstance(one, torch.FloatTensor):  # its type, device and layout at once
            return False
    return find_library() is not None


def run(
    kind: str, x: Tensor, state: State | None, weights: Weights, reading: Reading | None = None
) -> Computed:
    """Return the states of a layer, where :func:`can_run` says yes.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    x : Tensor of shape (T, n, d), or (n_ids, d) where ids are read
        The inputs, or the vectors of all ids.
    state : tuple of Tensors of shape (n, h), or None
        Before the first step; None stands for zeros.
    weights : tuple of four Tensors
        Those of torch's layer, in its order.
    reading : Reading or None, default=None
        None reads a vector at each step, of sequences of one length.

    Returns
    -------
    Computed

    Raises
    ------
    ValueError
        Sizes that don't fit together.
    """
    reading = Reading() if reading is None else reading
    h, c = (None, None) if state is None else (*state, None)[:2]
    _check_sizes(kind, x, (h, c), weights, reading)
    size = weights[1].shape[1]
    if n_more := -size % UNITS:
        state = None if state is None else tuple(F.pad(part, (0, n_more)) for part in state)
        wide = run(kind, x, state, _widen(weights, N_BLOCKS[kind], n_more), reading)
        return Computed(*(None if one is None else one[..., :size] for one in wide))  # type: ignore[arg-type]
    given = Given(x, h, c, *weights, reading.lengths, reading.ids)
    if torch.is_grad_enabled() and any(one is not None and one.requires_grad for one in given):
        return Computed(*_States.apply(kind, reading.is_backward, *given))
    return _compute(kind, reading.is_backward, given, keep=False)[0]


def _check_sizes(kind: str, x: Tensor, first: Any, weights: Weights, reading: Reading) -> None:
    """Compare all sizes before addresses are handed over; the library checks what lengths and ids say."""
    w, u, b, d = weights
    lengths, ids, _ = reading
    size, n_sums = u.shape[1], N_BLOCKS[kind] * u.shape[1]
    n = x.shape[1] if ids is None else len(ids)
    is_right = (
        u.shape == (n_sums, size)
        and w.shape == (n_sums, x.shape[-1])
        and b.shape == d.shape == (n_sums,)
        and x.dim() == (3 if ids is None else 2)
        and (first[0] is None or first[0].shape == (n, size))
        and (first[1] is None or first[1].shape == (n, size))
        and (ids is None or (ids.dim() == 2 and isinstance(ids, torch.LongTensor)))
        and (lengths is None or (lengths.shape == (n,) and isinstance(lengths, torch.LongTensor)))
    )
    if not is_right:
        shapes = [None if one is None else tuple(one.shape) for one in (x, *first, *weights, lengths, ids)]
        raise ValueError(f"inputs, state, weights, lengths and ids don't fit together: {shapes}")


def _widen(weights: Weights, n_blocks: int, n_more: int) -> Weights:
    """Return the weights of a layer of more units, whose states are 0 at all steps and change no other."""
    w, u, b, d = weights
    w, u = w.unflatten(0, (n_blocks, -1)), u.unflatten(0, (n_blocks, -1))
    b, d = b.view(n_blocks, -1), d.view(n_blocks, -1)
    sides = (0, 0, 0, n_more), (0, n_more, 0, n_more), (0, n_more), (0, n_more)
    w, u, b, d = (F.pad(part, side).flatten(0, 1) for part, side in zip((w, u, b, d), sides, strict=True))
    return w, u, b, d


class _Arrays(NamedTuple):
    """What a pass over a batch has written, and its gradients read; a `Call` has their addresses."""

    states: Tensor
    memory: Tensor | None
    gates: Tensor | None
    extra: Tensor | None


def _compute(kind: str, is_backward: bool, given: Given, keep: bool) -> tuple[Computed, Call, _Arrays]:
    """Compute the states, with what their gradients read if it shall be kept."""
    x, h, c, w, u, b, d, lengths, ids = given
    size = u.shape[1]
    n, n_steps = (x.shape[1], x.shape[0]) if ids is None else ids.shape
    # what is added to the input: of a GRU's n without what belongs to the recalled part, which r scales
    bias = torch.cat([b[: 2 * size] + d[: 2 * size], b[2 * size :]]) if kind == "gru" else b + d
    # under autocast this product is computed in its type; the states never are
    source = torch.addmm(bias, x if x.dim() == 2 else x.flatten(0, 1), w.t())
    source = source if source.dtype == u.dtype else source.to(u.dtype)
    states, last = x.new_empty(n_steps + 1, n, size), x.new_empty(n, size)
    memory = gates = extra = None
    if kind == "lstm":
        memory = x.new_empty(n_steps + 1 if keep else 1, n, size)
    if h is not None:
        states[0] = h
        if memory is not None:
            memory[0] = 0 if c is None else c
    if keep and kind != "rnn":
        # each row's inputs are read before its gates are written
        gates = source if ids is None else x.new_empty(n_steps * n, u.shape[0])
    if keep and kind == "gru":
        extra = x.new_empty(n_steps, n, size)
    u, d = u.contiguous(), (d[2 * size :] if kind == "gru" else d).contiguous()
    lengths = None if lengths is None else lengths.contiguous()
    call = Call(
        kind=KINDS.index(kind),
        steps=n_steps,
        rows=n,
        units=size,
        lengths=_address(lengths),
        n_parts=1,
        source=source.data_ptr(),
        ids=_address(ids),
        id_step=0 if ids is None else ids.stride(1),
        id_row=0 if ids is None else ids.stride(0),
        n_ids=x.shape[0],
        is_backward=is_backward,
        has_first=h is not None,
        u=u.data_ptr(),
        d=d.data_ptr(),
        states=states.data_ptr(),
        last=last.data_ptr(),
        memory=_address(memory),
        memory_step=n if keep else 0,
        gates=_address(gates),
        extra=_address(extra),
    )
    call.read = u, d, lengths, ids
    loaded_library().forward(call)
    computed = Computed(states[1:], last, None if memory is None else memory[-1])
    return computed, call, _Arrays(states, memory, gates, extra)


class _States(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, kind: str, is_backward: bool, *given: Tensor | None) -> Any:
        computed, ctx.call, arrays = _compute(kind, is_backward, Given(*given), keep=True)
        ctx.kind, ctx.is_backward = kind, is_backward
        ctx.is_autocast = torch.is_autocast_enabled("cpu")
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*given, *arrays)
        return tuple(computed)

    @staticmethod
    def backward(ctx: Any, of_states: Tensor | None, of_last: Tensor | None, of_memory: Tensor | None) -> Any:
        kind, saved = ctx.kind, ctx.saved_tensors
        given, arrays = Given(*saved[:9]), saved[9:]
        if torch.is_grad_enabled():  # gradients of these gradients are asked for
            return None, None, *_differentiate(ctx, given, (of_states, of_last, of_memory))
        call, ctx.call = ctx.call, None
        if call is None:  # the first time has written gradients into the arrays
            _, call, arrays = _compute(kind, ctx.is_backward, given, keep=True)
        # where they were packed, by a hook for what is saved, they lie elsewhere now
        call.states, call.memory, call.gates, call.extra = map(_address, arrays)
        library = loaded_library()
        _, _, gates, recalled = arrays
        x, _, _, w, u, _, _, lengths, ids = given
        n, size = call.rows, call.units
        sums = x.new_empty(call.steps * n, size) if kind == "rnn" else gates.view(-1, u.shape[0])
        carry = x.new_zeros(n, size)
        if of_memory is not None:
            carry += of_memory
        # kept by name until the library has read them
        of_states, of_last = (None if one is None else one.contiguous() for one in (of_states, of_last))
        call.gradient, call.of_last, call.carry, call.sums = map(_address, (of_states, of_last, carry, sums))
        needs = Given(*ctx.needs_input_grad[2:])
        of_u = x.new_empty(u.shape) if needs.u else None
        of_table = None if ids is None else x.new_zeros(x.shape[0], u.shape[0])
        library.backward(call, of_u, of_table)

        # a GRU's recalled part is a sum of its own, beside those of r and z
        recalled = recalled.view(-1, size) if kind == "gru" else None
        of_h: Any = None
        of_b: Any = None
        of_x = of_w = of_d = None
        if needs.h:
            if recalled is None:
                of_h = sums[:n] @ u
            else:
                of_h = carry + sums[:n, : 2 * size] @ u[: 2 * size] + recalled[:n] @ u[2 * size :]
            if of_last is not None and lengths is not None:  # what has no steps ends as it begins
                of_h = of_h + of_last * (lengths == 0)[:, None]
        of_inputs = sums if of_table is None else of_table
        with torch.autocast("cpu", torch.bfloat16) if ctx.is_autocast else nullcontext():  # as forward
            if needs.x:
                of_x = (of_inputs @ w).view_as(x)
            if needs.w:
                of_w = of_inputs.t() @ (x if x.dim() == 2 else x.flatten(0, 1))
        if needs.b or needs.d:
            of_b = of_d = of_inputs.sum(0)
        if recalled is not None and needs.d:
            of_d = torch.cat([of_b[: 2 * size], recalled.sum(0)])
        of_c = carry if needs.c else None
        return None, None, of_x, of_h, of_c, of_w, of_u, of_b, of_d, None, None


def _address(array: Tensor | None) -> int | None:
    return None if array is None else array.data_ptr()


def _compute_by_torch(kind: str, is_backward: bool, given: Any) -> Computed:
    x, h, c, w, u, b, d, lengths, ids = given
    size = u.shape[1]
    if ids is not None:
        ids, time = ids.t(), torch.arange(ids.shape[1])[:, None]
        if is_backward:
            last = len(ids) - 1 if lengths is None else lengths - 1
            ids = ids.gather(0, torch.where(time <= last, last - time, time).expand_as(ids))
        x = x[ids]
    h = first = x.new_zeros(x.shape[1], size) if h is None else h
    c = x.new_zeros(x.shape[1], size) if c is None and kind == "lstm" else c
    states = []
    for from_x in (x @ w.t() + b).unbind():
        from_h = h @ u.t() + d
        if kind == "rnn":
            h = torch.tanh(from_x + from_h)
        elif kind == "lstm":
            i, f, g, o = (from_x + from_h).chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        else:
            (r, z, n), (r_h, z_h, n_h) = from_x.chunk(3, dim=1), from_h.chunk(3, dim=1)
            n = torch.tanh(n + (r + r_h).sigmoid() * n_h)
            h = n + (z + z_h).sigmoid() * (h - n)
        states.append(h)
    joined = torch.stack(states)
    last = h
    if lengths is not None:
        ended = torch.arange(len(joined))[:, None] >= lengths
        joined = joined.masked_fill(ended[..., None], 0)
        from_first = torch.cat([first[None], joined])
        last = from_first[lengths, torch.arange(len(lengths))]
    return Computed(joined, last, c)


def _differentiate(ctx: Any, given: Any, of_outputs: Any) -> list[Tensor | None]:
    """Gradients of what was given, from operations of torch, which have gradients of any order."""
    outputs = _compute_by_torch(ctx.kind, ctx.is_backward, given)
    pairs = [pair for pair in zip(outputs, of_outputs, strict=True) if pair[1] is not None]
    wanted = [one for one, needed in zip(given, ctx.needs_input_grad[2:], strict=True) if needed]
    parts, of_parts = zip(*pairs, strict=True)
    found = iter(torch.autograd.grad(parts, wanted, of_parts, create_graph=True, allow_unused=True))
    return [next(found) if needed else None for needed in ctx.needs_input_grad[2:]]
