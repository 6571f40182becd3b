"""The scores after every epoch, and the callbacks that a user brings."""

import math
from typing import Any

from sklearn.metrics import check_scoring
from skorch.callbacks import BatchScoring, Callback

from .._training import SequenceDataset


class Monitor:
    """Scores an estimator, as it stands, on its training and validation rows.

    Parameters
    ----------
    estimator : BaseRecurrent
    datasets : dict of {str: SequenceDataset}
        "train" and perhaps "valid".
    decides : bool
        Whether the first score of the validation rows decides on early
        stopping: then it must be a finite number.

    Attributes
    ----------
    first : str or None
        Column of the score that decides; None before the first epoch.
    """

    def __init__(self, estimator: Any, datasets: dict[str, SequenceDataset], *, decides: bool):
        self.estimator = estimator
        self.datasets = datasets
        self.decides = decides
        self.first: str | None = None
        self.scorer = check_scoring(estimator, scoring=estimator._scoring())
        self.name = estimator.scoring if isinstance(estimator.scoring, str) else "score"

    def __call__(self) -> dict[str, float]:
        """Return the scores by their columns, "train_..." and "valid_..."."""
        scores: dict[str, float] = {}
        for part, dataset in self.datasets.items():
            scores |= {f"{part}_{name}": score for name, score in self._score(part, dataset).items()}
        if self.decides:
            self.first = next(name for name in scores if name.startswith("valid_"))
            if not math.isfinite(scores[self.first]):
                raise ValueError(
                    f"early stopping needs finite scores, but {self.first.removeprefix('valid_')} of the "
                    f"{len(self.datasets['valid'])} validation rows is {scores[self.first]}, as it is where "
                    "they hold one class only, or a true class has the probability 0: raise "
                    "validation_fraction, choose another score, or leave scoring=None to decide by the loss"
                )
        return scores

    def _score(self, part: str, dataset: SequenceDataset) -> dict[str, float]:
        """Return the scores of one part of the rows by their names."""
        try:
            result = self.scorer(self.estimator, dataset.X, dataset.y)
        except ValueError as error:
            if part == "train" or not self.decides or callable(self.estimator.scoring):
                raise
            raise ValueError(
                f"early stopping can't score the {len(dataset)} validation rows: {error}. If they hold one "
                "class only, raise validation_fraction, choose another score, or leave scoring=None, so that "
                "the loss decides"
            ) from error
        named = result if isinstance(result, dict) else {self.name: result}
        if not named:
            raise ValueError("scoring returns no score, an empty dictionary: give it one at least")
        if "loss" in named:
            raise ValueError("scoring names a score 'loss', which is the name of the loss itself: rename it")
        return {name: _read_score(name, score) for name, score in named.items()}


def _read_score(name: str, score: Any) -> float:
    try:
        return float(score)
    except (TypeError, ValueError):
        raise TypeError(f"scoring returns {score!r} as {name!r}, but a score is one number") from None


def check_callbacks(callbacks: Any, *, has_validation: bool) -> None:
    """Raise an error that names the first callback that can't work here.

    Parameters
    ----------
    callbacks : list or None
        Of skorch callbacks, their classes, or pairs of a name and one.
    has_validation : bool
        Whether validation rows are set aside.

    Raises
    ------
    TypeError
        One is no callback, or one that reads single batches.
    ValueError
        One monitors validation rows, and there are none.
    """
    for i, item in enumerate(callbacks or []):
        callback = item[1] if isinstance(item, tuple) and len(item) == 2 else item
        is_class = isinstance(callback, type) and issubclass(callback, Callback)
        if not is_class and not isinstance(callback, Callback):
            raise TypeError(
                f"callbacks[{i}] is {item!r}: give skorch callbacks, or pairs of a name and a callback"
            )
        if isinstance(callback, BatchScoring) and type(callback).on_batch_end is BatchScoring.on_batch_end:
            raise TypeError(
                f"callbacks[{i}] is a BatchScoring, but batches here hold sequences of similar length, so "
                "that their scores mean little: use EpochScoring"
            )
        monitor = getattr(callback, "monitor", None)
        if not has_validation and isinstance(monitor, str) and monitor.startswith("valid_"):
            raise ValueError(
                f"callbacks[{i}], {type(callback).__name__}, monitors {monitor!r}, but no rows are set aside "
                'for validation: set early_stopping=True, or monitor="train_loss"'
            )
