import csv
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdkit import Chem, RDConfig

from seqestimators.datasets import (
    fetch_bbbp,
    fetch_esol,
    fetch_freesolv,
    fetch_lipophilicity,
    load_molecule_activity,
    load_nci_molecules,
)
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import SmilesTokenizer

ATOM = re.compile(r"\[[^\[\]]++\]|Br|Cl|Cr|Si|%\(\d+\)|%\d\d|.", re.DOTALL)
CHARACTER = re.compile("Br|Cl|Cr|Si|.", re.DOTALL)

hostile = st.lists(st.text("[]%()0129ClBrSi@H+n", max_size=30), min_size=1, max_size=5)


def tokens_of(tokenizer, X):
    names = tokenizer.vocabulary_.tokens
    return [[names[i] for i in row] for row in tokenizer.transform(X)]


@pytest.fixture(scope="module")
def molecules():
    """SMILES that the rdkit wheel ships: two labelled sets, and 10,000 of a screening."""
    with open(f"{RDConfig.RDDataDir}/Pains/test_data/wehi_mols.csv") as lines:
        screening = [row[0] for row in csv.reader(lines)]
    labelled = [load(return_X_y=True)[0] for load in (load_molecule_activity, load_nci_molecules)]
    return [*labelled[0], *labelled[1], *screening]


@pytest.mark.parametrize(("scheme", "pattern"), [("atom", ATOM), ("character", CHARACTER)])
@given(strings=hostile)
@example(
    strings=[
        "C%",
        "12",
        "C%1",
        "2",
        "%(1",
        ")",
        "[C",
        "]",
        "C",
        "l",
        "",
        "[]",
        "[[C]]",
        "%%12",
        "%()",
        "%(12",
    ]
)
def test_tokens_are_those_of_the_pattern(scheme, pattern, strings):
    tokenizer = SmilesTokenizer(scheme=scheme).fit(strings)
    assert tokens_of(tokenizer, strings) == [pattern.findall(string) for string in strings]


@pytest.mark.parametrize(("scheme", "pattern"), [("atom", ATOM), ("character", CHARACTER)])
def test_real_molecules(scheme, pattern, molecules):
    tokenizer = SmilesTokenizer(scheme=scheme)
    ids = tokenizer.fit_transform(molecules)
    assert list(tokenizer.inverse_transform(ids)) == molecules
    assert tokens_of(tokenizer, molecules) == [pattern.findall(smiles) for smiles in molecules]


def test_schemes():
    X = ["C[C@@H](Br)[nH]%12Cl%(123)"]
    atoms = ["C", "[C@@H]", "(", "Br", ")", "[nH]", "%12", "Cl", "%(123)"]
    assert tokens_of(SmilesTokenizer().fit(X), X) == [atoms]
    characters = list("C[C@@H](r)[nH]%12l%(123)")
    characters[characters.index("r")], characters[characters.index("l")] = "Br", "Cl"
    assert tokens_of(SmilesTokenizer(scheme="character").fit(X), X) == [characters]


def test_more_than_256_kinds_of_tokens():
    X = [f"[{i}C]" for i in range(300)]
    tokenizer = SmilesTokenizer()
    assert list(tokenizer.inverse_transform(tokenizer.fit_transform(X))) == X
    assert tokenizer.n_tokens_ == 304


def test_brackets_in_linear_time():
    tokenizer = SmilesTokenizer().fit(["[" * 1_000_000])
    assert tokenizer.vocabulary_.tokens[4:] == ["["]


@given(st.permutations(range(6)))
def test_canonical_does_not_depend_on_how_a_molecule_is_written(order):
    molecule = Chem.RenumberAtoms(Chem.MolFromSmiles("CC(N)C#N.O"), list(order))
    written = Chem.MolToSmiles(molecule, canonical=False)
    tokenizer = SmilesTokenizer(canonical=True)
    assert tokenizer.inverse_transform(tokenizer.fit_transform([written]))[0] == Chem.CanonSmiles(
        "CC(N)C#N.O"
    )


