"""A chain of labels against the enumeration of all of its paths."""

import itertools

import pytest
import torch

from seqestimators.modules import ConditionalRandomField, Ragged, best_seen_path

LENGTHS = torch.tensor([3, 0, 1, 5])
N_LABELS = 3
# of the sequences above, one behind the other; -100 is not known
LABELS = {
    "all known": [0, 2, 1, 1, 2, 2, 0, 1, 0],
    "some masked": [-100, 2, 1, 1, 2, -100, -100, 1, -100],
    "a sequence masked": [-100, -100, -100, 1, 0, -100, 2, 1, 0],
}


@pytest.fixture(scope="module")
def field():
    field = ConditionalRandomField(N_LABELS).double()
    generator = torch.Generator().manual_seed(0)
    for weight in field.parameters():
        weight.data.normal_(std=2, generator=generator)
    return field


@pytest.fixture(scope="module")
def scores():
    values = torch.randn(9, N_LABELS, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    return Ragged(values.requires_grad_(), LENGTHS)


def enumerate_paths(field, rows):
    """All paths of one sequence, (n_paths, T), and the score of each."""
    paths = torch.tensor(list(itertools.product(range(N_LABELS), repeat=len(rows))))
    total = rows[torch.arange(len(rows)), paths].sum(1) + field.start[paths[:, 0]] + field.end[paths[:, -1]]
    return paths, total + field.transitions[paths[:, :-1], paths[:, 1:]].sum(1)


def rows_of(scores):
    return [row for row in scores.values.split(scores.lengths.tolist()) if len(row)]


def labels_of(name):
    labels = torch.tensor(LABELS[name])
    return Ragged(labels, LENGTHS), [one for one in labels.split(LENGTHS.tolist()) if len(one)]


def likelihood(field, scores, name):
    """The sum over all steps of what is returned for their labels, and by enumeration."""
    known, rows = labels_of(name)
    label = known.values[:, None]
    found = field.log_probabilities(scores, known).gather(1, label.clamp(min=0))[label >= 0].sum()
    expected = 0
    for row, labels in zip(rows_of(scores), rows, strict=True):
        paths, totals = enumerate_paths(field, row)
        agrees = ((paths == labels) | (labels < 0)).all(1)
        expected = expected + totals[agrees].logsumexp(0) - totals.logsumexp(0)
    return found, expected


@pytest.mark.parametrize("name", LABELS)
def test_the_likelihood_and_its_gradient_are_those_of_all_paths(field, scores, name):
    found, expected = likelihood(field, scores, name)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-10)
    weights = [*field.parameters(), scores.values]
    for got, wanted in zip(*(torch.autograd.grad(one, weights) for one in (found, expected)), strict=True):
        torch.testing.assert_close(got, wanted, rtol=0, atol=1e-10)


def test_a_label_is_conditioned_on_those_before_it(field, scores):
    known, _ = labels_of("some masked")
    found = field.log_probabilities(scores, known).exp()[-5:]  # of the last sequence
    paths, totals = enumerate_paths(field, rows_of(scores)[-1])
    for t in range(5):
        before = known.values[-5:][:t]
        agrees = ((paths[:, :t] == before) | (before < 0)).all(1)
        mass = [totals[agrees & (paths[:, t] == label)].exp().sum() for label in range(N_LABELS)]
        torch.testing.assert_close(found[t], torch.stack(mass) / sum(mass), rtol=0, atol=1e-10)


def test_marginals_and_the_best_path_are_those_of_all_paths(field, scores):
    marginals, best = [], []
    for row in rows_of(scores):
        paths, totals = enumerate_paths(field, row)
        is_label = torch.nn.functional.one_hot(paths, N_LABELS).double()  # (n_paths, T, n_labels)
        marginals.append(torch.einsum("p,ptk->tk", totals.softmax(0), is_label))
        best.append(paths[totals.argmax()])
    found = field.log_probabilities(scores).exp()
    torch.testing.assert_close(found, torch.cat(marginals), rtol=0, atol=1e-10)
    assert torch.equal(field.decode(scores), torch.cat(best))


def test_it_begins_with_independent_labels(scores):
    found = ConditionalRandomField(N_LABELS).double().log_probabilities(scores)
    torch.testing.assert_close(found, scores.values.log_softmax(1))


def test_it_begins_as_the_markov_chain_that_is_counted():
    """With scores that say only how frequent a label is: the chain, given its length."""
    counts = torch.tensor([[30, 5, 1, 2], [4, 20, 6, 3], [2, 7, 40, 2], [3, 1, 3, 0]], dtype=torch.float64)
    field = ConditionalRandomField(N_LABELS).double()
    field.start_from(counts)
    frequency = counts.sum(0)[:-1].log().expand(4, -1)
    paths, totals = enumerate_paths(field, frequency)
    chain = counts / counts.sum(1, keepdim=True)
    p = chain[-1, paths[:, 0]] * chain[paths[:, :-1], paths[:, 1:]].prod(1) * chain[paths[:, -1], -1]
    torch.testing.assert_close(totals.softmax(0), p / p.sum(), rtol=0.05, atol=0)  # but for the smoothing
    other = ConditionalRandomField(N_LABELS).double()
    other.start_from(3 * counts)
    torch.testing.assert_close(other.transitions, field.transitions)
    nothing_known = ConditionalRandomField(N_LABELS)
    nothing_known.start_from(torch.zeros(4, 4))
    assert not any(weight.any() for weight in nothing_known.parameters())


def test_long_sequences_keep_their_digits(field):
    """The normalizer of 800 steps would swallow three of the seven digits of float32."""
    values = torch.randn(800, N_LABELS, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    exact = field.log_probabilities(Ragged(values, torch.tensor([800])))
    single = ConditionalRandomField(N_LABELS)
    single.load_state_dict(field.state_dict())
    with torch.no_grad():
        rounded = single.log_probabilities(Ragged(values.float(), torch.tensor([800])))
    torch.testing.assert_close(rounded.double(), exact, rtol=0, atol=1e-4)


def count_unseen(path, seen):
    end = len(seen) - 1
    moves = zip([end, *path], [*path, end], strict=True)
    return sum(not seen[move] for move in moves)


@pytest.mark.parametrize("length", [1, 2, 5])
def test_the_best_seen_path_has_the_fewest_unseen_neighbours(length):
    generator = torch.Generator().manual_seed(length)
    for _ in range(20):
        seen = torch.rand(4, 4, generator=generator) < 0.4
        scores = 100 * torch.randn(length, 3, generator=generator)
        ranked = [
            (count_unseen(path, seen), -sum(scores[t, label].item() for t, label in enumerate(path)), path)
            for path in itertools.product(range(3), repeat=length)
        ]
        both = Ragged(torch.cat([scores, scores[:1]]), torch.tensor([length, 1]))
        assert tuple(best_seen_path(both, seen)[:-1].tolist()) == min(ranked)[2]
