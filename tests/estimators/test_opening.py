"""Models are opened, however they are wrapped."""

import pytest
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from seqestimators.estimators._opening import open_model

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]


def test_the_steps_of_all_pipelines_come_before_the_last_estimator():
    inner = make_pipeline(StandardScaler(), "passthrough", LogisticRegression())
    model = make_pipeline(None, MinMaxScaler(), GridSearchCV(inner, {}, cv=2)).fit(X, Y)
    steps, last = open_model(FrozenEstimator(model))
    assert [type(step) for _, step in steps.steps] == [MinMaxScaler, StandardScaler]
    assert last.predict(steps.transform(X)).tolist() == model.predict(X).tolist()
    assert open_model(last) == (None, last)
    assert open_model(Pipeline([("last", last)])) == (None, last)


def test_a_search_must_have_a_model():
    search = GridSearchCV(LogisticRegression(), {}, cv=2, refit=False)
    with pytest.raises(NotFittedError):
        open_model(search)
    with pytest.raises(TypeError, match="refit=False\\) keeps no fitted model: set refit=True"):
        open_model(search.fit(X, Y))
