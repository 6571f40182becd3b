"""Dropout of units and of tokens, which draws from a generator of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor, nn

from ..sequences import EOS, UNKNOWN

__all__ = ["Dropout", "SharedMasks", "TokenDropout", "are_masks_shared", "drive_dropout", "share_masks"]


class Dropout(nn.Module):
    """Zero elements with probability `p` in training, drawing from `generator`.

    ``nn.Dropout`` draws from torch's global generator, which a library must
    not move and which threads share.

    Parameters
    ----------
    p : float, default=0.0
        Probability of an element to be zeroed, in [0, 1).

    Attributes
    ----------
    generator : torch.Generator or None
        Where the random numbers come from, on the device of the input. It is
        set once the module stands on its device; None draws from torch's
        global generator.

    References
    ----------
    .. [1] Srivastava, N., G. Hinton, A. Krizhevsky, I. Sutskever,
       R. Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks
       from Overfitting", JMLR 15, 2014.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Dropout
    >>> Dropout(0.5).eval()(torch.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, p: float = 0.0):
        super().__init__()
        self.p = p
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` with elements zeroed and the others scaled by ``1 / (1 - p)``."""
        masks = _SHARED_MASKS.get()
        if masks is not None and self.p > 0:
            return x * masks.draw(self, x)
        if not self.training or self.p == 0:
            return x
        is_kept = _draw(x, 1 - self.p, self.generator)
        return x * is_kept.to(x.dtype).div_(1 - self.p)

    def extra_repr(self) -> str:
        """Show the probability in the module's repr."""
        return f"p={self.p}"


class TokenDropout(nn.Module):
    """Replace tokens by UNKNOWN with probability `p` in training.

    The network learns not to lean on single tokens, and what the vector of an
    unknown one is to mean. Padding, beginning and end stay.

    Parameters
    ----------
    p : float, default=0.0
        Probability of a token to be replaced, in [0, 1).

    Attributes
    ----------
    generator : torch.Generator or None
        As that of :class:`Dropout`.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules.dropout import TokenDropout
    >>> TokenDropout(0.5).eval()(torch.tensor([[4, 5, 0]]))
    tensor([[4, 5, 0]])
    """

    def __init__(self, p: float = 0.0):
        super().__init__()
        self.p = p
        self.generator: torch.Generator | None = None

    def forward(self, ids: Tensor) -> Tensor:
        """Return the ids, some of them UNKNOWN."""
        if not self.training or self.p == 0:
            return ids
        return ids.masked_fill(_draw(ids, self.p, self.generator) & (ids > EOS), UNKNOWN)

    def extra_repr(self) -> str:
        """Show the probability in the module's repr."""
        return f"p={self.p}"


def _draw(like: Tensor, p: float, generator: torch.Generator | None) -> Tensor:
    """Return what is true with probability `p`, to 1 in 65,536, a Tensor of the shape of another.

    Four of these numbers come from one draw of 64 bits: on a CPU, a fraction of the time of ``bernoulli_``.
    """
    bits = torch.empty(-(-like.numel() // 4), dtype=torch.int64, device=like.device)
    bits.random_(-(2**63), None, generator=generator)
    limit = min(round(p * 2**16), 2**16 - 1) - 2**15
    return (bits.view(torch.int16)[: like.numel()] < limit).view(like.shape)


def drive_dropout(module: nn.Module, generator: torch.Generator) -> None:
    """Let every dropout inside of a module draw from a generator."""
    for part in module.modules():
        if isinstance(part, (Dropout, TokenDropout)):
            part.generator = generator


class SharedMasks:
    """Masks that drop the same units for all rows: one network out of those that dropout trains.

    What a network answers for a row under them depends neither on the other
    rows nor on the padding nor on the device.

    Parameters
    ----------
    module : nn.Module
        Every Dropout inside of it has masks of its own.
    seed : int
        Determines them, from 0 to 2**62.

    Attributes
    ----------
    n_drawn : int
        How many have been drawn.
    """

    def __init__(self, module: nn.Module, seed: int):
        parts = [part for part in module.modules() if isinstance(part, Dropout)]
        self.seeds: dict[nn.Module, int] = {part: seed + i for i, part in enumerate(parts)}
        self.n_drawn = 0

    def draw(self, part: Dropout, like: Tensor) -> Tensor:
        """Return 0 for what is dropped and ``1 / (1 - p)`` for the rest, Tensor of shape (1, ...).

        The mask of a long sequence begins with that of a short one.

        Parameters
        ----------
        part : Dropout
            One of the module.
        like : Tensor of shape (n, ...)
            What it acts on.
        """
        self.n_drawn += 1
        generator = torch.Generator()
        generator.manual_seed(self.seeds[part])
        is_kept = _draw(torch.empty(like.shape[1:]), 1 - part.p, generator)
        return is_kept.to(like).div_(1 - part.p)[None]


_SHARED_MASKS: ContextVar[SharedMasks | None] = ContextVar("masks of this thread", default=None)


@contextmanager
def share_masks(module: nn.Module, seed: int) -> Iterator[SharedMasks]:
    """Let every dropout inside of a module drop the same units for all rows, also in evaluation mode.

    Other threads, which may run the same module, don't notice.

    Parameters
    ----------
    module : nn.Module
    seed : int
        Determines the masks.
    """
    masks = SharedMasks(module, seed)
    token = _SHARED_MASKS.set(masks)
    try:
        yield masks
    finally:
        _SHARED_MASKS.reset(token)


def are_masks_shared() -> bool:
    """Return whether this is inside of :func:`share_masks`."""
    return _SHARED_MASKS.get() is not None
