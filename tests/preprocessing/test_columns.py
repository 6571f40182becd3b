"""SequenceColumns: a frame of sequences, numbers and blocks as one container."""

import numpy as np
import pandas as pd
import pyarrow
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, PolynomialFeatures, StandardScaler

from seqestimators import (
    DNATokenizer,
    ProteinTokenizer,
    RecurrentClassifier,
    SequenceColumns,
    SequenceTokenizer,
    SmilesTokenizer,
)
from seqestimators.baselines import MorganFingerprint
from seqestimators.exceptions import InvalidSequenceError


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "dna": ["ACGT", "GG", "", "TTA"],
            "smiles": ["CCO", "C", "c1ccccc1", "CN"],
            "pH": [7.0, 6.0, 8.0, 7.0],
            "T": [300, 310, 290, 300],
            "solvent": ["water", "DMSO", "water", "water"],
        },
        index=[5, 3, 3, 9],
    )


def test_tokens_numbers_and_blocks_are_those_of_their_transformers(table):
    blocks = [
        ("morgan", MorganFingerprint(n_bits=16, counts=True), "smiles"),
        ("solvent", OneHotEncoder(), ["solvent"]),
    ]
    columns = SequenceColumns(
        {"dna": DNATokenizer(), "smiles": SmilesTokenizer()}, numeric=["pH", "T"], blocks=blocks
    )
    found = columns.fit_transform(table)
    assert found.shape == (4,)
    for read, name, tokenizer in (
        (found, "dna", DNATokenizer()),
        (found.others[0], "smiles", SmilesTokenizer()),
    ):
        ids = tokenizer.fit_transform(table[name])
        assert [row.tolist() for row in read] == [row.tolist() for row in ids]
        assert read.fingerprint is not None
    np.testing.assert_allclose(found.features[:, :2], StandardScaler().fit_transform(table[["pH", "T"]]))
    counts = MorganFingerprint(n_bits=16, counts=True).fit_transform(table["smiles"])
    centred = counts - counts.mean(axis=0)
    np.testing.assert_allclose(found.features[:, 2:18], centred / centred.std(), rtol=1e-6)
    expected = ColumnTransformer([("numeric", "passthrough", ["pH", "T"]), *blocks]).fit(table)
    assert columns.number_names_.tolist() == expected.get_feature_names_out().tolist()


def test_the_scale_is_that_of_fit_and_of_a_constant_column_is_1(table):
    columns = SequenceColumns({"dna": DNATokenizer()}, numeric=["pH"]).fit(table.assign(pH=5))
    assert columns.transform(table).features[:, 0].tolist() == [2, 1, 3, 2]


def test_a_single_column_may_be_given_alone(table):
    columns = SequenceColumns(
        {"smiles": SmilesTokenizer()}, blocks=[("morgan", MorganFingerprint(n_bits=16), "smiles")]
    ).fit(table)
    expected = columns.transform(table)
    for X in (table["smiles"], table["smiles"].tolist(), table["smiles"].to_numpy(), table[["smiles"]]):
        found = columns.transform(X)
        assert found.values.tolist() == expected.values.tolist()
        np.testing.assert_array_equal(found.features, expected.features)


def test_a_fit_that_fails_leaves_the_one_before(table):
    columns = SequenceColumns({"dna": DNATokenizer()}, numeric=["pH"]).fit(table)
    expected = columns.transform(table)
    with pytest.raises(InvalidSequenceError):
        columns.fit(table.assign(dna="AA", pH=np.nan))
    found = columns.transform(table)
    assert found.values.tolist() == expected.values.tolist()
    np.testing.assert_array_equal(found.features, expected.features)


def test_columns_of_an_array_have_numbers(table):
    by_name = SequenceColumns({"dna": DNATokenizer()}, numeric=["pH", "T"]).fit_transform(table)
    by_number = SequenceColumns({0: DNATokenizer()}, numeric=[2, 3]).fit_transform(table.to_numpy())
    np.testing.assert_array_equal(by_name.features, by_number.features)
    assert by_name.values.tolist() == by_number.values.tolist()


