"""Series of any container, one item each."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import cross_val_score

from seqestimators import RecurrentClassifier
from seqestimators.preprocessing import read_series

SERIES = [np.random.RandomState(i).normal(size=(2 + i % 3, 2)) for i in range(8)]


def test_a_long_frame_becomes_one_array_a_series():
    index = pd.MultiIndex.from_tuples([(i, t) for i, one in enumerate(SERIES) for t in range(len(one))])
    found = read_series(pd.DataFrame(np.concatenate(SERIES), index))
    for one, series in zip(found, SERIES, strict=True):
        np.testing.assert_array_equal(one, series)
    model = RecurrentClassifier(hidden_size=2, max_epochs=1)
    assert len(cross_val_score(model, found, [0, 1] * 4, cv=2)) == 2


def test_layout_type_and_missing_values():
    nan = np.nan
    found = read_series([np.array([[1, nan, nan], [2, 3, nan]], dtype=np.float32)], channels_first=True)
    np.testing.assert_array_equal(found[0], [[1, 2], [nan, 3], [nan, nan]])
    assert found[0].dtype == np.float32
    with pytest.raises(TypeError, match="strings"):
        read_series(["ACGT"])
