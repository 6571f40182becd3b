"""The threshold between inliers and outliers, as scikit-learn's outlier detectors have it."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone, is_outlier_detector
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentLanguageModel, SequenceTokenizer
from seqestimators.estimators._outliers import find_threshold

SMALL = {"hidden_size": 6, "embedding_dim": 4, "max_epochs": 3, "dtype": "float64", "random_state": 0}
generator = np.random.default_rng(0)
X = [generator.integers(4, 9, size=length) for length in generator.integers(3, 9, size=60)]


@pytest.fixture(scope="module")
def model():
    return RecurrentLanguageModel(contamination=0.1, **SMALL).fit(X)


def test_it_is_an_outlier_detector_of_scikit_learn(model):
    """What `check_outliers_train` asks for, on sequences; the scores are those of a token."""
    assert is_outlier_detector(model)
    predicted, decision = model.predict(X), model.decision_function(X)
    assert predicted.shape == (60,)
    assert predicted.dtype.kind == "i"
    np.testing.assert_array_equal(np.unique(predicted), [-1, 1])
    assert decision.dtype == np.float64
    np.testing.assert_array_equal(predicted, np.where(decision >= 0, 1, -1))
    np.testing.assert_allclose(decision, model.score_samples(X, normalize=True) - model.offset_)
    assert (predicted == -1).sum() == 6
    np.testing.assert_array_equal(clone(model).fit_predict(X), predicted)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(X), predicted)


def test_without_contamination_there_is_no_threshold(model):
    plain = RecurrentLanguageModel(**SMALL).fit(X)
    assert not is_outlier_detector(plain)
    assert not hasattr(plain, "offset_")
    for name in ("predict", "decision_function", "fit_predict"):
        assert not hasattr(plain, name)
    np.testing.assert_array_equal(plain.score_samples(X), model.score_samples(X))
    plain.set_params(contamination=0.2)
    with pytest.raises(NotFittedError, match="was fitted without contamination"):
        plain.predict(X)
    refitted = clone(model).fit(X).set_params(contamination=None).fit(X)
    assert not hasattr(refitted, "offset_")


@pytest.mark.parametrize("contamination", [0, 0.6, "auto"])
def test_a_share_that_is_none_is_refused(contamination):
    with pytest.raises(ValueError, match="The 'contamination' parameter of RecurrentLanguageModel"):
        RecurrentLanguageModel(contamination=contamination).fit(X)


def test_weights_are_as_repeated_rows(model):
    settings = SMALL | {"batch_size": "all", "contamination": 0.2}
    weight = np.arange(60) % 4
    weighted = RecurrentLanguageModel(**settings).fit(X, sample_weight=weight)
    repeated = RecurrentLanguageModel(**settings).fit([X[i] for i in np.repeat(np.arange(60), weight)])
    assert weighted.offset_ == pytest.approx(repeated.offset_, rel=1e-9)


def test_a_pipeline_of_strings_tells_outliers():
    strings = ["ab" * n for n in range(1, 10)] * 4 + ["bbbb"]
    chain = make_pipeline(
        SequenceTokenizer(),
        RecurrentLanguageModel(contamination=0.03, hidden_size=12, lr=0.03, max_epochs=10, random_state=0),
    ).fit(strings)
    assert chain.predict(["abab", "bbbbbb"]).tolist() == [1, -1]
    assert chain.fit_predict(strings)[-1] == -1


def test_partial_fit_sets_the_threshold_by_its_chunk():
    model = RecurrentLanguageModel(contamination=0.25, **SMALL).partial_fit(X[:20])
    assert (model.predict(X[:20]) == -1).sum() == 5
    assert (model.partial_fit(X[20:]).predict(X[20:]) == -1).sum() == 10


@pytest.mark.parametrize(
    ("scores", "weight", "share", "threshold"),
    [
        ([1, 2, 3, 4], [1, 1, 1, 1], 0.25, 1.5),
        ([4, 3, 2, 1], [1, 1, 1, 1], 0.5, 2.5),
        ([1, 2, 3, 4], [1, 1, 1, 1], 0.2, 1.0),  # one row is more than a fifth
        ([1, 2, 3, 4], [0, 1, 1, 2], 0.25, 2.5),
        ([1, 1, 2, 3], [1, 1, 1, 1], 0.25, 1.0),  # ties are on one side
        ([5], [3], 0.5, 5.0),
        ([-np.inf, -np.inf, 2, 3], [1, 1, 1, 1], 0.25, 2.0),
        ([-np.inf, 1, 2, 3], [1, 1, 1, 1], 0.25, 1.0),
        ([-np.inf, 1, 2, 3], [1, 1, 1, 1], 0.5, 1.5),
        ([-np.inf, -np.inf], [1, 1], 0.5, 0.0),
    ],
)
def test_threshold(scores, weight, share, threshold):
    assert find_threshold(np.array(scores, dtype=float), np.array(weight, dtype=float), share) == threshold
