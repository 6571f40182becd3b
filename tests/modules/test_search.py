"""Searches against the enumeration of all sequences, and the frequencies of samples."""

import itertools

import numpy as np
import pytest
import torch

from seqestimators.modules import beam_search, greedy_search, sample
from seqestimators.modules.search import filter_tokens

N_TOKENS = 6  # of which 4 and 5 are ordinary, 3 is the end
LONGEST = 3


class Prefix:
    """The state of a source whose next token depends on the whole prefix."""

    def __init__(self, prefixes, tables):
        self.prefixes, self.tables = prefixes, tables

    def select(self, rows):
        rows = rows.tolist()
        return Prefix([self.prefixes[i] for i in rows], [self.tables[i] for i in rows])


def make_table(seed):
    """Log-probabilities of the next token after every prefix."""
    generator = torch.Generator().manual_seed(seed)
    table = {}
    for length in range(LONGEST + 1):
        for prefix in itertools.product((4, 5), repeat=length):
            logits = torch.full((N_TOKENS,), -torch.inf, dtype=torch.float64)
            logits[3:] = 2 * torch.randn(3, generator=generator, dtype=torch.float64)
            table[prefix] = torch.log_softmax(logits, dim=0)
    return table


def step(token, state):
    prefixes = [
        prefix if one == 2 else (*prefix, one)
        for prefix, one in zip(state.prefixes, token.tolist(), strict=True)
    ]
    state = Prefix(prefixes, state.tables)
    rows = [table.get(prefix, table[()]) for prefix, table in zip(prefixes, state.tables, strict=True)]
    return torch.stack(rows), state


def begin(seeds):
    return Prefix([()] * len(seeds), [make_table(seed) for seed in seeds])


def enumerate_all(seed):
    """Every sequence within the greatest length with its log-probability, the likeliest first."""
    table, found = make_table(seed), []
    for length in range(LONGEST + 1):
        for tokens in itertools.product((4, 5), repeat=length):
            steps = [table[tokens[:i]][token] for i, token in enumerate(tokens)]
            found.append((float(sum(steps) + table[tokens][3]), tokens))
    return sorted(found, reverse=True)


@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 1.0])
def test_a_beam_as_wide_as_all_prefixes_finds_the_best_sequences(length_penalty):
    seeds = range(20)
    found = beam_search(
        step,
        begin(seeds),
        torch.full((20,), LONGEST),
        width=2**LONGEST,
        n_best=5,
        length_penalty=length_penalty,
    )
    for seed, hypotheses in zip(seeds, found, strict=True):
        ranked = sorted(
            ((p / (len(tokens) + 1) ** length_penalty, p, tokens) for p, tokens in enumerate_all(seed)),
            reverse=True,
        )
        assert [one.tokens for one in hypotheses] == [tokens for _, _, tokens in ranked[:5]]
        for one, (score, probability, _) in zip(hypotheses, ranked, strict=False):
            assert one.log_probability == pytest.approx(probability, abs=1e-12)
            assert one.score == pytest.approx(score, abs=1e-12)


def test_greedy_takes_the_likeliest_token_and_tells_its_probability():
    limits = torch.tensor([LONGEST, 1, 2, 0] * 5)
    for seed, limit, found in zip(
        range(20), limits.tolist(), greedy_search(step, begin(range(20)), limits), strict=True
    ):
        table, tokens = make_table(seed), ()
        while len(tokens) < limit and (best := int(table[tokens].argmax())) != 3:
            tokens = (*tokens, best)
        assert found.tokens == tokens
        assert found.log_probability == pytest.approx(dict(map(reversed, enumerate_all(seed)))[tokens])


def test_a_beam_is_no_worse_than_greedy():
    limits = torch.tensor([LONGEST, 1, 2, 0] * 5)
    greedy = greedy_search(step, begin(range(20)), limits)
    for one, (found,) in zip(greedy, beam_search(step, begin(range(20)), limits, width=1), strict=True):
        assert found.log_probability >= one.log_probability - 1e-12


def test_a_wider_beam_is_no_worse_on_average():
    limits = torch.full((50,), LONGEST)
    means = [
        sum(found[0].log_probability for found in beam_search(step, begin(range(50)), limits, width=width))
        for width in (1, 2, 5)
    ]
    assert means[0] <= means[1] <= means[2]


def test_samples_come_as_often_as_they_are_likely():
    n = 20_000
    state = Prefix([()] * n, [make_table(1)] * n)
    rows, is_finished = sample(step, state, n, LONGEST, torch.Generator().manual_seed(0))
    drawn = [tuple(row.tolist()) for row, end in zip(rows, is_finished, strict=True) if end]
    for log_probability, tokens in enumerate_all(1):
        p = float(torch.tensor(log_probability).exp())
        assert abs(drawn.count(tokens) / n - p) < 5 * (p * (1 - p) / n) ** 0.5 + 1e-9


def test_samples_come_as_often_as_they_are_likely_behind_their_prefix():
    n = 6000
    state = Prefix([()] * n, [make_table(1)] * n)
    prefix = torch.tensor([[4, 0], [5, 4], [0, 0]] * (n // 3))  # padded behind; the third has none
    rows, is_finished = sample(step, state, n, LONGEST, torch.Generator().manual_seed(0), prefix)
    for i, given in enumerate(((4,), (5, 4), ())):
        drawn = [tuple(row.tolist()) for row, end in zip(rows[i::3], is_finished[i::3], strict=True) if end]
        table = make_table(1)
        of_prefix = float(sum(table[given[:k]][token] for k, token in enumerate(given)))
        assert all(tuple(row[: len(given)].tolist()) == given for row in rows[i::3])
        for log_probability, tokens in enumerate_all(1):
            if tokens[: len(given)] == given:
                p = float(np.exp(log_probability - of_prefix))
                share = drawn.count(tokens) / (n / 3)
                assert abs(share - p) < 5 * (p * (1 - p) / (n / 3)) ** 0.5 + 1e-9


def test_filters_keep_the_likeliest():
    odds = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    torch.testing.assert_close(filter_tokens(odds).exp(), odds.exp())
    assert (filter_tokens(odds, top_k=1) > -torch.inf).sum() == 1
    for top_p, kept in ((0.4, 1), (0.6, 2), (0.8, 2), (0.9, 3), (1.0, 4)):
        assert (filter_tokens(odds, top_p=top_p) > -torch.inf).sum() == kept
    cold = filter_tokens(odds, temperature=0.5).exp()
    torch.testing.assert_close(cold, odds.exp() ** 2 / (odds.exp() ** 2).sum())


def test_no_more_than_k_tokens_are_kept_of_equally_likely_ones():
    kept = filter_tokens(torch.zeros(3, 5), top_k=2).exp()
    assert ((kept == 0.5).sum(dim=1) == 2).all()


def test_a_tiny_temperature_leaves_the_likeliest_token():
    odds = torch.tensor([[0.2, 0.5, 0.3]]).log()
    assert filter_tokens(odds, temperature=1e-40).exp().tolist() == [[0.0, 1.0, 0.0]]
    assert filter_tokens(odds, top_p=1e-300).exp().tolist() == [[0.0, 1.0, 0.0]]


def test_at_a_huge_temperature_all_possible_tokens_are_alike():
    odds = torch.tensor([[0.5, 0.2, 0.3, 0]]).log()
    torch.testing.assert_close(
        filter_tokens(odds, temperature=1e300).exp(), torch.tensor([[1 / 3] * 3 + [0]])
    )
