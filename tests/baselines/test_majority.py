"""The majority-class baseline."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor

from seqestimators.baselines import make_majority

X = ["CCO", "C", "", "c1ccccc1"]


def test_classes_come_as_often_as_in_training():
    model = make_majority().fit(X, ["b", "a", "b", "b"])
    assert isinstance(model, DummyClassifier)
    assert model.predict([[1, 2], []]).tolist() == ["b", "b"]  # whatever the rows are
    np.testing.assert_array_equal(model.predict_proba(["C"]), [[0.25, 0.75]])


def test_numbers_are_their_mean():
    model = make_majority(task="regression").fit(X, [1, 2, 3, 6])
    assert isinstance(model, DummyRegressor)
    assert model.predict(["C"]).tolist() == [3]


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="'task' parameter of make_majority"):
        make_majority(task="ranking")
