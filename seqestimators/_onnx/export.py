"""A fitted estimator or pipeline, written as an ONNX file."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._sklearn import StrOptions, validate_params
from .._version import find_version
from ..estimators import BaseRecurrent, RecurrentClassifier, RecurrentRegressor, RecurrentTagger
from ..preprocessing import SequenceTokenizer
from ..sequences import UNKNOWN
from .comparison import compare_answers
from .graph import Graph
from .networks import (
    DOUBLE,
    FLOAT,
    Padded,
    add_label_outputs,
    add_outputs,
    add_representation,
    refuse_own_parts,
)

__all__ = ["to_onnx"]

EXPORTED = (RecurrentClassifier, RecurrentRegressor, RecurrentTagger)
NAMES = "a RecurrentClassifier, RecurrentRegressor or RecurrentTagger"


class Answer(NamedTuple):
    """The output of a graph.

    Parameters
    ----------
    name : str
        Outside.
    inside : str
    dtype : str
    shape : list of str and int
    """

    name: str
    inside: str
    dtype: str
    shape: list[Any]


@validate_params({"path": [str, Path], "output": [StrOptions({"predictions", "states"})]})
def to_onnx(model: Any, path: str | Path, *, output: str = "predictions") -> None:
    """Write a fitted network into an ONNX file, which runs without Python and torch.

    The graph has two inputs, in this order:

    - ``ids``, int64 of shape (n, T): token ids, padded behind; or ``values``,
      float32 of shape (n, T, n_channels): series, padded behind;
    - ``lengths``, int64 of shape (n,): how many steps of each are real.

    Both n and T may be any number from 1. The one output is, of a classifier,
    ``probabilities`` of shape (n, n_classes), or (n, n_labels) of several
    labels per row; of a tagger, ``probabilities`` of shape (n, T // stride,
    n_classes), 0 behind the last label of a sequence; of a regressor,
    ``values``, as predict returns them (``predicted_values``, if it reads
    series); or ``states``, which `transform` returns. It equals that of the
    model up to the rounding of float32, whatever the padding holds.

    Parameters
    ----------
    model : estimator or Pipeline
        Fitted: a RecurrentClassifier, RecurrentRegressor or RecurrentTagger, or
        a pipeline of a tokenizer and one of these. The tokenizer is no part of
        the graph, but its vocabulary is in the file.
    path : str or Path
        Of the file, by custom ending in ``.onnx``. One that is there already
        is replaced.
    output : {"predictions", "states"}, default="predictions"
        Whether the graph gives probabilities or numbers, or the states that
        `transform` returns.

    Raises
    ------
    TypeError
        The model is none of these, or has a cell, pooling or network of one's
        own.
    ValueError
        The network reads several columns, numbers beside the sequence, or
        series with missing values (``missing="mask"``); or the pipeline has
        another step than a tokenizer.
    NotFittedError
        The model isn't fitted.
    ImportError
        The package onnx is not installed; the extra ``onnx`` has it.
    RuntimeError
        The graph doesn't answer as the model does.

    See Also
    --------
    save : The whole model in a file for this package.

    Notes
    -----
    The file has properties, texts in JSON: ``classes``, in the order of the
    probabilities; ``vocabulary``, the token of each id; ``tokenizer``, its
    class and parameters; ``stride`` of a tagger; ``seqestimators``, the
    version of this package.

    An id that fit hasn't met counts as unknown in the graph too, and series
    that the model standardizes are standardized there. The network of a model
    of ``dtype="float64"`` is computed in float32. The operators are those of
    version 17 of ONNX [1]_. Where onnxruntime is installed, the graph is
    compared with the model on a few sequences before it is written.

    References
    ----------
    .. [1] "ONNX Operators", https://onnx.ai/onnx/operators/

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> import numpy as np
    >>> from onnxruntime import InferenceSession
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier, to_onnx
    >>> model = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=1))
    >>> model = model.fit(["ATG", "CCA"] * 4, [0, 1] * 4)
    >>> path = Path(mkdtemp()) / "model.onnx"
    >>> to_onnx(model, path)
    >>> inputs = {"ids": np.array([[4, 7, 6], [5, 5, 0]]), "lengths": np.array([3, 2])}
    >>> (probabilities,) = InferenceSession(path).run(None, inputs)
    >>> bool(np.allclose(probabilities, model.predict_proba(["ATG", "CC"])))
    True
    """
    onnx = _require_onnx()
    estimator, tokenizer = _take_apart(model)
    network = estimator.net_.module_
    refuse_own_parts(network)
    graph = Graph(onnx)
    if estimator.input_ == "tokens":
        name, dtype, shape = "ids", "int64", ["batch", "time"]
        steps = _replace_unknown(graph, estimator.known_tokens_)
    else:
        name, dtype, shape = "values", "float32", ["batch", "time", estimator.n_inputs_]
        steps = _standardize(graph, estimator)
    given = Padded(steps, "lengths")
    if output == "states":
        inside = add_representation(graph, network, given)
        answer = Answer("states", inside, "float32", ["batch", network.representation_size])
    else:
        answer = _add_answer(graph, estimator, given)
    written = graph.write({name: (dtype, shape), "lengths": ("int64", ["batch"])}, answer)
    onnx.helper.set_model_props(written, _describe(estimator, tokenizer))
    content = written.SerializeToString()
    compare_answers(content, estimator, output)
    Path(path).write_bytes(content)


def _require_onnx() -> Any:
    try:
        import onnx
    except ImportError:
        raise ImportError(
            "to_onnx needs the package onnx, which is not installed: pip install seqestimators[onnx]"
        ) from None
    return onnx


def _take_apart(model: Any) -> tuple[Any, Any]:
    """Return the estimator, and the tokenizer before it or None."""
    estimator, tokenizer = model, None
    if isinstance(model, Pipeline):
        *before, estimator = [step for _, step in model.steps if step not in (None, "passthrough")]
        if before and isinstance(before[0], SequenceTokenizer):
            tokenizer, *before = before
        if before:
            raise ValueError(
                f"the pipeline has a {type(before[0]).__name__}, which is no part of an ONNX file: write "
                "its last step, to_onnx(model[-1], path), and do the same to X before the graph reads it"
            )
    if not isinstance(estimator, EXPORTED):
        what = "a network for sequences" if isinstance(estimator, BaseRecurrent) else "an estimator"
        raise TypeError(
            f"{type(estimator).__name__} is {what} that to_onnx doesn't write: give {NAMES}, or a Pipeline "
            "of a tokenizer and one of these; of a search its best_estimator_"
        )
    check_is_fitted(estimator)
    n_columns = 1 + len(getattr(estimator, "other_columns_", ()))
    n_numbers = getattr(estimator, "n_numbers_", 0)
    if n_columns > 1 or n_numbers:
        raise ValueError(
            f"the model reads {n_columns} columns of sequences and {n_numbers} numbers beside each, but "
            "to_onnx writes models of one column of sequences: use seqestimators.save"
        )
    if estimator.input_ == "values" and estimator._as_fitted().missing == "mask":
        raise ValueError(
            'the model was fitted with missing="mask", which to_onnx doesn\'t write: use seqestimators.save'
        )
    fitted = estimator._as_fitted()
    loss = getattr(fitted, "loss", None)
    if loss in ("gaussian", "poisson") or np.size(getattr(fitted, "quantile", 0.5)) > 1:
        raise ValueError(
            f"the model was fitted with loss={loss!r}, whose outputs to_onnx doesn't turn into numbers: use "
            "seqestimators.save"
        )
    if getattr(estimator, "n_dropout_samples", 0):
        raise ValueError(
            "n_dropout_samples averages several networks, and to_onnx writes one: set it to 0, or use "
            "seqestimators.save"
        )
    return estimator, tokenizer


def _replace_unknown(graph: Graph, known: np.ndarray) -> str:
    """Return the ids, UNKNOWN in the place of those that fit hasn't met."""
    read_as = np.where(known, np.arange(len(known)), UNKNOWN)
    is_within = graph.add("And", graph.add("GreaterOrEqual", "ids", 0), graph.add("Less", "ids", len(known)))
    return graph.add("Gather", read_as, graph.add("Where", is_within, "ids", UNKNOWN))


