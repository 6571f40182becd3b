"""The encoder that ships: its file, what it says, and that it knows no molecule of the benchmarks' labels."""

import pickle
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier, SmilesTokenizer
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.pretraining import load_molecule_encoder, shipped
from seqestimators.pretraining._labels import compute_labels

DRUGS = {
    "aspirin": "CC(=O)Oc1ccccc1C(=O)O",
    "caffeine": "Cn1c(=O)c2c(ncn2C)n(C)c1=O",
    "ibuprofen": "CC(C)Cc1ccc(cc1)C(C)C(=O)O",
    "metformin": "CN(C)C(=N)NC(N)=N",
    "warfarin": "CC(=O)CC(c1ccccc1)c1c(O)c2ccccc2oc1=O",
}
# Made once, with the file: other versions of torch and RDKit must read the same of it.
COLUMNS = [0, 200, 300, 500, 600, 767]
STATES = [
    [0.1058, 0.9248, -0.4289, 0.5865, 0.0630, -0.1424],
    [0.0258, 0.1254, -0.2829, 0.6495, 0.1245, -0.3489],
    [0.0078, 0.4708, -0.4621, 0.3229, 0.0524, -0.0921],
    [0.2995, -0.0252, -0.4870, -0.0325, 0.1537, 0.5396],
    [0.0308, 0.5164, -0.4259, 0.0904, 0.1245, -0.2025],
]


@pytest.fixture(scope="module")
def encoder():
    return load_molecule_encoder()


def test_the_file_is_small_and_the_one_that_was_shipped():
    content = (files("seqestimators.pretraining") / shipped.FILE).read_bytes()
    assert len(content) <= 4 * 2**20
    assert shipped.sha256_of(content) == shipped.SHA256


def test_its_provenance_is_written_down():
    text = (files("seqestimators.pretraining") / "molecule_encoder.txt").read_text(encoding="utf-8")
    security = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
    assert shipped.SHA256 in security
    [script] = re.findall(r"benchmarks/\w+\.py", text)
    assert script in security
    assert (Path(__file__).parents[2] / script).exists()
    [n_molecules] = re.findall(r"of ([\d,]+) molecules", text)
    assert n_molecules in security


def test_another_file_is_refused(monkeypatch):
    monkeypatch.setattr(shipped, "SHA256", "0" * 64)
    shipped._read_file.cache_clear()
    try:
        with pytest.raises(OSError, match="is not the file that was shipped: install seqestimators again"):
            load_molecule_encoder()
    finally:
        shipped._read_file.cache_clear()


def test_states_are_those_of_the_machine_that_made_it(encoder):
    states = encoder.transform(list(DRUGS.values()))
    assert states.shape == (5, 768)
    assert states.dtype == np.float32
    assert states[:, COLUMNS] == pytest.approx(np.array(STATES), abs=1e-3)


def test_it_tells_the_descriptors(encoder):
    labels = compute_labels(map(Chem.MolFromSmiles, DRUGS.values()))
    predicted = encoder.predict(list(DRUGS.values()))
    assert predicted.shape == (5, len(labels.names))
    for name, error in {"amw": 40, "CrippenClogP": 0.7, "tpsa": 12, "NumAromaticRings": 0.5}.items():
        column = labels.names.index(name)
        assert predicted[:, column] == pytest.approx(labels.numbers[:, column], abs=error)


def test_all_strings_of_a_molecule_are_alike(encoder):
    molecule = Chem.MolFromSmiles(DRUGS["warfarin"])
    strings = Chem.MolToRandomSmilesVect(molecule, 5, randomSeed=1)
    states = encoder.transform([*strings, molecule])
    assert (states == states[0]).all()


def test_names_clone_and_pickle(encoder):
    assert len(set(encoder.get_feature_names_out())) == 768
    states = encoder.transform(["CCO"])
    for other in (clone(encoder), pickle.loads(pickle.dumps(encoder)), load_molecule_encoder()):
        assert (other.transform(["CCO"]) == states).all()


def test_a_data_frame_comes_out_if_asked():
    encoder = load_molecule_encoder()
    encoder.set_output(transform="pandas")
    assert encoder.transform(["CCO", "C"]).shape == (2, 768)


def test_it_reads_the_column_of_a_data_frame(encoder):
    frame = pd.DataFrame({"smiles": ["CCO", "C"], "x": [1.0, 2.0]})
    for column in ("smiles", ["smiles"]):
        both = make_column_transformer((encoder, column), ("passthrough", ["x"])).fit_transform(frame)
        assert (both[:, :-1] == encoder.transform(["CCO", "C"])).all()


def test_what_it_has_never_seen_is_read(encoder):
    assert np.isfinite(encoder.transform(["", "[U]", "[Og]", "C" * 500, "*"])).all()


def test_a_molecule_that_cant_be_parsed_is_named(encoder):
    with pytest.raises(InvalidSequenceError, match=r"'C1CC' at row 1 of X"):
        encoder.transform(["CC", "C1CC"])


def test_a_network_starts_from_it(encoder):
    tokenizer = SmilesTokenizer(canonical=True, stereo=False, vocabulary=encoder[0].vocabulary_)
    network = RecurrentClassifier(pretrained=encoder, max_epochs=1, lr=1e-9, random_state=0)
    model = make_pipeline(tokenizer, network).fit(list(DRUGS.values()), [0, 1, 0, 1, 0])
    assert network.pretrained is encoder
    assert model[-1].transform(model[0].transform(["CCO"])) == pytest.approx(
        encoder.transform(["CCO"]), abs=1e-4
    )
