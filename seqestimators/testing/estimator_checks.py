"""Common tests of estimators of sequences, which scikit-learn's own leave out: those know matrices."""

import copy
import io
import pickle
import random
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from ..preprocessing import Padder
from ..sequences import UNKNOWN, object_array
from ._checks import Check, Sample, assert_raises, checks_in, make_checks, seeded

__all__ = ["check_sequence_estimator", "estimator_checks"]

_METHODS = ("predict", "predict_proba", "decision_function", "transform", "score_samples", "predict_next")


def check_sequence_estimator(estimator: Any) -> None:
    """Check that an estimator treats sequences as those of this library do.

    The checks cover padding, batches and the order of rows, ragged and padded
    input, agreement of containers, repeatable fits, cloning and pickling,
    empty and single sequences, unknown token ids, estimators that are not
    fitted, the input and the global random generators left as they are, and
    strings. They run on token ids and on numeric series, whichever the
    estimator reads.

    Parameters
    ----------
    estimator : estimator object
        Estimator to check, with scikit-learn's tags: a classifier, a
        regressor, a density estimator without a target, or one whose targets
        are sequences, with a label or a number per step (or per `stride`
        steps).
        It is cloned, never fitted itself. `random_state`, if there is one, is
        set to 0. Parameters that make fit fast keep the checks short. Its class
        stands at the top of a module, as pickle asks for.

    Raises
    ------
    AssertionError
        A check fails; its docstring says what it asks for.
    ValueError
        The estimator reads neither token ids nor numeric series.

    See Also
    --------
    parametrize_with_sequence_checks : One test of pytest a check.
    check_sequence_tokenizer : The same for tokenizers.
    sklearn.utils.estimator_checks.check_estimator : The checks of matrices.

    Notes
    -----
    Results for the same sequence may differ by rounding, relatively by 1e-9
    in float64 and 1e-4 in float32. Refits and pickles agree to the bit.

    Examples
    --------
    >>> from seqestimators import RecurrentClassifier
    >>> from seqestimators.testing import check_sequence_estimator
    >>> check_sequence_estimator(RecurrentClassifier(hidden_size=4, max_epochs=1))
    """
    for check in estimator_checks(estimator):
        check(estimator)


def estimator_checks(estimator: Any) -> list[Check]:
    """Return all checks of an estimator."""
    return make_checks(checks_in(globals()), lambda: _find_samples(seeded(estimator)))


