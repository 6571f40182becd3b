import random
import warnings
from itertools import product

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from torch import nn

from seqestimators import RecurrentLanguageModel, SequenceTokenizer
from seqestimators.datasets import make_counting_language
from seqestimators.exceptions import TruncationWarning
from seqestimators.modules import Batch

UNKNOWN, BOS, EOS, A, B = 1, 2, 3, 4, 5
SMALL = {
    "hidden_size": 5,
    "embedding_dim": 3,
    "max_epochs": 3,
    "lr": 0.05,
    "dtype": "float64",
    "random_state": 0,
}
X = [[A, B], [A, A, B, B], [B], [], [A, B, B, A]] * 4
CELLS = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}


def next_probabilities(model, prefix, is_drawn=False):
    """Probability of each id after a prefix: one cell of torch, step by step, no batch, no padding."""
    network = model.net_.module_
    weights = network.state_dict()
    is_lstm = model.cell == "lstm"
    cells, states = [], []
    for i in range(model.num_layers):
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        parts = {name: weights[f"encoder.layers.{i}.0.{name}_l0"] for name in names}
        cell = CELLS[model.cell](parts["weight_ih"].shape[1], model.hidden_size, dtype=torch.float64)
        cell.load_state_dict(parts)
        cells.append(cell)
        zeros = torch.zeros(1, model.hidden_size, dtype=torch.float64)
        states.append((zeros, zeros) if is_lstm else zeros)
    with torch.no_grad():
        for token in (BOS, *prefix):
            if model.embedding_dim is None:
                below = torch.eye(model.n_inputs_, dtype=torch.float64)[[token]]
            else:
                below = weights["encoder.embedding.weight"][[token]]
            for i, cell in enumerate(cells):
                states[i] = cell(below, states[i])
                below = states[i][0] if is_lstm else states[i]
        logits = below[0] @ weights["output.weight"].T + weights.get("output.bias", 0)
        odds = logits.exp()
        odds[[0, BOS, *([UNKNOWN] if is_drawn else [])]] = 0
        return (odds / odds.sum()).numpy()


def log_probability(model, sequence):
    steps = [*sequence, EOS]
    return sum(np.log(next_probabilities(model, sequence[:i])[token]) for i, token in enumerate(steps))


@pytest.fixture(scope="module")
def model():
    return RecurrentLanguageModel(**SMALL).fit(X)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_scores_are_the_recurrence_written_out(cell, bidirectional):
    settings = SMALL | {"cell": cell, "bidirectional": bidirectional, "num_layers": 2}
    model = RecurrentLanguageModel(**settings).fit(X)
    expected = [log_probability(model, row) for row in X[:5]]
    np.testing.assert_allclose(model.score_samples(X[:5]), expected, rtol=1e-10)
    n_tokens = sum(len(row) + 1 for row in X[:5])
    assert model.score(X[:5]) == pytest.approx(sum(expected) / n_tokens, rel=1e-10)
    assert model.perplexity(X[:5]) == pytest.approx(np.exp(-sum(expected) / n_tokens), rel=1e-10)
    weight = np.array([2, 0, 1, 0, 0])
    weighed = (weight @ expected) / (weight @ [len(row) + 1 for row in X[:5]])
    assert model.score(X[:5], sample_weight=weight) == pytest.approx(weighed, rel=1e-10)
    likeliest = [[next_probabilities(model, row[: i + 1]).argmax() for i in range(len(row))] for row in X[:5]]
    assert [row.tolist() for row in model.predict_next(X[:5])] == likeliest


