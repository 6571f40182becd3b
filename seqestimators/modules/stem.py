"""A convolution before the recurrence: motifs, found wherever they stand."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .batch import real_steps

__all__ = ["Stem"]


class Stem(nn.Module):
    r"""Convolution, ReLU, and the maximum over neighbours.

    .. math:: z_{t} = \max_{j < p} \mathrm{relu}\Bigl(b + \sum_{i} W_i
       x_{pt + j + i - \lfloor (w - 1) / 2 \rfloor}\Bigr)

    Filters of a width w find motifs; the maximum over p steps makes the
    sequence shorter before the recurrence reads it. Padding is never seen.

    Parameters
    ----------
    input_size : int
        Size of the vector of a step.
    n_filters : int
        Number of filters, at least 1.
    width : int
        Number of steps that a filter reads, at least 1.
    pool : int, default=1
        Number of steps of which the maximum is taken, at least 1.

    References
    ----------
    .. [1] Quang, D., X. Xie, "DanQ: a hybrid convolutional and recurrent deep
       neural network for quantifying the function of DNA sequences", Nucleic
       Acids Research 44, 2016.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Stem
    >>> stem = Stem(4, n_filters=8, width=3, pool=2)
    >>> vectors, lengths = stem(torch.zeros(2, 5, 4), torch.tensor([5, 2]))
    >>> vectors.shape, lengths
    (torch.Size([2, 3, 8]), tensor([3, 1]))
    """

    def __init__(self, input_size: int, n_filters: int, width: int, pool: int = 1):
        super().__init__()
        self.convolution = nn.Conv1d(input_size, n_filters, width)
        self.margins = ((width - 1) // 2, width // 2)
        self.pool = pool
        self.output_size = n_filters

    @property
    def is_pointwise(self) -> bool:
        """Whether each step is read by itself, and stays one."""
        return self.convolution.kernel_size == (1,) and self.pool == 1

    def forward(self, vectors: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Return fewer steps, and how many of them are real.

        Parameters
        ----------
        vectors : Tensor of shape (n, T, input_size)
            0 on padding.
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        vectors : Tensor of shape (n, T', n_filters)
            0 on padding; T' is T over `pool`, rounded up.
        lengths : Tensor of shape (n,), dtype int64
        """
        padded = F.pad(vectors.transpose(1, 2), self.margins)
        found = self.convolution(padded).relu()  # (n, n_filters, T)
        found = found * real_steps(lengths, vectors.shape[1])[:, None]  # 0 is the least that ReLU gives
        if self.pool > 1:
            found = F.max_pool1d(found, self.pool, ceil_mode=True)
        # Time comes first in memory, as the cells need it
        steps = found.permute(2, 0, 1).contiguous().transpose(0, 1)
        return steps, torch.div(lengths + self.pool - 1, self.pool, rounding_mode="floor")
