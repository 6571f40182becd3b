"""The parameters of the training: what they refuse, by name, before any work."""

import numpy as np
import pytest
import torch

from seqestimators import RecurrentClassifier
from seqestimators.parameters import groups_of

X, Y = [[4, 5], [5], [4, 4], [5, 5]], [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_epochs", 0),
        ("lr", 0.0),
        ("lr", "fast"),
        ("batch_size", 0),
        ("batch_size", "some"),
        ("max_batch_tokens", 0),
        ("truncate_gradient", 0),
        ("truncate_gradient", 2.5),
        ("optimizer", "adamm"),
        ("optimizer", torch.optim.SparseAdam),
        ("weight_decay", -0.1),
        ("gradient_clip", 0.0),
        ("lr_schedule", "cyclic"),
        ("class_weight", "even"),
        ("validation_fraction", 1.0),
        ("n_iter_no_change", 0),
        ("dtype", "float16"),
        ("warm_start", "yes"),
        ("random_state", "none"),
    ],
)
def test_a_value_that_no_training_can_have_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter of RecurrentClassifier"):
        RecurrentClassifier(**{name: value}).fit(X, Y)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_and_answers_have_the_dtype(dtype):
    model = RecurrentClassifier(hidden_size=2, max_epochs=1, dtype=dtype, random_state=0).fit(X, Y)
    assert {one.dtype for one in model.net_.module_.parameters()} == {getattr(torch, dtype)}
    assert model.predict_proba(X).dtype == np.dtype(dtype)


def test_parameters_of_the_training_are_a_group_of_the_documentation():
    assert {"max_epochs", "lr", "class_weight"} <= set(groups_of(RecurrentClassifier)["Training"])
