"""Models, scores and baselines of each task."""

import numpy as np
import pytest

from seqestimators import RecurrentClassifier, SequenceColumns, SequenceTokenizer
from seqestimators.command_line._models import (
    ESTIMATORS,
    columns_of,
    find_baselines,
    find_scores,
    make_model,
    task_of,
)


@pytest.mark.parametrize("task", ESTIMATORS)
def test_each_task_has_its_model_and_scores(task):
    model = make_model(task, {"seq": "dna"}, [], {"max_epochs": 3})
    assert task_of(model) == task
    assert model[-1].max_epochs == 3
    assert find_scores([], task, np.array([0, 1, 2]))


def test_errors_are_printed_as_they_are():
    [r2, error, _] = find_scores([], "regression", np.array([0.5]))
    assert (r2.name, r2.sign) == ("r2", 1)
    assert (error.name, error.sign) == ("root_mean_squared_error", -1)
    with pytest.raises(ValueError, match="no score 'accuracies'"):
        find_scores(["accuracies"], "classification", np.array([0, 1]))


def test_several_columns_stand_in_one_container():
    model = make_model("regression", {"a": "dna", "b": "smiles"}, ["pH"], {})
    assert isinstance(model[0], SequenceColumns)
    assert columns_of(model) == (["a", "b"], ["pH"])
    with pytest.raises(ValueError, match="tagging takes one column"):
        make_model("tagging", {"a": "dna", "b": "smiles"}, [], {})


@pytest.mark.parametrize(
    ("task", "tokenizer", "n"),
    [
        ("classification", "smiles", 3),
        ("regression", "smiles", 3),
        ("classification", "dna", 2),
        ("regression", "protein", 1),
        ("tagging", "codon", 1),
    ],
)
def test_baselines_fit_the_data(task, tokenizer, n):
    assert len(find_baselines(task, tokenizer, None, 0)) == n


def test_tasks_without_baselines_are_named():
    with pytest.raises(ValueError, match="no baselines for translation"):
        find_baselines("translation", "dna", None, 0)


def test_a_file_of_something_else_is_named():
    with pytest.raises(ValueError, match="a SequenceTokenizer, which predicts nothing"):
        task_of(SequenceTokenizer())
    assert task_of(RecurrentClassifier()) == "classification"
