"""The comparison against hand computations, scipy and a numerical posterior."""

import numpy as np
import pytest
from scipy import integrate, stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, RepeatedKFold, ShuffleSplit, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from seqestimators import RecurrentClassifier, SmilesTokenizer
from seqestimators.baselines import make_ecfp_forest, make_ecfp_logistic, make_kmer_logistic, make_majority
from seqestimators.datasets import fetch_tox21
from seqestimators.metrics import masked_accuracy_scorer, masked_roc_auc_scorer
from seqestimators.model_selection import compare
from seqestimators.model_selection.comparison import _adjust_holm, _test_differences

X, Y = load_iris(return_X_y=True)
MODELS = {
    "tree": DecisionTreeClassifier(max_depth=2, random_state=0),
    "bayes": GaussianNB(),
    "chance": DummyClassifier(strategy="uniform", random_state=0),
}
DIFFERENCES = np.array([0.02, 0.05, -0.01, 0.03, 0.04])


class OffBy(ClassifierMixin, BaseEstimator):
    """A model whose score is what it is told, plus noise from what it was trained on."""

    def __init__(self, mean=0.0, noise=0.0):
        self.mean = mean
        self.noise = noise

    def fit(self, X, y):
        self.value_ = self.mean + self.noise * np.sin(1000 * X[:, 0].sum())
        return self


def value_of(model, X, y):
    return model.value_


def test_the_corrected_test_by_hand():
    # mean .026, variance .00053 (n - 1); five folds: n_test / n_train = 1/4
    found = _test_differences(DIFFERENCES, 0.25, 0.01, 0.05)
    error = np.sqrt((1 / 5 + 1 / 4) * 0.00053)
    assert found["difference"] == pytest.approx(0.026)
    assert found["standard_error"] == pytest.approx(error)
    assert found["t"] == pytest.approx(0.026 / error)
    assert found["p_value"] == pytest.approx(2 * stats.t.sf(0.026 / error, 4))
    assert found["low"] == pytest.approx(0.026 - stats.t.ppf(0.975, 4) * error)
    assert found["high"] == pytest.approx(0.026 + stats.t.ppf(0.975, 4) * error)


def test_without_correction_it_is_the_paired_t_test_of_scipy():
    result = compare(
        {"tree": MODELS["tree"], "bayes": MODELS["bayes"]},
        X,
        Y,
        cv=RepeatedKFold(n_splits=3, n_repeats=2, random_state=0),
        scoring=["accuracy", "neg_log_loss"],
        correction=0,
    )
    for scoring, row in result.differences.set_index("scoring").iterrows():
        expected = stats.ttest_rel(result.scores.loc["tree", scoring], result.scores.loc["bayes", scoring])
        assert row["t"] == pytest.approx(expected.statistic)
        assert row["p_value"] == pytest.approx(expected.pvalue)
        assert (row["low"], row["high"]) == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_the_bayesian_posterior_integrates_to_its_probabilities():
    found = _test_differences(DIFFERENCES, 0.25, 0.01, 0.05)

    def density(x):
        return stats.t.pdf((x - 0.026) / found["standard_error"], 4) / found["standard_error"]

    assert found["p_equivalent"] == pytest.approx(integrate.quad(density, -0.01, 0.01)[0])
    assert found["p_first_better"] == pytest.approx(integrate.quad(density, 0.01, np.inf)[0], abs=1e-6)
    assert found["p_first_better"] + found["p_equivalent"] + found["p_second_better"] == pytest.approx(1)
    swapped = _test_differences(-DIFFERENCES, 0.25, 0.01, 0.05)
    assert swapped["p_second_better"] == pytest.approx(found["p_first_better"])


@pytest.mark.parametrize(
    ("difference", "p_value", "better", "equivalent"), [(0.0, 1, 0, 1), (0.3, 0, 1, 0), (0.005, 0, 0, 1)]
)
def test_the_same_difference_on_every_split(difference, p_value, better, equivalent):
    found = _test_differences(np.full(5, difference), 0.25, 0.01, 0.05)
    assert found["p_value"] == pytest.approx(p_value)
    assert found["p_first_better"] == pytest.approx(better)
    assert found["p_equivalent"] == pytest.approx(equivalent)
    assert found["p_second_better"] == pytest.approx(0)


def test_holm_by_hand():
    np.testing.assert_allclose(_adjust_holm(np.array([0.03, 0.01, 0.04, 0.6])), [0.09, 0.04, 0.09, 0.6])
    np.testing.assert_allclose(_adjust_holm(np.array([0.4, 0.5])), [0.8, 0.8])


@pytest.mark.parametrize("cv", [KFold(4, shuffle=True), ShuffleSplit(4, test_size=0.2)])
def test_all_see_the_same_splits_even_without_a_seed(cv):
    twins = {"one": GaussianNB(), "other": GaussianNB()}
    result = compare(twins, X, Y, cv=cv, scoring="neg_log_loss")
    assert (result.differences["difference"] == 0).all()
    assert result.scores.loc["one", "neg_log_loss"].nunique() > 1


def test_the_correction_is_that_of_the_splits():
    models = {"a": OffBy(noise=1.0), "b": OffBy()}
    result = compare(models, X, Y, cv=ShuffleSplit(6, test_size=0.2, random_state=0), scoring=value_of)
    variance = result.scores.loc["a", "score"].var()
    assert result.differences["standard_error"][0] == pytest.approx(np.sqrt((1 / 6 + 30 / 120) * variance))


