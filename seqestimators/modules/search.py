"""From a network that predicts the next token to whole sequences: greedy, beam search, sampling.

All are pure functions of a ``step``: a function that takes the last token of n
sequences, Tensor of shape (n,), and a state, and returns the logarithm of the
probability of each next token, Tensor of shape (n, n_tokens), and the state
that follows. A state has a method ``select(rows)``.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..sequences import BOS, EOS, PAD

__all__ = ["Hypothesis", "beam_search", "filter_tokens", "greedy_search", "sample"]

_WORTH_DROPPING = 0.75
"""Share of sequences not yet ended below which the state is copied without the others."""


class Hypothesis(NamedTuple):
    """One sequence that a search has found.

    Parameters
    ----------
    tokens : tuple of int
        Without BOS and EOS.
    log_probability : float
        Natural logarithm, EOS included.
    score : float
        What the search ranks by.
    is_cut : bool, default=False
        Whether the greatest length has ended it: something else was likelier
        to come next, or there may be better sequences that are longer.

    Examples
    --------
    >>> from seqestimators.modules.search import Hypothesis
    >>> Hypothesis((4, 5), -0.5, -0.5).tokens
    (4, 5)
    """

    tokens: tuple
    log_probability: float
    score: float
    is_cut: bool = False


def greedy_search(step: Any, state: Any, max_lengths: Tensor) -> Any:
    """Take the likeliest token at each step.

    Parameters
    ----------
    step : callable
        See above.
    state : object
        Before the first token.
    max_lengths : Tensor of shape (n,), dtype int64
        Greatest number of tokens of each sequence, EOS not counted.

    Returns
    -------
    list of n Hypothesis

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules.search import greedy_search
    >>> class State:
    ...     def select(self, rows):
    ...         return self
    >>> odds = torch.tensor([0, 0, 0, 0.25, 0.75, 0]).log()
    >>> (found,) = greedy_search(
    ...     lambda token, state: (odds.repeat(len(token), 1), state), State(), torch.tensor([2])
    ... )
    >>> found.tokens
    (4, 4)
    """
    n, device = len(max_lengths), max_lengths.device
    rows = torch.arange(n, device=device)
    goes_on = torch.ones(n, dtype=torch.bool, device=device)
    token = torch.full((n,), BOS, device=device)
    total = torch.zeros(n, dtype=torch.float64, device=device)
    is_cut = torch.zeros(n, dtype=torch.bool, device=device)
    written: list = []  # (rows, token of each)
    for length in range(int(max_lengths.max()) + 1):
        log_probabilities, state = step(token, state)
        token = log_probabilities.argmax(dim=1)
        at_limit = length >= max_lengths[rows]
        is_cut[rows] |= goes_on & at_limit & (token != EOS)
        token = token.masked_fill(at_limit, EOS)
        chosen = log_probabilities.gather(1, token[:, None])[:, 0].double()
        total[rows] += chosen.masked_fill(~goes_on, 0)
        goes_on = goes_on & (token != EOS)
        kept = goes_on.nonzero()[:, 0]
        if not len(kept):
            break
        written.append((rows[kept], token[kept]))
        if len(kept) <= _WORTH_DROPPING * len(rows):
            rows, token, state, goes_on = rows[kept], token[kept], state.select(kept), goes_on[kept]
    return [
        Hypothesis(tuple(tokens.tolist()), log_probability, log_probability, cut)
        for tokens, log_probability, cut in zip(
            _collect(written, n, device), total.tolist(), is_cut.tolist(), strict=True
        )
    ]


def _collect(written: list[Any], n: int, device: Any) -> Any:
    """Tokens by sequence, out of tokens by step."""
    if not written:
        return [torch.empty(0, dtype=torch.int64, device=device)] * n
    rows = torch.cat([rows for rows, _ in written])
    tokens = torch.cat([token for _, token in written])
    order = torch.argsort(rows, stable=True)
    return list(tokens[order].split(torch.bincount(rows, minlength=n).tolist()))


def beam_search(
    step: Any, state: Any, max_lengths: Tensor, *, width: int, n_best: int = 1, length_penalty: float = 0.0
) -> Any:
    """Keep the `width` best beginnings at each step.

    A sequence that reaches its greatest length ends there, at the price of
    its EOS: every log-probability is that of a whole sequence. One that ends
    takes no place of a beginning, so that a width of 1 may find a better
    sequence than :func:`greedy_search`.

    Parameters
    ----------
    step : callable
        See above; it is called with n * width sequences.
    state : object
        Before the first token.
    max_lengths : Tensor of shape (n,), dtype int64
        Greatest number of tokens of each sequence, EOS not counted.
    width : int
        Number of beginnings kept, at least 1.
    n_best : int, default=1
        Number of sequences to find, at least 1.
    length_penalty : float, default=0.0
        The score is the log-probability over the number of tokens, EOS
        included, to this power; at least 0. Above 0 it favours longer
        sequences.

    Returns
    -------
    list of n lists of Hypothesis
        The best first, at most `n_best`. Fewer where there are no more
        sequences within the greatest length.

    References
    ----------
    .. [1] Graves, A., "Sequence Transduction with Recurrent Neural Networks",
       arXiv:1211.3711, 2012.
    .. [2] Wu, Y. et al., "Google's Neural Machine Translation System",
       arXiv:1609.08144, 2016 (length penalty).

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import beam_search
    >>> class State:
    ...     def select(self, rows):
    ...         return self
    >>> odds = torch.tensor([0, 0, 0, 0.5, 0.3, 0.2]).log()
    >>> (found,) = beam_search(
    ...     lambda token, state: (odds.repeat(len(token), 1), state),
    ...     State(),
    ...     torch.tensor([9]),
    ...     width=2,
    ...     n_best=2,
    ... )
    >>> [hypothesis.tokens for hypothesis in found]
    [(), (4,)]
    """
    n, device = len(max_lengths), max_lengths.device
    limits = max_lengths.tolist()
    finished: list[list] = [[] for _ in range(n)]
    cut: set[int] = set()  # rows whose search the limit has ended
    rows = list(range(n))  # those still being searched
    state = state.select(torch.arange(n, device=device).repeat_interleave(width))
    token = torch.full((n * width,), BOS, device=device)
    scores = torch.full((n, width), -torch.inf, device=device)
    scores[:, 0] = 0  # all beams are alike at the beginning: one of them is enough
    beginnings = torch.empty((n, width, 0), dtype=torch.int64, device=device)
    length = 0
    while rows:
        log_probabilities, state = step(token, state)
        n_tokens = log_probabilities.shape[1]
        scores = scores.to(log_probabilities.dtype)
        totals = scores[:, :, None] + log_probabilities.view(len(rows), width, n_tokens)
        ends = totals[:, :, EOS].clone()  # (n_rows, width)
        _keep_finished(finished, rows, ends, beginnings, n_best, (length + 1) ** length_penalty)
        totals[:, :, EOS] = -torch.inf
        # one row has width * n_tokens ways to go on; padded where these are fewer than the width
        scores, index = totals.flatten(1).topk(min(width, width * n_tokens), dim=1)  # (n_rows, width)
        beam, next_token = index // n_tokens, index % n_tokens
        beginnings = torch.cat(
            [beginnings.gather(1, beam[..., None].expand(-1, -1, length)), next_token[..., None]], dim=2
        )
        length += 1
        best = scores[:, 0].tolist()
        open_ = [
            i
            for i, row in enumerate(rows)
            if not _is_settled(finished[row], best[i], n_best, (limits[row] + 1) ** length_penalty)
        ]
        kept = [i for i in open_ if length <= limits[rows[i]]]
        cut |= {rows[i] for i in open_} - {rows[i] for i in kept}
        chosen = torch.tensor(kept, dtype=torch.int64, device=device)
        state = state.select((chosen[:, None] * width + beam[chosen]).flatten())
        rows = [rows[i] for i in kept]
        scores, beginnings, token = scores[chosen], beginnings[chosen], next_token[chosen].flatten()
    return [
        [
            Hypothesis(tuple(tokens.tolist()), log_probability, score, row in cut)
            for score, log_probability, tokens in found
        ]
        for row, found in enumerate(finished)
    ]


def _keep_finished(
    finished: list[Any], rows: Any, ends: Tensor, beginnings: Tensor, n_best: int, divisor: float
) -> None:
    """Add the sequences that end here to the best ones found so far."""
    for i, (row, candidates) in enumerate(zip(rows, ends.tolist(), strict=True)):
        found = finished[row]
        for beam, log_probability in enumerate(candidates):
            score = log_probability / divisor
            if score > -torch.inf and (len(found) < n_best or score > found[-1][0]):
                found.append((score, log_probability, beginnings[i, beam]))
                found.sort(key=lambda one: -one[0])
                del found[n_best:]


def _is_settled(found: list[Any], best: float, n_best: int, largest_divisor: float) -> Any:
    """Whether no beginning can still lead to a better sequence."""
    if best == -torch.inf:
        return True
    return len(found) >= n_best and found[-1][0] >= best / largest_divisor


def filter_tokens(
    logits: Tensor, *, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Any:
    """Return the log-probabilities from which the next token is drawn.

    Parameters
    ----------
    logits : Tensor of shape (n, n_tokens)
        Log-probabilities, but for a constant a row.
    temperature : float, default=1.0
        Divides the logits, larger than 0: below 1, likely tokens are favoured.
    top_k : int or None, default=None
        Draw from the so many likeliest tokens only, at least 1.
    top_p : float or None, default=None
        Draw from the likeliest tokens only that together have at least this
        probability, in (0, 1].

    Returns
    -------
    Tensor of shape (n, n_tokens)
        Normalized; minus infinity for what is never drawn.

    References
    ----------
    .. [1] Fan, A., M. Lewis, Y. Dauphin, "Hierarchical Neural Story
       Generation", ACL 2018 (top-k).
    .. [2] Holtzman, A. et al., "The Curious Case of Neural Text
       Degeneration", ICLR 2020 (top-p).

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules.search import filter_tokens
    >>> odds = torch.tensor([[0.5, 0.3, 0.2]]).log()
    >>> [round(p, 3) for p in filter_tokens(odds, top_k=2).exp()[0].tolist()]
    [0.625, 0.375, 0.0]
    """
    differences = logits - logits.amax(dim=1, keepdim=True)  # so that a tiny temperature leaves the likeliest
    limits = torch.finfo(logits.dtype)
    logits = torch.log_softmax(differences / min(max(temperature, limits.tiny), limits.max), dim=1)
    if top_k is not None and top_k < logits.shape[1]:
        likeliest = logits.topk(top_k, dim=1)  # no more of them, even if some are equally likely
        logits = torch.full_like(logits, -torch.inf).scatter(1, likeliest.indices, likeliest.values)
    if top_p is not None and top_p < 1:
        ordered, index = torch.log_softmax(logits, dim=1).sort(dim=1, descending=True, stable=True)
        is_surplus = ordered.exp().cumsum(dim=1) - ordered.exp() >= top_p
        is_surplus[:, 0] = False  # the likeliest token is always kept
        surplus = torch.zeros_like(is_surplus).scatter(1, index, is_surplus)
        logits = logits.masked_fill(surplus, -torch.inf)
    return torch.log_softmax(logits, dim=1)


def sample(
    step: Any,
    state: Any,
    n: int,
    max_length: int,
    generator: torch.Generator,
    prefix: Tensor | None = None,
    **options: Any,
) -> tuple[list[Tensor], list[bool]]:
    """Draw sequences token by token.

    Parameters
    ----------
    step : callable
        See above.
    state : object
        Before the first token.
    n : int
        Number of sequences.
    max_length : int
        Greatest number of tokens, EOS not counted.
    generator : torch.Generator
        On the device of the network.
    prefix : Tensor of shape (n, P), dtype int64, or None, default=None
        What each sequence begins with, padded behind with 0; none is longer
        than `max_length`.
    **options : dict
        Those of :func:`filter_tokens`.

    Returns
    -------
    sequences : list of n Tensors of shape (length,), dtype int64
        Without BOS and EOS.
    is_finished : list of n bool
        Whether EOS was drawn; otherwise the greatest length cut the sequence.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules.search import sample
    >>> class State:
    ...     def select(self, rows):
    ...         return self
    >>> odds = torch.tensor([0, 0, 0, 0.5, 0.25, 0.25]).log()
    >>> sequences, is_finished = sample(
    ...     lambda token, state: (odds.repeat(len(token), 1), state),
    ...     State(),
    ...     3,
    ...     100,
    ...     torch.Generator(),
    ... )
    >>> is_finished
    [True, True, True]
    """
    device = generator.device
    rows = torch.arange(n, device=device)  # those still being written
    token = torch.full((n,), BOS, device=device)
    is_finished = torch.zeros(n, dtype=torch.bool, device=device)
    written: list = []
    for length in range(max_length + 1):
        log_probabilities, state = step(token, state)
        odds = filter_tokens(log_probabilities, **options).exp()
        token = torch.multinomial(odds, 1, generator=generator)[:, 0]
        if prefix is not None and length < prefix.shape[1]:
            given = prefix[rows, length]
            token = torch.where(given == PAD, token, given)
        is_finished[rows[token == EOS]] = True
        kept = (token != EOS).nonzero()[:, 0]
        if length == max_length or not len(kept):
            break
        rows, token, state = rows[kept], token[kept], state.select(kept)
        written.append((rows, token))
    return _collect(written, n, device), is_finished.tolist()
