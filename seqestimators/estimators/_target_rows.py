"""Targets that are sequences: read into rows that still show what they were."""

from typing import Any

import numpy as np

from ..sequences import object_array, read_targets, to_kind

KINDS = {str: "string", list: "list", tuple: "tuple", np.ndarray: "array"}


class SequenceTargets:
    """The part of an estimator whose targets are sequences, and come back as what they were."""

    target_kind_: str

    def _read_target(self, y: Any) -> np.ndarray:
        """Return rows of the kind of y, an object array of str, list, tuple, or arrays of objects."""
        rows, kind = read_targets(y)
        if kind in ("string", "list"):
            return object_array(rows)
        return to_kind([object_array(row) for row in rows], kind)

    def _learn_target(self, y: Any, sequences: Any, sample_weight: Any, classes: Any = None) -> None:
        self.target_kind_ = KINDS[type(y[0])]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags._skip_test = True  # scikit-learn's checks know one label a row
        return tags
