"""What a model answers as outputs of a graph: probabilities, emissions, numbers."""

from typing import Any, NamedTuple

import numpy as np

from ..estimators import RecurrentClassifier, RecurrentStepRegressor, RecurrentTagger
from ..modules import SMALLEST_DEVIATION
from .graph import Graph
from .networks import DOUBLE, FLOAT, Padded, add_outputs, add_step_outputs

__all__ = ["Answer", "add_answers", "describe_transitions"]


class Answer(NamedTuple):
    """One output of a graph.

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


def add_answers(graph: Graph, estimator: Any, given: Padded) -> list[Answer]:
    """Return the outputs that stand for predict_proba or predict.

    Parameters
    ----------
    graph : Graph
    estimator : BaseRecurrent
        Fitted.
    given : Padded
        What the network reads.

    Returns
    -------
    list of Answer
    """
    network = estimator.net_.module_
    if isinstance(estimator, RecurrentTagger):
        return _add_labels(graph, estimator, *add_step_outputs(graph, network, given))
    if isinstance(estimator, RecurrentStepRegressor):
        return [_add_step_numbers(graph, estimator, *add_step_outputs(graph, network, given))]
    outputs = add_outputs(graph, network, given)
    if isinstance(estimator, RecurrentClassifier):
        return [_add_probabilities(graph, estimator, outputs)]
    return _add_numbers(graph, estimator, outputs)


def describe_transitions(tagger: Any) -> dict[str, list[Any]]:
    """Return what the labels of a sequence are found by from its emissions; nothing if each stands alone.

    Parameters
    ----------
    tagger : RecurrentTagger
        Fitted.

    Returns
    -------
    dict of {str: list}
        "seen_transitions" is the attribute of this name. Of a conditional
        random field, "start", "transitions" and "end" are its scores of the
        first label, of a label (in the column) behind another, and of the last.
    """
    kind = tagger._as_fitted().transitions
    if kind == "free":
        return {}
    facts = {"seen_transitions": tagger.seen_transitions_.tolist()}
    if kind == "crf":
        field = tagger.net_.module_.field
        facts |= {name: getattr(field, name).tolist() for name in ("start", "transitions", "end")}
    return facts


def _add_labels(graph: Graph, tagger: Any, outputs: str, is_label: str) -> list[Answer]:
    """Return probabilities, and the emissions that labels are found by, 0 where no label is."""
    kind, shape = tagger._as_fitted().transitions, ["batch", "labels", len(tagger.classes_)]

    def answer(name: str, numbers: str) -> Answer:
        return Answer(name, graph.add("Where", is_label, numbers, 0.0), "float32", shape)

    answers = []
    if kind != "crf":  # whose probabilities depend on all labels of a sequence
        answers.append(answer("probabilities", graph.add("Softmax", outputs, axis=2)))
    if kind != "free":
        answers.append(answer("emissions", outputs))
    return answers


def _add_probabilities(graph: Graph, classifier: Any, outputs: str) -> Answer:
    n_classes = len(classifier.classes_)
    if classifier._is_binary() or classifier._is_multilabel:
        # each of the outputs against 0: Softmax is exact where Sigmoid is close to 0
        against = graph.add("Unsqueeze", outputs, [2])
        zeros = graph.add("Mul", against, 0.0)
        both = graph.add("Softmax", graph.add("Concat", zeros, against, axis=2), axis=2)
        if classifier._is_multilabel:
            both = graph.add("Slice", both, [1], [2], [2])
        probabilities = graph.add("Reshape", both, [0, n_classes])
    else:
        probabilities = graph.add("Softmax", outputs, axis=1)
    return Answer("probabilities", probabilities, "float32", ["batch", n_classes])


def _add_numbers(graph: Graph, regressor: Any, outputs: str) -> list[Answer]:
    """Return the numbers, and their standard deviations if the loss has some."""
    scale, mean, fitted = regressor._y_scale, regressor._y_mean, regressor._as_fitted()
    outputs = graph.add("Cast", outputs, to=DOUBLE)
    found = {}
    if fitted.loss == "poisson":
        rates = graph.add("Mul", graph.add("Exp", outputs), scale)
        found = {_name_numbers(regressor): rates, "std": graph.add("Sqrt", rates)}
    elif fitted.loss == "gaussian":
        centres, raw = graph.add_several("Split", 2, outputs, axis=1)
        found[_name_numbers(regressor)] = graph.add("Add", graph.add("Mul", centres, scale), mean)
        # softplus, which onnxruntime has for float32 alone
        small = graph.add("Exp", graph.add("Neg", graph.add("Abs", raw)))
        above = graph.add(
            "Add", graph.add("Relu", raw), graph.add("Log", graph.add("Add", small, np.ones(1)))
        )
        deviations = graph.add("Add", above, np.array([SMALLEST_DEVIATION]))
        found["std"] = graph.add("Mul", deviations, scale)
    else:
        numbers = graph.add("Add", graph.add("Mul", outputs, scale), mean)
        if fitted.loss == "quantile" and regressor.n_outputs_ > len(scale):  # in increasing order
            numbers, _ = graph.add_several("TopK", 2, numbers, [regressor.n_outputs_], axis=1, largest=0)
        found[_name_numbers(regressor)] = numbers
    if not regressor._y_is_1d:
        return [Answer(*one, "float64", ["batch", regressor.n_outputs_]) for one in found.items()]
    dtype = regressor._answer_dtype()
    return [
        Answer(name, _narrow(graph, graph.add("Squeeze", numbers, [1]), dtype), dtype, ["batch"])
        for name, numbers in found.items()
    ]


def _add_step_numbers(graph: Graph, regressor: Any, outputs: str, is_target: str) -> Answer:
    """Return the numbers of every step, 0 behind the last one."""
    numbers = graph.add("Mul", graph.add("Cast", outputs, to=DOUBLE), regressor._y_scale)
    numbers = graph.add("Where", is_target, graph.add("Add", numbers, regressor._y_mean), np.zeros(1))
    shape: list[Any] = ["batch", "targets", regressor.n_outputs_]
    if regressor._y_is_1d:
        numbers, shape = graph.add("Squeeze", numbers, [2]), shape[:2]
    dtype = regressor._answer_dtype()
    return Answer(_name_numbers(regressor), _narrow(graph, numbers, dtype), dtype, shape)


def _name_numbers(regressor: Any) -> str:
    """Return the name of the output: an input and an output can't have one."""
    return "values" if regressor.input_ == "tokens" else "predicted_values"


def _narrow(graph: Graph, numbers: str, dtype: str) -> str:
    return graph.add("Cast", numbers, to=FLOAT) if dtype == "float32" else numbers
