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


def _padded_rows(lengths, n_steps):
    """Index of the padded steps among all ``n_steps * n``, time first, as the encoder's states lie in memory.

    On a CPU it takes a tenth of the time of a mask over all elements.
    """
    return (~real_steps(lengths, n_steps)).T.flatten().nonzero()[:, 0]


def _fill_padding(states, lengths, value):
    """Overwrite the padded steps of states (n, T, size)."""
    time_first = states.transpose(0, 1)  # (T, n, size)
    padding = _padded_rows(lengths, len(time_first))
    return time_first.flatten(0, 1).index_fill(0, padding, value).view(time_first.shape).transpose(0, 1)


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


def _last_states(directions, lengths):
    """Join the last states of all directions, each (n, T, size), to (n, n_directions * size)."""
    return torch.cat([last_state(states, lengths) for states in directions], dim=1)


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
    largest = _fill_padding(states, lengths, -torch.inf).amax(1)  # (n, size)
    return largest.masked_fill((lengths == 0)[:, None], 0)


class _LastMaxMean(torch.autograd.Function):
    """last_state, masked_max and masked_mean side by side, in half the passes over memory."""

    @staticmethod
    def forward(ctx, states, lengths):
        n, n_steps, size = states.shape
        rows = states.transpose(0, 1).reshape(n_steps * n, size)
        padding = _padded_rows(lengths, n_steps)
        is_empty = (lengths == 0)[:, None]
        ends = (lengths - 1).clamp(min=0) * n + torch.arange(n, device=lengths.device)
        last = rows[ends].masked_fill(is_empty, 0)  # (n, size)
        if len(padding):
            rows = rows.index_fill(0, padding, 0)
        mean = rows.view(n_steps, n, size).sum(0) / lengths.clamp(min=1)[:, None]
        if len(padding):
            rows.index_fill_(0, padding, -torch.inf)
        filled = rows.view(n_steps, n, size)
        largest = filled.amax(0)
        ctx.save_for_backward(filled, largest, lengths, ends, padding, is_empty)
        return torch.cat([last, largest.masked_fill(is_empty, 0), mean], dim=1)  # (n, 3 * size)

    @staticmethod
    def backward(ctx, gradient):
        filled, largest, lengths, ends, padding, is_empty = ctx.saved_tensors
        of_last, of_largest, of_mean = gradient.masked_fill(is_empty, 0).chunk(3, dim=1)
        # 0 or 1 as a float, many times faster than bool on a CPU; equal steps share the gradient
        result = torch.eq(filled, largest, out=torch.empty_like(filled))
        result.mul_(of_largest / result.sum(0)).add_(of_mean / lengths.clamp(min=1)[:, None])
        result.flatten(0, 1).index_fill_(0, padding, 0).index_add_(0, ends, of_last)
        return result.transpose(0, 1), None


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
    .. [1] Yang, Z., D. Yang, C. Dyer, X. He, A. Smola, E. Hovy, "Hierarchical
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
        the last of each direction. "concat" joins last, max and mean of each
        direction.
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
    .. [1] Howard, J., S. Ruder, "Universal Language Model Fine-tuning for Text
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
        self.output_size = 3 * size if kind == "concat" else size
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
        return torch.cat([_POOL[self.kind](states, lengths) for states in directions], dim=1)


_POOL = {"concat": _LastMaxMean.apply, "last": last_state, "max": masked_max, "mean": masked_mean}
