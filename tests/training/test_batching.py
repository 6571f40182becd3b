"""Batches: each row once, little padding, a true shuffle from a generator of its own."""

from dataclasses import replace

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from seqestimators._training import MAX_STEPS, BatchIterator, SequenceDataset, batching, run_batches
from seqestimators._training.batching import MAX_PADDING_RATIO, cut_by_length, cut_by_steps
from seqestimators.modules import Batch, Ragged
from seqestimators.sequences import Sequences, read_sequences


def rows_of(iterator):
    """Rows of every batch of one epoch; the target of a row is its number."""
    return [target.tolist() for _, target in iterator]


@pytest.fixture
def make_numbered(make_dataset):
    """Return a function that makes a data set whose targets are the numbers of the rows."""

    def make(lengths):
        return make_dataset(lengths, target=np.arange(len(lengths)))

    return make


def ragged_lengths(n_rows, seed=0):
    return np.random.default_rng(seed).integers(5, 76, n_rows)


# cut_by_length


@hypothesis.given(
    st.lists(st.one_of(st.integers(0, 200), st.integers(0, 50_000)), min_size=1, max_size=200),
    st.booleans(),
)
def test_pieces_are_the_whole_batch_and_bounded(lengths, in_order):
    lengths = np.array(sorted(lengths, reverse=True) if in_order else lengths)
    pieces = cut_by_length(lengths)
    assert [i for piece in pieces for i in range(piece.start, piece.stop)] == list(range(len(lengths)))
    for piece in pieces:
        part = lengths[piece]
        bound = max(MAX_STEPS, MAX_PADDING_RATIO * part.sum())
        assert len(part) == 1 or len(part) * part.max() <= bound


@hypothesis.given(st.lists(st.integers(1, 2**20), min_size=1, max_size=500))
def test_pieces_of_sorted_lengths_are_few(lengths):
    # Two neighbouring pieces hold lengths more than a factor of two apart, or nearly so.
    assert len(cut_by_length(np.sort(lengths)[::-1])) <= 21


def test_an_ordinary_batch_is_one_piece():
    assert cut_by_length(ragged_lengths(64)) == [slice(0, 64)]
    assert cut_by_length(np.full(1000, 20_000)) == [slice(0, 1000)]
    assert cut_by_length(np.zeros(3, dtype=np.int64)) == [slice(0, 3)]


# SequenceDataset


@pytest.mark.parametrize("channels", [None, 3])
def test_padded_rows_are_the_sequences_and_zeros(make_dataset, channels):
    lengths = np.array([3, 0, 5, 1])
    dataset = make_dataset(lengths, channels=channels)
    rows = np.array([2, 1, 0])
    inputs, found = dataset.source.pad(rows)
    assert inputs.shape == ((3, 5) if channels is None else (3, 5, channels))
    assert found.tolist() == [5, 0, 3]
    starts = np.cumsum(lengths) - lengths
    for row, one, length in zip(rows, inputs, found, strict=True):
        expected = dataset.source.values[starts[row] : starts[row] + length]
        assert torch.equal(one[:length], expected)
        assert not one[length:].any()


def test_types_are_those_of_the_sequences():
    tokens = SequenceDataset(read_sequences([[4, 5], [6]]))
    assert tokens.source.pad(np.array([0]))[0].dtype == torch.int64
    for dtype, expected in ((np.float32, torch.float32), (np.float64, torch.float64)):
        values = SequenceDataset(read_sequences([[0.5], [1.5]], dtype=dtype))
        assert values.source.pad(np.array([0]))[0].dtype == expected


def test_empty_sequences_are_one_step_of_padding(make_dataset):
    inputs, lengths = make_dataset([0, 0]).source.pad(np.array([0, 1]))
    assert inputs.tolist() == [[0], [0]]
    assert lengths.tolist() == [0, 0]


def test_the_users_sequences_are_neither_kept_nor_changed():
    sequences = Sequences(np.array([4, 5, 6]), np.array([0, 2, 3]))
    dataset = SequenceDataset(sequences)
    dataset.source.values.zero_()
    assert sequences.values.tolist() == [4, 5, 6]


