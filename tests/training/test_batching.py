"""Batches: each row once, little padding, a true shuffle from a generator of its own."""

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from seqestimators._training import Batch, BatchIterator, SequenceDataset, cut_by_length
from seqestimators._training.batching import MAX_PADDED_SIZE, MAX_PADDING_RATIO
from seqestimators.sequences import Sequences, read_sequences


def rows_of(iterator):
    """Rows of every batch of one epoch."""
    sizes = [len(batch) for batch, _ in iterator]
    return [rows.tolist() for rows in np.split(iterator.order, np.cumsum(sizes)[:-1])]


def ragged_lengths(n_rows, seed=0):
    return np.random.default_rng(seed).integers(5, 76, n_rows)


# cut_by_length


@hypothesis.given(
    st.lists(st.one_of(st.integers(0, 200), st.integers(0, 50_000)), min_size=1, max_size=200),
    st.booleans(),
)
def test_pieces_are_the_whole_batch_and_bounded(lengths, in_order):
    lengths = np.array(sorted(lengths) if in_order else lengths)
    pieces = cut_by_length(lengths)
    assert [i for piece in pieces for i in range(piece.start, piece.stop)] == list(range(len(lengths)))
    for piece in pieces:
        part = lengths[piece]
        bound = max(MAX_PADDED_SIZE, MAX_PADDING_RATIO * part.sum())
        assert len(part) == 1 or len(part) * part.max() <= bound


@hypothesis.given(st.lists(st.integers(1, 2**20), min_size=1, max_size=500))
def test_pieces_of_sorted_lengths_are_few(lengths):
    # Two neighbouring pieces hold lengths more than a factor of two apart, or nearly so.
    assert len(cut_by_length(np.sort(lengths))) <= 21


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
    target, weight = dataset.targets([2, 0])
    assert target.tolist() == [2, 0]
    torch.testing.assert_close(
        weight, torch.tensor([5, 1], dtype=torch.float64) / 2 / (8 / 3)
    )  # mean weight 8/3
    rest = dataset.targets([1])[1]
    assert (2 * weight.sum() + 1 * rest.sum()) / 3 == pytest.approx(1)


def test_a_data_set_answers_for_a_single_row(make_dataset):
    dataset = make_dataset([1, 2, 3], target=np.array([0, 1, 2]))
    batch, (target, weight) = dataset[1]
    assert len(dataset) == 3
    assert isinstance(batch, Batch)
    assert len(batch) == 1
    assert batch.pieces[0][1].tolist() == [2]
    assert target.tolist() == [1]
    assert weight.tolist() == [1]


def test_targets_may_be_absent(make_dataset):
    assert make_dataset([1, 2]).targets([0])[0] is None


def test_memory_of_a_batch_follows_its_tokens(make_dataset):
    lengths = np.array([50] * 63 + [20_000])
    batch = make_dataset(lengths).batch(np.arange(64))
    assert sum(inputs.numel() for inputs, _ in batch.pieces) == lengths.sum()
    assert len(batch) == 64


# BatchIterator


@pytest.mark.parametrize("n_rows", [1, 2, 63, 64, 65, 128, 129, 2049, 5000])
@pytest.mark.parametrize("shuffled", [False, True])
def test_every_row_comes_once_in_every_epoch(make_dataset, n_rows, shuffled):
    generator = torch.Generator().manual_seed(0) if shuffled else None
    iterator = BatchIterator(make_dataset(ragged_lengths(n_rows)), 64, generator)
    for _ in range(2):
        batches = rows_of(iterator)
        assert sorted(row for rows in batches for row in rows) == list(range(n_rows))
        assert len(batches) == len(iterator)
        assert all(2 <= len(rows) <= 65 for rows in batches) or n_rows == 1


def test_a_lone_last_row_joins_the_batch_before(make_dataset):
    sizes = [len(batch) for batch, _ in BatchIterator(make_dataset(ragged_lengths(129)), 64)]
    assert sizes == [64, 65]


def test_batches_of_one_row_are_left_alone(make_dataset):
    iterator = BatchIterator(make_dataset([1, 2, 3]), 1)
    assert [len(batch) for batch, _ in iterator] == [1, 1, 1]


