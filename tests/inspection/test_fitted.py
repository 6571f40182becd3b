"""A fitted model, taken apart: what is around the estimator, and the names of what it reads."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import (
    DNATokenizer,
    ProteinTokenizer,
    RecurrentClassifier,
    RecurrentRegressor,
    SequenceColumns,
    SmilesTokenizer,
)
from seqestimators.inspection import (
    AttentionDisplay,
    GateDisplay,
    HiddenStateDisplay,
    MoleculeAttributionDisplay,
    MutagenesisDisplay,
    TokenSimilarityDisplay,
    TrainingHistoryDisplay,
    attention_weights,
    gate_trace,
    hidden_states,
    integrated_gradients,
    mutagenesis,
    numpy_forward,
    token_embeddings,
    token_similarity,
)
from seqestimators.inspection._fitted import FittedModel, is_single, unwrap
from seqestimators.sequences import object_array

X, Y = ["ACGT", "TT", "GA", "C"], [0, 1, 0, 1]
SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def model():
    return make_pipeline(DNATokenizer(), RecurrentClassifier(**SMALL, num_layers=2)).fit(X, Y)


def test_what_is_around_the_estimator_is_taken_off(model):
    estimator, tokenizer = model[-1], model[0]
    search = GridSearchCV(model, {"recurrentclassifier__lr": [0.1]}, cv=2).fit(X, Y)
    assert FittedModel(search).estimator is search.best_estimator_[-1]
    within = make_pipeline("passthrough", tokenizer, FrozenEstimator(estimator))
    for given in (model, FrozenEstimator(model), within, make_pipeline(model)):
        fitted = FittedModel(given)
        assert fitted.estimator is estimator
        assert fitted.tokenizer is tokenizer
        assert fitted.read("ACN").values.tolist() == [4, 5, 1]
    bare = FittedModel(estimator)
    assert bare.tokenizer is None
    assert bare.read([4, 5, 99]).values.tolist() == [4, 5, 1]


def test_what_is_no_fitted_model_is_refused(model):
    with pytest.raises(NotFittedError):
        FittedModel(make_pipeline(DNATokenizer(), RecurrentClassifier()))
    with pytest.raises(TypeError, match="LogisticRegression is no recurrent estimator: give a fitted"):
        FittedModel(LogisticRegression())
    with pytest.raises(ValueError, match="x holds 2 sequences, but this looks at one"):
        FittedModel(model).read_one(["A", "C"])
    assert len(FittedModel(model).read_one(["A"])) == 1


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        ("ACGT", True),
        (np.array([4, 5]), True),
        ([4, 5], True),
        ((0.5, 1.5), True),
        (["ACGT"], False),
        ([[4, 5]], False),
        ([], False),
        (np.zeros((2, 3)), False),
        (np.array(["AC"], dtype=object), False),
        (pd.Series(["AC"]), False),
        (pd.Series([0.5, 1.5]), True),
    ],
    ids=str,
)
def test_one_sequence_is_told_from_several(X, expected):
    assert is_single(X) == expected
    results = object_array(["first", "second"])
    assert unwrap(results, X) is (results[0] if expected else results)


def test_names(model):
    fitted = FittedModel(model)
    assert fitted.name == "bidirectional LSTM"
    assert fitted.name_tokens(fitted.read(["AN", "T"])) == [["A", "<unknown>"], ["T"]]
    bare = FittedModel(model[-1])
    assert bare.name_tokens(bare.read([4, 1, 3])) == [["4", "<unknown>", "<eos>"]]
    series = [np.array([[0.5, -1.25], [1e-9, 1234.5]]), np.zeros((1, 2))]
    numeric = RecurrentRegressor(**SMALL, cell="gru", bidirectional=False).fit(series, [0.0, 1.0])
    assert FittedModel(numeric).name == "GRU"
    names = FittedModel(numeric).name_tokens(FittedModel(numeric).read(series))
    assert names == [["0.5, -1.25", "0, 1234.5"], ["0, 0"]]
    numeric.set_params(standardize=False).fit(series, [0.0, 1.0])
    names = FittedModel(numeric).name_tokens(FittedModel(numeric).read(series))
    assert names == [["0.5, -1.25", "1e-09, 1234.5"], ["0, 0"]]


def test_layers_and_directions(model):
    fitted = FittedModel(model)
    assert [fitted.find_layer(layer) for layer in (0, 1, -1, -2)] == [0, 1, 1, 0]
    assert [fitted.find_direction(one) for one in ("forward", "backward")] == [0, 1]
    with pytest.raises(ValueError, match="layer=2, but the network has the layers 0 to 1"):
        fitted.find_layer(2)
    forward = RecurrentClassifier(**SMALL, bidirectional=False).fit([[4], [5]], [0, 1])
    with pytest.raises(ValueError, match="fit it with bidirectional=True"):
        FittedModel(forward).find_direction("backward")


def test_answers_and_states_are_in_the_order_of_the_rows(model):
    fitted = FittedModel(model)
    sequences = fitted.read(X)
    np.testing.assert_array_equal(fitted.answer(sequences), model.predict_proba(X))
    states = fitted.run_states(sequences, lambda layers: layers[0].join())
    assert [row.shape for row in states] == [(len(text), 6) for text in X]
    margin = model[-1].margin()
    assert fitted.name_of_margin(margin, fitted.read_one("ACG")) == "log-odds of 1"


def test_a_copy_for_gradients_leaves_the_network_alone(model):
    fitted = FittedModel(model)
    copy = fitted.copy_network()
    assert {weight.dtype for weight in copy.parameters()} == {torch.float64}
    assert {weight.dtype for weight in fitted.network.parameters()} == {torch.float32}
    assert not fitted.network.encoder.layers[0][0].training
    for ours, theirs in zip(fitted.network.parameters(), copy.parameters(), strict=True):
        assert torch.equal(ours.double(), theirs)
        assert ours.data_ptr() != theirs.data_ptr()


@pytest.fixture(scope="module")
def two_columns():
    """A model of two columns of sequences and a number, and its table."""
    rng = np.random.RandomState(0)
    table = pd.DataFrame(
        {
            "dna": ["".join(rng.choice(list("ACGT"), rng.randint(0, 7))) for _ in range(12)],
            "trace": [rng.normal(3, 2, size=(1 + i % 3, 2)) for i in range(12)],
            "pH": rng.normal(7, 1, 12),
        }
    )
    columns = SequenceColumns({"trace": "passthrough", "dna": DNATokenizer()}, numeric=["pH"])
    regressor = RecurrentRegressor(hidden_size=4, max_epochs=3, lr=0.05, random_state=0, dtype="float64")
    return make_pipeline(columns, regressor).fit(table, table["pH"] + table["dna"].str.len()), table


def test_states_of_a_column_are_those_of_its_encoder(two_columns):
    model, table = two_columns
    network = model[1].net_.module_
    read = model[1].read(model[0].transform(table))
    columns = {"trace": (network.encoder, read), "dna": (network.others[0].encoder, read.others[0])}
    for name, (encoder, sequences) in columns.items():
        for found, row in zip(hidden_states(model, table, column=name), sequences, strict=True):
            with torch.no_grad():
                states = encoder(torch.from_numpy(row)[None], torch.tensor([len(row)])) if len(row) else None
            expected = np.empty((0, 8)) if states is None else states.join()[0].numpy()
            np.testing.assert_allclose(found, expected, atol=1e-12)


def test_attributions_of_a_column_sum_to_what_it_changes(two_columns):
    model, table = two_columns
    rows = table[table["dna"].str.len() > 0][:4]
    attributions = integrated_gradients(model, rows, column="trace")
    assert [one.shape for one in attributions] == [row.shape for row in rows["trace"]]
    baseline = rows.assign(trace=[np.tile(model[1].channel_mean_, (len(row), 1)) for row in rows["trace"]])
    expected = model.predict(rows) - model.predict(baseline)
    np.testing.assert_allclose([one.sum() for one in attributions], expected, atol=5e-3)
    attributions = integrated_gradients(model, rows, column="dna", baseline=4)
    assert [len(one) for one in attributions] == rows["dna"].str.len().tolist()
    expected = model.predict(rows) - model.predict(rows.assign(dna=["A" * len(dna) for dna in rows["dna"]]))
    np.testing.assert_allclose([one.sum() for one in attributions], expected, atol=5e-3)


def test_each_change_of_a_column_is_the_prediction_for_it(two_columns):
    model, table = two_columns
    rows = table[table["dna"].str.len() > 2][:2]
    for dna, changes, row in zip(rows["dna"], mutagenesis(model, rows, column="dna"), range(2), strict=True):
        assert [token for _, token in changes.index] == list(dna)
        one = rows[row : row + 1]
        changed = one.assign(dna=dna[:1] + "G" + dna[2:])
        expected = model.predict(changed) - model.predict(one)
        np.testing.assert_allclose(changes["G"].iloc[1], expected[0], atol=1e-10)
    with pytest.raises(ValueError, match="mutagenesis substitutes tokens"):
        mutagenesis(model, rows, column="trace")


def test_a_column_has_to_be_named(two_columns):
    model, table = two_columns
    with pytest.raises(
        ValueError, match="several columns of sequences, 'trace', 'dna': choose one by column"
    ):
        hidden_states(model, table)
    with pytest.raises(ValueError, match="column='rna' is none of the columns of sequences: 'trace', 'dna'"):
        integrated_gradients(model, table, column="rna")
    container = model[0].transform(table)
    np.testing.assert_array_equal(
        hidden_states(model[1], container, column=1)[3], hidden_states(model, table, column="dna")[3]
    )
    assert TrainingHistoryDisplay.from_estimator(model).figure_  # which looks at no column


@pytest.fixture(scope="module")
def binding():
    """A model of molecules and proteins, with attention, and its table."""
    table = pd.DataFrame(
        {"smiles": ["CCO", "C[NH3+]", "c1ccccc1", "CC=O"] * 3, "protein": ["MKV", "MKVA", "GHIK"] * 4}
    )
    columns = SequenceColumns({"smiles": SmilesTokenizer(), "protein": ProteinTokenizer(add_bos=True)})
    classifier = RecurrentClassifier(hidden_size=4, max_epochs=2, pooling="attention", random_state=0)
    return make_pipeline(columns, classifier).fit(table, [0, 1, 1] * 4), table[1:2]


def test_attention_and_gates_of_a_column(binding):
    model, row = binding
    network = model[1].net_.module_
    read = model[1].read(model[0].transform(row))
    columns = {"smiles": (network, read), "protein": (network.others[0], read.others[0])}
    for name, (part, sequences) in columns.items():
        with torch.no_grad():
            states = part.encoder(torch.from_numpy(sequences[0])[None], torch.tensor([len(sequences[0])]))
            expected = part.pooling.weights(states)[0]
        (weights,) = attention_weights(model, row, column=name)
        np.testing.assert_allclose(weights, expected, atol=1e-6)
        (states,) = hidden_states(model, row, column=name)
        np.testing.assert_allclose(gate_trace(model, row, column=name)[0].h, states[:, :4], atol=1e-6)
        np.testing.assert_allclose(numpy_forward(model, row, column=name)[0], states, atol=1e-6)
    assert list(token_embeddings(model, column="protein").index)[4:7] == ["*", "-", "A"]


@pytest.mark.parametrize(
    ("draw", "column", "tokens"),
    [
        (HiddenStateDisplay.from_estimator, "smiles", ["C", "[NH3+]"]),
        (HiddenStateDisplay.from_estimator, "protein", ["<bos>", "M", "K", "V", "A"]),
        (GateDisplay.from_estimator, "protein", ["<bos>", "M", "K", "V", "A"]),
        (AttentionDisplay.from_estimator, "protein", ["<bos>", "M", "K", "V", "A"]),
        (MutagenesisDisplay.from_estimator, "smiles", ["C", "[NH3+]"]),
        (MutagenesisDisplay.from_estimator, "protein", ["M", "K", "V", "A"]),
    ],
)
def test_displays_of_a_column(binding, draw, column, tokens):
    model, row = binding
    display = draw(model, row, column=column)
    panel = getattr(display, "axes_", [display.ax_])[-1]
    assert [label.get_text() for label in panel.get_xticklabels()] == tokens
    with pytest.raises(ValueError, match="several columns of sequences, 'smiles', 'protein': choose one"):
        draw(model, row)
    with pytest.raises(ValueError, match="column='dna' is none of the columns"):
        draw(model, row, column="dna")
    plt.close("all")


@pytest.mark.parametrize("attribution", ["integrated_gradients", "occlusion", "attention"])
def test_the_molecule_of_a_column(binding, attribution):
    model, row = binding
    display = MoleculeAttributionDisplay.from_estimator(model, row, attribution=attribution, column="smiles")
    assert (display.alignment.smiles, display.atom_values.shape) == ("C[NH3+]", (2,))
    with pytest.raises(ValueError, match="choose one by column"):
        MoleculeAttributionDisplay.from_estimator(model, row)
    with pytest.raises(TypeError, match="no SmilesTokenizer"):
        MoleculeAttributionDisplay.from_estimator(model, row, column="protein")
    plt.close("all")


def test_similar_tokens_of_a_column(binding):
    model, _ = binding
    display = TokenSimilarityDisplay.from_estimator(model, "M", column="protein")
    assert sorted(display.similarity.index) == ["A", "G", "H", "I", "K", "V"]
    for function in (token_embeddings, lambda model: token_similarity(model, "C")):
        with pytest.raises(ValueError, match="choose one by column"):
            function(model)
    plt.close("all")
