"""The smallest setting, found with models whose scores are known."""

import numpy as np
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import KFold, ShuffleSplit, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from seqestimators.baselines import make_majority
from seqestimators.metrics import masked_accuracy_scorer
from seqestimators.model_selection import minimum_capacity, minimum_samples
from seqestimators.model_selection.minimum import _order_rows

X, Y = load_iris(return_X_y=True)


class Recorder(RegressorMixin, BaseEstimator):
    """A model that scores `level`, or the share of 100 rows it saw, and remembers what it was given."""

    seen = []

    def __init__(self, level=None, random_state=None):
        self.level = level
        self.random_state = random_state

    def fit(self, X, y):
        self.n_ = len(X)
        self.seen.append((self.level, self.random_state, X[:, 0].tolist()))
        return self

    def score(self, X, y):
        return self.n_ / 100 if self.level is None else self.level


class Labeler(ClassifierMixin, Recorder):
    """The same as a classifier."""

    score = Recorder.score


@pytest.fixture(autouse=True)
def _forget():
    Recorder.seen.clear()


ROWS = np.arange(120.0)[:, None]


@pytest.mark.parametrize(
    ("threshold", "value"), [(0.0, 0.1), (0.1, 0.1), (0.4, 0.5), (0.5, 0.5), (0.8, 0.9), (0.95, None)]
)
def test_the_first_value_that_reaches_the_threshold(threshold, value):
    result = minimum_capacity(Recorder(), ROWS, ROWS[:, 0], "level", [0.1, 0.5, 0.9], threshold=threshold)
    assert result.value == value
    assert ("no level of 3 has" in str(result)) == (value is None)


def test_limits_are_those_of_the_corrected_interval():
    cv = KFold(5, shuffle=True, random_state=0)
    model = KNeighborsClassifier()
    result = minimum_capacity(model, X, Y, "n_neighbors", [1, 5, 60], threshold=0.9, cv=cv, confidence=0.9)
    for n_neighbors in (1, 5, 60):
        expected = cross_val_score(KNeighborsClassifier(n_neighbors), X, Y, cv=cv)
        np.testing.assert_allclose(result.scores.loc[n_neighbors], expected)
        error = np.sqrt((1 / 5 + 1 / 4) * expected.var(ddof=1))
        row = result.curve.loc[n_neighbors]
        low, high = stats.t.interval(0.9, 4, loc=expected.mean(), scale=error)
        assert (row["mean"], row["low"], row["high"]) == pytest.approx((expected.mean(), low, high))


def test_a_good_mean_with_a_wide_interval_is_not_enough():
    result = minimum_capacity(DecisionTreeClassifier(), X, Y, "max_depth", [2], threshold=0.93)
    assert result.curve.loc[2, "low"] < 0.93
    assert result.value is None


def test_each_split_has_a_seed_and_all_values_the_same_splits():
    minimum_capacity(Recorder(), ROWS, ROWS[:, 0], "level", [0.1, 0.5], threshold=0)
    low, high = Recorder.seen[:5], Recorder.seen[5:]
    assert [one[1:] for one in low] == [one[1:] for one in high]
    assert len({seed for _, seed, _ in low}) == 5
    assert len({tuple(rows) for _, _, rows in low}) == 5


def test_a_seed_repeats_the_result_in_two_processes():
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(splitter="random"))
    first, second = (
        minimum_capacity(
            model,
            X,
            Y,
            "decisiontreeclassifier__max_depth",
            [1, 2],
            threshold=0.9,
            random_state=1,
            n_jobs=n_jobs,
        )
        for n_jobs in (1, 2)
    )
    assert first.scores.equals(second.scores)
    assert model[-1].random_state is None


def test_the_fewest_rows_are_nested_in_the_more():
    result = minimum_samples(Recorder(), ROWS, ROWS[:, 0], [50, 10, 90, 10], threshold=0.5)
    assert result.value == 50
    assert result.curve.index.tolist() == [10, 50, 90]
    assert result.curve["mean"].tolist() == [0.1, 0.5, 0.9]
    for few, more in zip(Recorder.seen[:10], Recorder.seen[5:], strict=True):
        assert set(few[2]) < set(more[2])
    assert str(result).startswith("n_samples = 50 is the first of 3 whose score is at least 0.5")


def test_any_first_rows_have_the_classes_in_their_shares():
    classes = np.repeat(["a", "b", "c"], [60, 30, 10])
    rows = _order_rows(np.arange(100), classes, seed=0)
    assert sorted(rows) == list(range(100))
    for size in (10, 20, 50, 90):
        shares = [np.mean(classes[rows[:size]] == one) for one in "abc"]
        np.testing.assert_allclose(shares, [0.6, 0.3, 0.1], atol=1 / size)
    assert rows.tolist() != _order_rows(np.arange(100), classes, seed=1).tolist()


def test_classifiers_see_every_class():
    labels = np.repeat([0, 1, 2], 40)
    minimum_samples(Labeler(), ROWS, labels, [3], threshold=0, cv=ShuffleSplit(4, random_state=0))
    assert [sorted(int(row) // 40 for row in rows) for _, _, rows in Recorder.seen] == [[0, 1, 2]] * 4


@pytest.mark.parametrize("sizes", [[0], [91], [1.5], []])
def test_numbers_of_rows_that_cannot_be_are_refused(sizes):
    with pytest.raises(ValueError, match="must be whole numbers from 1 to 90, the size of the smallest"):
        minimum_samples(Recorder(), ROWS, ROWS[:, 0], sizes, threshold=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": []}, "values of level is empty"),
        ({"cv": ShuffleSplit(1)}, "cv makes 1 split.s., .* take at least 2"),
        ({"confidence": 1.0}, "confidence"),
        ({"parameter": "depth"}, "Invalid parameter 'depth'"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    given = {"parameter": "level", "values": [0.5], "threshold": 0, **change}
    with pytest.raises(ValueError, match=message):
        minimum_capacity(Recorder(), ROWS, ROWS[:, 0], **given)


def test_several_labels_a_row_have_no_strata():
    Y = np.array([[1, 0], [0, 1], [1, 1]] * 10)
    result = minimum_samples(DecisionTreeClassifier(), Y, Y, [5, 10], threshold=0.99, random_state=0)
    assert len(result.scores) == 2


def test_groups_stay_together_by_default():
    seen = []

    def score(estimator, X, y):
        seen.append(set(X[:, 0]))
        return 1.0

    X = np.repeat(np.arange(6.0), 10)[:, None]
    minimum_samples(
        DummyClassifier(),
        X,
        X[:, 0] > 2,
        [5, 10],
        groups=X[:, 0],
        threshold=0.5,
        scoring=score,
        random_state=0,
    )
    assert all(len(groups) == 2 for groups in seen)  # a quarter of six, rounded up


@pytest.mark.parametrize("cv", [2, None])
def test_missing_labels(cv):
    rng = np.random.RandomState(0)
    y = np.where(rng.uniform(size=(40, 2)) < 0.3, np.nan, rng.randint(0, 2, (40, 2)))
    result = minimum_samples(
        make_majority(),
        ["C"] * 40,
        y,
        train_sizes=[10, 15],
        threshold=0.1,
        cv=cv,
        scoring=masked_accuracy_scorer,
        random_state=0,
    )
    assert np.isfinite(result.scores.to_numpy()).all()
