"""Weights of several targets, or labels, of a row."""

from typing import Any

import numpy as np

from ._class_weights import weigh_classes


def check_task_weight(task_weight: Any, loss: Any) -> None:
    """Raise an error if weights of tasks are none, or the loss can't take them.

    Parameters
    ----------
    task_weight : array-like of shape (n_tasks,) or None
    loss : str or callable

    Raises
    ------
    ValueError
        A weight is no finite number of at least 0, all are 0, or the loss is
        a callable.
    """
    if task_weight is None:
        return
    try:
        weights = np.asarray(task_weight, dtype=np.float64)
    except (TypeError, ValueError):
        weights = np.array(np.nan)
    if weights.ndim != 1 or not (weights >= 0).all() or not np.isfinite(weights).all() or not weights.any():
        raise ValueError(
            f"task_weight={task_weight!r}: give a finite number of at least 0 for each task, not all 0"
        )
    if callable(loss):
        raise ValueError(
            "task_weight weighs the losses of single targets, but a callable loss gives one number a row: "
            "weigh the targets in it, and set task_weight=None"
        )


def weigh_tasks(task_weight: Any, n_tasks: int, sample_weight: np.ndarray) -> np.ndarray:
    """Return the weights of rows, or of every target where tasks have weights.

    Parameters
    ----------
    task_weight : array-like of shape (n_tasks,) or None
        As `check_task_weight` passes it.
    n_tasks : int
    sample_weight : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n,) or (n, n_tasks)

    Raises
    ------
    ValueError
        There are more or fewer tasks.
    """
    if task_weight is None:
        return sample_weight
    weights = np.asarray(task_weight, dtype=np.float64)
    if len(weights) != n_tasks:
        raise ValueError(
            f"task_weight has {len(weights)} numbers, but y has {n_tasks} columns: give one a column"
        )
    return sample_weight[:, None] * weights


def weigh_labels(
    class_weight: Any, task_weight: Any, table: np.ndarray, sample_weight: np.ndarray
) -> np.ndarray:
    """Return the weights of rows, or of every label where tasks or classes have weights.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        Of 0 and 1 in every column.
    task_weight : array-like of shape (n_labels,) or None
    table : ndarray of shape (n, n_labels)
        0, 1, or NaN where a label is not known.
    sample_weight : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n,) or (n, n_labels)
    """
    weights = weigh_tasks(task_weight, table.shape[1], sample_weight)
    if class_weight is None:
        return weights
    weights = np.broadcast_to(weights.reshape(len(table), -1), table.shape).copy()
    for j, labels in enumerate(table.T):
        known = np.flatnonzero(~np.isnan(labels) & (weights[:, j] > 0))
        if not len(known):
            continue
        classes, index = np.unique(labels[known].astype(np.int64), return_inverse=True)
        weights[known, j] = weigh_classes(class_weight, classes, index, weights[known, j])
    return weights
