"""The one place that imports scikit-learn's private helpers.

They are stable in practice and what third-party estimators need to declare
parameter constraints as scikit-learn's own do; when one of them moves, this
file is the only one to mend.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sklearn.base import _fit_context as _untyped_fit_context
from sklearn.utils._param_validation import (
    HasMethods,
    Integral,
    Interval,
    Options,
    Real,
    RealNotInt,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils._param_validation import validate_params as _untyped_validate_params
from sklearn.utils.validation import _check_sample_weight, _check_y

__all__ = [
    "HasMethods",
    "Integral",
    "Interval",
    "Options",
    "Real",
    "RealNotInt",
    "StrOptions",
    "_check_sample_weight",
    "_check_y",
    "_fit_context",
    "validate_parameter_constraints",
    "validate_params",
]

F = TypeVar("F", bound=Callable[..., Any])


def _fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[F], F]:
    """Return scikit-learn's decorator of fit, which type checkers see through."""
    return _untyped_fit_context(prefer_skip_nested_validation=prefer_skip_nested_validation)


def validate_params(
    parameter_constraints: dict[str, Any], *, prefer_skip_nested_validation: bool
) -> Callable[[F], F]:
    """Return scikit-learn's decorator of functions, which type checkers see through."""
    return _untyped_validate_params(
        parameter_constraints, prefer_skip_nested_validation=prefer_skip_nested_validation
    )