def test_weights_sum_to_one_in_the_mean_over_the_batches(make_dataset):
    dataset = make_dataset([1, 2, 3], target=np.array([0, 1, 2]), weight=np.array([1, 2, 5]))
    batch = dataset.batch([2, 0])
    assert batch.target.tolist() == [2, 0]
    expected = torch.tensor([5, 1], dtype=torch.float64) / 2 / (8 / 3)  # mean weight 8/3
    torch.testing.assert_close(batch.weight, expected)
    rest = dataset.batch([1]).weight
    assert (2 * batch.weight.sum() + 1 * rest.sum()) / 3 == pytest.approx(1)


def test_a_data_set_answers_for_a_single_row(make_dataset):
    dataset = make_dataset([1, 2, 3], target=np.array([0, 1, 2]))
    batch, target = dataset[1]
    assert len(dataset) == 3
    assert isinstance(batch, Batch)
    assert len(batch) == 1
    assert next(batch.pieces)[1].tolist() == [2]
    assert target.tolist() == batch.target.tolist() == [1]
    assert batch.weight.tolist() == [1]


def test_targets_may_be_absent(make_dataset):
    batch = make_dataset([1, 2]).batch([0])
    assert batch.target is batch.weight is batch.features is None


def test_memory_of_a_batch_follows_its_tokens(make_dataset):
    lengths = np.array([20_000] + [50] * 63)
    batch = make_dataset(lengths).batch(np.arange(64))
    assert sum(inputs.numel() for inputs, _ in batch.pieces) == lengths.sum()
    assert len(batch) == 64


def test_ragged_weights_are_given_or_spread_over_the_values():
    target = Sequences.from_lengths(np.arange(6), np.array([1, 3, 2]))
    sequences = Sequences.from_lengths(np.ones(3, dtype=np.int64), np.array([1, 1, 1]))
    by_row = SequenceDataset(sequences, target, np.array([2.0, 1, 0]))
    given = SequenceDataset(sequences, target, Sequences(np.array([2.0, 1, 1, 1, 0, 0]), target.offsets))
    for dataset in (by_row, given):
        batch = dataset.batch([1, 0])
        assert batch.target.values.tolist() == [1, 2, 3, 0]
        expected = torch.tensor([1, 1, 1, 2], dtype=torch.float64) / 5 * 3 / 2  # of 3 rows these are 2
        torch.testing.assert_close(batch.weight, expected)


@pytest.mark.parametrize("ragged", [False, True])
def test_weights_of_zero_give_a_loss_of_zero(ragged):
    lengths = np.array([1, 2])
    sequences = Sequences.from_lengths(np.ones(3, dtype=np.int64), lengths)
    target = sequences if ragged else lengths
    batch = SequenceDataset(sequences, target, np.zeros(2)).batch([0, 1])
    assert not batch.weight.any()


def test_features_stay_with_their_rows():
    features = np.arange(6.0).reshape(3, 2)
    sequences = Sequences(np.ones(6, dtype=np.int64), np.array([0, 1, 3, 6]), features=features)
    dataset = SequenceDataset(sequences)
    assert dataset.batch([2, 0]).features.tolist() == [[4, 5], [0, 1]]
    for batch, _ in BatchIterator(dataset, 2, torch.Generator()):
        lengths = torch.cat(batch.lengths)
        assert batch.features[:, 0].tolist() == (2 * lengths - 2).tolist()


def test_each_distinct_sequence_of_another_column_is_padded_once_in_a_batch():
    others = (Sequences.from_rows([[9], [], [8, 7], [9], [8, 7]]), Sequences.from_rows([[6]] * 5))
    sequences = Sequences.from_rows([[4] * (1 + i) for i in range(5)])
    dataset = SequenceDataset(replace(sequences, others=others))
    assert dataset.lengths.tolist() == [3, 3, 6, 6, 8]  # steps of all columns
    for rows in ([0, 1, 2, 3, 4], [4, 0], [3, 3], [1]):
        batch = dataset.batch(np.array(rows))
        assert [len(distinct) for distinct, _ in batch.others] == [
            len({tuple(other[row]) for row in rows}) for other in others
        ]
        for (distinct, index), other in zip(batch.others, others, strict=True):
            real = [x[i, :n].tolist() for x, m in distinct.pieces for i, n in enumerate(m)]
            assert [real[i] for i in index] == [other[row].tolist() for row in rows]


