"""Mutagenesis: every cell is what the model says of the changed string."""

from importlib import import_module

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import (
    CodonTokenizer,
    DNATokenizer,
    ProteinTokenizer,
    RecurrentClassifier,
    RecurrentRegressor,
    RecurrentTagger,
    SmilesTokenizer,
)
from seqestimators.inspection import mutagenesis
from seqestimators.sequences import Sequences

X, y = ["ACGTAC", "TT", "GATTACA", "CCGT"], np.array(["a", "b", "a", "b"])
SMILES = ["CCO", "c1ccccc1", "C[C@H](N)Cl", "CC=O"]
SETTINGS = {"hidden_size": 5, "embedding_dim": 3, "max_epochs": 3, "random_state": 0, "dtype": "float64"}


def classifier(tokenizer=None, **parameters):
    return make_pipeline(tokenizer or DNATokenizer(), RecurrentClassifier(**SETTINGS | parameters))


def test_every_cell_is_the_answer_to_the_changed_string():
    model = classifier().fit(X, y)
    changes = mutagenesis(model, "GATT")
    assert list(changes.columns) == list("ACGT")
    assert list(changes.index) == list(enumerate("GATT"))
    assert changes.index.names == ["position", "token"]
    for position in range(4):
        for letter in "ACGT":
            mutant = "GATT"[:position] + letter + "GATT"[position + 1 :]
            expected = model.decision_function([mutant])[0] - model.decision_function(["GATT"])[0]
            assert changes[letter].iloc[position] == pytest.approx(expected, abs=1e-12)
    assert [changes.iloc[i]["GATT"[i]] for i in range(4)] == [0] * 4


def test_probabilities_and_the_other_class():
    model = classifier().fit(X, y)
    changes = mutagenesis(model, "GATT", target="a", scale="probability")
    expected = model.predict_proba(["GATA"])[0, 0] - model.predict_proba(["GATT"])[0, 0]
    assert changes["A"].iloc[3] == pytest.approx(expected)
    np.testing.assert_allclose(
        mutagenesis(model, "GATT", target="a"), -mutagenesis(model, "GATT"), atol=1e-12
    )


def test_of_several_classes_the_likeliest_is_explained():
    model = classifier().fit(X, ["a", "b", "a", "c"])
    probability = model.predict_proba(["GATT", "GATA"])
    k = probability[0].argmax()
    log_odds = np.log(probability[:, k] / (1 - probability[:, k]))
    assert mutagenesis(model, "GATT")["A"].iloc[3] == pytest.approx(log_odds[1] - log_odds[0])


def test_several_labels_a_row():
    model = classifier().fit(X, np.array([[0, 1], [1, 1], [0, 0], [1, 0]]))
    expected = np.diff(model.decision_function(["GATT", "GATA"])[:, 1])[0]
    assert mutagenesis(model, "GATT", target=1)["A"].iloc[3] == pytest.approx(expected)


def test_a_regressor_answers_in_the_unit_of_y():
    targets = np.array([[100.0, 1.0], [200.0, 2.0], [300.0, 1.0], [500.0, 3.0]])
    model = make_pipeline(DNATokenizer(), RecurrentRegressor(**SETTINGS)).fit(X, targets)
    expected = np.diff(model.predict(["GATT", "GATA"])[:, 1])[0]
    assert mutagenesis(model, "GATT", target=1)["A"].iloc[3] == pytest.approx(expected)
    with pytest.raises(ValueError, match="predicts 2 targets: name one"):
        mutagenesis(model, "GATT")
    with pytest.raises(ValueError, match="target=2 is none of the targets 0 to 1"):
        mutagenesis(model, "GATT", target=2)


