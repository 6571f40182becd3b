"""Classifiers and regressors of several columns: exact, and refused where X is another table."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline

from seqestimators import (
    DNATokenizer,
    ProteinTokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
    SequenceColumns,
)
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.inspection import hidden_states, integrated_gradients
from seqestimators.modules import Batch


@pytest.fixture(scope="module")
def table():
    rng = np.random.RandomState(0)
    return pd.DataFrame(
        {
            "dna": ["".join(rng.choice(list("ACGT"), rng.randint(0, 9))) for _ in range(24)],
            "protein": rng.choice(["MKV", "LLLLLLLL", "", "W"], 24),
            "pH": rng.normal(7, 1, 24),
        }
    )


def make_columns(**options):
    return SequenceColumns(
        {"dna": DNATokenizer(), "protein": ProteinTokenizer()}, **({"numeric": ["pH"]} | options)
    )


SMALL = {"hidden_size": 3, "embedding_dim": 4, "max_epochs": 2, "random_state": 0, "dtype": "float64"}


@pytest.fixture(scope="module")
def model(table):
    return make_pipeline(make_columns(), RecurrentRegressor(**SMALL)).fit(table, table["pH"] ** 2)


def test_the_answer_is_that_of_the_columns_read_one_by_one(model, table):
    """An oracle without batches of distinct sequences: each row alone through the parts of the network."""
    container = model[0].transform(table)
    network = model[1].net_.module_
    expected = []
    with torch.no_grad():
        for row in range(len(table)):
            tokens = [torch.from_numpy(one[row]) for one in (container, *container.others)]
            batches = [
                Batch(one[None] if len(one) else one.new_zeros(1, 1), torch.tensor([len(one)]))
                for one in tokens
            ]
            (piece,) = batches[0].pieces
            states = [network.pooling(network.encoder(*piece)), network.others[0](batches[1])]
            numbers = torch.from_numpy(container.features[[row]])
            joined = torch.cat([*states, torch.relu(network.feature_layer(numbers))], dim=1)
            expected.append(network.output(joined)[0, 0].item())
    found = model[1].run(container)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert model.transform(table).shape == (24, 2 * 6 * 3 + 3)


def test_rows_do_not_depend_on_their_neighbours_nor_on_their_order(model, table):
    expected = model.predict(table)
    for rows in ([3], [5, 5, 1], np.arange(24)[::-1]):
        np.testing.assert_allclose(model.predict(table.iloc[rows]), expected[rows], rtol=1e-10)


def test_every_column_counts(model, table):
    expected = model.predict(table)
    for changed in ({"dna": "A"}, {"protein": "MM"}, {"pH": 3.0}):
        assert not np.allclose(model.predict(table.assign(**changed)), expected)


def test_positions_are_learned_of_aligned_columns_only(table):
    aligned = table.assign(protein="MKV")
    fitted = make_pipeline(make_columns(), RecurrentClassifier(**SMALL)).fit(aligned, table["pH"] > 7)
    assert fitted[1].n_positions_ == 0
    (column,) = fitted[1].other_columns_
    assert column.n_positions_ == 3
    assert fitted[1].net_.module_.others[0].encoder.positions.shape == (3, 4)


def test_series_stand_beside_tokens():
    X = pd.DataFrame({"dna": ["ACG", "T"] * 6, "trace": [np.arange(4.0), np.ones(2)] * 6})
    columns = SequenceColumns({"dna": DNATokenizer(), "trace": "passthrough"})
    model = make_pipeline(columns, RecurrentClassifier(**SMALL)).fit(X, [0, 1] * 6)
    (column,) = model[1].other_columns_
    values = np.concatenate(X["trace"].tolist())
    assert column.channel_mean_ == pytest.approx([values.mean()])
    assert model.predict(X).shape == (12,)
    alone = make_pipeline(SequenceColumns({"trace": "passthrough", "dna": DNATokenizer()}), model[1])
    assert alone.fit(X, [0, 1] * 6)[1].input_ == "values"


def test_files_copies_and_later_rows(model, table):
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(restored.predict(table), model.predict(table))
    container = model[0].transform(table)
    classifier = RecurrentClassifier(**SMALL)
    classifier.partial_fit(container[:12], np.arange(12) % 2, classes=[0, 1])
    classifier.partial_fit(container[12:], np.arange(12) % 2)
    known = classifier.other_columns_[0].known_tokens_
    assert known[np.unique(container.others[0].values)].all()
    stopping = RecurrentClassifier(**SMALL | {"early_stopping": True, "scoring": "accuracy"})
    assert "valid_accuracy" in stopping.fit(container, np.arange(24) % 2).history_[0]


def test_columns_of_a_pretrained_model_keep_its_first_encoder(table):
    dna = DNATokenizer().fit(["ACGT"])
    pretrained = make_pipeline(dna, RecurrentLanguageModel(**SMALL | {"max_epochs": 1})).fit(table["dna"])
    model = make_pipeline(make_columns(), RecurrentClassifier(pretrained=pretrained, max_epochs=1, lr=1e-9))
    model.fit(table, table["pH"] > 7)
    found, expected = (one[-1].net_.module_.encoder.embedding.weight for one in (model, pretrained))
    assert torch.allclose(found.double(), expected, atol=1e-6)


def test_another_table_is_refused(model, table):
    container = model[0].transform(table)
    one_column = SequenceColumns({"dna": DNATokenizer()}, numeric=["pH"]).fit_transform(table)
    with pytest.raises(
        ValueError, match="X has 1 columns of sequences, but RecurrentRegressor was fitted on 2"
    ):
        model[1].predict(one_column)
    with pytest.raises(
        ValueError, match="X has 0 numbers beside each sequence, but RecurrentRegressor was fi"
    ):
        model[1].predict(make_columns(numeric=[]).fit_transform(table))
    swapped = SequenceColumns({"protein": ProteinTokenizer(), "dna": DNATokenizer()}, numeric=["pH"])
    with pytest.raises(InvalidSequenceError, match="another token"):
        model[1].predict(swapped.fit_transform(table))
    container.features[2, 0] = np.inf
    with pytest.raises(InvalidSequenceError, match="row 2 of X has inf as number 0 beside its sequence"):
        model[1].predict(container)


def test_what_reads_one_column_says_so(model, table):
    container = model[0].transform(table)
    for estimator in (RecurrentTagger(), RecurrentSeq2Seq()):
        with pytest.raises(ValueError, match=r"more columns than one of sequences, which Recurrent\w+ can't"):
            estimator.fit(container, table["dna"])
    with pytest.raises(ValueError, match="2 columns of sequences, but a RecurrentLanguageModel reads one"):
        RecurrentLanguageModel().fit(container)
    with pytest.raises(ValueError, match="reads one column of DNA, but X has 2 columns of sequences"):
        RecurrentClassifier(reverse_complement=True).fit(container, table["pH"] > 7)
    with pytest.raises(ValueError, match="several columns of sequences, 'dna', 'protein': choose one"):
        hidden_states(model, table)


def test_missing_values_of_a_column_are_masked_or_refused(table):
    trace = [np.array([[1.0, np.nan], [np.nan, 2.0]]), np.array([[3.0, 4.0]])] * 12
    X = table.assign(trace=trace)
    columns = SequenceColumns({"dna": DNATokenizer(), "trace": "passthrough"})
    model = make_pipeline(columns, RecurrentClassifier(missing="mask", **SMALL)).fit(X, table["pH"] > 7)
    (column,) = model[1].other_columns_
    assert column.channel_mean_.tolist() == [2, 3]
    assert model[1].net_.module_.others[0].encoder.input_size == 6
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), model.predict_proba(X))
    with pytest.raises(
        InvalidSequenceError, match='row 0, position 0 of column 1 of X is NaN.*missing="mask"'
    ):
        make_pipeline(columns, RecurrentClassifier(**SMALL)).fit(X, table["pH"] > 7)


def test_a_table_of_ids_and_numbers_leads_to_sequence_columns(table):
    mixed = make_column_transformer((DNATokenizer(), ["dna"]), ("passthrough", ["pH"]))
    with pytest.raises(TypeError, match="column 0 of X, one of 2, holds sequences.*SequenceColumns"):
        make_pipeline(mixed, RecurrentClassifier(**SMALL)).fit(table, table["pH"] > 7)


def test_columns_of_one_kind_may_share_an_encoder(table):
    X = pd.DataFrame({"one": table["dna"], "other": table["dna"].to_numpy()[::-1]})
    columns = SequenceColumns({"one": DNATokenizer(), "other": DNATokenizer()})
    apart, shared = (
        make_pipeline(columns, RecurrentRegressor(shared_encoder=is_shared, **SMALL)).fit(X, table["pH"])
        for is_shared in (False, True)
    )
    encoder = shared[1].net_.module_.encoder
    assert shared[1].net_.module_.others[0].encoder is encoder
    n_weights = sum(weight.numel() for weight in encoder.parameters())
    assert apart[1].n_parameters_ - shared[1].n_parameters_ == n_weights
    for one, other in zip(
        hidden_states(shared, X, column="one"), hidden_states(shared, X, column="other")[::-1], strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-12)
    assert [len(one) for one in integrated_gradients(shared, X[:2], column="one")] == [
        len(dna) for dna in X["one"][:2]
    ]
    restored = pickle.loads(pickle.dumps(shared))
    np.testing.assert_array_equal(restored.predict(X), shared.predict(X))
    later = restored[1].partial_fit(restored[0].transform(X), table["pH"])
    assert later.net_.module_.others[0].encoder is later.net_.module_.encoder
    known = [column.known_tokens_ for column in (later, *later.other_columns_)]
    np.testing.assert_array_equal(*known)
    model = RecurrentRegressor(shared_encoder=True, **SMALL)
    with pytest.raises(ValueError, match="several columns of sequences alike, but X has one"):
        model.fit(DNATokenizer().fit_transform(table["dna"]), table["pH"])
    with pytest.raises(InvalidSequenceError, match="and column 1 of .*: give the tokenizers one vocabulary="):
        make_pipeline(make_columns(), model).fit(table, table["pH"])


def test_each_column_has_a_projection_of_its_own():
    rng = np.random.RandomState(0)
    series = {"wide": 9, "narrow": 2}
    table = pd.DataFrame({name: [rng.normal(size=(3, n)) for _ in range(6)] for name, n in series.items()})
    table["dna"] = ["ACGT", "TT", "A"] * 2
    columns = SequenceColumns(
        {"wide": "passthrough", "narrow": "passthrough", "dna": DNATokenizer()},
    )

    def fit(projection_dim, **options):
        options = SMALL | {"projection_dim": projection_dim} | options
        return make_pipeline(columns, RecurrentRegressor(**options)).fit(table, np.arange(6))

    def weights_of(model):
        network = model[1].net_.module_
        encoders = [network.encoder, *(part.encoder for part in network.others)]
        return [None if one.projection is None else tuple(one.projection.weight.shape) for one in encoders]

    model = fit([4, None, None])
    assert weights_of(model) == [(4, 9), None, None]
    assert weights_of(fit(2)) == [(2, 9), (2, 2), None]
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(restored.predict(table), model.predict(table))
    for first in (None, 4):  # that of the pretrained model
        assert weights_of(fit([first, 5, None], pretrained=model)) == [(4, 9), (5, 2), None]
    for projection_dim, options, message in (
        ([4, None], {}, "has 2 items, but X has 3 columns"),
        ([4, None, 3], {}, "projects column 2, which holds token ids"),
        ([4, 0, None], {}, "has the item 0: give a whole number"),
        ([4, 2.5, None], {}, "has the item 2.5"),
        ([4, 4, None], {"shared_encoder": True}, "give one number"),
        ([3, None, None], {"pretrained": model}, "projection_dim=3, but the pretrained model has"),
    ):
        with pytest.raises(ValueError, match=message):
            fit(projection_dim, **options)


def test_errors_of_the_estimator_number_the_column():
    table = pd.DataFrame({"dna": ["ACGT", "TT"] * 3, "trace": [np.ones((2, 2)) * i for i in range(6)]})
    columns = SequenceColumns({"dna": DNATokenizer(), "trace": "passthrough"})
    model = make_pipeline(columns, RecurrentRegressor(**SMALL)).fit(table, np.arange(6))
    wide = table.assign(trace=[np.ones((2, 3))] * 6)
    with pytest.raises(ValueError, match="column 1 of X has series of 3 channels, but the model was fitted"):
        model.predict(wide)
    missing = table.assign(trace=[np.array([[0.5, np.nan], [1, 1]])] * 6)
    for method in (model.predict, lambda X: model.fit(X, np.arange(6))):
        with pytest.raises(ValueError, match="row 0, position 0 of column 1 of X is NaN"):
            method(missing)