@pytest.mark.parametrize(
    "settings", [{}, {"bidirectional": True}, {"embedding_dim": None, "output_bias": False}]
)
def test_probabilities_sum_to_one(settings):
    """What ends within L tokens and what doesn't are all there is."""
    model = RecurrentLanguageModel(**SMALL | settings).fit(X)
    n_longest = 4
    letters = (UNKNOWN, A, B)
    ended = sum(
        np.exp(model.score_samples([list(row) for row in product(letters, repeat=length)])).sum()
        for length in range(n_longest + 1)
    )
    goes_on = 0.0
    for prefix in product(letters, repeat=n_longest):
        steps = [next_probabilities(model, prefix[:i]) for i in range(n_longest + 1)]
        reached = np.prod([step[token] for step, token in zip(steps, prefix, strict=False)])
        goes_on += reached * (1 - steps[-1][EOS])
    assert 0.01 < goes_on < 0.99
    assert ended + goes_on == pytest.approx(1, abs=1e-10)


def make_chain(n_samples, start, following, seed):
    """Strings of a Markov chain; column 4 of `following` is the end."""
    rng = np.random.default_rng(seed)
    rows = [[letter] for letter in rng.choice(4, n_samples, p=start)]
    for row in rows:
        while (letter := rng.choice(5, p=following[row[-1]])) != 4:
            row.append(letter)
    return [[int(letter) + 4 for letter in row] for row in rows]


def test_loss_reaches_the_entropy_of_a_markov_chain():
    start = np.array([0.7, 0.1, 0.1, 0.1])
    following = np.array(
        [
            [0.05, 0.6, 0.15, 0.1, 0.1],
            [0.1, 0.05, 0.65, 0.1, 0.1],
            [0.1, 0.1, 0.05, 0.65, 0.1],
            [0.5, 0.2, 0.1, 0.05, 0.15],
        ]
    )
    n_visits = np.linalg.solve(np.eye(4) - following[:, :4].T, start)  # of each letter in a string
    entropy = -(start @ np.log(start)) - n_visits @ (following * np.log(following)).sum(axis=1)
    entropy /= n_visits.sum() + 1
    train, test = (make_chain(n, start, following, seed) for n, seed in ((2000, 0), (8000, 1)))
    model = RecurrentLanguageModel(hidden_size=16, embedding_dim=None, max_epochs=8, lr=0.02, random_state=0)
    loss = -model.fit(train).score(test)
    assert loss == pytest.approx(entropy, rel=0.01)
    n_tokens = sum(len(row) + 1 for row in test)
    source = sum(
        np.log(start[row[0] - 4])
        + sum(np.log(following[a - 4, b - 4]) for a, b in zip(row, [*row[1:], 8], strict=True))
        for row in test
    )
    assert 0 < loss + source / n_tokens < 0.01 * entropy  # on the same strings, no model beats the source


@pytest.fixture(scope="module")
def counting():
    """A model that has learned to count to 8."""
    tokenizer = SequenceTokenizer()
    strings = sorted(
        set(make_counting_language(200, max_n=8, random_state=0))
    )  # each as likely as the others
    tokens = tokenizer.fit_transform(strings)
    model = RecurrentLanguageModel(
        hidden_size=24,
        embedding_dim=None,
        output_bias=False,
        max_epochs=300,
        lr=0.04,
        weight_decay=0.0,
        batch_size="all",
        random_state=0,
    )
    return model.fit(tokens), tokens


def test_the_determined_part_of_a_string_is_predicted(counting):
    model, _ = counting
    strings = [[A] * n + [B] * n for n in range(1, 9)]
    for n, likeliest in enumerate(model.predict_next(strings), start=1):
        assert likeliest.dtype == np.int64
        assert likeliest[n:].tolist() == [B] * (n - 1) + [EOS]


def test_loss_is_near_the_entropy_of_the_counting_language_and_never_below(counting):
    """To guess the lengths alone costs log 8, without a memory of the A's it costs more than twice that."""
    model, _ = counting
    strings = [[A] * n + [B] * n for n in range(1, 9)]  # each as likely as the others
    loss = -model.score_samples(strings).mean()
    entropy = np.log(8)
    change = 8 / 36  # of A to B, and of B to the end, for the best model that sees the last token only
    markov = -2 * 36 / 8 * (change * np.log(change) + (1 - change) * np.log(1 - change))
    assert markov > 2 * entropy
    # in exact arithmetic no loss is below the entropy, and each unit of rounding is far below this one
    assert entropy - 1e-3 < loss < entropy + (markov - entropy) / 4
    losses = [row["train_loss"] for row in model.history_]
    assert losses[-1] < losses[9] < losses[0]
    assert model.n_parameters_ == 4 * 24 * (model.n_inputs_ + 24 + 2) + 24 * model.n_inputs_