def test_without_stereo_isotopes_stay():
    tokenizer = SmilesTokenizer(stereo=False)
    ids = tokenizer.fit_transform(["[13CH3][C@@H](N)/C=C/Cl"])
    assert tokenizer.inverse_transform(ids)[0] == "[13CH3]C(N)C=CCl"


def test_molecules_are_read_as_smiles():
    ids = SmilesTokenizer().fit([Chem.MolFromSmiles("OCC")]).transform(["CCO", Chem.MolFromSmiles("OCC")])
    np.testing.assert_array_equal(ids[0], ids[1])


@pytest.mark.parametrize("parameters", [{"canonical": True}, {"stereo": False}], ids=str)
def test_unparsable_smiles(parameters, capfd):
    tokenizer = SmilesTokenizer(**parameters).fit(["C"])
    with pytest.raises(
        InvalidSequenceError, match=re.escape("Could not parse 'C1CC(' at row 1 of X as a molecule")
    ):
        tokenizer.transform(["CC", "C1CC("])
    assert capfd.readouterr().err == ""


def test_unknown_error_names_the_place_in_the_string():
    tokenizer = SmilesTokenizer(unknown="error").fit(["C[nH]Cl"])
    with pytest.raises(InvalidSequenceError, match=re.escape("row 1, position 7 of X is '[Na+]'")):
        tokenizer.transform(["C", "C[nH]Cl[Na+]"[0:5] + "Cl[Na+]"])


def test_non_ascii():
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of X is '\N{MINUS SIGN}'"):
        SmilesTokenizer().fit(["C\N{MINUS SIGN}C"])


@given(hostile, st.sampled_from(["atom", "character"]), st.integers(1, 9))
def test_what_comes_back_has_the_same_ids(strings, scheme, max_tokens):
    tokenizer = SmilesTokenizer(scheme=scheme, max_tokens=max_tokens)
    ids = tokenizer.fit_transform(strings)
    again = tokenizer.transform(tokenizer.inverse_transform(ids))
    assert [row.tolist() for row in again] == [row.tolist() for row in ids]


@pytest.mark.parametrize("parameters", [{}, {"canonical": True}, {"stereo": False}], ids=str)
def test_what_is_no_smiles_is_refused_alike(parameters):
    tokenizer = SmilesTokenizer(**parameters)
    for smiles in ("CCO ethanol", "CCO |$;;$|", "CCO\tethanol"):
        with pytest.raises(InvalidSequenceError, match="row 1, position 3 .* where a SMILES ends: split off"):
            tokenizer.fit(["C", smiles])
    with pytest.raises(InvalidSequenceError, match="row 0, position 3 of X is .*, a line end within the row"):
        tokenizer.fit(["CCO\nCCN"])
    assert tokenizer.fit(["CCO\n", "CCN\r\n"]).vocabulary_.tokens[4:] == ["C", "N", "O"]


def test_the_normal_form_of_a_rewriting_tokenizer_is_what_it_writes():
    X = ["C(O)C ", "[13CH3]O", "C1CC("]
    assert list(SmilesTokenizer().normalize(X)) == ["C(O)C", "[13CH3]O", "C1CC("]
    assert list(SmilesTokenizer(canonical=True).normalize(X)) == ["CCO", "[13CH3]O", "C1CC("]


@pytest.mark.parametrize("fetch", [fetch_bbbp, fetch_esol, fetch_freesolv, fetch_lipophilicity])
@pytest.mark.parametrize("scheme", ["atom", "character"])
def test_downloaded_molecules_come_back(fetch, scheme, data_home):
    smiles = list(fetch(data_home=data_home, return_X_y=True)[0])
    tokenizer = SmilesTokenizer(scheme=scheme, unknown="error")
    assert list(tokenizer.inverse_transform(tokenizer.fit_transform(smiles))) == smiles
