"""What meta-estimators of strings have in common: copies of rows in fit, and answers to several."""

from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.validation import check_is_fitted

from .._sklearn import (
    HasMethods,
    Integral,
    Interval,
    _check_method_params,
    _fit_context_of_meta_estimator,
    _routing_enabled,
    _safe_indexing,
)
from ..preprocessing.base import StringInput
from ..sequences import read_weights
from ._fit_parameters import find_keyword, name_fit_parameters
from .augmenters import read_strings

__all__ = ["BaseAugmented"]


class BaseAugmented(StringInput):
    """Trains an estimator on several strings for each row, and averages its answers over several."""

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": [HasMethods(["fit", "predict"])],
        "augmenter": [HasMethods(["augment"])],
        "n_copies": [Interval(Integral, 1, None, closed="left")],
        "n_averaged": [Interval(Integral, 0, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self, estimator: Any, augmenter: Any, n_copies: int, *, n_averaged: int = 0, random_state: Any = None
    ):
        self.estimator = estimator
        self.augmenter = augmenter
        self.n_copies = n_copies
        self.n_averaged = n_averaged
        self.random_state = random_state

    @_fit_context_of_meta_estimator
    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None, **fit_params: Any) -> Self:
        """Fit the estimator to the rows and their copies.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            Strings, in any container that
            :func:`~seqestimators.sequences.check_sequences` reads.
        y : array-like of shape (n,) or (n, n_outputs)
            What the estimator learns.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0, which its copies share.
        groups : array-like of shape (n,) or None, default=None
            For an estimator whose fit takes `groups`, as the recurrent ones do
            to set rows aside. None makes a group of every row and its copies,
            so that they stay together.
        **fit_params : dict
            What else the estimator's fit takes: ``step__parameter`` of a
            Pipeline or, where scikit-learn's metadata routing is on, the
            metadata that it requests. What has one value for each row is
            repeated for the copies.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError
            X and y differ in their number of rows; `n_copies` or `n_averaged`
            ask for more than the augmenter has; the estimator is of another
            kind; or `sample_weight` or `groups` are given, and its fit takes
            none.
        InvalidSequenceError
            A row can't be read; the message names it.
        """
        self._check_parts()
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: give one per row"
            )
        sequences = self._read(X)
        values = {"sample_weight": sample_weight, "groups": groups}
        if not _routing_enabled():  # a Pipeline's name for the same
            for name in values:
                keyword = find_keyword(self.estimator, name)
                if values[name] is None and keyword in fit_params:
                    values[name] = fit_params.pop(keyword)
        check_consistent_length(sequences, y, *values.values())

        random = check_random_state(self.random_state)
        strings = list(sequences)
        for _ in range(self.n_copies - 1):
            strings += self._vary(sequences, random)
        self.seed_ = int(random.randint(2**31 - 1))

        rows = np.tile(np.arange(len(sequences)), self.n_copies)
        given = {name: _safe_indexing(value, rows) for name, value in values.items() if value is not None}
        own = {}
        if self.n_copies > 1:
            own = {"sample_weight": np.full(len(rows), 1 / self.n_copies), "groups": rows}
        if "sample_weight" in given:
            weight = read_weights(given["sample_weight"], len(rows))
            given["sample_weight"] = weight / self.n_copies
        own = {name: value for name, value in own.items() if name not in given}
        params = _check_method_params(sequences, fit_params, rows)
        keywords = name_fit_parameters(self, self.estimator, given, own, params)
        self.estimator_ = clone(self.estimator).fit(strings, _safe_indexing(y, rows), **keywords)
        return self

    def _check_parts(self):
        raise NotImplementedError

    def _check_variants(self, name, n_others):
        n_variants = getattr(self.augmenter, "n_variants", None)
        if n_variants is not None and n_others > n_variants:
            raise ValueError(
                f"{name}={getattr(self, name)} asks for {n_others} other strings of each, but "
                f"{type(self.augmenter).__name__} has {n_variants}: set it to "
                f"{getattr(self, name) - n_others + n_variants} at most"
            )

    def _read(self, X):
        return read_strings(X, self.augmenter)

    def _vary(self, sequences, random):
        varied = list(self.augmenter.augment(sequences, random))
        if len(varied) != len(sequences):
            raise ValueError(
                f"{type(self.augmenter).__name__}.augment made {len(varied)} rows of {len(sequences)}: "
                "return one for each"
            )
        return varied

    def _answers(self, X, method):
        """Answers to the strings, and to each of the copies: of shape (1 + n_averaged, n, ...)."""
        check_is_fitted(self)
        self._check_variants("n_averaged", self.n_averaged)
        sequences = self._read(X)
        answer = getattr(self.estimator_, method)
        random = np.random.RandomState(self.seed_)
        answers = [answer(sequences)]
        answers += [answer(self._vary(sequences, random)) for _ in range(self.n_averaged)]
        if isinstance(answers[0], list):
            raise TypeError(
                f"{method} of {type(self.estimator_).__name__} gives a list, an item for each output, which "
                "can't be averaged: train one model an output"
            )
        return np.stack(answers)

    def _summarize(self, answers, return_std):
        """The mean answer and, where asked for, the standard deviation."""
        mean = answers.mean(axis=0)
        if not return_std:
            return mean
        if not self.n_averaged:
            raise ValueError(
                f"return_std=True needs several answers, but {type(self).__name__} has n_averaged=0: set it, "
                "before or after fit"
            )
        return mean, answers.std(axis=0)

    @property
    def n_features_in_(self) -> int:
        """Number of columns that the fitted estimator has seen, if it says so."""
        return self.estimator_.n_features_in_

    def get_metadata_routing(self) -> MetadataRouter:
        """Return who takes which metadata, for scikit-learn's metadata routing.

        Returns
        -------
        MetadataRouter
        """
        router = MetadataRouter(owner=type(self).__name__).add_self_request(self)
        return router.add(
            estimator=self.estimator, method_mapping=MethodMapping().add(caller="fit", callee="fit")
        )
