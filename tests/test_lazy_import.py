"""What an import loads, watched in a fresh interpreter."""

import subprocess
import sys

import pytest

HEAVY = {"Bio", "matplotlib", "rdkit", "skorch", "torch"}


def heavy_packages_loaded_by(code):
    report = f"import sys; print(*sorted({HEAVY} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_the_package_alone_loads_nothing_heavy():
    code = "import sys, seqestimators; assert not {'numpy', 'sklearn'} & set(sys.modules)"
    assert heavy_packages_loaded_by(code) == set()


@pytest.mark.parametrize(
    ("tokenizer", "sequence"),
    [
        ("SequenceTokenizer", "abc"),
        ("DNATokenizer", "ACGT"),
        ("CodonTokenizer", "ATGTAA"),
        ("ProteinTokenizer", "MKL"),
        ("SmilesTokenizer", "c1ccccc1O"),
    ],
)
def test_tokenizing_loads_nothing_heavy(tokenizer, sequence):
    code = f"from seqestimators import {tokenizer}; {tokenizer}().fit_transform(['{sequence}'])"
    assert heavy_packages_loaded_by(code) == set()


def test_padding_loads_nothing_heavy():
    code = "from seqestimators import Padder; Padder().fit_transform([[4, 5], [6]])"
    assert heavy_packages_loaded_by(code) == set()


@pytest.mark.parametrize("room", ["baselines", "datasets"])
def test_rooms_beside_the_networks_load_no_torch(room):
    assert not heavy_packages_loaded_by(f"import seqestimators.{room}") & {"torch", "skorch", "matplotlib"}


def test_estimators_load_no_plotting():
    assert "matplotlib" not in heavy_packages_loaded_by("from seqestimators import RecurrentClassifier")
