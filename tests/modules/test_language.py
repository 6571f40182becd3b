"""The language model: the chain of next tokens, in both directions, and what can never come next."""

import pytest
import torch
from torch.nn import functional as F

from seqestimators.modules import (
    Batch,
    CellState,
    LanguageNetwork,
    Ragged,
    RecurrentEncoder,
    encoder,
    initialize,
)

PAD, UNKNOWN, BOS, EOS = 0, 1, 2, 3
ROWS = [[2, 4, 5, 6, 3], [2, 3], [2, 7, 1, 3], [2, 8, 8, 3]]

every_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])


def make_network(cell="lstm", *, bidirectional=False, num_layers=2, embedding_dim=4, **options):
    encoder = RecurrentEncoder(
        9,
        cell=cell,
        hidden_size=5,
        num_layers=num_layers,
        bidirectional=bidirectional,
        embedding_dim=embedding_dim,
        mix_directions=False,
    )
    network = LanguageNetwork(encoder, **options).double()
    return initialize(network, torch.Generator().manual_seed(0)).eval()


def make_batch(rows=ROWS, **rest):
    lengths = torch.tensor(list(map(len, rows)))
    return Batch(
        Ragged(torch.tensor([token for row in rows for token in row]), lengths).pad(), lengths, **rest
    )


def in_pieces(**rest):
    """The same batch, each sequence in a piece of its own."""
    return Batch([torch.tensor([row]) for row in ROWS], [torch.tensor([len(row)]) for row in ROWS], **rest)


@every_cell
@every_direction
@pytest.mark.parametrize("embedding_dim", [4, None], ids=["embedding", "one-hot"])
def test_step_by_step_is_the_same_as_at_once(cell, bidirectional, embedding_dim):
    network = make_network(cell, bidirectional=bidirectional, embedding_dim=embedding_dim)
    logits = network.forward_logits(make_batch())
    assert logits.lengths.tolist() == [4, 1, 3, 3]
    # a step never writes UNKNOWN, so that its odds are shared out among the others
    expected = torch.log_softmax(logits.values.index_fill(1, torch.tensor([UNKNOWN]), -torch.inf), dim=1)
    for row, after in zip(ROWS, expected.split(logits.lengths.tolist()), strict=True):
        state = CellState()
        for token, log_probabilities in zip(row[:-1], after, strict=True):
            found, state = network.step(torch.tensor([token]), state)
            torch.testing.assert_close(found[0], log_probabilities, rtol=0, atol=1e-12)


@every_cell
def test_a_selected_state_goes_on_alike(cell):
    network = make_network(cell)
    _, state = network.step(torch.tensor([2, 2, 2]), CellState())
    _, state = network.step(torch.tensor([4, 5, 6]), state)
    rows = torch.tensor([2, 0, 0])
    token = torch.tensor([7, 8, 4])
    some, _ = network.step(token[rows], state.select(rows))
    torch.testing.assert_close(some, network.step(token, state)[0][rows], rtol=0, atol=1e-12)


@every_direction
def test_the_logits_of_a_sequence_depend_on_what_has_been_read_alone(bidirectional):
    network = make_network(bidirectional=bidirectional)
    rows = [[2, 4, 5, 6, 7, 3], [2, 4, 5, 8, 8, 3]]
    one, other = (network(make_batch([row])).values for row in rows)
    differs = (one != other).any(dim=1).tolist()
    # forward, after BOS, 4, 5 nothing differs; neither does it, backward, after EOS alone
    assert differs == [False] * 3 + [True] * 2 + ([False] + [True] * 4 if bidirectional else [])


