"""What both lists of checks share: how a check is run, and that something raises an error."""

import copy
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sklearn.base import clone

# What a check runs on: a name for messages, and the arguments behind the estimator
Sample = tuple[str, tuple[Any, ...]]


class Check:
    """One check of one estimator, on all the data that it reads; called with that estimator.

    Parameters
    ----------
    function : callable
        It gets a clone of the estimator, then a copy of the data. Its name and
        docstring are those of the check.
    find_samples : callable
        Returns the data, a list of pairs (name, arguments).
    """

    def __init__(self, function: Callable[..., None], find_samples: Callable[[], Iterable[Sample]]) -> None:
        self.function = function
        self.find_samples = find_samples
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def __call__(self, estimator: Any) -> None:
        for name, data in self.find_samples():
            try:
                self.function(seeded(estimator), *copy.deepcopy(data))
            except AssertionError as error:
                detail = f": {error}" if str(error) else ""
                raise AssertionError(
                    f"{self.__name__} fails for {type(estimator).__name__} on {name}. {self.__doc__}{detail}"
                ) from error


def checks_in(namespace: dict[str, Any]) -> list[Callable[..., None]]:
    """Return the checks that a file defines, in its order: its private functions called ``check_*``."""
    return [
        function
        for name, function in namespace.items()
        if name.startswith("check_") and name not in namespace["__all__"]
    ]


def make_checks(
    functions: Sequence[Callable[..., None]], find_samples: Callable[[], Iterable[Sample]]
) -> list[Check]:
    """Make the checks of one estimator, which look for its data once, when the first of them runs."""
    samples = cache(find_samples)
    return [Check(function, samples) for function in functions]


def seeded(estimator: Any) -> Any:
    """Return a clone that repeats itself."""
    estimator = clone(estimator)
    return estimator.set_params(random_state=0) if "random_state" in estimator.get_params() else estimator


def assert_raises(
    error_type: type[Exception] | tuple[type[Exception], ...],
    function: Callable[[Any], Any],
    X: Any,
    mentions: str = "",
) -> None:
    """Assert that a function of X raises an error, with a message that mentions something."""
    try:
        function(X)
    except error_type as error:
        message = str(error)
    else:
        raise AssertionError(f"{str(X)[:60]} is accepted, an error expected")
    assert mentions in message, f"the message {message!r} doesn't name {mentions}"