def test_tables_have_the_scores_of_scikit_learn_in_the_order_given():
    result = compare(MODELS, X, Y, cv=KFold(3), scoring=["accuracy", "f1_macro"], n_jobs=2)
    assert list(result.summary.index) == list(MODELS)
    assert list(result.scores.columns) == ["accuracy", "f1_macro", "fit_time", "score_time"]
    assert (result.scores[["fit_time", "score_time"]] > 0).all().all()
    for name, model in MODELS.items():
        expected = cross_val_score(model, X, Y, cv=KFold(3), scoring="f1_macro")
        np.testing.assert_allclose(result.scores.loc[name, "f1_macro"], expected)
        assert result.summary.loc[name, ("f1_macro", "mean")] == pytest.approx(expected.mean())
        assert result.summary.loc[name, ("f1_macro", "std")] == pytest.approx(expected.std(ddof=1))
    pairs = [("tree", "bayes"), ("tree", "chance"), ("bayes", "chance")] * 2
    assert list(zip(result.differences["first"], result.differences["second"], strict=True)) == pairs
    assert (result.differences["p_adjusted"] >= result.differences["p_value"]).all()
    assert not hasattr(MODELS["bayes"], "classes_")


def test_the_text_names_the_winner_or_none():
    result = compare(MODELS, X, Y, cv=10, scoring="accuracy")
    text = str(result)
    assert text.startswith("3 estimators on the same 10 splits\naccuracy: none wins at the level 0.05")
    assert "is best, but not significantly better than" in text.splitlines()[2]
    assert "chance" not in text.splitlines()[2]
    assert max(map(len, text.splitlines())) <= 79
    result = compare({name: MODELS[name] for name in ("chance", "bayes")}, X, Y, cv=10, scoring="accuracy")
    assert "accuracy: bayes wins at the level 0.05" in str(result)
    assert "first better 0%, equal 0%, second 100%" in str(result)


def test_a_fixed_advantage_wins_and_noise_does_not():
    cv = ShuffleSplit(10, test_size=0.2, random_state=0)
    clear = compare({"a": OffBy(1.0, 0.1), "b": OffBy(0.0)}, X, Y, cv=cv, scoring=value_of)
    assert "score: a wins" in str(clear)
    noisy = compare(
        {"a": OffBy(0.1, 1.0), "b": OffBy(0.0)}, X, Y, cv=cv, scoring={"v": value_of}, rope={"v": 0}
    )
    assert "v: none wins" in str(noisy)
    assert noisy.differences["p_equivalent"][0] == pytest.approx(0)


def test_groups_reach_the_splitter():
    result = compare(MODELS, X, Y, cv=GroupKFold(3), scoring="accuracy", groups=np.arange(150) % 3)
    assert len(result.scores) == 9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"estimators": {"a": GaussianNB()}}, "at least 2 estimators, got .'a'.: add one"),
        ({"cv": ShuffleSplit(1)}, "cv makes 1 split.s., .* take at least 2"),
        ({"rope": {"f1": 0.1}}, "rope has the scorings .'f1'., but scoring .'accuracy'."),
        ({"rope": -1}, "rope"),
        ({"correction": "none"}, "correction"),
        ({"alpha": 1.0}, "alpha"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    given = {"estimators": MODELS, "cv": 3, "scoring": "accuracy", **change}
    with pytest.raises(ValueError, match=message):
        compare(given.pop("estimators"), X, Y, **given)


def test_a_failing_estimator_is_an_error():
    models = {"good": GaussianNB(), "bad": LogisticRegression(C=-1)}
    with pytest.raises(ValueError, match="C"):
        compare(models, X, Y, cv=3, scoring="accuracy")


@pytest.mark.filterwarnings("ignore:Only one class")
def test_a_score_that_is_not_defined_is_an_error():
    """A test fold of one class has no ROC-AUC; a comparison of NaN would have no loser."""
    y = (np.arange(len(X)) >= 60).astype(int)
    models = {"bayes": GaussianNB(), "chance": DummyClassifier()}
    with pytest.raises(ValueError, match=r"roc_auc of GaussianNB\(\) is nan on split 0"):
        compare(models, X, y, cv=KFold(3), scoring="roc_auc")


@pytest.fixture(scope="module")
def tox21(data_home):
    smiles, y = fetch_tox21(data_home=data_home, invalid="drop", return_X_y=True)
    return smiles[:150], y[:150]


@pytest.mark.parametrize(("cv", "fill"), [(2, -1), (KFold(2), np.nan), (2, np.nan)])
def test_missing_labels(tox21, cv, fill):
    smiles, y = tox21
    models = {
        "network": make_pipeline(
            SmilesTokenizer(), RecurrentClassifier(hidden_size=4, max_epochs=1, random_state=0)
        ),
        "forest": make_ecfp_forest(n_bits=64, n_estimators=3, random_state=0),
        "logistic": make_ecfp_logistic(n_bits=64),
        "k-mers": make_kmer_logistic(k=1),
        "majority": make_majority(),
    }
    scoring = {"auc": masked_roc_auc_scorer, "accuracy": masked_accuracy_scorer}
    result = compare(models, smiles, np.where(np.isnan(y), fill, y), cv=cv, scoring=scoring)
    assert np.isfinite(result.scores.to_numpy()).all()
    assert result.summary.loc["majority", ("auc", "mean")] == 0.5


@pytest.mark.parametrize("scoring", ["roc_auc", ["roc_auc", "accuracy"], {"auc": "roc_auc"}])
def test_scorers_that_take_no_missing_labels_are_named(tox21, scoring):
    models = {"a": make_majority(), "b": make_ecfp_logistic()}
    with pytest.raises(
        ValueError, match="scoring='roc_auc' of scikit-learn takes no missing.*masked_roc_auc_scorer"
    ):
        compare(models, *tox21, cv=2, scoring=scoring)
