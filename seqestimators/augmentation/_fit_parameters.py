"""How the fit of an estimator takes a value for every row, such as its weight."""

from typing import Any

from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import get_routing_for_object, process_routing
from sklearn.utils.validation import has_fit_parameter

from .._sklearn import _routing_enabled

__all__ = ["find_keyword", "name_fit_parameters"]


def find_keyword(estimator: Any, name: str) -> str | None:
    """Return the keyword by which the fit of an estimator takes a value for every row.

    Parameters
    ----------
    estimator : estimator
    name : str
        What it is called, such as "sample_weight".

    Returns
    -------
    str or None
        Of a Pipeline ``step__name`` of its last step, as Pipeline asks for it
        while metadata routing is off. None where fit names no such parameter.
    """
    if isinstance(estimator, Pipeline):
        step, last = estimator.steps[-1]
        keyword = find_keyword(last, name)
        return None if keyword is None else f"{step}__{keyword}"
    if isinstance(estimator, TransformedTargetRegressor) and estimator.regressor is not None:
        return find_keyword(estimator.regressor, name)  # to which it hands everything on
    return name if has_fit_parameter(estimator, name) else None


def name_fit_parameters(
    owner: Any, estimator: Any, given: dict[str, Any], own: dict[str, Any], params: dict[str, Any]
) -> dict[str, Any]:
    """Return the keywords of an estimator's fit.

    Parameters
    ----------
    owner : estimator
        A meta-estimator, which routes metadata to its one `estimator`.
    estimator : estimator
    given : dict of {str: array-like}
        Values for every row that a user gave to the owner. The estimator has
        to take them.
    own : dict of {str: array-like}
        Those that the owner adds, for an estimator that takes them.
    params : dict
        Keywords of the estimator's fit, or its metadata.

    Returns
    -------
    dict
        With metadata routing, what the estimator requests of them; without,
        `params` and those whose keywords are found.

    Raises
    ------
    ValueError
        The estimator takes no such value, or, with routing, hasn't been told
        whether to.
    """
    if _routing_enabled():
        requested = get_routing_for_object(estimator).consumes("fit", own.keys())
        own = {name: values for name, values in own.items() if name in requested}
        return dict(process_routing(owner, "fit", **own, **given, **params).estimator.fit)
    keywords = dict(params)
    for name, values in (own | given).items():
        keyword = find_keyword(estimator, name)
        if keyword is not None:
            keywords[keyword] = values
        elif name in given:
            raise ValueError(
                f"{type(owner).__name__} was given {name}, but fit of {_name_of_last(estimator)} takes none: "
                "leave it out, or choose another estimator"
            )
    return keywords


def _name_of_last(estimator):
    return _name_of_last(estimator[-1]) if isinstance(estimator, Pipeline) else type(estimator).__name__
