"""The one place that imports scikit-learn's private helpers.

They are stable in practice and what third-party estimators need to declare
parameter constraints as scikit-learn's own do; when one of them moves, this
file is the only one to mend.
"""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any, TypeVar

from sklearn.base import BaseEstimator
from sklearn.base import _fit_context as _untyped_fit_context
from sklearn.metrics._scorer import _BaseScorer as _BaseScorer
from sklearn.utils import _safe_indexing as _safe_indexing
from sklearn.utils._metadata_requests import _routing_enabled as _routing_enabled
from sklearn.utils._param_validation import HasMethods as HasMethods
from sklearn.utils._param_validation import Integral as Integral
from sklearn.utils._param_validation import Interval as Interval
from sklearn.utils._param_validation import Options as Options
from sklearn.utils._param_validation import Real as Real
from sklearn.utils._param_validation import RealNotInt as RealNotInt
from sklearn.utils._param_validation import StrOptions as StrOptions
from sklearn.utils._param_validation import make_constraint as make_constraint
from sklearn.utils._param_validation import validate_parameter_constraints as validate_parameter_constraints
from sklearn.utils._param_validation import validate_params as _untyped_validate_params
from sklearn.utils.metaestimators import _BaseComposition as _BaseComposition
from sklearn.utils.validation import _check_method_params as _check_method_params
from sklearn.utils.validation import _check_sample_weight as _check_sample_weight
from sklearn.utils.validation import _check_y as _check_y
from sklearn.utils.validation import _is_fitted
from sklearn.utils.validation import check_is_fitted as _check_with_tags

try:
    from sklearn.callback import CallbackSupportMixin as CallbackSupportMixin
except ImportError:  # before scikit-learn 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands for the mixin of estimators that take scikit-learn's callbacks, where there are none."""


REFERENCE = "https://seqestimators.readthedocs.io/en/latest/api/generated"
"""Where the pages of the reference stand."""

F = TypeVar("F", bound=Callable[..., Any])


class LinkedEstimator(BaseEstimator):
    """An estimator whose box in a notebook links to its page in the reference."""

    _doc_link_module = "seqestimators"
    _doc_link_template = REFERENCE + "/{name}.html"

    def _doc_link_url_param_generator(self) -> dict[str, str]:
        package, room, *_ = type(self).__module__.split(".")
        return {"name": f"{package}.{room}.{type(self).__name__}"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take a state, and the default of each parameter that is newer than it."""
        defaults = {name: one.default for name, one in signature(type(self)).parameters.items()}
        missing = {name: one for name, one in defaults.items() if one is not Parameter.empty}
        super().__setstate__(missing | state)


def check_is_fitted(estimator: BaseEstimator) -> None:
    """Raise scikit-learn's error if an estimator isn't fitted.

    Of one that is, no tags are made: for a single sequence they would take more time than reading it.
    """
    if not _is_fitted(estimator):
        _check_with_tags(estimator)


def _fit_context(fit: F) -> F:
    """Let a method fit check the parameters of its estimator; type checkers see through it."""
    return _untyped_fit_context(prefer_skip_nested_validation=True)(fit)


def _fit_context_of_meta_estimator(fit: F) -> F:
    """Do the same where an inner estimator is to check its own parameters too."""
    return _untyped_fit_context(prefer_skip_nested_validation=False)(fit)


def validate_params(constraints: dict[str, Any], *, nested: bool = False) -> Callable[[F], F]:
    """Return a decorator that lets a function check its parameters; type checkers see through it.

    With `nested`, an estimator that is one of them is to check its own too.
    """
    return _untyped_validate_params(constraints, prefer_skip_nested_validation=not nested)
