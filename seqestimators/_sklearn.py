"""The one place that imports scikit-learn's private helpers.

They are stable in practice and what third-party estimators need to declare
parameter constraints as scikit-learn's own do; when one of them moves, this
file is the only one to mend.
"""

from sklearn.base import _fit_context
from sklearn.utils._param_validation import (
    HasMethods,
    Integral,
    Interval,
    Options,
    Real,
    RealNotInt,
    StrOptions,
    validate_params,
)
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
    "validate_params",
]
