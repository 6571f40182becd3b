"""The program as a whole: its commands, exit status and one-line errors."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from seqestimators import load


def test_python_m_runs_it_and_lists_the_commands_without_torch():
    lines = ["import sys", "from seqestimators.command_line import main", "main(['--help'])"]
    code = "\n".join([*lines, "print('torch' in sys.modules)"])
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert all(name in listed for name in ("train", "predict", "evaluate", "compare", "explain", "sample"))
    assert listed.splitlines()[-1] == "False"
    failed = subprocess.run(
        [sys.executable, "-m", "seqestimators"], capture_output=True, text=True, check=False
    )
    assert failed.returncode == 2
    assert len(failed.stderr.splitlines()) == 1


def test_a_model_is_trained_and_saved_and_answers(run, folder, classifier, tmp_path):
    status, out, err = run("predict", classifier, folder / "molecules.csv")
    assert (status, err) == (0, "")
    (tmp_path / "out.csv").write_text(out, encoding="utf-8")
    answers = pd.read_csv(tmp_path / "out.csv")
    assert list(answers) == [
        "id", "smiles", "activity", "prediction", "probability_active", "probability_inactive"
    ]  # fmt: skip
    model = load(classifier)
    np.testing.assert_allclose(
        answers.filter(like="probability"), model.predict_proba(answers["smiles"].tolist()), rtol=1e-6
    )
    assert answers["prediction"].tolist() == model.predict(answers["smiles"].tolist()).tolist()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("train {folder}/none.csv --cv 2", "none.csv: No such file or directory"),
        ("train {folder}/genes.csv --cv 2 --epochs 3", "unknown option --epochs: did you mean --max-epochs?"),
        ("train {folder}/molecules.csv --cv 2 --sequence smile", "'smile': the columns are 'id', 'smiles'"),
        ("train {folder}/genes.csv --cv 2 --max-epochs 0", "must be an int in the range [1, inf)"),
        ("train {folder}/molecules.csv", "nothing would be left of the training"),
        ("train {folder}/molecules.csv --save {folder}/no/model.skops", "there is no folder"),
        ("train {folder}/molecules.csv --cv 2 --beam-width 3", "RecurrentClassifier has no --beam-width"),
        ("train {folder}/molecules.csv --cv 2 --target id --target id", "'id' is named twice"),
        ("train {folder}/molecules.csv --cv 2 --target id --numeric id", "'id' is --numeric and --target"),
        ("train {folder}/molecules.csv --save {folder}", "is a folder: give the name of a file in it"),
        ("train {folder}/molecules.csv --cv 2 --checkpoint {folder}/genes.csv", "leads to a file"),
        ("train {folder} --cv 2", "is a folder"),
        ("compare {folder}/genes.csv --figure {folder}/a.xyz", "a.xyz is no format of a figure"),
        ("predict {folder}/molecules.csv {folder}/molecules.csv", "can't be read"),
        ("predict {folder} {folder}/molecules.csv", "Is a directory"),
        ("sing", "invalid choice: 'sing'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(run, folder, command, words):
    status, out, err = run(*command.format(folder=folder).split())
    assert (status, out) == (2, "")
    [line] = [line for line in err.splitlines() if "guessed" not in line]
    assert words in line
    assert line.startswith("seqestimators")


def test_warnings_are_shown_once_in_one_line(run, tmp_path):
    table = pd.DataFrame({"protein": ["ACGT!", "MK!!!!", "AC", "MKL!"] * 3, "label": [0, 1] * 6})
    table.to_csv(tmp_path / "data.csv", index=False)
    status, _, err = run(
        "train", tmp_path / "data.csv", "--target=label", "--tokenizer=protein", "--cv=2", "--max-epochs=1"
    )
    assert status == 0
    warned = [line for line in err.splitlines() if "warning" in line]
    assert len(warned) == len(set(warned)) > 0