def _standardize(graph: Graph, estimator: Any) -> str:
    """Return the series as the network reads them."""
    if not hasattr(estimator, "channel_mean_"):
        return "values"
    wide = graph.add("Cast", "values", to=DOUBLE)  # float32 doesn't hold differences of large numbers
    centred = graph.add("Sub", wide, estimator.channel_mean_)
    return graph.add("Cast", graph.add("Div", centred, estimator.channel_scale_), to=FLOAT)


def _add_answer(graph: Graph, estimator: Any, given: Padded) -> Answer:
    """Return what predict_proba, or predict of a regressor, returns."""
    network = estimator.net_.module_
    if isinstance(estimator, RecurrentTagger):
        outputs, is_label = add_label_outputs(graph, network, given)
        probabilities = graph.add("Softmax", outputs, axis=2)
        probabilities = graph.add("Where", graph.add("Unsqueeze", is_label, [2]), probabilities, 0.0)
        return Answer("probabilities", probabilities, "float32", ["batch", "labels", len(estimator.classes_)])
    outputs = add_outputs(graph, network, given)
    if isinstance(estimator, RecurrentClassifier):
        n_classes = len(estimator.classes_)
        if estimator._is_binary() or estimator._is_multilabel:
            # each of the outputs against 0: Softmax is exact where Sigmoid is close to 0
            against = graph.add("Unsqueeze", outputs, [2])
            zeros = graph.add("Mul", against, 0.0)
            both = graph.add("Softmax", graph.add("Concat", zeros, against, axis=2), axis=2)
            if estimator._is_multilabel:
                both = graph.add("Slice", both, [1], [2], [2])
            probabilities = graph.add("Reshape", both, [0, n_classes])
        else:
            probabilities = graph.add("Softmax", outputs, axis=1)
        return Answer("probabilities", probabilities, "float32", ["batch", n_classes])
    # an input and an output can't have one name
    name = "values" if estimator.input_ == "tokens" else "predicted_values"
    wide = graph.add("Cast", outputs, to=DOUBLE)
    numbers = graph.add("Add", graph.add("Mul", wide, estimator._y_scale), estimator._y_mean)
    if not estimator._y_is_1d:
        return Answer(name, numbers, "float64", ["batch", estimator.n_outputs_])
    dtype = estimator._answer_dtype()
    numbers = graph.add("Squeeze", numbers, [1])
    if dtype == "float32":
        numbers = graph.add("Cast", numbers, to=FLOAT)
    return Answer(name, numbers, dtype, ["batch"])


def _describe(estimator: Any, tokenizer: Any) -> dict[str, str]:
    """Return what the other side needs to know, as texts in JSON."""
    facts: dict[str, Any] = {"seqestimators": find_version(), "estimator": type(estimator).__name__}
    if hasattr(estimator, "classes_"):
        facts["classes"] = list(estimator.classes_)
    if isinstance(estimator, RecurrentTagger):
        facts["stride"] = estimator.net_.module_.stride
    if tokenizer is not None:
        plain = str | int | float | None
        params = {
            name: one for name, one in tokenizer.get_params(deep=False).items() if isinstance(one, plain)
        }
        facts["tokenizer"] = {"class": type(tokenizer).__name__, **params}
        facts["vocabulary"] = tokenizer.vocabulary_.tokens
    return {name: json.dumps(fact, default=_plain) for name, fact in facts.items()}


def _plain(value: Any) -> Any:
    """Return what JSON has a form for."""
    return value.item() if isinstance(value, np.generic) else repr(value)
