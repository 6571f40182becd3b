"""Where the weights of rows go, step by step."""

import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.augmentation._fit_parameters import find_keyword, name_fit_parameters


@pytest.mark.parametrize(
    ("estimator", "keyword"),
    [
        (LogisticRegression(), "sample_weight"),
        (KNeighborsClassifier(), None),
        (make_pipeline(StandardScaler(), LogisticRegression()), "logisticregression__sample_weight"),
        (make_pipeline(StandardScaler(), KNeighborsClassifier()), None),
        (make_pipeline(make_pipeline("passthrough", Ridge())), "pipeline__ridge__sample_weight"),
        (
            make_pipeline(StandardScaler(), TransformedTargetRegressor(Ridge())),
            "transformedtargetregressor__sample_weight",
        ),
        (make_pipeline(DNATokenizer(), RecurrentClassifier()), "recurrentclassifier__sample_weight"),
    ],
)
def test_keywords_are_those_of_the_last_step(estimator, keyword):
    assert find_keyword(estimator, "sample_weight") == keyword


def test_groups_are_known_to_recurrent_estimators_only():
    assert find_keyword(make_pipeline(DNATokenizer(), RecurrentClassifier()), "groups") == (
        "recurrentclassifier__groups"
    )
    assert find_keyword(LogisticRegression(), "groups") is None


def test_what_is_given_counts_more_than_what_is_added():
    model = make_pipeline(StandardScaler(), Ridge())
    keywords = name_fit_parameters(model, model, {"sample_weight": [2]}, {"groups": [0]}, {"other": 1})
    assert keywords == {"ridge__sample_weight": [2], "other": 1}