def test_ids_and_series_pass_through():
    X = pd.DataFrame({"trace": [np.ones((3, 2)), np.zeros((1, 2))], "ids": [[4, 5], [6]]})
    found = SequenceColumns(dict.fromkeys(X, "passthrough")).fit_transform(X)
    assert found.values.shape == (4, 2)
    assert found.others[0].values.tolist() == [4, 5, 6]


def test_parameters_of_the_parts_have_names(table):
    columns = SequenceColumns(
        {"dna": DNATokenizer()}, blocks=[("morgan", MorganFingerprint(n_bits=16), "smiles")]
    )
    assert columns.get_params()["dna__k"] == 1
    changed = clone(columns).set_params(dna__k=2, morgan__n_bits=8, numeric=["pH"])
    assert changed.columns["dna"].k == 2
    assert changed.fit(table.assign(dna="ACGTAC")).transform(table.assign(dna="AC")).features.shape == (4, 9)
    replaced = clone(columns).set_params(dna=SequenceTokenizer(), morgan="passthrough")
    assert type(replaced.columns["dna"]) is SequenceTokenizer
    assert replaced.blocks == [("morgan", "passthrough", "smiles")]
    assert columns.columns["dna"].k == 1


def test_search_and_cross_validation_pass_it_on(table):
    table = pd.concat([table] * 5)
    y = (table["pH"] > 6.5).to_numpy()
    model = make_pipeline(
        SequenceColumns({"dna": DNATokenizer()}, numeric=["pH"]),
        RecurrentClassifier(hidden_size=2, max_epochs=1, random_state=0),
    ).set_output(transform="pandas")
    grid = {"sequencecolumns__dna__k": [1], "recurrentclassifier__cell": ["rnn", "gru"]}
    search = GridSearchCV(model, grid, cv=2).fit(table, y)
    assert search.predict(table).shape == (20,)
    container = model[:-1].fit_transform(table)
    assert cross_val_score(model[-1], container, y, cv=2).shape == (2,)


def test_blocks_fill_in_what_is_missing(table):
    table.loc[9, "pH"] = np.nan
    filled = SequenceColumns(
        {"dna": DNATokenizer()},
        blocks=[("pH", Pipeline([("mean", SimpleImputer()), ("scale", StandardScaler())]), ["pH"])],
    ).fit_transform(table)
    assert filled.features[-1] == pytest.approx(0)
    with pytest.raises(InvalidSequenceError, match="row 3 of X has nan as numeric__pH: drop the row, or imp"):
        SequenceColumns({"dna": DNATokenizer()}, numeric=["pH"]).fit(table)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": {}}, "columns is empty: name at least one column"),
        ({"columns": {"DNA": DNATokenizer()}}, "X has no column 'DNA': it has 'dna', 'smiles', 'pH'"),
        ({"numeric": ["ph"]}, "X has no column 'ph'"),
        ({"numeric": ["solvent"]}, "row 0 of X has 'water' as 'solvent', which is no number: give"),
        ({"blocks": [("dna", MorganFingerprint(), "smiles")]}, "the name 'dna' stands for more than one"),
        ({"blocks": [("numeric", MorganFingerprint(), "smiles")]}, "the name 'numeric' stands for more"),
        ({"blocks": [("morgan", MorganFingerprint())]}, "a block is"),
        (
            {"blocks": [("ratio", "passthrough", ["ph"])]},
            "X has no column .ph.: it has .dna., .smiles., .pH.",
        ),
        ({"numeric": ["day"]}, r"row 0 of X has .*2020-01-01.* as .day., which is no number: .* the days"),
        ({"numeric": ["pH", "pH"]}, "numeric has 'pH' twice"),
        ({"numeric": ["whole"]}, "row 1 of X is missing .<NA>. in 'whole': drop the row, or impute"),
        ({"columns": {"dna": DNATokenizer}}, "columns.'dna'. is <class .*, but must be a tokenizer"),
        ({"blocks": [(1, "passthrough", ["pH"])]}, "a block is"),
        ({"numeric": ["lacks"]}, "row 0 of X has nan as numeric__lacks: drop the row, or impute"),
        (
            {"blocks": [("powers", PolynomialFeatures(), ["pH", "lacks"])]},
            "row 0 of X is missing .nan. in .lacks.: drop the row, or impute",
        ),
        (
            {"blocks": [("log", FunctionTransformer(np.log), ["solvent"])]},
            "in a block of SequenceColumns: ",
        ),
        (
            {"columns": {"dna": ProteinTokenizer(unknown="error"), "smiles": DNATokenizer(unknown="error")}},
            "row 0",
        ),
    ],
)
def test_what_is_wrong_is_named(table, options, message):
    table["day"] = pd.Timestamp("2020-01-01")
    table["lacks"] = [None, *range(len(table) - 1)]
    table["lacks"] = table["lacks"].astype(object)
    table["whole"] = pd.array([1, None, 2, 3], dtype="Int64")
    with pytest.raises((TypeError, ValueError), match=message):
        SequenceColumns(**({"columns": {"dna": DNATokenizer()}} | options)).fit(table)


