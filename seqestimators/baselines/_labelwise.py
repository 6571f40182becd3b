"""Classifiers of scikit-learn that take several labels per row, of which some are not known.

They have the names of scikit-learn's, so that the steps of a pipeline have, too.
"""

from typing import Any, Self

import numpy as np
from sklearn import dummy, ensemble, linear_model, neural_network, svm
from sklearn.base import clone
from sklearn.utils import check_consistent_length

from .._sklearn import _safe_indexing
from ..sequences import is_label_table, read_label_table, read_labels, read_weights, score_rows

# The margin that stands for certainty; scores take no infinite ones.
_CERTAIN = np.log(np.finfo(np.float64).max)


class Labelwise:
    """Stands before a classifier, whose parameters stay its own.

    With one label per row it is that classifier. With several it trains one
    for each label, on the rows in which the label is known: 1, 0, or NaN or -1
    where it isn't. A label of which fit knows one class only is told always.

    Attributes
    ----------
    models_ : list of classifier
        One for each label; only with several labels per row.
    classes_ : ndarray
        The labels; with several a row, their numbers.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the classifier, or one for each label.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
        y : array-like of shape (n,) or (n, n_labels)
        sample_weight : array-like of shape (n,) or None, default=None

        Returns
        -------
        Labelwise
        """
        is_table = is_label_table(y)
        if is_table or hasattr(self, "models_"):  # what an earlier fit of the other kind has left
            for name in [name for name in vars(self) if name.endswith("_") and not name.startswith("_")]:
                delattr(self, name)
        if not is_table:
            y = None if y is None else read_labels(y)
            return super().fit(X, y, **_weigh(sample_weight))  # type: ignore[misc]
        table = read_label_table(y)
        check_consistent_length(X, table, sample_weight)
        unknown = np.isnan(table).all(axis=0)
        if unknown.any():
            raise ValueError(f"column {int(unknown.argmax())} of y is NaN in every row, or -1: leave it out")
        self.classes_ = np.arange(table.shape[1])
        self.models_ = [self._fit_label(X, label, sample_weight) for label in table.T]
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.models_[0], name):
                setattr(self, name, getattr(self.models_[0], name))
        return self

    def _fit_label(self, X, label, sample_weight):
        rows = np.flatnonzero(~np.isnan(label))
        known = label[rows].astype(np.int64)
        has_both = len(np.unique(known)) == 2
        model = clone(self) if has_both else DummyClassifier(strategy="prior")
        weight = None if sample_weight is None else np.asarray(sample_weight)[rows]
        return model.fit(self._take(X, rows), known, **_weigh(weight))

    def _take(self, X, rows):
        return _safe_indexing(X, rows)

    def predict(self, X: Any) -> np.ndarray:
        """Return the class of every row, or 0 or 1 for each of its labels."""
        if not hasattr(self, "models_"):
            return super().predict(X)  # type: ignore[misc]
        return np.column_stack([model.predict(X) for model in self.models_])

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of rows that are right: of several labels, all that are known."""
        if not hasattr(self, "models_"):
            return super().score(X, y, sample_weight)  # type: ignore[misc]
        table, predicted = read_label_table(y), self.predict(X)
        check_consistent_length(table, predicted)
        return score_rows(table, predicted, read_weights(sample_weight, len(predicted)))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.classifier_tags.multi_label = True
        return tags


def _weigh(sample_weight):
    """Nothing where there are no weights, for classifiers that take none."""
    return {} if sample_weight is None else {"sample_weight": sample_weight}


def _probability_of_yes(model, X):
    probabilities = model.predict_proba(X)
    if len(model.classes_) == 2:
        return probabilities[:, 1]
    return np.full(len(probabilities), float(model.classes_[0]))


class WithProbabilities(Labelwise):
    """Stands before a classifier that has probabilities."""

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of every class, or of each of several labels."""
        if not hasattr(self, "models_"):
            return super().predict_proba(X)  # type: ignore[misc]
        return np.column_stack([_probability_of_yes(model, X) for model in self.models_])

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithms of the probabilities."""
        if not hasattr(self, "models_"):
            return super().predict_log_proba(X)  # type: ignore[misc]
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))


class WithMargins(Labelwise):
    """Stands before a classifier that has a decision function."""

    def decision_function(self, X: Any) -> np.ndarray:
        """Return how far each row is on the side of a class, or of yes for each of its labels."""
        if not hasattr(self, "models_"):
            return super().decision_function(X)  # type: ignore[misc]
        return np.column_stack([_margin_of_yes(model, X) for model in self.models_])


def _margin_of_yes(model, X):
    if len(model.classes_) == 2:
        return model.decision_function(X)
    return _CERTAIN * (2 * model.predict(X) - 1.0)


class LogisticRegression(WithMargins, WithProbabilities, linear_model.LogisticRegression):
    """Logistic regression of one or several labels per row."""


class SVC(WithMargins, svm.SVC):
    """Support vector classifier of one or several labels per row."""


class MLPClassifier(WithProbabilities, neural_network.MLPClassifier):
    """Multilayer perceptron of one or several labels per row."""


class RandomForestClassifier(WithProbabilities, ensemble.RandomForestClassifier):
    """Random forest of one or several labels per row."""


class ExtraTreesClassifier(WithProbabilities, ensemble.ExtraTreesClassifier):
    """Extremely randomized trees of one or several labels per row."""


class DummyClassifier(WithProbabilities, dummy.DummyClassifier):
    """The majority-class baseline, of one or several labels per row."""

    def _take(self, X, rows):
        return rows  # of X only the number of rows counts, and it may be in any container
