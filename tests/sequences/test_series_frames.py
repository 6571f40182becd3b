"""Frames of libraries for time series: each says the same as a list of arrays."""

import numpy as np
import pandas as pd
import pytest

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentRegressor
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.sequences import read_sequences

SERIES = [np.random.RandomState(i).normal(size=(n, 2)) for i, n in enumerate((4, 2, 3, 4))]
INDEX = pd.MultiIndex.from_tuples(
    [(f"case {3 - i}", t) for i, one in enumerate(SERIES) for t in range(len(one))]
)
LONG = pd.DataFrame(np.concatenate(SERIES), INDEX, columns=["x", "y"])
NESTED = pd.DataFrame({name: [pd.Series(one[:, i]) for one in SERIES] for i, name in enumerate("xy")})
IDS = list(DNATokenizer().fit_transform(["AC", "GT"]))
CONTAINERS = {
    "list": SERIES,
    "df-list": [pd.DataFrame(one, columns=["x", "y"]) for one in SERIES],
    "nested": NESTED,
    "nested arrays": NESTED.map(np.asarray),
    "pd-multiindex": LONG,
    "mixed order": LONG.iloc[[0, 4, 1, 6, 2, 7, 3, 5, 8, 9, 10, 11, 12]],
}
CHANNELS_FIRST = {
    "np-list": [one.T for one in SERIES],
    "df-list": [pd.DataFrame(one.T) for one in SERIES],
    "nested": NESTED,
    "pd-multiindex": LONG,
}


@pytest.mark.parametrize(
    ("X", "channels_first"),
    [(X, False) for X in CONTAINERS.values()] + [(X, True) for X in CHANNELS_FIRST.values()],
    ids=[*CONTAINERS, *(f"{name}, channels first" for name in CHANNELS_FIRST)],
)
def test_each_container_is_read_as_the_same_series(X, channels_first):
    read = read_sequences(X, dtype=np.float64, channels_first=channels_first)
    assert read.lengths.tolist() == [4, 2, 3, 4]
    np.testing.assert_array_equal(read.values, np.concatenate(SERIES))


def test_containers_of_one_length():
    cube = np.stack(SERIES[::3])  # (n, T, d)
    read = read_sequences(cube.transpose(0, 2, 1), channels_first=True)  # numpy3D: (n, d, T)
    np.testing.assert_array_equal(read.values, read_sequences(cube).values)
    wide = pd.DataFrame(cube[:, :, 0])
    np.testing.assert_array_equal(read_sequences(wide).values, read_sequences(cube[:, :, :1]).values)


def test_an_index_of_two_levels_makes_no_series_of_a_column_of_them():
    column = pd.DataFrame({"series": SERIES}, pd.MultiIndex.from_product([["a", "b"], [0, 1]]))
    assert read_sequences(column).lengths.tolist() == [4, 2, 3, 4]


def test_estimators_read_them_alike():
    model = RecurrentClassifier(hidden_size=2, max_epochs=1, random_state=0).fit(LONG, [0, 1, 0, 1])
    assert not hasattr(model, "n_features_in_")
    stopping = RecurrentRegressor(hidden_size=2, max_epochs=1, early_stopping=True, validation_fraction=0.25)
    stopping.fit(LONG, [0, 1, 0, 1], groups=[0, 1, 2, 3])
    for X in CONTAINERS.values():
        np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(SERIES))


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (
            NESTED.assign(y=[pd.Series([1.0])] * 4),
            InvalidSequenceError,
            "row 0 of X has 4 steps in column 'x' and 1 in 'y': .* SequenceColumns",
        ),
        (NESTED.assign(T=1.0), TypeError, "column 'x' of X, one of 3, holds .*: SequenceColumns reads them"),
        (
            LONG.iloc[::-1],
            InvalidSequenceError,
            r"instance case 0 of X has the time 2 behind 3: .*sort_index",
        ),
        (
            pd.DataFrame([[0, 0, 0, 1.5]], columns=["case_id", "dim_id", "reading_id", "value"]),
            TypeError,
            r"X has a row for each number.*X.pivot\(index=\['case_id', 'reading_id'\], columns='dim_id'",
        ),
        (
            pd.DataFrame({"a": IDS, "b": IDS}),
            TypeError,
            "column 'a' of X, one of 2, holds sequences.*SequenceColumns",
        ),
        (
            NESTED.assign(y=[None, *NESTED["y"][1:]]),
            InvalidSequenceError,
            "row 0 of X has None in column 'y', where other rows have a series: drop the row, or",
        ),
        (
            NESTED.assign(x=[*NESTED["x"][:3], np.nan]),
            InvalidSequenceError,
            "row 3 of X has nan in column",
        ),
        (
            NESTED.assign(y=[*NESTED["y"][:1], [1.0, None], *NESTED["y"][2:]]),
            InvalidSequenceError,
            "row 1, position 1 of X is missing .None.: impute it",
        ),
        (
            NESTED[["x"]].assign(x=[None, *NESTED["x"][1:]]),
            InvalidSequenceError,
            "row 0 of X is missing .None.",
        ),
        (
            LONG.set_index(pd.MultiIndex.from_tuples([(None, 0), *LONG.index[1:]])),
            InvalidSequenceError,
            "the index of X has no instance in row 0 .*: drop the row",
        ),
        (
            NESTED.assign(y=[[1.0, [2.0]], *NESTED["y"][1:]]),
            InvalidSequenceError,
            r"row 0 of X has \[1.0, \[2.0\]\] in column 'y'",
        ),
        (
            NESTED.assign(y=[pd.date_range("2020", periods=len(one)) for one in SERIES]),
            TypeError,
            "row 0, position 0 of X is 2020-01-01 00:00:00: turn dates and times into numbers",
        ),
        (pd.DataFrame({"a": [None, None]}), InvalidSequenceError, "row 0 of X is missing .None."),
        (
            LONG.set_index(pd.MultiIndex.from_tuples([("case 3", "0"), *LONG.index[1:]])),
            TypeError,
            "the times in the index of X are of several types",
        ),
        (
            pd.DataFrame({"day": [None, "Monday"], "T": [1.0, 2.0]}),
            TypeError,
            "column 'day' of X, one of 2, holds strings",
        ),
    ],
)
def test_what_is_no_series_is_refused_with_a_remedy(X, error, message):
    with pytest.raises(error, match=message):
        read_sequences(X)