def test_samples_come_as_often_as_they_are_likely(model):
    n = 20000
    drawn = [tuple(row) for row in model.sample(n, max_length=200, random_state=0)]
    rows = [row for length in range(3) for row in product((A, B), repeat=length)]
    counts = np.array([drawn.count(row) for row in rows])
    expected = []
    for row in rows:
        steps = [*row, EOS]
        odds = [next_probabilities(model, row[:i], is_drawn=True)[token] for i, token in enumerate(steps)]
        expected.append(n * np.prod(odds))
    counts, expected = np.append(counts, n - counts.sum()), np.append(expected, n - sum(expected))
    assert chisquare(counts, expected).pvalue > 0.001
    # UNKNOWN is never drawn: relative to strings as long, that is all the difference to the scores
    of_length_2 = slice(3, 7)
    scores = np.exp(model.score_samples(rows))[of_length_2]
    np.testing.assert_allclose(
        counts[of_length_2] / counts[of_length_2].sum(), scores / scores.sum(), atol=0.05
    )


def test_filters(model):
    first = next_probabilities(model, (), is_drawn=True)
    ranked = np.argsort(-first)

    def first_tokens(**settings):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TruncationWarning)
            rows = model.sample(4000, max_length=1, random_state=0, **settings)
        return np.bincount([row[0] if len(row) else EOS for row in rows], minlength=model.n_inputs_) / 4000

    np.testing.assert_allclose(first_tokens(), first, atol=0.03)
    for temperature in (0.5, 3.0):
        heated = first ** (1 / temperature)
        np.testing.assert_allclose(first_tokens(temperature=temperature), heated / heated.sum(), atol=0.03)
    two = np.where(np.isin(np.arange(len(first)), ranked[:2]), first, 0)
    np.testing.assert_allclose(first_tokens(top_k=2), two / two.sum(), atol=0.03)
    top_p = first[ranked[0]] + first[ranked[1]] / 2  # the second is needed to reach it, the third is not
    np.testing.assert_allclose(first_tokens(top_p=top_p), two / two.sum(), atol=0.03)
    np.testing.assert_allclose(first_tokens(top_p=1.0, top_k=99), first, atol=0.03)


@pytest.mark.parametrize("settings", [{"top_k": 1}, {"top_p": 1e-9}, {"temperature": 1e-6}], ids=str)
def test_only_the_likeliest(counting, settings):
    model, _ = counting
    written, token = [], next_likeliest(model, [])
    while token != EOS and len(written) < 40:
        written.append(token)
        token = next_likeliest(model, written)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TruncationWarning)
        rows = model.sample(3, max_length=40, random_state=1, **settings)
    assert [row.tolist() for row in rows] == [written] * 3


def next_likeliest(model, prefix):
    """The likeliest id after a prefix; predict_next has none for the empty one."""
    if prefix:
        return int(model.predict_next([prefix])[0][-1])
    network = model.net_.module_
    with torch.no_grad():
        logits = network.forward_logits(Batch(torch.tensor([[BOS, EOS]]), torch.tensor([2])))
        return int(logits.values.argmax())