def _find_samples(estimator: Any) -> list[Sample]:
    """Token ids and numeric series, each if the estimator reads it."""
    random_state = np.random.RandomState(0)
    stride = getattr(estimator, "stride", 1)
    lengths = stride * random_state.permutation(np.arange(18) % 6 + 1)
    samples = [
        ("token ids", [random_state.randint(4, 9, size=length) for length in lengths]),
        ("numeric series", [random_state.normal(size=(length, 2)) for length in lengths]),
    ]
    targets: list[Any] = [None]
    if is_classifier(estimator):
        targets = [np.where(np.arange(18) % 3 == 0, "yes", "no")]
    elif is_regressor(estimator):
        targets = [lengths * 1.5]
    elif get_tags(estimator).target_tags.required:
        labels = ["HE" * (n // stride // 2) + "E" * (n // stride % 2) for n in lengths]
        numbers = [random_state.normal(size=n // stride) for n in lengths]
        targets = [object_array(labels), object_array(numbers)]
    if getattr(estimator, "input", "auto") == "values":
        del samples[0]  # whole numbers are values, then, and 0 no padding
    readable: list[Sample] = []
    errors = []
    for y in targets:
        for kind, X in samples:
            try:
                clone(estimator).fit(copy.deepcopy(X), copy.deepcopy(y))
            except (TypeError, ValueError) as error:
                errors.append(f"{kind}: {error}")
            else:
                readable.append((kind, (X, y)))
        if readable:
            break
    if not readable:
        raise ValueError(
            f"{type(estimator).__name__} reads neither token ids nor numeric series. {' '.join(errors)}"
        )
    return readable


def check_parameters(estimator, X, y):
    """Fit returns the estimator and changes none of its parameters."""
    before = copy.deepcopy(estimator.get_params())
    assert estimator.fit(X, y) is estimator
    after = estimator.get_params()
    assert [name for name in before if repr(after[name]) != repr(before[name])] == []


def check_not_fitted(estimator, X, y):
    """Before fit, every method that predicts raises NotFittedError."""
    for method in _methods(estimator):
        assert_raises(NotFittedError, getattr(estimator, method), X)


def check_input_is_unchanged(estimator, X, y):
    """Fit and predict leave X and y as they were."""
    rows, targets = copy.deepcopy(X), copy.deepcopy(y)
    _outputs(estimator.fit(X, y), X)
    assert len(rows) == len(X)
    for row, before in zip(X, rows, strict=True):
        np.testing.assert_array_equal(row, before)
    for target, before in zip(() if y is None else y, () if y is None else targets, strict=True):
        np.testing.assert_array_equal(target, before)


def check_outputs(estimator, X, y):
    """Outputs have one finite row per sequence, labels are known ones, probabilities sum to 1."""
    results = _outputs(estimator.fit(X, y), X)
    for name, result in results.items():
        assert len(result) == len(X), f"{name} gives {len(result)} rows for {len(X)} sequences"
        assert _is_finite(result), f"{name} is not finite"
    if is_classifier(estimator):
        np.testing.assert_array_equal(estimator.classes_, np.unique(y))
        assert set(estimator.predict(X)) <= set(y)
    if "predict_proba" in results and is_classifier(estimator):
        np.testing.assert_allclose(results["predict_proba"].sum(axis=1), 1, rtol=1e-5)


def check_padding(estimator, X, y):
    """Padding behind sequences, little or much, doesn't change what is predicted for them."""
    expected = _outputs(estimator.fit(X, y), X)
    for extra in (0, 1, 100):
        _assert_close(_outputs(estimator, _pad(X, extra)), expected, f"{extra} pads behind the longest")


def check_batches_and_order(estimator, X, y):
    """What is predicted for a sequence depends neither on the others nor on their order."""
    expected = _outputs(estimator.fit(X, y), X)
    reverse = {name: result[::-1] for name, result in expected.items()}
    _assert_close(_outputs(estimator, X[::-1]), reverse, "rows in reverse")
    ones = [_outputs(estimator, [row]) for row in X]
    single = {name: np.concatenate([one[name] for one in ones]) for name in expected}
    _assert_close(single, expected, "one row at a time")
    many = {name: np.concatenate([result] * 20) for name, result in expected.items()}
    _assert_close(_outputs(estimator, X * 20), many, "all rows twenty times")


def check_batch_size(estimator, X, y):
    """If `batch_size` is a parameter, predictions don't depend on it."""
    expected = _outputs(estimator.fit(X, y), X)
    if "batch_size" in estimator.get_params():
        for batch_size in (1, 5, 100):
            estimator.set_params(batch_size=batch_size)
            restored = pickle.loads(pickle.dumps(estimator))
            for model in (estimator, restored):
                _assert_close(_outputs(model, X), expected, f"batch_size={batch_size}")


def check_ragged_and_padded_fit(estimator, X, y):
    """A fit to padded sequences equals one to ragged sequences."""
    expected = _outputs(clone(estimator).fit(X, y), X)
    padded = _pad(X, 2)
    _assert_close(_outputs(estimator.fit(padded, y), padded), expected, "padded in fit")


def check_containers(estimator, X, y):
    """Lists, tuples, object arrays, columns and Series of the same rows give the same, in fit too."""
    rows = object_array(X)
    index = range(5, 5 + len(X))
    containers = [
        tuple(X),
        [row.tolist() for row in X],
        rows,
        rows[:, None],
        pd.Series(X, index=index),
        pd.DataFrame({"x": rows}, index=index),
    ]
    expected = _outputs(estimator.fit(X, y), X)
    for container in containers:
        where = f"container {type(container).__name__}"
        _assert_equal(_outputs(estimator, container), expected, f"{where} in predict")
        _assert_equal(_outputs(clone(estimator).fit(container, y), X), expected, f"{where} in fit")


def check_refit(estimator, X, y):
    """With the same random_state, a fit repeats to the bit and forgets the one before."""
    if getattr(estimator, "random_state", 0) is None or getattr(estimator, "warm_start", False):
        return
    expected = _outputs(clone(estimator).fit(X, y), X)
    _assert_equal(_outputs(clone(estimator).fit(X, y), X), expected, "another fit")
    estimator.fit(X[::2], _take(y, slice(None, None, 2)))
    _assert_equal(_outputs(estimator.fit(X, y), X), expected, "fit after another")


def check_clone(estimator, X, y):
    """A clone of a fitted estimator has its parameters and isn't fitted."""
    other = clone(estimator.fit(X, y))
    assert repr(other.get_params()) == repr(estimator.get_params())
    for method in _methods(other):
        assert_raises(NotFittedError, getattr(other, method), X)


def check_pickle(estimator, X, y):
    """Read back from pickle, joblib or deepcopy, a fitted estimator predicts the same to the bit."""
    expected = _outputs(estimator.fit(X, y), X)
    file = io.BytesIO()
    joblib.dump(estimator, file)
    file.seek(0)
    _assert_equal(_outputs(pickle.loads(pickle.dumps(estimator)), X), expected, "pickle")
    _assert_equal(_outputs(joblib.load(file), X), expected, "joblib")
    _assert_equal(_outputs(copy.deepcopy(estimator), X), expected, "deepcopy")


def check_empty_and_single(estimator, X, y):
    """One sequence is enough for predict, and an empty one is a sequence."""
    expected = _outputs(estimator.fit(X, y), X)
    empty = X[0][:0]
    alone = _outputs(estimator, [empty])
    assert all(len(result) == 1 for result in alone.values())
    assert all(map(_is_finite, alone.values()))
    mixed = _outputs(estimator, [empty, X[0], empty])
    parts = (alone, {name: result[:1] for name, result in expected.items()}, alone)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in expected}
    _assert_close(mixed, joined, "an empty sequence on both sides")
    if y is not None and y.dtype == object:  # a target for every step
        y = y.copy()
        y[0] = y[0][:0]
    _outputs(estimator.fit([empty, *X[1:]], y), X)


def check_unknown_ids(estimator, X, y):
    """A token id that fit hasn't seen counts as UNKNOWN, however large it is."""
    if X[0].ndim > 1:
        return
    estimator.fit([np.where(row == 6, 5, row) for row in X], y)
    unknown = np.tile([4, UNKNOWN, 5, UNKNOWN], getattr(estimator, "stride", 1))
    for strange in (6, 9, 10**6):
        row = np.where(unknown == UNKNOWN, strange, unknown)
        _assert_close(_outputs(estimator, [row]), _outputs(estimator, [unknown]), f"id {strange}")


def check_global_generators(estimator, X, y):
    """The global generators of torch, numpy and random stay as they are, from fit to unpickling."""
    if getattr(estimator, "random_state", 0) is None:
        return
    import torch  # here, so that tokenizers can be checked without it

    def states():
        name, keys, *rest = np.random.get_state(legacy=True)  # noqa: NPY002 -- the global one
        return random.getstate(), name, list(keys), rest, torch.get_rng_state().tolist()

    before = states()
    _outputs(pickle.loads(pickle.dumps(estimator.fit(X, y))), X)
    for now, then, name in zip(states(), before, ("random", *["numpy"] * 3, "torch"), strict=True):
        assert now == then, f"the generator of {name} has moved"


def check_strings(estimator, X, y):
    """Strings are an error in fit and in predict that names a tokenizer to put before."""
    strings = ["AC", "ACG"] * (len(X) // 2)
    predict = getattr(clone(estimator).fit(X, y), _methods(estimator)[0])
    for rows in (strings, np.array(strings, dtype=object), [list(row) for row in strings]):
        assert_raises((TypeError, ValueError), lambda X: estimator.fit(X, y), rows, mentions="okenizer")
        assert_raises((TypeError, ValueError), predict, rows, mentions="okenizer")


def check_bad_input(estimator, X, y):
    """A bare string, an empty X, missing rows and a y of other length are errors."""
    predict = getattr(clone(estimator).fit(X, y), _methods(estimator)[0])
    for method in (lambda X: estimator.fit(X, _take(y, slice(len(X)))), predict):
        assert_raises(ValueError, method, "AC")
        assert_raises(ValueError, method, [])
        assert_raises(ValueError, method, [X[0], None, *X[2:]], mentions="row 1")
    if y is not None:
        assert_raises(ValueError, lambda X: estimator.fit(X, y[1:]), X)


def _methods(estimator):
    return [name for name in _METHODS if hasattr(estimator, name)]


def _outputs(estimator, X):
    """All outputs for X; labels only where no score stands behind them, since scores may tie."""
    names = _methods(estimator)
    if {"predict", "predict_proba"} <= set(names) or {"predict", "decision_function"} <= set(names):
        names.remove("predict")
        estimator.predict(X)
    return {name: np.asarray(getattr(estimator, name)(X)) for name in names}


def _take(y, rows):
    return None if y is None else y[rows]


def _parts(result):
    """An array of numbers as it is; of an object array, each row by itself."""
    if result.dtype.kind != "O":
        return [result]
    return [row if isinstance(row, np.ndarray) else np.array([row]) for row in result]


def _pad(X, extra):
    """Sequences of one length: token ids with 0 behind, values with NaN."""
    padded = Padder(length=max(map(len, X)) + extra).fit_transform(X)
    if padded.ndim == 3:
        return padded  # in a list, NaN may be steps in which nothing was observed
    # Ragged fits accept any width; as lists of rows, a fit to these learns none either.
    return list(padded)


def _is_finite(result):
    return all(np.isfinite(part).all() for part in _parts(result) if part.dtype.kind == "f")


def _assert_close(actual, expected, where):
    for name, result in expected.items():
        assert len(actual[name]) == len(result), f"{name}: {where}"
        for part, other in zip(_parts(result), _parts(actual[name]), strict=True):
            if part.dtype.kind != "f":
                np.testing.assert_array_equal(other, part, err_msg=f"{name}: {where}")
                continue
            tolerance = 1e-9 if part.dtype == np.float64 and other.dtype == np.float64 else 1e-4
            scale = np.abs(part).max(initial=1)
            np.testing.assert_allclose(
                other, part, rtol=tolerance, atol=tolerance * scale, err_msg=f"{name}: {where}"
            )


def _assert_equal(actual, expected, where):
    for name, result in expected.items():
        for part, other in zip(_parts(result), _parts(actual[name]), strict=True):
            np.testing.assert_array_equal(other, part, err_msg=f"{name}: {where}")
