"""From the hidden states of a sequence to one vector, padding left out."""

import torch
from torch import nn

from .encoder import join_directions

__all__ = ["POOLINGS", "AttentionPooling", "Pooling", "last_state", "masked_max", "masked_mean", "real_steps"]

POOLINGS = ("concat", "last", "mean", "max", "attention")


def real_steps(lengths, n_steps):
    """Mark the steps that are no padding.

    Parameters
    ----------
    lengths : Tensor of shape (n,), dtype int64
    n_steps : int

    Returns
    -------
    Tensor of shape (n, n_steps), dtype bool

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import real_steps
    >>> real_steps(torch.tensor([2, 0]), 3)
    tensor([[ True,  True, False],
            [False, False, False]])
    """
    return torch.arange(n_steps, device=lengths.device) < lengths[:, None]


def _fill_padding(states, lengths, value):
    """Overwrite the padded steps of states (n, T, size).

    By the index of whole steps, as a mask over all elements takes ten times
    as long on a CPU; time first, as the encoder's states lie in memory.
    """
    time_first = states.transpose(0, 1)  # (T, n, size)
    padding = (~real_steps(lengths, len(time_first))).T.flatten().nonzero()[:, 0]  # of T * n steps
    if not len(padding):
        return states
    return time_first.flatten(0, 1).index_fill(0, padding, value).view(time_first.shape).transpose(0, 1)


class _MaxOverTime(torch.autograd.Function):
    """The maximum over real steps, -inf without any; the gradient by arithmetic on floats.

    ``amax`` finds its gradient with bool tensors, several times slower on a CPU.
    """

    @staticmethod
    def forward(ctx, states, lengths):
        states = _fill_padding(states, lengths, -torch.inf)
        largest = states.amax(1)
        ctx.save_for_backward(states, largest)
        return largest

    @staticmethod
    def backward(ctx, gradient):
        states, largest = ctx.saved_tensors
        is_largest = torch.eq(states, largest[:, None], out=torch.empty_like(states))  # 0 or 1
        return is_largest * (gradient / is_largest.sum(1))[:, None], None  # equal steps share it


def last_state(states, lengths):
    """Return the state at the last real step, 0 for a sequence of length 0.

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
    >>> from seqestimators.modules import last_state
    >>> last_state(torch.tensor([[[1.0], [3.0], [9.0]]]), torch.tensor([2]))
    tensor([[3.]])
    """
    last = states[torch.arange(len(states), device=states.device), (lengths - 1).clamp(min=0)]  # (n, size)
    return last.masked_fill((lengths == 0)[:, None], 0)


def masked_mean(states, lengths):
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
    >>> from seqestimators.modules import masked_mean
    >>> masked_mean(torch.tensor([[[1.0], [3.0], [9.0]]]), torch.tensor([2]))
    tensor([[2.]])
    """
    return _fill_padding(states, lengths, 0).sum(1) / lengths.clamp(min=1)[:, None]


def masked_max(states, lengths):
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
    >>> from seqestimators.modules import masked_max
    >>> masked_max(torch.tensor([[[-3.0], [-1.0], [0.0]]]), torch.tensor([2]))
    tensor([[-1.]])
    """
    largest = _MaxOverTime.apply(states, lengths)  # (n, size)
    return largest.masked_fill((lengths == 0)[:, None], 0)


class AttentionPooling(nn.Module):
    r"""Mean of the states weighted by what each state says of itself.

    .. math:: \alpha_t = \mathrm{softmax}_t\,(v^\top \tanh(W h_t + b)), \qquad
       c = \sum_t \alpha_t h_t

    Parameters
    ----------
    size : int
        Size of a state.
    device, dtype : optional
        As for any torch module.

    References
    ----------
    .. [1] Z. Yang, D. Yang, C. Dyer, X. He, A. Smola, E. Hovy, "Hierarchical
       Attention Networks for Document Classification", NAACL 2016.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import AttentionPooling
    >>> pooling = AttentionPooling(2)
    >>> pooling.weights(torch.ones(1, 3, 2), torch.tensor([2])).tolist()
    [[0.5, 0.5, 0.0]]
    """

    def __init__(self, size, *, device=None, dtype=None):
        super().__init__()
        self.project = nn.Linear(size, size, device=device, dtype=dtype)
        self.energy = nn.Linear(size, 1, bias=False, device=device, dtype=dtype)

    def weights(self, states, lengths):
        """Return the weight of every step.

        Parameters
        ----------
        states : Tensor of shape (n, T, size)
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        Tensor of shape (n, T)
            Each row sums to 1 over the real steps and is 0 on padding; all 0
            for a sequence of length 0.
        """
        energies = self.energy(torch.tanh(self.project(states)))[:, :, 0]  # (n, T)
        real = real_steps(lengths, states.shape[1])
        lowest = torch.finfo(energies.dtype).min  # not -inf: a row without real steps would be nan
        return torch.softmax(energies.masked_fill(~real, lowest), dim=1) * real

    def forward(self, states, lengths):
        """Return the weighted mean, Tensor of shape (n, size)."""
        states = _fill_padding(states, lengths, 0)  # 0 times an infinite state behind the end would be nan
        return torch.bmm(self.weights(states, lengths)[:, None], states)[:, 0]


class Pooling(nn.Module):
    """One vector per sequence from its hidden states.

    Parameters
    ----------
    kind : {"concat", "last", "mean", "max", "attention"}
        What to keep. "last" is the state that has read the whole sequence:
        the last of each direction. "concat" joins last, max and mean.
    size : int
        Size of a state, of both directions together.
    device, dtype : optional
        As for any torch module.

    Attributes
    ----------
    output_size : int
        Size of the vector.

    References
    ----------
    .. [1] J. Howard, S. Ruder, "Universal Language Model Fine-tuning for Text
       Classification", ACL 2018 (concat pooling).

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Pooling
    >>> forward, backward = torch.zeros(2, 5, 4), torch.zeros(2, 5, 4)
    >>> Pooling("concat", 8)([forward, backward], torch.tensor([5, 3])).shape
    torch.Size([2, 24])
    """

    def __init__(self, kind, size, *, device=None, dtype=None):
        super().__init__()
        self.kind = kind
        self.output_size = size * len(_PARTS.get(kind, [kind]))
        self.attention = AttentionPooling(size, device=device, dtype=dtype) if kind == "attention" else None

    def forward(self, directions, lengths):
        """Return the pooled states.

        Parameters
        ----------
        directions : list of one or two Tensors of shape (n, T, hidden_size)
            What :meth:`RecurrentEncoder.read` returns.
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        Tensor of shape (n, output_size)
            0 for a sequence of length 0.
        """
        if self.attention is not None:
            return self.attention(join_directions(directions, lengths), lengths)
        return torch.cat(
            [part(states, lengths) for part in _PARTS[self.kind] for states in directions], dim=1
        )


_PARTS = {
    "last": [last_state],
    "max": [masked_max],
    "mean": [masked_mean],
    "concat": [last_state, masked_max, masked_mean],
}
