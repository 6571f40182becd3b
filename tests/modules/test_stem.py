"""Convolution before the recurrence, against the sum written out."""

import numpy as np
import pytest
import torch

from seqestimators.modules import RecurrentEncoder, Stem, initialize

LENGTHS = torch.tensor([7, 4, 1, 0])


def make(width, pool, n_filters=3):
    return initialize(Stem(2, n_filters, width, pool), torch.Generator().manual_seed(0)).double()


def make_vectors(n_steps=7):
    vectors = torch.randn(4, n_steps, 2, generator=torch.Generator().manual_seed(1)).double()
    return vectors * (torch.arange(n_steps) < LENGTHS[:, None])[..., None]


def write_out(stem, steps):
    """One sequence, (T, 2), by loops over steps, filters and places."""
    weight = stem.convolution.weight.detach().numpy()
    bias = stem.convolution.bias.detach().numpy()
    width, before = weight.shape[2], (weight.shape[2] - 1) // 2
    found = np.zeros((len(steps), len(weight)))
    for t in range(len(steps)):
        for i in range(width):
            if 0 <= t + i - before < len(steps):
                found[t] += weight[:, :, i] @ steps[t + i - before]
        found[t] = np.maximum(found[t] + bias, 0)
    n_pools = -(-len(steps) // stem.pool)
    return np.array([found[i * stem.pool : (i + 1) * stem.pool].max(axis=0) for i in range(n_pools)])


@pytest.mark.parametrize("width", [1, 2, 5, 9])
@pytest.mark.parametrize("pool", [1, 2, 3, 8])
def test_equals_the_sum_written_out(width, pool):
    stem, vectors = make(width, pool), make_vectors()
    steps, lengths = stem(vectors, LENGTHS)
    assert lengths.tolist() == [-(-int(n) // pool) for n in LENGTHS]
    for row, n_steps in enumerate(LENGTHS.tolist()):
        expected = write_out(stem, vectors[row, :n_steps].numpy())
        got = steps[row, : lengths[row]].detach().numpy()
        np.testing.assert_allclose(got, expected.reshape(got.shape), atol=1e-12)
        assert not steps[row, lengths[row] :].any()


@pytest.mark.parametrize("stem", [(5, 4, 2), (5, 1, 1), None])
@pytest.mark.parametrize("n_positions", [0, 3, 20])
def test_padding_and_neighbours_do_not_matter(stem, n_positions):
    encoder = RecurrentEncoder(
        9, hidden_size=4, embedding_dim=3, bidirectional=True, stem=stem, n_positions=n_positions
    )
    initialize(encoder, torch.Generator().manual_seed(0))
    if n_positions:
        torch.nn.init.normal_(encoder.positions, generator=torch.Generator().manual_seed(2))
    encoder = encoder.double()
    together = torch.tensor([[4, 5, 6, 7, 8, 4], [5, 6, 0, 0, 0, 0]])
    last = encoder(together, torch.tensor([6, 2])).last()
    alone = encoder(together[1:, :2], torch.tensor([2])).last()
    torch.testing.assert_close(last[1:], alone)


def test_positions_are_added_before_the_recurrence_and_end_with_their_table():
    encoder = RecurrentEncoder(9, hidden_size=4, embedding_dim=3, n_positions=2)
    assert not encoder.positions.any()
    torch.nn.init.normal_(encoder.positions)
    ids, lengths = torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1])
    vectors, _ = encoder.prepare(ids, lengths)
    torch.testing.assert_close(vectors[0, :2], encoder.embed(ids)[0, :2] + encoder.positions)
    torch.testing.assert_close(vectors[0, 2], encoder.embed(ids)[0, 2])
    assert not vectors[1, 1:].any()


def test_only_a_pointwise_stem_is_causal():
    options = {"hidden_size": 3, "embedding_dim": 2}
    assert RecurrentEncoder(9, stem=(4, 1, 1), **options).is_causal
    assert not RecurrentEncoder(9, stem=(4, 2, 1), **options).is_causal
    assert not RecurrentEncoder(9, stem=(4, 1, 2), **options).is_causal
