"""A fitted model, opened: what stands before its last estimator, in pipelines, searches and frozen models."""

from typing import Any

from sklearn.base import MetaEstimatorMixin
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted


def open_model(model: Any) -> tuple[Pipeline | None, Any]:
    """Return the steps before the last estimator, and that estimator.

    Parameters
    ----------
    model : estimator, Pipeline, fitted search or FrozenEstimator
        Any of them may hold another.

    Returns
    -------
    steps : Pipeline or None
        The steps of all pipelines but the last; None if there are none.
    last : estimator

    Raises
    ------
    NotFittedError
        A search isn't fitted.
    TypeError
        A search has kept no model.
    """
    steps: list[Any] = []
    while True:
        if isinstance(model, MetaEstimatorMixin) and hasattr(model, "refit"):  # a search
            check_is_fitted(model)
            if not hasattr(model, "best_estimator_"):
                raise TypeError(f"{type(model).__name__}(refit=False) keeps no fitted model: set refit=True")
            model = model.best_estimator_
        elif isinstance(model, FrozenEstimator):
            model = model.estimator
        elif isinstance(model, Pipeline):
            *before, (_, last) = model.steps
            steps += [_thaw(step) for _, step in before if step not in (None, "passthrough")]
            model = last
        else:
            break
    return Pipeline([(str(i), step) for i, step in enumerate(steps)]) if steps else None, model


def _thaw(step: Any) -> Any:
    return step.estimator if isinstance(step, FrozenEstimator) else step
