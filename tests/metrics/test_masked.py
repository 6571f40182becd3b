"""Scores of known labels, against scikit-learn on the rows that are known."""

import doctest
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, average_precision_score, get_scorer, r2_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from seqestimators import RecurrentClassifier, metrics
from seqestimators.metrics import masked_accuracy_scorer, masked_roc_auc_scorer, score_each_task

RANDOM = np.random.RandomState(0)
X = RANDOM.normal(size=(60, 4))
WEIGHT = RANDOM.randint(0, 3, 60)
IDS = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6
HAS = np.array([[token in row for token in (4, 5, 6)] for row in IDS]).astype(float)
HOLES = np.where(RANDOM.uniform(size=HAS.shape) < 0.3, np.nan, HAS)

PLAIN = {"roc_auc": roc_auc_score, "average_precision": average_precision_score, "accuracy": accuracy_score}
every_scorer = pytest.mark.parametrize("name", PLAIN)
every_width = pytest.mark.parametrize("n_labels", [2, 3])
every_model = pytest.mark.parametrize(
    "model",
    [
        MLPClassifier(4, max_iter=5, random_state=0),
        RandomForestClassifier(5, random_state=0),
        KNeighborsClassifier(),
        MultiOutputClassifier(LogisticRegression()),
        DummyClassifier(),
    ],
    ids=lambda model: type(model).__name__,
)


def scorer_of(name):
    return getattr(metrics, f"masked_{name}_scorer")


def draw(n_labels):
    complete = (RANDOM.uniform(size=(60, n_labels)) < 0.5).astype(int)
    return complete, np.where(RANDOM.uniform(size=complete.shape) < 0.3, np.nan, complete)


@every_scorer
@every_width
@every_model
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_each_label_is_scored_on_its_known_rows(name, n_labels, model):
    complete, holes = draw(n_labels)
    model.fit(X, complete)
    if name == "accuracy":
        answer = np.asarray(model.predict(X))
    else:
        answer = model.predict_proba(X)
        answer = np.column_stack([one[:, 1] for one in answer]) if isinstance(answer, list) else answer
    for weight in (None, WEIGHT):
        expected = []
        for label, prediction in zip(holes.T, answer.T, strict=True):
            known = ~np.isnan(label)
            weights = None if weight is None else weight[known]
            expected.append(PLAIN[name](label[known], prediction[known], sample_weight=weights))
        for y in (holes, np.where(np.isnan(holes), -1, holes).astype(int), pd.DataFrame(holes)):
            assert scorer_of(name)(model, X, y, sample_weight=weight) == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
def test_without_holes_it_is_the_macro_average_of_scikit_learn(name):
    complete, _ = draw(3)
    model = RandomForestClassifier(5, random_state=0).fit(X, complete)
    assert scorer_of(name)(model, X, complete) == pytest.approx(get_scorer(name)(model, X, complete))


@every_scorer
@pytest.mark.parametrize("shape", [(60,), (60, 1)])
def test_one_label_a_row_is_scored_as_scikit_learn_does(name, shape):
    y = np.where(X[:, 0] > 0.3, 1, -1)  # two classes, none of them missing
    model = LogisticRegression().fit(X, y)
    assert scorer_of(name)(model, X, y.reshape(shape)) == get_scorer(name)(model, X, y)


@every_scorer
def test_labels_of_one_known_class_do_not_count_in_a_ranking(name):
    _, y = draw(3)
    model = KNeighborsClassifier().fit(X, draw(3)[0])
    y[:, 1] = np.where(np.isnan(y[:, 1]), np.nan, 1)
    score = scorer_of(name)(model, X, y)
    if name == "accuracy":
        assert score == pytest.approx(
            np.mean(
                [
                    accuracy_score(a[~np.isnan(a)], b[~np.isnan(a)])
                    for a, b in zip(y.T, model.predict(X).T, strict=True)
                ]
            )
        )
    else:
        y[:, 1] = np.nan
        assert score == scorer_of(name)(model, X, y)


@every_scorer
def test_without_any_label_to_score_it_is_nan(name):
    model = KNeighborsClassifier().fit(X, draw(2)[0])
    with pytest.warns(UndefinedMetricWarning, match="no label of which .* in the 60 rows: the score is NaN"):
        assert np.isnan(scorer_of(name)(model, X, np.full((60, 2), -1)))


@every_scorer
@every_width
def test_recurrent_classifiers_in_cross_validation(name, n_labels):
    y = HOLES[:, :n_labels]
    model = RecurrentClassifier(hidden_size=4, max_epochs=2, random_state=0)
    scores = cross_val_score(model, IDS, y, cv=KFold(2), scoring=scorer_of(name))
    assert np.isfinite(scores).all()
    minus = np.where(np.isnan(y), -1, y).astype(int)
    np.testing.assert_array_equal(cross_val_score(model, IDS, minus, cv=2, scoring=scorer_of(name)), scores)


def test_in_searches_and_beside_others():
    model = RecurrentClassifier(hidden_size=4, max_epochs=2, random_state=0)
    search = GridSearchCV(model, {"lr": [0.01, 0.1]}, cv=KFold(2), scoring=masked_roc_auc_scorer).fit(
        IDS, HOLES
    )
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    scoring = {"auc": masked_roc_auc_scorer, "accuracy": masked_accuracy_scorer}
    result = cross_validate(model, IDS, HOLES, cv=KFold(2), scoring=scoring)
    assert np.isfinite([result["test_auc"], result["test_accuracy"]]).all()


def test_an_answer_of_another_width_is_named():
    model = KNeighborsClassifier().fit(X, draw(3)[0])
    with pytest.raises(
        ValueError, match=r"KNeighborsClassifier answers in the shape \(60, 3\), but y has \(60, 2\)"
    ):
        masked_accuracy_scorer(model, X, draw(2)[1])


@every_scorer
def test_they_travel_and_show_their_names(name):
    scorer = pickle.loads(pickle.dumps(scorer_of(name)))
    assert repr(scorer) == f"masked_{name}_scorer"
    test = doctest.DocTestParser().get_doctest(scorer_of(name).__doc__, {}, name, None, None)
    result = doctest.DocTestRunner().run(test)
    assert (result.failed, result.attempted) == (0, 6)


def test_every_task_has_its_score():
    y, prob = np.arange(60) % 2, RANDOM.uniform(size=60)
    table = np.column_stack([y, np.where(np.arange(60) < 30, y, np.nan), np.full(60, np.nan)])
    expected = [roc_auc_score(y, prob), roc_auc_score(y[:30], prob[:30]), np.nan]
    prob = np.column_stack([prob, prob, prob])
    np.testing.assert_allclose(score_each_task(table, prob, roc_auc_score), expected)
    of_first = score_each_task(table, prob, r2_score, sample_weight=WEIGHT)[0]
    assert of_first == pytest.approx(r2_score(y, prob[:, 0], sample_weight=WEIGHT))
    with pytest.raises(ValueError, match="a column for every task"):
        score_each_task([1, 2], [1, 2], r2_score)
    with pytest.raises(ValueError, match="y_pred has the shape"):
        score_each_task(table, prob[:, :2], r2_score)