def test_a_block_may_be_dropped_and_names_be_of_any_type(table):
    columns = SequenceColumns({"dna": DNATokenizer()}, blocks=[("pH", "drop", ["pH"])]).fit(table)
    assert columns.column_transformer_ is None
    assert columns.transform(table).features is None
    read = SequenceColumns({np.str_("dna"): DNATokenizer()}, numeric=np.array(["pH", "T"])).fit_transform(
        table
    )
    expected = SequenceColumns({"dna": DNATokenizer()}, numeric=["pH", "T"]).fit_transform(table)
    np.testing.assert_array_equal(read.features, expected.features)
    arrow = pyarrow.Table.from_pandas(table)
    found = SequenceColumns({"dna": DNATokenizer()}, numeric=["pH", "T"]).fit_transform(arrow)
    np.testing.assert_array_equal(found.features, expected.features)


def test_types_that_are_no_table_are_named(table):
    columns = SequenceColumns({"dna": DNATokenizer()}, numeric=["pH"])
    with pytest.raises(
        TypeError, match=r"X is one column, but SequenceColumns reads 'dna', 'pH': give a data"
    ):
        columns.fit(table["dna"])
    with pytest.raises(TypeError, match=r"X is a dictionary: give pandas.DataFrame\(X\)"):
        columns.fit({"dna": ["A"], "pH": [1]})
    with pytest.raises(TypeError, match=r"columns\['dna'\] is 'DNA', but must be a tokenizer"):
        SequenceColumns({"dna": "DNA"}).fit(table)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("dna", None, r"row 1 of X\['dna'\] is missing"),
        ("dna", 7, r"row 1 of X\['dna'\] is 7 of type int"),
        ("trace", [1.0, np.inf], r"row 1, position 1 of X\['trace'\] is inf"),
    ],
)
def test_an_error_in_a_column_names_it(column, value, message):
    table = pd.DataFrame({"trace": [[0.5, 1.0]] * 3, "dna": ["ACGT"] * 3}, dtype=object)
    columns = SequenceColumns({"trace": "passthrough", "dna": DNATokenizer()}).fit(table)
    table.at[1, column] = value
    for method in (columns.fit, columns.transform):
        with pytest.raises((TypeError, ValueError), match=message):
            method(table)


def test_a_row_of_a_table_is_told_from_a_column():
    table = pd.DataFrame({"dna": ["ACGT"] * 3, "pH": [7.0] * 3})
    columns = SequenceColumns({"dna": DNATokenizer()}, numeric=["pH"]).fit(table)
    with pytest.raises(TypeError, match=r"give a data frame, as table.iloc\[\[i\]\] is for a single row"):
        columns.transform(table.iloc[0])
    with pytest.raises(TypeError, match="give a data frame$"):
        columns.transform(["ACGT"])