# BatchIterator


def test_other_sequences_are_read_for_the_same_targets(make_dataset):
    dataset = make_dataset([3, 1], target=np.array([5.0, 6.0], dtype=np.float32))
    dataset.read_instead(read_sequences([np.array([4]), np.array([7, 8])]))
    assert dataset.lengths.tolist() == [1, 2]
    (batch,) = (batch for batch, _ in BatchIterator(dataset, 2))
    assert batch.inputs[0].tolist() == [[7, 8], [4, 0]]  # the longest first
    assert batch.target.tolist() == [6, 5]


@pytest.mark.parametrize("n_rows", [1, 2, 63, 64, 65, 128, 129, 2049, 5000])
def test_every_row_comes_once_in_every_epoch(make_numbered, n_rows):
    dataset = make_numbered(ragged_lengths(n_rows))
    iterator = BatchIterator(dataset, 64, torch.Generator().manual_seed(0))
    for _ in range(2):
        batches = rows_of(iterator)
        assert sorted(row for rows in batches for row in rows) == list(range(n_rows))
        assert len(batches) == len(iterator)
        assert all(2 <= len(rows) <= 65 for rows in batches) or n_rows == 1


@pytest.mark.parametrize("n_rows", [1, 2, 65, 5000])
def test_without_a_generator_batches_are_as_large_as_steps_allow(make_numbered, n_rows):
    dataset = make_numbered(ragged_lengths(n_rows))
    for _ in range(2):
        batches = rows_of(BatchIterator(dataset, 64))
        assert sorted(row for rows in batches for row in rows) == list(range(n_rows))
        for rows, after in zip(batches, [*batches[1:], [None]], strict=True):
            assert len(rows) * dataset.lengths[rows].max() <= MAX_STEPS or len(rows) <= 64
            if after != [None]:
                assert (len(rows) + 1) * dataset.lengths[after[0]] > MAX_STEPS


def test_a_lone_last_row_joins_the_batch_before(make_dataset):
    iterator = BatchIterator(make_dataset(ragged_lengths(129)), 64, torch.Generator())
    assert sorted(len(batch) for batch, _ in iterator) == [64, 65]


def test_batches_of_one_row_are_left_alone(make_dataset):
    iterator = BatchIterator(make_dataset([1, 2, 3]), 1, torch.Generator())
    assert [len(batch) for batch, _ in iterator] == [1, 1, 1]


@pytest.mark.parametrize("batch_size", [-1, 100, 1000])
@pytest.mark.parametrize("shuffled", [False, True])
def test_all_rows_in_one_batch(make_dataset, batch_size, shuffled):
    generator = torch.Generator() if shuffled else None
    iterator = BatchIterator(make_dataset(ragged_lengths(100)), batch_size, generator)
    assert [len(batch) for batch, _ in iterator] == [100]
    assert len(iterator) == 1


@pytest.mark.parametrize("distinct", [False, True])
@pytest.mark.parametrize("n_rows", [300, 1536, 5000])
def test_every_epoch_has_other_batches(make_numbered, distinct, n_rows):
    """Even where all lengths differ, so that sorting all rows would fix who stands beside whom."""
    lengths = np.arange(n_rows) % 500 if distinct else np.full(n_rows, 7)
    iterator = BatchIterator(make_numbered(lengths), 64, torch.Generator().manual_seed(0))
    first, second = ({frozenset(rows) for rows in rows_of(iterator)} for _ in range(2))
    assert len(first & second) <= 1


def test_batches_come_in_random_order(make_numbered):
    dataset = make_numbered(ragged_lengths(2048))
    iterator = BatchIterator(dataset, 64, torch.Generator().manual_seed(0))
    longest = [max(dataset.lengths[rows]) for rows in rows_of(iterator)]
    assert longest != sorted(longest)
    assert abs(np.corrcoef(longest, np.arange(len(longest)))[0, 1]) < 0.5


