"""Labels of a sequence that depend on each other: a linear-chain conditional random field, and Viterbi."""

import torch
from torch import Tensor, nn

from .batch import Ragged, reverse_each

__all__ = ["ConditionalRandomField"]


class ConditionalRandomField(nn.Module):
    r"""Linear-chain conditional random field: labels of a sequence that depend on their neighbours.

    .. math:: p(y) \propto \exp\Big(b_{y_1} + \sum_{t=1}^T o_{t, y_t}
        + \sum_{t=2}^T A_{y_{t-1}, y_t} + e_{y_T}\Big)

    with the scores `o` of every label at every step, which a network gives,
    and learned scores of the first label, `b`, of two labels in a row, `A`,
    and of the last label, `e`. All begin at 0, where labels are independent,
    or at what `start_from` makes of training labels [3]_.

    Parameters
    ----------
    n_labels : int
        Number of different labels.

    Attributes
    ----------
    start, end : Parameters of shape (n_labels,)
        `b` and `e`.
    transitions : Parameter of shape (n_labels, n_labels)
        `A`; the label before stands in the row.

    References
    ----------
    .. [1] Lafferty, J., A. McCallum, F. Pereira, "Conditional Random Fields:
       Probabilistic models for segmenting and labeling sequence data",
       ICML 2001.
    .. [2] Rabiner, L. R., "A tutorial on hidden Markov models and selected
       applications in speech recognition", Proceedings of the IEEE 77, 1989
       (forward-backward and Viterbi algorithms).
    .. [3] Bourlard, H., N. Morgan, "Connectionist Speech Recognition: A Hybrid
       Approach", Kluwer 1994 (label probabilities of a network, divided by
       their frequencies, in a Markov chain).

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import ConditionalRandomField, Ragged
    >>> field = ConditionalRandomField(2)
    >>> scores = Ragged(torch.zeros(4, 2), torch.tensor([3, 1]))
    >>> field.log_probabilities(scores).exp()[0]
    tensor([0.5000, 0.5000], grad_fn=<SelectBackward0>)
    """

    def __init__(self, n_labels: int):
        super().__init__()
        self.start = nn.Parameter(torch.zeros(n_labels))
        self.transitions = nn.Parameter(torch.zeros(n_labels, n_labels))
        self.end = nn.Parameter(torch.zeros(n_labels))

    @torch.no_grad()
    def start_from(self, counts: Tensor) -> None:
        r"""Set `b`, `A` and `e` to how much likelier a label is behind another than anywhere.

        These are :math:`\log(p(y \mid y') / p(y))`. If `o` were
        :math:`\log p(y_t \mid x)`, the labels would be a Markov chain.

        Parameters
        ----------
        counts : Tensor of shape (n_labels + 1, n_labels + 1)
            How often a label (in the column) stands behind another (in the
            row); the last row is the beginning, the last column the end.
        """
        expected = counts.sum(1, keepdim=True) * counts.sum(0) / counts.sum()
        ratio = torch.where(expected > 0, counts / expected, 1)  # 1 where nothing is known
        scores = (0.001 + 0.999 * ratio).log()  # what isn't among the counts remains possible
        self.start.copy_(scores[-1, :-1])
        self.transitions.copy_(scores[:-1, :-1])
        self.end.copy_(scores[:-1, -1])

    def log_probabilities(self, scores: Ragged, known: Ragged | None = None) -> Tensor:
        """Return the log-probability of every label at every step, given the known labels before it.

        Those of the known labels add up to the log-likelihood: labels that are
        not known are summed over, before the step and behind it.

        Parameters
        ----------
        scores : Ragged of shape (n_total, n_labels)
            `o`, of sequences of any lengths.
        known : Ragged of shape (n_total,), dtype int64, or None, default=None
            Indices of the labels, less than 0 where one is not known. None
            knows none, which gives the marginal probabilities.

        Returns
        -------
        Tensor of shape (n_total, n_labels)
        """
        padded = scores.pad()  # (n, T, n_labels)
        allowed = padded
        if known is not None:
            label = known.pad()[:, :, None]  # (n, T, 1)
            is_label = label == torch.arange(len(self.end), device=label.device)  # (n, T, n_labels)
            allowed = padded.masked_fill((label >= 0) & ~is_label, -torch.inf)
        reverse = reverse_each(padded, scores.lengths)
        before, behind = self._messages(torch.stack([allowed, reverse])).unbind()
        total = padded + before + reverse_each(behind, scores.lengths)
        return Ragged.from_padded([(total.log_softmax(2), scores.lengths)]).values

    def _messages(self, scores: Tensor) -> Tensor:
        """Return the log-mass of all that leads to each label, up to a constant a step.

        Parameters
        ----------
        scores : Tensor of shape (2, n, T, n_labels)
            Of the steps from the beginning, and from the end.

        Returns
        -------
        Tensor of shape (2, n, T, n_labels)
        """
        neighbours = torch.stack([self.transitions, self.transitions.T])[:, None]
        messages = [torch.stack([self.start, self.end])[:, None].expand(-1, scores.shape[1], -1)]
        for score in scores.unbind(2)[:-1]:
            mass = ((messages[-1] + score)[..., None] + neighbours).logsumexp(2)
            # it would grow with the length, and lose digits
            messages.append(mass - mass[..., :1].detach())
        return torch.stack(messages, dim=2)

    def decode(self, scores: Ragged) -> Tensor:
        """Return the likeliest labels of every sequence as a whole, Tensor of shape (n_total,), dtype int64.

        Parameters
        ----------
        scores : Ragged of shape (n_total, n_labels)
        """
        return best_path(scores, self.start, self.transitions, self.end)


