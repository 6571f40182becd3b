import sys

import numpy as np
import pytest
from rdkit.Chem import CanonSmiles
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier, SelfiesTokenizer
from seqestimators.datasets import load_molecule_activity
from seqestimators.domain import can_parse
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.inspection import mutagenesis
from seqestimators.testing import check_sequence_tokenizer, parametrize_with_sequence_checks


@parametrize_with_sequence_checks([SelfiesTokenizer(), SelfiesTokenizer(add_eos=True, unknown="error")])
def test_checks(estimator, check):
    check(estimator)


def test_checks_with_salts_and_stereochemistry():
    check_sequence_tokenizer(SelfiesTokenizer(), ["C[C@@H1](N)Cl", "[Na+1].[Cl-1]", "F/C=C/F"])


def test_molecules_come_back():
    smiles = load_molecule_activity().data[:60]
    tokenizer = SelfiesTokenizer()
    written = tokenizer.inverse_transform(tokenizer.fit_transform(smiles))
    assert list(map(CanonSmiles, written)) == list(map(CanonSmiles, smiles))
    assert list(tokenizer.normalize(smiles)) == list(written)


def test_every_sequence_of_symbols_is_a_molecule():
    tokenizer = SelfiesTokenizer().fit(["CC(=O)Nc1ccc(O)cc1", "C1CC1N", "F/C=C/F"])
    ids = np.random.RandomState(0).randint(4, tokenizer.n_tokens_, (50, 12))
    assert all(can_parse(smiles) for smiles in tokenizer.inverse_transform(ids) if smiles)


def test_an_unknown_symbol_comes_back_as_selfies():
    tokenizer = SelfiesTokenizer().fit(["CCO"])
    ids = tokenizer.transform(["CNO"])
    assert list(tokenizer.inverse_transform(ids)) == ["[C]\ufffd[O]"]
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of X is '.N.'"):
        SelfiesTokenizer(unknown="error", vocabulary=["[C]", "[O]"]).fit(["CNO"])


@pytest.mark.parametrize("text", ["C*", "C(", "nonsense", "C\ufffdC"])
def test_what_has_no_selfies_is_refused(text):
    with pytest.raises(InvalidSequenceError, match="row 1 of X, '.*drop the row"):
        SelfiesTokenizer().fit(["CCO", text])


def test_symbols_are_exchanged_by_mutagenesis():
    model = make_pipeline(
        SelfiesTokenizer(), RecurrentClassifier(hidden_size=2, max_epochs=1, random_state=0)
    )
    model.fit(["CCO", "CCN", "CO", "CN"], [0, 1, 0, 1])
    assert list(mutagenesis(model, "CCO").columns) == ["[C]", "[N]", "[O]"]


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "selfies", None)
    with pytest.raises(ImportError, match="pip install seqestimators.selfies"):
        SelfiesTokenizer().fit(["CCO"])
