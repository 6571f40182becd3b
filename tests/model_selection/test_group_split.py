"""Groups stay whole, whatever makes them; test_scaffolds and test_clusters have the splitters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqestimators.model_selection._group_split import BaseGroupSplit, merge_groups

groupings = st.integers(1, 12).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 4), min_size=n, max_size=n), min_size=1, max_size=3)
)


class SplitByFirstLetter(BaseGroupSplit):
    """The hook alone."""

    def _find_groups(self, X):
        return np.array([ord(row[0]) for row in X])


@settings(max_examples=40)
@given(groupings)
def test_merged_groups_are_the_components_of_what_is_shared(groupings):
    merged = merge_groups(*groupings)
    expected = np.arange(len(merged))
    for _ in range(len(merged)):  # rows of a group take their least number
        for grouping in groupings:
            for group in set(grouping):
                members = np.flatnonzero(np.array(grouping) == group)
                expected[members] = expected[members].min()
    assert (merged[:, None] == merged).tolist() == (expected[:, None] == expected).tolist()


def test_the_hook_is_all_that_a_splitter_needs():
    X = ["ab", "a", "b", "bc", "c", "cd"]
    for split in (SplitByFirstLetter(3), SplitByFirstLetter(4, test_size=2, random_state=0)):
        splits = list(split.split(X))
        assert len(splits) == split.get_n_splits()
        for train, test in splits:
            assert [X[i][0] for i in test] == [X[test[0]][0]] * 2
            assert sorted([*train, *test]) == list(range(6))


def test_the_largest_groups_are_trained_on_without_chance():
    [(train, test)] = SplitByFirstLetter(1, test_size=1, shuffle=False).split(["a", "b", "b", "c", "c", "c"])
    assert (train.tolist(), test.tolist()) == ([1, 2, 3, 4, 5], [0])


def test_a_group_that_does_not_fit_is_an_error():
    with pytest.raises(ValueError, match="can't be met without splitting a group: the 2 groups have 2 to 2"):
        next(SplitByFirstLetter(1, test_size=1, random_state=0).split(["a", "a", "b", "b"]))
