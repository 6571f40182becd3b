import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from seqestimators.exceptions import InvalidSequenceError, TruncationWarning
from seqestimators.preprocessing import Padder, SmilesTokenizer
from seqestimators.sequences import object_array

token_rows = st.lists(st.lists(st.integers(1, 20), max_size=9), min_size=1)


@given(token_rows, st.sampled_from(["left", "right"]))
def test_tokens(rows, side):
    padder = Padder(side=side)
    ids = padder.fit_transform([np.array(row, dtype=int) for row in rows])
    length = max(1, *map(len, rows)) if len(rows) > 1 else max(1, len(rows[0]))
    blank = [[0] * (length - len(row)) for row in rows]
    expected = [b + r if side == "left" else r + b for r, b in zip(rows, blank, strict=True)]
    assert ids.dtype == np.int64
    assert ids.tolist() == expected
    assert [row.tolist() for row in padder.inverse_transform(ids)] == rows


@given(token_rows, st.integers(1, 5), st.sampled_from(["left", "right"]), st.sampled_from(["left", "right"]))
@pytest.mark.filterwarnings("ignore::seqestimators.exceptions.TruncationWarning")
def test_truncation_keeps_one_end(rows, length, side, truncate):
    rows = [np.array(row, dtype=int) for row in rows]
    ids = Padder(length=length, side=side, truncate=truncate).fit_transform(rows)
    assert ids.shape == (len(rows), length)
    for row, padded in zip(rows, ids, strict=True):
        kept = row[:length] if truncate == "right" else row[max(len(row) - length, 0) :]
        assert padded[padded > 0].tolist() == kept.tolist()


def test_truncation_warns_with_the_count():
    padder = Padder().fit([[4, 5]])
    with pytest.warns(
        TruncationWarning, match="2 of 3 sequences are longer than 2 .* row 2 with 4"
    ) as record:
        padder.transform([[4, 5, 6], [4], [4, 5, 6, 7]])
    assert record[0].filename == __file__


def test_truncation_error():
    padder = Padder(truncate="error").fit([[4, 5]])
    with pytest.raises(InvalidSequenceError, match="row 1 of X has 3 steps, more than the 2"):
        padder.transform([[4], [4, 5, 6]])


def test_one_hot():
    padder = Padder(one_hot=True)
    vectors = padder.fit_transform([[4, 6], [5]])
    np.testing.assert_array_equal(vectors, np.eye(7)[[[4, 6], [5, 0]]])
    assert vectors.dtype == np.float32
    assert [row.tolist() for row in padder.inverse_transform(vectors)] == [[4, 6], [5]]
    np.testing.assert_array_equal(padder.transform([[9, 4]])[0], np.eye(7)[[1, 4]])


def test_smiles_of_the_lab():
    ids = SmilesTokenizer(scheme="character").fit_transform(["CCN=C=O", "CC(=O)NCCC(O)"])
    assert Padder().fit_transform(ids).shape == (2, 13)
    assert Padder(one_hot=True).fit_transform(ids).shape == (2, 13, 10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_channels", [None, 1, 3])
def test_values(dtype, n_channels):
    rng = np.random.default_rng(0)
    shape = () if n_channels is None else (n_channels,)
    rows = [rng.normal(size=(length, *shape)).astype(dtype) for length in (2, 4, 0, 1)]
    padder = Padder()
    padded = padder.fit_transform(rows)
    assert padded.dtype == dtype
    assert padded.shape == (4, 4, n_channels or 1)
    for row, values in zip(rows, padded, strict=True):
        np.testing.assert_array_equal(values[: len(row)], row.reshape(len(row), n_channels or 1))
        assert np.isnan(values[len(row) :]).all()
    for row, values in zip(rows, padder.inverse_transform(padded), strict=True):
        np.testing.assert_array_equal(values, row.reshape(len(row), n_channels or 1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_column_of_sequences(dtype):
    for X, padded in (
        ([[4, 5], [6]], [[4, 5], [6, 0]]),
        ([[0.5, 1.0], [2.0]], [[[0.5], [1]], [[2], [np.nan]]]),
    ):
        rows = [np.array(row, dtype=dtype if isinstance(row[0], float) else None) for row in X]
        column = object_array(rows)[:, None]
        for container in (column, pd.DataFrame(column)):
            result = Padder().fit_transform(container)
            assert result.dtype == rows[0].dtype
            np.testing.assert_array_equal(result, padded)


def test_values_of_plain_lists_are_float64():
    assert Padder().fit_transform([[0.5, 1.5], [0.5]]).dtype == np.float64


def test_integers_are_values_after_a_fit_on_values():
    padded = Padder().fit([[0.5, -1.0]]).transform([[1, 2], [3]])
    np.testing.assert_array_equal(padded[:, :, 0], [[1, 2], [3, np.nan]])


@pytest.mark.parametrize("parameters", [{"side": "left"}, {"one_hot": True}], ids=str)
def test_only_for_tokens(parameters):
    with pytest.raises(ValueError, match="is for token ids only"):
        Padder(**parameters).fit([[0.5]])


def test_other_number_of_channels():
    padder = Padder().fit([np.ones((2, 3))])
    with pytest.raises(InvalidSequenceError, match="X has 2 channels, but Padder was fitted on 3"):
        padder.transform([np.ones((2, 2))])


@pytest.mark.parametrize("one_hot", [False, True])
def test_giant_padding_is_refused(one_hot):
    rows = [np.full(50, 4)] * 9_999 + [np.full(1_000_000, 4)]
    padder = Padder(one_hot=one_hot).fit(rows)
    n_bytes = 10_000 * 1_000_000 * (4 * 5 if one_hot else 8)
    with pytest.raises(
        ValueError, match=f"take {n_bytes:,} bytes.*row 9999 of X with 1,000,000.*smaller length"
    ):
        padder.transform(rows)


def test_feature_names():
    padder = Padder(length=2).fit([[4]])
    assert padder.get_feature_names_out().tolist() == ["token0", "token1"]
    assert not hasattr(Padder(one_hot=True).fit([[4]]), "get_feature_names_out")
    assert not hasattr(Padder().fit([[0.5]]), "get_feature_names_out")
    assert padder.set_output(transform="pandas").transform([[4, 5]]).columns.tolist() == ["token0", "token1"]


def test_empty_sequences_and_refit():
    padder = Padder().fit([[4, 5]])
    assert padder.fit([np.array([], dtype=int)]).transform([np.array([], dtype=int)]).tolist() == [[0]]
    with pytest.raises(NotFittedError):
        clone(padder).transform([[4]])


@pytest.mark.parametrize("parameters", [{"length": 0}, {"side": "both"}, {"truncate": "no"}, {"one_hot": 2}])
def test_parameters_are_validated(parameters):
    with pytest.raises(ValueError, match="parameter of Padder"):
        Padder(**parameters).fit([[4]])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_values_keep_their_type(dtype):
    assert Padder().fit_transform([np.ones(2, dtype), np.ones(1, dtype)]).dtype == dtype
