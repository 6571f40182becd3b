"""A fitted estimator or pipeline, written as an ONNX file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._sklearn import StrOptions, validate_params
from .._version import find_version
from ..estimators import (
    BaseRecurrent,
    RecurrentClassifier,
    RecurrentRegressor,
    RecurrentStepRegressor,
    RecurrentTagger,
)
from ..preprocessing import SequenceTokenizer
from .answers import Answer, add_answers, describe_transitions
from .comparison import compare_answers
from .graph import Graph
from .inputs import add_inputs
from .networks import Padded, add_representation, refuse_own_parts

__all__ = ["to_onnx"]

EXPORTED = (RecurrentClassifier, RecurrentRegressor, RecurrentStepRegressor, RecurrentTagger)
NAMES = "a RecurrentClassifier, RecurrentRegressor, RecurrentStepRegressor or RecurrentTagger"


@validate_params({"path": [str, Path], "output": [StrOptions({"predictions", "states"})]})
def to_onnx(model: Any, path: str | Path, *, output: str = "predictions") -> None:
    """Write a fitted network into an ONNX file, which runs without Python and torch.

    The graph has two inputs, in this order:

    - ``ids``, int64 of shape (n, T): token ids, padded behind; or ``values``,
      float32 of shape (n, T, n_channels): series, padded behind;
    - ``lengths``, int64 of shape (n,): how many steps of each are real.

    Both n and T may be any number from 1. The outputs are what the model
    answers, up to the rounding of float32, whatever the padding holds:

    - of a classifier, ``probabilities`` of shape (n, n_classes), or
      (n, n_labels) of several labels per row;
    - of a regressor, ``values``, as predict returns them (a column each of
      several quantiles), and ``std``, their standard deviations, under
      ``loss="gaussian"`` and "poisson";
    - of a tagger, ``probabilities`` of shape (n, T // stride, n_classes);
      under ``transitions="crf"``, ``emissions`` of this shape, the scores of
      the labels; under "observed" both;
    - of a step regressor, ``values`` of shape (n, T // stride) or
      (n, T // stride, n_outputs);
    - ``states`` alone, which `transform` returns, if they are asked for.

    What stands behind the last step of a sequence is 0. Where the input is
    called ``values``, the output is ``predicted_values``.

    Parameters
    ----------
    model : estimator or Pipeline
        Fitted: a RecurrentClassifier, RecurrentRegressor, RecurrentTagger or
        RecurrentStepRegressor, or a pipeline of a tokenizer and one of these.
        The tokenizer is no part of the graph, but its vocabulary is in the
        file.
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
        The network reads several columns, or numbers beside the sequence; it
        averages dropout samples; or the pipeline has another step than a
        tokenizer.
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
    class and parameters; ``stride``, how many steps there are to a label or
    number; ``seen_transitions``, the tagger's attribute, and of a conditional
    random field ``start``, ``transitions`` (the label before stands in the row)
    and ``end``, its scores, from which and the emissions follow the labels that
    `predict` gives; ``seqestimators``, the version of this package.

    An id that fit hasn't met counts as unknown in the graph too; series that
    the model standardizes are standardized there, and NaN is a missing value
    to a model of ``missing="mask"``. The network of a model of
    ``dtype="float64"`` is computed in float32. The operators are those of
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
    steps, inputs = add_inputs(graph, estimator)
    given = Padded(steps, "lengths")
    if output == "states":
        states = add_representation(graph, network, given)
        answers = [Answer("states", states, "float32", ["batch", network.representation_size])]
    else:
        answers = add_answers(graph, estimator, given)
    written = graph.write(inputs, answers)
    onnx.helper.set_model_props(written, _describe(estimator, tokenizer))
    content = written.SerializeToString()
    compare_answers(content, estimator)
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
    if getattr(estimator, "n_dropout_samples", 0):
        raise ValueError(
            "n_dropout_samples averages several networks, and to_onnx writes one: set it to 0, or use "
            "seqestimators.save"
        )
    return estimator, tokenizer


def _describe(estimator: Any, tokenizer: Any) -> dict[str, str]:
    """Return what the other side needs to know, as texts in JSON."""
    facts: dict[str, Any] = {"seqestimators": find_version(), "estimator": type(estimator).__name__}
    if hasattr(estimator, "classes_"):
        facts["classes"] = list(estimator.classes_)
    if hasattr(estimator, "stride"):
        facts["stride"] = estimator.net_.module_.stride
    if isinstance(estimator, RecurrentTagger):
        facts |= describe_transitions(estimator)
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