def test_the_shuffle_is_that_of_the_generator(make_numbered):
    dataset = make_numbered(ragged_lengths(500))
    state = torch.get_rng_state()
    first, second, other = (
        rows_of(BatchIterator(dataset, 64, torch.Generator().manual_seed(seed))) for seed in (3, 3, 4)
    )
    assert first == second
    assert first != other
    assert torch.equal(torch.get_rng_state(), state)


def test_without_a_generator_rows_come_by_length(make_numbered):
    dataset = make_numbered(ragged_lengths(300))
    iterator = BatchIterator(dataset, 64)
    first, second = rows_of(iterator), rows_of(iterator)
    assert first == second
    assert (np.diff(dataset.lengths[np.concatenate([rows[::-1] for rows in first])]) >= 0).all()


@pytest.mark.parametrize("n_rows", [1536, 10_000])
def test_batches_hold_little_padding(make_dataset, n_rows):
    dataset = make_dataset(ragged_lengths(n_rows))

    def padding_ratio(generator):
        sizes = [next(batch.pieces)[0].numel() for batch, _ in BatchIterator(dataset, 64, generator)]
        return sum(sizes) / dataset.lengths.sum()

    assert padding_ratio(None) < (1.1 if n_rows > 5000 else 1.25)  # these few rows are five batches
    assert padding_ratio(torch.Generator().manual_seed(0)) < 1.25  # 1.85 for batches of any rows


def test_targets_and_weights_stay_with_their_rows(make_dataset):
    lengths = ragged_lengths(200)
    dataset = make_dataset(lengths, target=lengths, weight=lengths)
    for batch, target in BatchIterator(dataset, 16, torch.Generator().manual_seed(0)):
        assert batch.target is target
        found = torch.cat([found for _, found in batch.pieces])
        assert torch.equal(found, target)
        torch.testing.assert_close(batch.weight, found.double() / lengths.mean() / len(batch))


def test_every_value_of_ragged_targets_counts_alike_in_an_epoch():
    """Batches by length must not weigh the values of short targets more than those of long ones."""
    lengths = np.repeat([1, 2, 3, 40, 80], 20)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    sequences = Sequences(np.ones(offsets[-1], dtype=np.int64), offsets)
    target = Sequences(np.arange(offsets[-1]), offsets)
    dataset = SequenceDataset(sequences, target)
    seen = []
    for batch, target in BatchIterator(dataset, 10, torch.Generator()):
        assert len(batch) == 10
        assert target.lengths.tolist() == torch.cat(batch.lengths).tolist()
        seen.append(torch.stack([target.values.double(), batch.weight]))
    values, weight = torch.cat(seen, dim=1)
    assert sorted(values.tolist()) == list(range(offsets[-1]))
    torch.testing.assert_close(weight, torch.full_like(weight, 10 / offsets[-1]))  # ten batches of mean 1


# cut_by_steps


@hypothesis.given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 200), st.integers(1, 5))
def test_every_row_is_in_one_batch_of_bounded_size(lengths, max_steps, min_rows):
    lengths = np.array(lengths, dtype=np.int64)
    batches = cut_by_steps(lengths, max_steps, min_rows)
    order = np.concatenate([np.empty(0, dtype=np.int64), *(rows[::-1] for rows in batches)])
    assert order.tolist() == sorted(range(len(lengths)), key=lambda row: (lengths[row], row))

    def padded(rows):
        return len(rows) * max(lengths[rows].max(), 1)

    for i, rows in enumerate(batches):
        assert len(rows) <= min_rows or padded(rows) <= max_steps
        if i + 1 < len(batches):  # one more row would have been too many
            assert len(rows) >= min_rows
            assert padded([*rows, batches[i + 1][-1]]) > max_steps


def test_empty_sequences_count_as_a_step_each():
    assert [len(rows) for rows in cut_by_steps(np.zeros(250, dtype=np.int64), 100)] == [100, 100, 50]


def test_cutting_many_long_rows_is_linear(monkeypatch):
    """The rows that are looked at, for one batch after the other, are few times those there are."""
    seen = []
    real = np.searchsorted
    monkeypatch.setattr(
        batching.np, "searchsorted", lambda a, *rest, **k: seen.append(len(a)) or real(a, *rest, **k)
    )
    assert len(cut_by_steps(np.full(20_000, 100), 1000)) == 2000
    assert sum(seen) <= 20_000