def test_the_backward_chain_is_a_forward_one_over_reversed_sequences():
    network = make_network(bidirectional=True)
    alone = make_network(num_layers=2)
    state = network.state_dict()
    alone.load_state_dict(
        {
            name: state[name.replace(".0.", ".1.") if ".layers." in name else name]
            for name in alone.state_dict()
        }
        | {
            f"encoder.layers.{layer}.0.{kind}": state[f"encoder.layers.{layer}.1.{kind}"]
            for layer in range(2)
            for kind in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        }
    )
    both = network(make_batch())
    assert both.lengths.tolist() == [8, 2, 6, 6]
    backward = alone(make_batch([row[::-1] for row in ROWS])).values
    found = torch.cat([values[len(values) // 2 :] for values in both.values.split(both.lengths.tolist())])
    possible = [UNKNOWN, *range(4, 9)]
    torch.testing.assert_close(found[:, possible], backward[:, possible], rtol=0, atol=1e-12)


def test_forward_logits_are_the_first_half_of_each_sequence():
    network = make_network(bidirectional=True)
    both, forward = network(make_batch()), network.forward_logits(make_batch())
    assert torch.equal(both.lengths, 2 * forward.lengths)
    first = [values[: len(values) // 2] for values in both.values.split(both.lengths.tolist())]
    torch.testing.assert_close(torch.cat(first), forward.values, rtol=0, atol=0)


@every_direction
def test_what_can_never_come_next_is_impossible(bidirectional):
    network = make_network(bidirectional=bidirectional)
    outputs = network(make_batch())
    for values in outputs.values.split(outputs.lengths.tolist()):
        directions = values.chunk(1 + bidirectional)
        for direction, impossible in zip(directions, ([PAD, BOS], [PAD, EOS]), strict=False):
            assert (direction[:, impossible] == -torch.inf).all()
            assert torch.isfinite(direction[:, [i for i in range(9) if i not in impossible]]).all()


def test_a_step_writes_no_unknown_token():
    log_probabilities, _ = make_network().step(torch.tensor([2, 4]), CellState())
    assert (log_probabilities[:, [PAD, UNKNOWN, BOS]] == -torch.inf).all()
    torch.testing.assert_close(log_probabilities.exp().sum(1), torch.ones(2, dtype=torch.float64))


@every_direction
def test_pieces_change_nothing(bidirectional):
    network = make_network(bidirectional=bidirectional)
    together, pieces = network(make_batch()), network(in_pieces())
    assert torch.equal(together.lengths, pieces.lengths)
    torch.testing.assert_close(together.values, pieces.values, rtol=0, atol=1e-12)
    torch.testing.assert_close(
        network.represent(make_batch()), network.represent(in_pieces()), rtol=0, atol=1e-12
    )


@every_direction
def test_every_next_token_has_its_cross_entropy(bidirectional):
    network = make_network(bidirectional=bidirectional)
    read = [row[1:] + (row[-2::-1] if bidirectional else []) for row in ROWS]
    target = Ragged(
        torch.tensor([token for row in read for token in row]), torch.tensor(list(map(len, read)))
    )
    batch = make_batch(target=target)
    outputs = network(batch)
    assert torch.equal(outputs.lengths, target.lengths)
    losses = network.row_losses(outputs, batch)
    torch.testing.assert_close(losses, F.cross_entropy(outputs.values, target.values, reduction="none"))
    assert torch.isfinite(losses).all()


def test_a_sequence_is_represented_by_its_last_states():
    network = make_network(bidirectional=True)
    found = network.represent(make_batch())
    assert found.shape == (4, network.representation_size) == (4, 10)
    for row, one in zip(ROWS, found, strict=True):
        directions = network.encoder(torch.tensor([row]), torch.tensor([len(row)])).directions
        torch.testing.assert_close(
            one, torch.cat([states[0, -1] for states in directions]), rtol=0, atol=1e-12
        )


@every_direction
def test_the_network_is_causal_in_the_order_of_reading(bidirectional):
    assert make_network(bidirectional=bidirectional).is_causal


def test_the_output_layer_may_lack_a_bias():
    assert make_network(output_bias=False).output.bias is None


def test_dropout_acts_before_the_output_layer():
    network = make_network(num_layers=1, dropout=0.5).train()
    states = torch.ones(3, 5, dtype=torch.float64)
    possible = [1, *range(3, 9)]
    assert (network.next_logits(states) != network.next_logits(states))[:, possible].any()


def test_an_encoder_that_looks_ahead_is_refused():
    class Ahead(RecurrentEncoder):
        is_causal = False

    with pytest.raises(ValueError, match="a Ahead reads steps that are yet to come"):
        LanguageNetwork(Ahead(9))


NUMBERS = torch.tensor([[0.5, -1.0], [2.0, 0.3], [-1.5, 0.0], [0.0, 1.0]], dtype=torch.float64)


@every_cell
@every_direction
def test_the_first_state_is_affine_in_the_condition(cell, bidirectional):
    network = make_network(cell, bidirectional=bidirectional, n_numbers=2)
    weight, bias = network.condition.weight, network.condition.bias
    torch.nn.init.normal_(bias, generator=torch.Generator().manual_seed(1))
    first = network.first_states(NUMBERS)
    assert [len(layer) for layer in first] == [1 + bidirectional] * 2
    flat = torch.cat([part for layer in first for state in layer for part in state], dim=1)
    torch.testing.assert_close(flat, NUMBERS @ weight.T + bias, rtol=0, atol=1e-12)


@every_cell
@every_direction
def test_under_a_condition_step_by_step_is_the_same_as_at_once(cell, bidirectional):
    network = make_network(cell, bidirectional=bidirectional, n_numbers=2)
    logits = network.forward_logits(make_batch(features=NUMBERS))
    expected = torch.log_softmax(logits.values.index_fill(1, torch.tensor([UNKNOWN]), -torch.inf), dim=1)
    for i, (row, after) in enumerate(zip(ROWS, expected.split(logits.lengths.tolist()), strict=True)):
        state = network.begin(NUMBERS[i : i + 1])
        for token, log_probabilities in zip(row[:-1], after, strict=True):
            found, state = network.step(torch.tensor([token]), state)
            torch.testing.assert_close(found[0], log_probabilities, rtol=0, atol=1e-12)
    pieces = network(in_pieces(features=NUMBERS))
    torch.testing.assert_close(
        network(make_batch(features=NUMBERS)).values, pieces.values, rtol=0, atol=1e-12
    )


def test_a_condition_of_zeros_and_no_bias_is_none():
    network = make_network(n_numbers=2)
    plain = make_network()
    plain.load_state_dict(
        {name: one for name, one in network.state_dict().items() if "condition" not in name}
    )
    torch.nn.init.zeros_(network.condition.bias)
    given = network(make_batch(features=torch.zeros_like(NUMBERS))).values
    torch.testing.assert_close(given, plain(make_batch()).values, rtol=0, atol=1e-12)


@every_cell
def test_the_gradient_of_the_condition_is_that_of_differences(cell):
    network = make_network(cell, n_numbers=2, bidirectional=True).train()
    read = [row[1:] + row[-2::-1] for row in ROWS]
    tokens = torch.tensor([token for row in read for token in row])
    target = Ragged(tokens, torch.tensor(list(map(len, read))))
    batch = make_batch(features=NUMBERS, target=target)
    network.loss(batch).backward()
    weight, step = network.condition.weight, 1e-6
    for place in ((0, 0), (7, 1), (-1, 0)):
        losses = []
        for sign in (1, -1):
            with torch.no_grad():
                weight[place] += sign * step
                losses.append(float(network.loss(batch)))
                weight[place] -= sign * step
        assert float(weight.grad[place]) == pytest.approx(
            (losses[0] - losses[1]) / (2 * step), rel=1e-4, abs=1e-7
        )


@every_direction
@pytest.mark.parametrize("size", [2, 4, 5])
def test_long_sequences_are_followed_in_parts(monkeypatch, bidirectional, size):
    network = make_network(bidirectional=bidirectional, n_numbers=2)
    batch = make_batch([[2, 4, 5, 6, 3], [2, 3], [2, 7, 1, 8, 8, 3]], features=NUMBERS[:3])

    def score(logits, tokens):
        return -F.cross_entropy(logits, tokens, reduction="none")

    whole = network.forward_logits(batch)
    tokens = torch.tensor([4, 5, 6, 3, 3, 7, 1, 8, 8, 3])
    monkeypatch.setattr(encoder, "MAX_STEPS", 1)
    monkeypatch.setattr(encoder, "MIN_STEPS", size)
    with torch.inference_mode():
        assert network.encoder.reads_in_parts(batch.inputs[0])
        found = network.follow(batch, score)
        represented = network.represent(batch)
    assert found.lengths.tolist() == [4, 1, 5]
    torch.testing.assert_close(found.values, score(whole.values, tokens), rtol=0, atol=1e-12)
    torch.testing.assert_close(represented, network.represent(batch), rtol=0, atol=1e-12)
    torch.testing.assert_close(network.follow(batch, score).values, found.values, rtol=0, atol=1e-12)
