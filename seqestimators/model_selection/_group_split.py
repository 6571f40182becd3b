"""Cross-validation that never splits a group, whatever makes the groups."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_random_state

from .._sklearn import Integral, Interval, RealNotInt, validate_parameter_constraints
from ..parameters import parameter, with_parameters

AT_LEAST_1 = Interval(Integral, 1, None, closed="left")
SHARE = Interval(RealNotInt, 0, 1, closed="neither")


@with_parameters
class BaseGroupSplit(BaseCrossValidator):
    """Splitter of rows into groups that subclasses find in X. One hook: `_find_groups`.

    Parameters
    ----------
    n_splits : int
        Number of splits; at least 1, and 2 for folds.
    test_size : float, int or None
        None makes `n_splits` folds: every row is tested on once. Else each
        split is drawn for itself, and its test set has this share, or this
        number, of the rows.
    shuffle : bool
        Whether chance decides where a group goes.
    random_state : int, RandomState instance or None
        Order of the groups. An int makes the splits repeatable.
    """

    __metadata_request__split = {"groups": True}

    n_splits: int = parameter(default=5, constraints=[AT_LEAST_1], kw_only=False)
    test_size: float | None = parameter(default=None, constraints=[SHARE, AT_LEAST_1, None])
    shuffle: bool = parameter(default=True, constraints=["boolean"])
    random_state: Any = parameter(default=None, constraints=["random_state"])

    def __post_init__(self) -> None:
        validate_parameter_constraints(
            self._parameter_constraints, vars(self), caller_name=type(self).__name__
        )
        if self.test_size is None and self.n_splits < 2:
            raise ValueError(
                f"n_splits={self.n_splits} folds leave nothing to train on: take at least 2, or set "
                "test_size for a single split"
            )
        if self.test_size is not None and not self.shuffle and self.n_splits > 1:
            raise ValueError(
                f"n_splits={self.n_splits} with test_size={self.test_size} and shuffle=False would be the "
                f"same split {self.n_splits} times: set n_splits=1, shuffle=True, or test_size=None for folds"
            )
        if not self.shuffle and self.random_state is not None:
            raise ValueError(
                f"random_state={self.random_state!r} has no effect with shuffle=False: leave it None or set "
                "shuffle=True"
            )

    @abstractmethod
    def _find_groups(self, X: Any) -> np.ndarray:
        """Group number of every row of X, ndarray of shape (n_samples,)."""

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of splits.

        Parameters
        ----------
        X, y, groups : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        int
            `n_splits`.
        """
        return self.n_splits

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the rows to train on and those to test on, for each split.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Sequences, in any container that :func:`check_sequences` reads.
        y : array-like of shape (n_samples,) or None, default=None
            Ignored but for its length.
        groups : array-like of shape (n_samples,) or None, default=None
            Further groups: rows of the same one stay together, too.

        Yields
        ------
        train : ndarray of shape (n_train,), dtype int64
            Rows to train on, in rising order.
        test : ndarray of shape (n_test,), dtype int64
            Rows to test on, in rising order.

        Raises
        ------
        InvalidSequenceError
            A row can't be read.
        ValueError
            There are too few groups for `n_splits` and `test_size`.
        """
        return super().split(X, y, groups)

    def _iter_test_indices(self, X=None, y=None, groups=None):
        found = self._find_groups(X)
        if groups is not None:
            found = merge_groups(found, groups)
        _, first, group, sizes = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
        random = check_random_state(self.random_state) if self.shuffle else None
        if self.test_size is None:
            fold_of_group = self._fold_groups(first, sizes, random)
            for fold in range(self.n_splits):
                yield np.flatnonzero(fold_of_group[group] == fold)
        else:
            n_test = self._count_test_rows(self.test_size, len(group), len(sizes))
            for _ in range(self.n_splits):
                yield np.flatnonzero(self._draw_test_groups(first, sizes, n_test, random)[group])

    def _fold_groups(self, first, sizes, random):
        """Fold of every group: the largest first, each to the smallest fold so far."""
        if len(sizes) < self.n_splits:
            raise ValueError(
                f"n_splits={self.n_splits} folds need as many groups, but X has {len(sizes)}: lower n_splits "
                "or make the groups smaller"
            )
        ties = first if random is None else random.permutation(len(sizes))
        folds = np.zeros(self.n_splits, dtype=np.int64)
        fold_of_group = np.empty(len(sizes), dtype=np.int64)
        for group in np.lexsort((ties, -sizes)):
            fold_of_group[group] = lightest = np.argmin(folds)
            folds[lightest] += sizes[group]
        return fold_of_group

    def _count_test_rows(self, test_size, n_rows, n_groups):
        n_test = int(np.ceil(test_size * n_rows)) if test_size < 1 else int(test_size)
        if n_test >= n_rows or n_groups < 2:
            raise ValueError(
                f"test_size={test_size} leaves nothing to train on: X has {n_rows} rows in {n_groups} "
                "group(s). Lower test_size or make the groups smaller"
            )
        return n_test

    def _draw_test_groups(self, first, sizes, n_test, random):
        """Whether each group is tested on, ndarray of shape (n_groups,), dtype bool."""
        tested = np.zeros(len(sizes), dtype=bool)
        if random is None:  # MoleculeNet: training is filled with the largest, what doesn't fit is tested
            room, order, chosen = sizes.sum() - n_test, np.lexsort((-first, -sizes)), ~tested
        else:
            room, order, chosen = n_test, random.permutation(len(sizes)), tested
        for group in order:
            if sizes[group] <= room:
                room -= sizes[group]
                chosen[group] = random is not None
        if not 0 < chosen.sum() < len(sizes):
            raise ValueError(
                f"test_size={self.test_size} of {sizes.sum()} rows can't be met without splitting a group: "
                f"the {len(sizes)} groups have {sizes.min()} to {sizes.max()} rows. Change test_size or make "
                "the groups smaller"
            )
        return chosen


def merge_groups(*groupings: Any) -> np.ndarray:
    """Number the classes of rows that share a group in any of several groupings.

    Each grouping is an array-like of shape (n_rows,); so is the result.
    """
    numbered = [np.unique(np.asarray(one), return_inverse=True)[1].ravel() for one in groupings]
    n_rows = len(numbered[0])
    offset, rows, nodes = n_rows, [], []
    for one in numbered:
        rows.append(np.arange(n_rows))
        nodes.append(offset + one)
        offset += one.max() + 1
    ends = np.concatenate(rows), np.concatenate(nodes)
    graph = coo_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(offset, offset))
    return connected_components(graph, directed=False)[1][:n_rows]
