"""The file of an encoder: written, read, the same."""

import json

import numpy as np
import pytest

from seqestimators.pretraining import pretrain_properties
from seqestimators.pretraining._file import read_encoder, sha256_of, write_encoder

SMILES = ["CCO", "c1ccccc1O", "CC(=O)N", "CCCN", "OCC(N)C(=O)O", "C1CCCCC1"] * 3


@pytest.fixture(scope="module")
def encoder():
    return pretrain_properties(SMILES, hidden_size=8, max_epochs=2, device="cpu", random_state=0)


@pytest.fixture(scope="module")
def path(encoder, tmp_path_factory):
    path = tmp_path_factory.mktemp("encoder") / "encoder.npz"
    assert write_encoder(encoder, path, corpus="six") == sha256_of(path.read_bytes())
    return path


def test_what_is_read_is_what_was_written(encoder, path):
    read = read_encoder(path)
    assert read.transform(SMILES) == pytest.approx(encoder.transform(SMILES), abs=2e-3)
    assert read.predict(SMILES) == pytest.approx(encoder.predict(SMILES), rel=1e-2, abs=1e-2)
    assert read[0].vocabulary_ == encoder[0].vocabulary_
    assert read[0].get_params() == encoder[0].get_params()
    assert read[-1].fingerprint_ == encoder[-1].fingerprint_
    assert len(read[-1].history_) == 2
    assert (read.get_feature_names_out() == encoder.get_feature_names_out()).all()


def test_the_file_holds_no_code(path):
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    assert {one.dtype.kind for one in arrays.values()} <= set("fbU")
    assert json.loads(arrays["description"].item())["about"] == {"corpus": "six"}


def test_a_file_of_other_weights_is_refused(path, tmp_path):
    with np.load(path) as file:
        arrays = dict(file)
    arrays["weights/output.weight"] = arrays["weights/output.weight"][:, :-1]
    np.savez(tmp_path / "other.npz", **arrays)
    with pytest.raises(ValueError, match="holds other weights than its parameters say"):
        read_encoder(tmp_path / "other.npz")


def test_the_same_encoder_makes_the_same_file(encoder, path, tmp_path):
    assert write_encoder(encoder, tmp_path / "again.npz", corpus="six") == sha256_of(path.read_bytes())
