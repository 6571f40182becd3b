"""Fits are scored as cross_validate does, with a bar or without."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from seqestimators.model_selection import compare, minimum_samples
from seqestimators.model_selection._fits import run_fits

X, y = load_iris(return_X_y=True)
SPLITS = list(StratifiedKFold(3, shuffle=True, random_state=0).split(X, y))


@pytest.mark.parametrize("verbose", [False, True])
def test_results_are_those_of_cross_validate_in_the_order_of_the_jobs(verbose, capsys):
    results = run_fits(
        [(GaussianNB(), split) for split in SPLITS], X, y, scoring="accuracy", n_jobs=None, verbose=verbose
    )
    scores = [result["test_score"][0] for result in results]
    expected = cross_validate(GaussianNB(), X, y, cv=SPLITS, scoring="accuracy")["test_score"]
    np.testing.assert_array_equal(scores, expected)
    assert ("3/3" in capsys.readouterr().err) == verbose


def test_comparisons_and_minima_show_their_progress(capsys):
    models = {"bayes": GaussianNB(), "tree": DecisionTreeClassifier(random_state=0)}
    compare(models, X, y, cv=SPLITS, scoring="accuracy", verbose=True)
    assert "6/6" in capsys.readouterr().err
    minimum_samples(GaussianNB(), X, y, [10, 50], threshold=0.8, cv=2, verbose=True)
    assert "4/4" in capsys.readouterr().err