def test_samples_are_strings_of_the_language(counting):
    model, tokens = counting
    assert model.max_length_ == 16
    drawn = model.sample(200, random_state=0)
    right = [row.tolist() == [A] * (len(row) // 2) + [B] * (len(row) // 2) for row in drawn]
    assert np.mean(right) > 0.9
    assert all(row.dtype == np.int64 for row in drawn)
    assert drawn.shape == (200,)
    # a score tells the language from what isn't in it
    assert model.score_samples(tokens).min() > model.score_samples([[A, A, B], [B, A]]).max()


def test_sampling_is_repeatable_and_moves_no_global_generator(model):
    states = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    first, again, other = (
        [row.tolist() for row in model.sample(20, max_length=500, random_state=seed)] for seed in (0, 0, 1)
    )
    assert first == again != other
    assert torch.equal(torch.get_rng_state(), states[0])
    np.testing.assert_array_equal(np.random.get_state()[1], states[1])
    assert random.getstate() == states[2]
    source = np.random.RandomState(0)
    assert [row.tolist() for row in model.sample(20, max_length=500, random_state=source)] == first
    assert [row.tolist() for row in model.sample(20, max_length=500, random_state=source)] != first


def test_cutting_is_told(counting):
    model, _ = counting
    with pytest.warns(TruncationWarning, match=r"of 50 sequences were cut at max_length=2") as caught:
        rows = model.sample(50, max_length=2, random_state=0)
    n_cut = int(str(caught[0].message).split()[0])
    whole = model.sample(50, random_state=0)
    assert caught[0].filename == __file__
    assert max(map(len, rows)) == 2
    assert 0 < n_cut <= sum(len(row) == 2 for row in rows)
    assert n_cut == pytest.approx(sum(len(row) > 2 for row in whole), abs=10)


def test_ends_are_added_once(model):
    bare, marked = [[A, B], [], [B]], [[BOS, A, B, EOS], [BOS, EOS], [B, EOS]]
    np.testing.assert_array_equal(model.score_samples(marked), model.score_samples(bare))
    for one, other in zip(model.predict_next(marked), model.predict_next(bare), strict=True):
        np.testing.assert_array_equal(one, other)
    assert model.score(marked) == model.score(bare)
    refitted = RecurrentLanguageModel(**SMALL).fit([[BOS, *row, EOS] for row in X])
    assert refitted.max_length_ == model.max_length_ == 4
    np.testing.assert_array_equal(refitted.score_samples(bare), model.score_samples(bare))


def test_both_directions():
    """The second network is one more, of the strings from their ends: the same shapes, other numbers."""
    both = RecurrentLanguageModel(**SMALL, bidirectional=True).fit(X)
    one = RecurrentLanguageModel(**SMALL).fit(X)
    assert both.score_samples(X).shape == one.score_samples(X).shape == (len(X),)
    assert both.transform(X).shape == (len(X), 2 * SMALL["hidden_size"])
    assert one.transform(X).shape == (len(X), SMALL["hidden_size"])
    assert [len(row) for row in both.predict_next(X)] == [len(row) for row in X]
    assert (both.score_samples(X) < 0).all()


@pytest.mark.parametrize(
    "settings", [{"n_samples": 0}, {"temperature": 0}, {"top_k": 0}, {"top_p": 0}, {"max_length": 0}], ids=str
)
def test_parameters_of_sampling_are_checked(model, settings):
    with pytest.raises(ValueError, match=f"The '{next(iter(settings))}' parameter of"):
        model.sample(**settings)


@pytest.mark.parametrize("special", [0, 3])
def test_an_id_within_that_stands_for_no_token_is_told(special):
    with pytest.warns(UserWarning, match=f"row 1, position 1 of X is {special}, but 0 is padding"):
        RecurrentLanguageModel(max_epochs=1).fit([[4, 5], [4, special, 5]])


def test_the_longest_sequence_of_all_chunks_bounds_samples():
    model = RecurrentLanguageModel(max_epochs=1, hidden_size=4)
    assert model.partial_fit([[4]] * 3).partial_fit([[4] * 9] * 3).max_length_ == 9
    assert model.partial_fit([[4]] * 3).max_length_ == 9


def test_weights_of_the_score_are_checked():
    model = RecurrentLanguageModel(max_epochs=1, hidden_size=4).fit([[4, 5], [5]])
    with pytest.raises(ValueError, match="sample_weight"):
        model.score([[4], [5]], sample_weight=[1])
    with pytest.raises(ValueError, match="at least one non-zero number: sample_weight is 0 in every row"):
        model.score([[4], [5]], sample_weight=[0, 0])