@pytest.mark.parametrize("batch_size", [-1, 100, 1000])
def test_all_rows_in_one_batch(make_dataset, batch_size):
    iterator = BatchIterator(make_dataset(ragged_lengths(100)), batch_size)
    assert [len(batch) for batch, _ in iterator] == [100]


@pytest.mark.parametrize("distinct", [False, True])
@pytest.mark.parametrize("n_rows", [300, 1536, 5000])
def test_every_epoch_has_other_batches(make_dataset, distinct, n_rows):
    """Even where all lengths differ, so that sorting all rows would fix who stands beside whom."""
    lengths = np.arange(n_rows) % 500 if distinct else np.full(n_rows, 7)
    iterator = BatchIterator(make_dataset(lengths), 64, torch.Generator().manual_seed(0))
    first, second = ({frozenset(rows) for rows in rows_of(iterator)} for _ in range(2))
    assert len(first & second) <= 1


def test_batches_come_in_random_order(make_dataset):
    dataset = make_dataset(ragged_lengths(2048))
    iterator = BatchIterator(dataset, 64, torch.Generator().manual_seed(0))
    longest = [max(dataset.lengths[rows]) for rows in rows_of(iterator)]
    assert longest != sorted(longest)
    assert abs(np.corrcoef(longest, np.arange(len(longest)))[0, 1]) < 0.5


def test_the_shuffle_is_that_of_the_generator(make_dataset):
    dataset = make_dataset(ragged_lengths(500))
    state = torch.get_rng_state()
    first, second, other = (
        rows_of(BatchIterator(dataset, 64, torch.Generator().manual_seed(seed))) for seed in (3, 3, 4)
    )
    assert first == second
    assert first != other
    assert torch.equal(torch.get_rng_state(), state)


def test_without_a_generator_rows_come_by_length(make_dataset):
    dataset = make_dataset(ragged_lengths(300))
    iterator = BatchIterator(dataset, 64)
    first, second = rows_of(iterator), rows_of(iterator)
    assert first == second
    assert (np.diff(dataset.lengths[iterator.order]) >= 0).all()


@pytest.mark.parametrize("n_rows", [1536, 10_000])
def test_batches_hold_little_padding(make_dataset, n_rows):
    dataset = make_dataset(ragged_lengths(n_rows))

    def padding_ratio(generator):
        sizes = [batch.pieces[0][0].numel() for batch, _ in BatchIterator(dataset, 64, generator)]
        return sum(sizes) / dataset.lengths.sum()

    assert padding_ratio(None) < 1.1
    assert padding_ratio(torch.Generator().manual_seed(0)) < 1.25  # 1.85 for batches of any rows


def test_targets_and_weights_stay_with_their_rows(make_dataset):
    lengths = ragged_lengths(200)
    dataset = make_dataset(lengths, target=lengths, weight=lengths)
    for batch, (target, weight) in BatchIterator(dataset, 16, torch.Generator().manual_seed(0)):
        found = torch.cat([found for _, found in batch.pieces])
        assert torch.equal(found, target)
        torch.testing.assert_close(weight, found.double() / lengths.mean() / len(batch))


def test_every_value_of_ragged_targets_counts_alike_in_an_epoch():
    """Batches by length must not weigh the values of short targets more than those of long ones."""
    lengths = np.repeat([1, 2, 3, 40, 80], 20)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    sequences = Sequences(np.ones(offsets[-1], dtype=np.int64), offsets)
    target = Sequences(np.arange(offsets[-1]), offsets)
    dataset = SequenceDataset(sequences, target)
    seen = []
    for batch, (values, weight) in BatchIterator(dataset, 10, torch.Generator()):
        assert len(batch) == 10
        seen.append(torch.stack([values.double(), weight]))
    values, weight = torch.cat(seen, dim=1)
    assert sorted(values.tolist()) == list(range(offsets[-1]))
    torch.testing.assert_close(weight, torch.full_like(weight, 10 / offsets[-1]))  # ten batches of mean 1