# run_batches


LENGTHS = [3, 0, 7, 1, 3, 12]


def firsts(batch):
    return torch.cat([inputs[:, 0] for inputs, _ in batch.pieces])


def padded_steps(batch):
    return sum(inputs[..., 0].numel() if inputs.ndim > 2 else inputs.numel() for inputs, _ in batch.pieces)


@pytest.mark.parametrize("max_steps", [1, 8, 10**6])
def test_tensors_come_back_in_the_order_of_rows(make_dataset, max_steps):
    dataset = make_dataset(LENGTHS)
    found = run_batches(dataset, lambda batch: torch.cat(batch.lengths)[:, None] + 0.5, max_steps=max_steps)
    assert found.tolist() == [[length + 0.5] for length in LENGTHS]
    one = run_batches(dataset, firsts, max_steps=max_steps)
    assert isinstance(one, np.ndarray)
    assert one.dtype == np.int64
    assert one.tolist() == firsts(Batch(*dataset.source.pad(np.arange(6)))).tolist()


@pytest.mark.parametrize("max_steps", [1, 8, 10**6])
@pytest.mark.parametrize("channels", [None, 2])
def test_ragged_rows_come_back_in_the_order_of_rows(make_dataset, max_steps, channels):
    dataset = make_dataset(LENGTHS, channels=channels)
    found = run_batches(dataset, lambda batch: Ragged.from_padded(batch.pieces), max_steps=max_steps)
    assert isinstance(found, Sequences)
    assert found.lengths.tolist() == LENGTHS
    assert np.array_equal(found.values, dataset.source.values[:-1].numpy())


@pytest.mark.parametrize("max_steps", [1, 8, 10**6])
def test_lists_come_back_in_the_order_of_rows(make_dataset, max_steps):
    def lists(batch):
        return [list(range(n)) for n in torch.cat(batch.lengths).tolist()]

    found = run_batches(make_dataset(LENGTHS), lists, max_steps=max_steps)
    assert found.dtype == object
    assert found.tolist() == [list(range(length)) for length in LENGTHS]


def test_items_of_equal_length_stay_items(make_dataset):
    """numpy would make a matrix of them."""
    found = run_batches(make_dataset([2, 1]), lambda batch: [np.zeros(3)] * len(batch))
    assert found.shape == (2,)
    assert found[0].shape == (3,)


def test_batches_are_bounded(make_dataset):
    sizes = []

    def function(batch):
        sizes.append((len(batch), padded_steps(batch)))
        return firsts(batch)

    run_batches(make_dataset(ragged_lengths(200)), function, max_steps=500)
    assert all(steps <= 500 for _, steps in sizes)
    sizes.clear()
    run_batches(make_dataset(ragged_lengths(200)), function, max_steps=1, min_rows=16)
    assert [n for n, _ in sizes] == [16] * 12 + [8]
    sizes.clear()
    run_batches(make_dataset(ragged_lengths(600)), function)
    assert all(steps <= MAX_STEPS for _, steps in sizes)
    assert len(sizes) > 1


@pytest.mark.parametrize("gradients", [False, True])
def test_a_graph_is_built_where_it_is_asked_for(make_dataset, gradients):
    weight, built = torch.ones((), requires_grad=True), []

    def function(batch):
        assert torch.is_inference_mode_enabled() is not gradients
        result = weight * torch.cat([inputs.sum(dim=(1, 2)) for inputs, _ in batch.pieces])
        built.append(result.requires_grad)
        return torch.autograd.grad(result.sum(), weight)[0].expand(len(batch)) if gradients else result

    found = run_batches(make_dataset(LENGTHS, channels=2), function, max_steps=1, gradients=gradients)
    assert built == [gradients] * 6
    sums = [
        one.sum()
        for one in np.split(make_dataset(LENGTHS, channels=2).source.values[:-1], np.cumsum(LENGTHS)[:-1])
    ]
    np.testing.assert_allclose(found, sums, rtol=1e-5, atol=1e-6)


def test_targets_and_features_come_along(make_dataset):
    dataset = make_dataset(LENGTHS, target=np.arange(6))
    assert run_batches(dataset, lambda batch: batch.target, max_steps=1).tolist() == list(range(6))
