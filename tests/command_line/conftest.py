"""Small files, and models of them that the command line has trained."""

import pytest

from seqestimators.command_line import main

SMILES = ["CCO", "CC", "CCN", "c1ccccc1", "CO", "CCCC", "CCCl", "CBr"]
SMALL = ["--hidden-size=2", "--embedding-dim=2", "--max-epochs=1"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return a folder with molecules.csv, of 16 molecules, and genes.csv with a label for each base."""
    path = tmp_path_factory.mktemp("command_line")
    rows = [
        f"{i},{one},{'active' if 'O' in one or 'N' in one else 'inactive'}"
        for i, one in enumerate(SMILES * 2)
    ]
    (path / "molecules.csv").write_text("\n".join(["id,smiles,activity", *rows]) + "\n", encoding="utf-8")
    genes = [f"{dna},{'s' * len(dna)}" for dna in ["ATGCCA", "ATGA", "CCATA", "GGCAC"] * 3]
    (path / "genes.csv").write_text("\n".join(["dna,state", *genes]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def classifier(folder):
    """Return the path of a model of molecules.csv."""
    path = folder / "classifier.skops"
    assert main(["train", str(folder / "molecules.csv"), *SMALL, f"--save={path}"]) == 0
    return path


@pytest.fixture
def small():
    """Return options of a small network that trains for an epoch."""
    return SMALL


@pytest.fixture
def run(capsys):
    """Return a function that runs a command, and returns exit status, output and errors."""

    def run_command(*arguments):
        capsys.readouterr()
        return main(list(map(str, arguments))), *capsys.readouterr()

    return run_command
