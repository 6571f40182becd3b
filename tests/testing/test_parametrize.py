import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from seqestimators import DNATokenizer, ExternalTokenizer, SequenceTokenizer
from seqestimators.sequences import read_sequences
from seqestimators.testing import parametrize_with_sequence_checks


class Largest(RegressorMixin, BaseEstimator):
    """Predicts the length of the longest of all sequences that it is given."""

    def fit(self, X, y):
        if len(read_sequences(X)) != len(y):
            raise ValueError("X and y differ in length")
        self.fitted_ = True
        return self

    def predict(self, X):
        check_is_fitted(self)
        lengths = read_sequences(X).lengths
        return np.full(len(lengths), lengths.max() * 1.0)


def expected_failed_checks(estimator):
    if isinstance(estimator, DNATokenizer):
        return {}
    return {
        "check_batches_and_order": "knows its neighbours",
        "check_empty_and_single": "knows its neighbours",
    }


# strict: the checks that are named must fail, and all others pass
@parametrize_with_sequence_checks(
    [Largest(), DNATokenizer(k=3)], expected_failed_checks=expected_failed_checks
)
def test_one_test_a_check(estimator, check):
    check(estimator)


def test_ids_name_estimator_and_check():
    tokenizer = DNATokenizer(k=3, stride=2, ambiguous="keep", unknown="error", add_bos=True, add_eos=True)
    cases = parametrize_with_sequence_checks([tokenizer, Largest()]).args[1]
    assert cases[0].id == (
        "DNATokenizer(add_bos=True, add_eos=True, ambiguous='keep', k=3, stride=2, unknown='error')"
        "-check_parameters"
    )
    assert cases[-1].id == "Largest()-check_bad_input"


def test_ids_are_the_same_in_every_process():
    def halves(text):
        return [text[:1], text[1:]]

    first, *_ = parametrize_with_sequence_checks([ExternalTokenizer(halves)]).args[1]
    assert "halves>)-check_" in first.id


def test_own_sequences():
    mark = parametrize_with_sequence_checks([SequenceTokenizer()], sequences=[["the", "cat"], ["cat"]])
    for case in mark.args[1]:
        estimator, check = case.values
        check(estimator)


def test_a_class_is_refused():
    with pytest.raises(TypeError, match="DNATokenizer is a class: give an instance, DNATokenizer"):
        parametrize_with_sequence_checks([DNATokenizer])


def test_pytest_is_loaded_by_the_call_alone():
    code = "import sys, seqestimators.testing; assert not {'pytest', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
