"""Last, greatest and mean states from the compiled library, and their gradient."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .library import PoolingCall, loaded_library
from .states import UNITS, is_plain

__all__ = ["can_pool", "pool", "unpool"]

N_PARTS = 3


def can_pool(lengths: Tensor, directions: Sequence[Tensor]) -> bool:
    """Say whether the library pools the states of a layer.

    Parameters
    ----------
    lengths : Tensor of shape (n,), dtype int64
    directions : list of Tensors of shape (n, T, h)
    """
    n, _, size = shape = directions[0].shape
    return (
        size % UNITS == 0
        and lengths.is_cpu
        and lengths.dtype == torch.int64
        and lengths.shape == (n,)
        and all(one.shape == shape for one in directions)
        and is_plain(*directions)
    )


def pool(lengths: Tensor, directions: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return last, greatest and mean state of each row, where :func:`can_pool` says yes.

    Parameters
    ----------
    lengths : Tensor of shape (n,), dtype int64
        How many states of each row are real.
    directions : list of Tensors of shape (n, T, h)
        Best with the time first in memory, which needs no copy.

    Returns
    -------
    pooled : Tensor of shape (n, n_directions * 3 * h)
        0 for a row of length 0.
    counts : Tensor of shape (n_directions, n, h)
        How many states of a row are the greatest.

    Raises
    ------
    ValueError
        A length is negative, or greater than T.
    """
    n, _, size = directions[0].shape
    pooled = directions[0].new_empty(n, len(directions) * N_PARTS * size)
    counts = directions[0].new_empty(len(directions), n, size)
    _run(loaded_library().pool, lengths, directions, pooled, counts)
    return pooled, counts


def unpool(
    lengths: Tensor, directions: Sequence[Tensor], pooled: Tensor, counts: Tensor, gradient: Tensor
) -> list[Tensor]:
    """Return the gradients of the states, the greatest of which share that of their value.

    Parameters
    ----------
    lengths, directions, pooled, counts : object
        What :func:`pool` has taken and returned.
    gradient : Tensor of the shape of `pooled`

    Returns
    -------
    list of Tensors of shape (n, T, h)
    """
    n, n_steps, size = directions[0].shape
    gradients = [pooled.new_empty(n_steps, n, size) for _ in directions]
    _run(loaded_library().unpool, lengths, directions, pooled, counts, gradient.contiguous(), gradients)
    return [one.transpose(0, 1) for one in gradients]


def _run(
    function: Callable[[PoolingCall], None],
    lengths: Tensor,
    directions: Sequence[Tensor],
    pooled: Tensor,
    counts: Tensor,
    of_pooled: Tensor | None = None,
    gradients: Sequence[Tensor] = (),
) -> None:
    """Call the library for each direction."""
    lengths = lengths.contiguous()
    n, n_steps, size = directions[0].shape
    for i, one in enumerate(directions):
        states = one.transpose(0, 1).contiguous()
        begin = i * N_PARTS * size * pooled.element_size()
        function(
            PoolingCall(
                steps=n_steps,
                rows=n,
                units=size,
                lengths=lengths.data_ptr(),
                states=states.data_ptr(),
                stride=pooled.shape[1],
                pooled=pooled.data_ptr() + begin,
                counts=counts[i].data_ptr(),
                of_pooled=None if of_pooled is None else of_pooled.data_ptr() + begin,
                gradient=gradients[i].data_ptr() if gradients else None,
            )
        )
