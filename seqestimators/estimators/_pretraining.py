"""Starting from a fitted model: its architecture, its weights, its layers one by one."""

from typing import Any

import torch
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ..exceptions import InvalidSequenceError
from ..modules import RecurrentEncoder, SequenceNetwork
from ..parameters import default_of
from ..sequences import Fingerprint, Sequences, place_of
from ._input import SequenceReader

ARCHITECTURE = (
    "cell",
    "hidden_size",
    "num_layers",
    "bidirectional",
    "embedding_dim",
    "projection_dim",
    "stem",
)
"""What a model takes over from the one that it starts from, as far as it has such a parameter."""


def find_pretrained(pretrained: Any) -> Any:
    """Return the estimator that the parameter `pretrained` gives.

    Parameters
    ----------
    pretrained : recurrent estimator, Pipeline that ends in one, or FrozenEstimator around either

    Returns
    -------
    recurrent estimator

    Raises
    ------
    TypeError
        It is none.
    NotFittedError
        It isn't fitted.
    """
    model = pretrained
    while isinstance(model, (FrozenEstimator, Pipeline)):
        model = model.estimator if isinstance(model, FrozenEstimator) else model.steps[-1][1]
    if not isinstance(model, SequenceReader):
        raise TypeError(
            f"pretrained is a {type(model).__name__}, but must be a fitted recurrent estimator, as "
            "RecurrentLanguageModel or RecurrentRegressor, or a fitted Pipeline that ends in one"
        )
    check_is_fitted(
        model,
        msg="pretrained is a %(name)s that is not fitted: fit it first. A search over `pretrained` itself "
        "clones its values, and a clone has forgotten what it learned: there, give sklearn.frozen."
        "FrozenEstimator(model)",
    )
    return model


def architecture_of(estimator: Any, place: int | None = None) -> dict[str, Any]:
    """Return the parameters that say what the encoder of an estimator is.

    Parameters
    ----------
    estimator : recurrent estimator
    place : int or None, default=None
        Of which column of sequences; None returns them as the estimator has
        them, in lists with an item for each column.
    """
    found = {name: getattr(estimator, name) for name in ARCHITECTURE if hasattr(estimator, name)}
    return found if place is None else {name: _of_column(value, place, name) for name, value in found.items()}


def _of_column(value: Any, place: int, name: str) -> Any:
    return value[place] if name == "projection_dim" and isinstance(value, (list, tuple)) else value


def taken_over(estimator: Any) -> dict[str, Any]:
    """Return the parameters that an estimator takes over from the model that it starts from."""
    if estimator.pretrained is None:
        return {}
    model = find_pretrained(estimator.pretrained)._as_fitted()
    given = {name: _of_column(getattr(model, name, None), 0, name) for name in architecture_of(estimator)}
    if isinstance(own := getattr(estimator, "projection_dim", None), (list, tuple)):
        given["projection_dim"] = [given["projection_dim"], *own[1:]]  # it is the first column's
    return given


def refuse_contradictions(estimator: Any, model: Any) -> None:
    """Raise an error that names the first parameter that asks for another network than the pretrained one."""
    fitted = model._as_fitted()
    for name in ARCHITECTURE:
        asked, given = (_of_column(getattr(one, name, None), 0, name) for one in (estimator, fitted))
        default = default_of(estimator, name) if hasattr(estimator, name) else given
        if asked != given and (asked != default or not hasattr(estimator, name)):
            raise ValueError(
                f"{name}={asked!r}, but the pretrained model has {name}={given!r}, which comes with "
                f"its weights: leave {name} out, or fit a model with {name}={asked!r}"
            )


def refuse_other_input(sequences: Sequences, model: Any, missing: str) -> None:
    """Raise an error if X is not what the pretrained model reads: ids of its vocabulary, or its channels."""
    if sequences.is_tokens != (model.input_ == "tokens"):
        kinds = ["numeric series", "token ids"]
        raise InvalidSequenceError(
            f"X holds {kinds[sequences.is_tokens]}, but the pretrained model reads "
            f"{kinds[not sequences.is_tokens]}"
        )
    if not sequences.is_tokens:
        if sequences.values.shape[1] != model.n_inputs_:
            raise InvalidSequenceError(
                f"X has series of {sequences.values.shape[1]} channels, but the pretrained model was fitted "
                f"on series of {model.n_inputs_}"
            )
        if model._as_fitted().missing != missing:
            raise ValueError(
                f"missing={missing!r}, but the pretrained model reads series with "
                f"missing={model._as_fitted().missing!r}: set the same"
            )
        return
    learned = getattr(model, "fingerprint_", None)
    if learned is not None and not Fingerprint(*learned).agrees(sequences.fingerprint):
        raise InvalidSequenceError(
            f"X holds ids of {sequences.fingerprint}, but the pretrained model was trained on those "
            f"of {Fingerprint(*learned)}, where the same id stands for another token: give the tokenizer "
            "before this estimator vocabulary=tokenizer.vocabulary_ of the one before the pretrained model"
        )
    is_new = sequences.values >= model.n_inputs_
    if is_new.any():
        index = int(is_new.argmax())
        row, position = place_of(index, sequences.offsets)
        raise InvalidSequenceError(
            f"row {row}, position {position} of X is {sequences.values[index]}, but "
            f"the pretrained model knows the ids 0 to {model.n_inputs_ - 1}: give the tokenizer "
            "before this estimator the vocabulary_ of the tokenizer before the pretrained model; if it has "
            "that, train that model on sequences that hold this token too"
        )


def load_encoder(encoder: RecurrentEncoder, model: Any) -> None:
    """Copy the weights of a fitted model into an encoder of its architecture.

    Vectors of positions are new: they belong to the rows of a task. The
    layers of a language model don't mix the directions, those of the encoder
    may: weights that read the other direction become 0, so that the encoder
    starts as exactly the networks that the language model has learned.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Changed in place.
    model : recurrent estimator
    """
    weights = model.net_.module_.encoder.state_dict()
    with torch.no_grad():
        for name, weight in encoder.named_parameters():
            if name not in weights or name == "positions":
                continue
            learned = weights[name].to(weight)
            if learned.shape == weight.shape:
                weight.copy_(learned)
                continue
            direction = int(name.split(".")[2])  # layers.<layer>.<direction>.weight_ih_l0
            weight.zero_()
            weight.chunk(2, dim=1)[direction].copy_(learned)


def layer_names(network: SequenceNetwork) -> list[str]:
    """Return the beginnings of the names of weights, from the top layer down to embedding or projection."""
    names = [f"encoder.layers.{i}." for i in reversed(range(len(network.encoder.layers)))]
    lowest = [name for name in ("embedding", "projection") if getattr(network.encoder, name) is not None]
    return [*names, *(f"encoder.{name}." for name in lowest)]


def layer_groups(network: SequenceNetwork) -> list[list[torch.nn.Parameter]]:
    """Return the weights of a network from the output down.

    Parameters
    ----------
    network : SequenceNetwork

    Returns
    -------
    list of lists of torch.nn.Parameter
        What the pretrained model lacks, each of its layers, the embedding or
        projection.
    """
    named = list(network.named_parameters())
    layers = layer_names(network)
    new = [weight for name, weight in named if not name.startswith(tuple(layers))]
    return [new, *([weight for name, weight in named if name.startswith(layer)] for layer in layers)]
