import numpy as np
import pytest
from sklearn.base import BaseEstimator

from seqestimators.testing._checks import assert_raises, make_checks, seeded


class Estimator(BaseEstimator):
    def __init__(self, random_state=None):
        self.random_state = random_state


def check_nothing(estimator, data):
    """Nothing is wrong."""
    data.append(estimator)


def check_all(estimator, data):
    """All is as it should be."""
    assert data == [1], f"{data} isn't"


def test_the_data_are_looked_for_once_and_copied():
    calls = []

    def find_samples():
        calls.append(1)
        return [("ones", ([1],))]

    checks = make_checks([check_nothing, check_all], find_samples)
    assert not calls
    for check in checks:
        check(Estimator())
    assert len(calls) == 1
    assert [check.__name__ for check in checks] == ["check_nothing", "check_all"]


def test_what_fails_is_named():
    (check,) = make_checks([check_all], lambda: [("ones", ([1],)), ("twos", ([2],))])
    message = "check_all fails for Estimator on twos. All is as it should be.: \\[2\\] isn't"
    with pytest.raises(AssertionError, match=message):
        check(Estimator())


def test_a_seeded_clone():
    estimator = Estimator()
    assert seeded(estimator).random_state == 0
    assert estimator.random_state is None
    assert seeded(BaseEstimator()) is not None


def test_errors_are_asserted():
    assert_raises(ValueError, int, "one", mentions="one")
    with pytest.raises(AssertionError, match="1 is accepted, an error expected"):
        assert_raises(ValueError, int, "1")
    with pytest.raises(AssertionError, match="doesn't name two"):
        assert_raises(ValueError, int, "one", mentions="two")
    with pytest.raises(TypeError):
        assert_raises(ValueError, np.int64, [None, {}])