def best_path(scores: Ragged, start: Tensor, transitions: Tensor, end: Tensor) -> Tensor:
    """Return the labels of the greatest sum of scores (Viterbi), Tensor of shape (n_total,), dtype int64.

    Parameters
    ----------
    scores : Ragged of shape (n_total, n_labels)
        Of every label at every step.
    start, end : Tensors of shape (n_labels,)
        Score of the first and of the last label.
    transitions : Tensor of shape (n_labels, n_labels)
        Score of two labels in a row; the first stands in the row.
    """
    first, *others = scores.pad().unbind(1)
    best, arrows = start + first, []  # (n, n_labels)
    stay = torch.arange(len(end), device=best.device)
    for t, step in enumerate(others, 1):
        through, arrow = (best[:, :, None] + transitions).max(1)  # over the label before
        goes_on = (t < scores.lengths)[:, None]
        best = torch.where(goes_on, through + step, best)
        arrows.append(torch.where(goes_on, arrow, stay))
    path = [(best + end).argmax(1, keepdim=True)]  # (n, 1)
    for arrow in reversed(arrows):
        path.append(arrow.gather(1, path[-1]))
    return Ragged.from_padded([(torch.cat(path[::-1], dim=1), scores.lengths)]).values


def best_seen_path(scores: Ragged, seen: Tensor) -> Tensor:
    """Return the labels of the greatest sum of scores among those whose neighbours have been seen.

    Where a sequence has no such labels, those with the fewest pairs that
    have not been seen.

    Parameters
    ----------
    scores : Ragged of shape (n_total, n_labels)
        Of every label at every step.
    seen : Tensor of shape (n_labels + 1, n_labels + 1), dtype bool
        Whether a label (in the column) has been seen behind another (in the
        row); the last row is the beginning, the last column the end.

    Returns
    -------
    Tensor of shape (n_total,), dtype int64
    """
    below = scores.values.double()
    below = below - below.amax(1, keepdim=True)  # at most 0
    spread = Ragged(-below.amin(1), scores.lengths).pad().sum(1)  # (n,)
    scaled = below / (1 + spread).repeat_interleave(scores.lengths)[:, None]
    unseen = seen.double() - 1  # one unseen pair weighs more than all scores of a sequence
    return best_path(Ragged(scaled, scores.lengths), unseen[-1, :-1], unseen[:-1, :-1], unseen[:-1, -1])