def test_codons_and_amino_acids_and_plain_ids():
    genes = ["ATGGCA", "GCATAA", "ATGATG", "GCA"]
    model = classifier(CodonTokenizer()).fit(genes, y)
    changes = mutagenesis(model, "ATGGCA")
    assert list(changes.columns) == ["ATG", "GCA", "TAA"]  # those that training has met
    expected = np.diff(model.decision_function(["ATGGCA", "TAAGCA"]))[0]
    assert changes.loc[(0, "ATG"), "TAA"] == pytest.approx(expected)
    assert mutagenesis(classifier(ProteinTokenizer()).fit(["MKV", "VKK", "M", "K"], y), "MK").shape == (2, 3)
    bare = RecurrentClassifier(**SETTINGS).fit([[5, 9], [7], [9, 9, 7], [5]], y)
    assert list(mutagenesis(bare, [5, 9, 9]).columns) == ["5", "7", "9"]


def test_unknown_letters_and_marks_of_the_ends():
    model = classifier(DNATokenizer(add_bos=True, add_eos=True)).fit(X, y)
    changes = mutagenesis(model, "AN")
    assert list(changes.index) == [(0, "A"), (1, "<unknown>")]
    expected = np.diff(model.decision_function(["AN", "AG"]))[0]
    assert changes["G"].iloc[1] == pytest.approx(expected)


@pytest.mark.parametrize("occlusion", ["delete", "unknown", "zero"])
def test_tokens_of_smiles_are_hidden(occlusion):
    model = classifier(SmilesTokenizer()).fit(SMILES, y)
    changes = mutagenesis(model, "C[C@H](N)Cl", occlusion=occlusion)
    assert list(changes.columns) == ["without"]
    assert [token for _, token in changes.index] == ["C", "[C@H]", "(", "N", ")", "Cl"]
    ids = model[0].transform(["C[C@H](N)Cl"])[0]
    hidden = {"delete": np.delete(ids, 1), "unknown": [ids[0], 1, *ids[2:]], "zero": [ids[0], 0, *ids[2:]]}
    changed = np.array(hidden[occlusion])
    expected = model[-1].decision_function(Sequences(changed, np.array([0, len(changed)])))[0]
    expected -= model.decision_function(["C[C@H](N)Cl"])[0]
    assert changes["without"].iloc[1] == pytest.approx(expected)


def test_the_method_can_be_chosen():
    model = classifier(SmilesTokenizer()).fit(SMILES, y)
    assert mutagenesis(model, "CC", method="substitution").shape[1] > 5
    assert mutagenesis(classifier().fit(X, y), "ACG", method="occlusion").shape == (3, 1)


def test_kmers_that_share_letters_are_hidden():
    model = classifier(DNATokenizer(k=2)).fit(X, y)
    assert mutagenesis(model, "ACGT").shape == (3, 1)
    with pytest.raises(ValueError, match="share letters"):
        mutagenesis(model, "ACGT", method="substitution")
    apart = classifier(DNATokenizer(k=2, stride=2)).fit(["ACGTAC", "TT", "GATTAC", "CCGT"], y)
    assert list(mutagenesis(apart, "ACGT").columns) == ["AC", "CC", "GA", "GT", "TT"]


def test_several_sequences_one_empty_among_them(monkeypatch):
    model = classifier().fit(X, y)
    results = mutagenesis(model, ["", "GAT", "A"])
    assert [frame.shape for frame in results] == [(0, 4), (3, 4), (1, 4)]
    monkeypatch.setattr(
        import_module("seqestimators.inspection.mutagenesis"), "MAX_HELD_STEPS", 7
    )  # two changed sequences at once
    np.testing.assert_allclose(mutagenesis(model, "GAT"), results[1], atol=1e-12)


def test_what_has_no_answer_is_refused():
    model = classifier().fit(X, y)
    with pytest.raises(ValueError, match=r"target='c' is none of the classes \['a', 'b'\]"):
        mutagenesis(model, "ACG", target="c")
    with pytest.raises(TypeError, match="RecurrentTagger gives no single prediction"):
        mutagenesis(make_pipeline(DNATokenizer(), RecurrentTagger(**SETTINGS)).fit(X, X), "ACG")
    series = RecurrentClassifier(**SETTINGS).fit([[0.5, 1.5], [-1.0]], [0, 1])
    with pytest.raises(ValueError, match="reads series of values: use integrated_gradients"):
        mutagenesis(series, [0.5, 1.5])
