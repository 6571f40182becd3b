"""The inputs of a graph, made into what the network reads."""

from typing import Any

import numpy as np

from ..sequences import UNKNOWN
from .graph import Graph
from .networks import DOUBLE, FLOAT, INT64, add_places

__all__ = ["add_inputs"]

Inputs = dict[str, tuple[str, list[Any]]]


def add_inputs(graph: Graph, estimator: Any) -> tuple[str, Inputs]:
    """Return the ids, or vectors, that the network reads, and the inputs that they are made of.

    Parameters
    ----------
    graph : Graph
    estimator : BaseRecurrent
        Fitted.

    Returns
    -------
    steps : str
        Of shape (n, T) or (n, T, size).
    inputs : dict of {str: (dtype, shape)}
    """
    if estimator.input_ == "tokens":
        steps = _replace_unknown(graph, estimator.known_tokens_)
        inputs: Inputs = {"ids": ("int64", ["batch", "time"])}
    else:
        steps = _standardize(graph, estimator)
        if estimator._as_fitted().missing == "mask":
            steps = _mask_missing(graph, steps)
        inputs = {"values": ("float32", ["batch", "time", estimator.n_inputs_])}
    return steps, inputs | {"lengths": ("int64", ["batch"])}


def _replace_unknown(graph: Graph, known: np.ndarray) -> str:
    """Return the ids, UNKNOWN in the place of those that fit hasn't met."""
    read_as = np.where(known, np.arange(len(known)), UNKNOWN)
    is_within = graph.add("And", graph.add("GreaterOrEqual", "ids", 0), graph.add("Less", "ids", len(known)))
    return graph.add("Gather", read_as, graph.add("Where", is_within, "ids", UNKNOWN))


def _standardize(graph: Graph, estimator: Any) -> str:
    """Return the series in the unit that the network reads."""
    if not hasattr(estimator, "channel_mean_"):
        return "values"
    wide = graph.add("Cast", "values", to=DOUBLE)  # float32 doesn't hold differences of large numbers
    centred = graph.add("Sub", wide, estimator.channel_mean_)
    return graph.add("Cast", graph.add("Div", centred, estimator.channel_scale_), to=FLOAT)


def _mask_missing(graph: Graph, values: str) -> str:
    """Return the channels that `mask_missing` makes of series, (n, T, 3 d)."""
    is_missing, n_steps = graph.add("IsNaN", values), graph.size(values, 1)
    observed = graph.add("Cast", graph.add("Not", is_missing), to=INT64)  # (n, T, d)
    place = graph.add("Unsqueeze", add_places(graph, values), [1])  # (T, 1)
    # the places of what was observed first, in their order
    behind = graph.add("Where", is_missing, graph.add("Add", place, n_steps), place)
    places, _ = graph.add_several("TopK", 2, behind, n_steps, axis=1, largest=0)

    def find_last(**options: int) -> str:
        """Return the place of the last value that was observed up to each step, or before it, or -1."""
        rank = graph.add("CumSum", observed, 1, **options)
        found = graph.add("GatherElements", places, graph.add("Max", graph.add("Sub", rank, 1), 0), axis=1)
        return graph.add("Where", graph.add("Equal", rank, 0), -1, found)

    last, before = find_last(), find_last(exclusive=1)
    carried = graph.add("GatherElements", values, graph.add("Max", last, 0), axis=1)
    carried = graph.add("Where", graph.add("Less", last, 0), 0.0, carried)
    since = graph.add("Sub", place, graph.add("Max", before, 0))
    since = graph.add("Log", graph.add("Cast", graph.add("Add", since, 1), to=DOUBLE))
    return graph.add(
        "Concat", carried, *(graph.add("Cast", one, to=FLOAT) for one in (observed, since)), axis=2
    )
