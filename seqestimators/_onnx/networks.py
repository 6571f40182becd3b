"""The parts of a network as ONNX operators: the vectors of the steps, recurrent layers, pooling, outputs.

Masks leave padding out, so that an answer depends neither on it nor on the other rows.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ..modules import (
    Cell,
    CRFTaggingNetwork,
    PooledNetwork,
    RecurrentEncoder,
    SequenceNetwork,
    Stem,
    StepNetwork,
    StepRegressionNetwork,
    TaggingNetwork,
)
from ..modules.pooling import AttentionPooling, ConcatPooling, LastPooling, MaxPooling, MeanPooling
from ..sequences import BOS, EOS, PAD
from .graph import Graph

__all__ = [
    "DOUBLE",
    "FLOAT",
    "INT64",
    "Padded",
    "add_outputs",
    "add_places",
    "add_representation",
    "add_step_outputs",
    "refuse_own_parts",
]

FLOAT, INT32, INT64, DOUBLE = 1, 6, 7, 11
"""Types, by the numbers that ONNX has for them."""
JOINED = {
    ConcatPooling: ("last", "max", "mean"),
    LastPooling: ("last",),
    MaxPooling: ("max",),
    MeanPooling: ("mean",),
}
"""What of the states each pooling puts side by side."""
NETWORKS = {PooledNetwork, TaggingNetwork, CRFTaggingNetwork, StepRegressionNetwork}
EXPORTED = {*NETWORKS, RecurrentEncoder, Stem, AttentionPooling, *JOINED}


class Padded(NamedTuple):
    """Padded sequences in a graph, by the names of outputs.

    Parameters
    ----------
    steps : str
        Token ids (n, T), or vectors (n, T, size).
    lengths : str
        Of shape (n,).
    """

    steps: str
    lengths: str

    def real(self, graph: Graph) -> str:
        """Return which steps are no padding, (n, T)."""
        places = add_places(graph, self.steps)
        return graph.add("Less", places, graph.add("Unsqueeze", self.lengths, [1]))


class States(NamedTuple):
    """The hidden states of a layer in a graph, by the names of outputs.

    Parameters
    ----------
    steps : str
        Of shape (T, n_directions, n, hidden_size), 0 on padding.
    last : str
        Of shape (n_directions, n, hidden_size): those that have read the whole
        sequence.
    lengths : str
        Of shape (n,).
    real : str
        Which steps are no padding, (n, T).
    """

    steps: str
    last: str
    lengths: str
    real: str

    def join(self, graph: Graph, size: int) -> str:
        """Return both directions side by side, (n, T, size)."""
        batch_first = graph.add("Transpose", self.steps, perm=[2, 0, 1, 3])
        return graph.add("Reshape", batch_first, [0, 0, size])


def refuse_own_parts(network: SequenceNetwork) -> None:
    """Raise an error that names a part that someone has written, which has no operators here."""
    encoder = network.encoder
    parts = [network, encoder, encoder.stem, getattr(network, "pooling", None)]
    own = [type(one).__name__ for one in parts if one is not None and type(one) not in EXPORTED]
    cell: Any = encoder.layers[0][0]  # type: ignore[index]
    if "onnx" not in vars(type(cell)):
        own.append(type(cell).__name__)
    if own:
        raise TypeError(
            f"to_onnx knows the cells, poolings and networks of seqestimators, not {own[0]}: fit a model "
            "without it"
        )


def add_places(graph: Graph, steps: str) -> str:
    """Return 0, 1, ..., T - 1 for sequences of shape (n, T, ...)."""
    return graph.add("Range", 0, graph.add("Squeeze", graph.size(steps, 1)), 1)


def add_vectors(graph: Graph, encoder: RecurrentEncoder, given: Padded) -> Padded:
    """Return what the first layer reads, as `RecurrentEncoder.prepare` does."""
    vectors = given.steps
    if encoder.embedding is not None:
        vectors = graph.add("Gather", encoder.embedding.weight, vectors)
    elif encoder.tokens:  # of an index beyond the last one OneHot makes zeros
        index = graph.add("Where", graph.add("Equal", vectors, PAD), encoder.input_size, vectors)
        vectors = graph.add("OneHot", index, encoder.input_size, torch.tensor([0.0, 1.0]))
    if encoder.projection is not None:
        vectors = add_linear(graph, encoder.projection, vectors)
    if encoder.positions is not None:  # those behind the last one have a vector of zeros
        table = nn.functional.pad(encoder.positions, (0, 0, 0, 1))
        places = graph.add("Min", add_places(graph, given.steps), len(encoder.positions))
        vectors = graph.add("Add", vectors, graph.add("Gather", table, places))
    real = graph.add("Unsqueeze", given.real(graph), [2])
    vectors = graph.add("Where", real, vectors, 0.0)
    if encoder.stem is None:
        return Padded(vectors, given.lengths)
    stem = encoder.stem
    found = graph.add(
        "Conv",
        graph.add("Transpose", vectors, perm=[0, 2, 1]),
        stem.convolution.weight,
        stem.convolution.bias,
        pads=list(stem.margins),
    )
    real = graph.add("Transpose", real, perm=[0, 2, 1])
    found = graph.add("Where", real, graph.add("Relu", found), 0.0)  # (n, n_filters, T)
    if stem.pool > 1:
        window = {"kernel_shape": [stem.pool], "strides": [stem.pool], "ceil_mode": 1}
        found = graph.add("MaxPool", found, **window)
    lengths = graph.add("Div", graph.add("Add", given.lengths, stem.pool - 1), stem.pool)
    return Padded(graph.add("Transpose", found, perm=[0, 2, 1]), lengths)


def add_layer(graph: Graph, cells: Sequence[Cell], given: Padded) -> States:
    """Return the states of a layer, of one cell a direction."""
    operator = cells[0].onnx
    assert operator is not None  # refuse_own_parts has seen to it
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    directions = [[_reorder(cell.get_parameter(name), operator.blocks) for name in names] for cell in cells]
    steps, last = graph.add_several(
        operator.name,
        2,
        graph.add("Transpose", given.steps, perm=[1, 0, 2]),
        torch.stack([of_input for of_input, _, _, _ in directions]),
        torch.stack([of_state for _, of_state, _, _ in directions]),
        torch.stack([torch.cat(biases) for _, _, *biases in directions]),
        graph.add("Cast", graph.add("Max", given.lengths, 1), to=INT32),
        hidden_size=cells[0].hidden_size,
        direction="bidirectional" if len(cells) > 1 else "forward",
        **operator.attributes,
    )
    real = given.real(graph)
    states = graph.add("Where", _as_states(graph, real), steps, 0.0)
    return States(states, last, given.lengths, real)


def _reorder(weight: Tensor, blocks: Sequence[int]) -> Tensor:
    """Put the blocks of a weight, one a gate, in another order."""
    given = weight.chunk(len(blocks))
    return torch.cat([given[i] for i in blocks])


def _as_states(graph: Graph, real: str) -> str:
    """Return a mask of steps, (n, T), in the shape that states have, (T, 1, n, 1)."""
    return graph.add("Unsqueeze", graph.add("Transpose", real, perm=[1, 0]), [1, 3])


def add_states(graph: Graph, encoder: RecurrentEncoder, given: Padded) -> States:
    """Return the states of the last layer."""
    given = add_vectors(graph, encoder, given)
    layers: Any = encoder.layers
    states = add_layer(graph, list(layers[0]), given)
    for layer in layers[1:]:
        joined = states.join(graph, encoder.output_size)
        states = add_layer(graph, list(layer), Padded(joined, states.lengths))
    return states


def add_joined(graph: Graph, states: States, names: Sequence[str]) -> str:
    """Return statistics of the states of each direction side by side, (n, size); 0 of an empty sequence."""

    def compute(name: str) -> str:
        if name == "last":
            return states.last
        if name == "max":
            lowered = graph.add("Where", _as_states(graph, states.real), states.steps, -torch.inf)
            return graph.add("ReduceMax", lowered, axes=[0], keepdims=0)
        count = graph.add("Cast", graph.add("Max", states.lengths, 1), to=FLOAT)
        total = graph.add("ReduceSum", states.steps, [0], keepdims=0)
        return graph.add("Div", total, graph.add("Unsqueeze", count, [1]))

    parts = [graph.add("Unsqueeze", compute(name), [2]) for name in names]
    joined = graph.add("Concat", *parts, axis=2)  # (n_directions, n, n_parts, hidden_size)
    joined = graph.add("Transpose", joined, perm=[1, 0, 2, 3])
    is_real = graph.add("Unsqueeze", graph.add("Greater", states.lengths, 0), [1])
    return graph.add("Where", is_real, graph.add("Flatten", joined, axis=1), 0.0)


def add_attention(graph: Graph, pooling: AttentionPooling, states: States, size: int) -> str:
    """Return the states weighted by what each says of itself, (n, size)."""
    joined = states.join(graph, size)
    projected = graph.add("Tanh", add_linear(graph, pooling.project, joined))
    energies = add_linear(graph, pooling.energy, projected)  # (n, T, 1)
    real = graph.add("Unsqueeze", states.real, [2])
    energies = graph.add("Where", real, energies, torch.finfo(torch.float32).min)
    weighted = graph.add("Mul", graph.add("Softmax", energies, axis=1), joined)  # 0 on padding, as the states
    return graph.add("ReduceSum", weighted, [1], keepdims=0)


def add_linear(graph: Graph, layer: Any, vectors: str) -> str:
    """Return the outputs of a linear layer, (..., n_outputs)."""
    product = graph.add("MatMul", vectors, layer.weight.T)
    return product if layer.bias is None else graph.add("Add", product, layer.bias)


def add_representation(graph: Graph, network: Any, given: Padded) -> str:
    """Return a vector for every sequence, as `SequenceNetwork.represent` does, (n, representation_size)."""
    if isinstance(network, StepNetwork):
        return add_joined(graph, add_states(graph, network.encoder, given), ["mean"])
    if network.complement is None:
        return add_pooled(graph, network, given)
    places, real = add_places(graph, given.steps), given.real(graph)
    last = graph.add("Sub", graph.add("Unsqueeze", given.lengths, [1]), 1)
    mirrored = graph.add("Where", real, graph.add("Sub", last, places), places)
    complement = graph.add("Gather", network.complement, given.steps)
    strand = graph.add("GatherElements", complement, mirrored, axis=1)
    both = Padded(
        graph.add("Concat", given.steps, strand, axis=0),
        graph.add("Concat", given.lengths, given.lengths, axis=0),
    )
    pooled = graph.add("Reshape", add_pooled(graph, network, both), [2, -1, network.pooling.output_size])
    return graph.add("ReduceMean", pooled, axes=[0], keepdims=0)


def add_pooled(graph: Graph, network: PooledNetwork, given: Padded) -> str:
    """Return the pooled states, (n, output_size)."""
    states = add_states(graph, network.encoder, given)
    pooling = network.pooling
    if isinstance(pooling, AttentionPooling):
        return add_attention(graph, pooling, states, network.encoder.output_size)
    return add_joined(graph, states, JOINED[type(pooling)])


def add_outputs(graph: Graph, network: PooledNetwork, given: Padded) -> str:
    """Return the outputs of the network, (n, n_outputs)."""
    vectors = add_representation(graph, network, given)
    if network.norm is not None:
        norm = network.norm
        statistics = (norm.weight, norm.bias, norm.running_mean, norm.running_var)
        vectors = graph.add("BatchNormalization", vectors, *statistics, epsilon=norm.eps)
    return add_linear(graph, network.output, vectors)


def add_step_outputs(graph: Graph, network: StepNetwork, given: Padded) -> tuple[str, str]:
    """Return the outputs for every target, (n, n_targets, n_outputs), and which are real."""
    encoder, stride = network.encoder, network.stride
    states = add_states(graph, encoder, given)
    joined, counted = states.join(graph, encoder.output_size), states.real
    if encoder.tokens:
        for marker in (BOS, EOS):
            counted = graph.add("And", counted, graph.add("Not", graph.add("Equal", given.steps, marker)))
        # the steps that have a target first, in their order
        n_steps, places = graph.size(given.steps, 1), add_places(graph, given.steps)
        behind = graph.add("Where", counted, places, graph.add("Add", places, n_steps))
        _, order = graph.add_several("TopK", 2, behind, n_steps, axis=1, largest=0)
        index = graph.add("Unsqueeze", order, [2])
        joined = graph.add("GatherND", joined, index, batch_dims=1)
    if stride > 1:
        n_targets = graph.add("Div", graph.size(joined, 1), stride)
        joined = graph.add("Slice", joined, [0], graph.add("Mul", n_targets, stride), [1])
        shape = graph.add("Concat", [0], n_targets, [network.output.in_features], axis=0)
        joined = graph.add("Reshape", joined, shape)
    count = graph.add("ReduceSum", graph.add("Cast", counted, to=INT64), [1], keepdims=0)
    is_target = Padded(joined, graph.add("Div", count, stride)).real(graph)
    return add_linear(graph, network.output, joined), graph.add("Unsqueeze", is_target, [2])
