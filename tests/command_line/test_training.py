"""train and compare."""

import pandas as pd
import pytest

from seqestimators import RecurrentTagger, load
from seqestimators.command_line._training import read_target


def test_guesses_are_told_and_scores_printed(run, folder, small):
    status, out, err = run(
        "train", folder / "molecules.csv", "--cv=2", "--split=cluster", "--metric=accuracy", *small
    )
    assert status == 0, err
    assert out.splitlines()[0] == "2 folds, cluster, of 16 rows"
    assert out.splitlines()[1].split()[0] == "accuracy"
    assert "±" in out
    for told in (
        "column 'smiles', guessed",
        "column 'activity', guessed",
        "tokenizer: smiles",
        "has 2 classes",
    ):
        assert told in err


def test_options_reach_the_estimator_from_a_file_and_by_default_a_seed(run, folder, tmp_path):
    (tmp_path / "options.toml").write_text(
        'cell = "rnn"\nmax-epochs = 1\nsequence = "dna"\n', encoding="utf-8"
    )
    path = tmp_path / "tagger.skops"
    status, _, err = run(
        "train",
        folder / "genes.csv",
        f"--config={tmp_path / 'options.toml'}",
        "--hidden-size=3",
        f"--save={path}",
    )
    assert status == 0, err
    tagger = load(path)[-1]
    assert isinstance(tagger, RecurrentTagger)
    assert (tagger.cell, tagger.max_epochs, tagger.hidden_size, tagger.random_state) == ("rnn", 1, 3, 0)
    assert tagger.callbacks is None
    status, out, _ = run("predict", path, folder / "genes.csv")
    assert status == 0
    assert out.splitlines()[1] == "ATGCCA,ssssss,ssssss"


def test_several_columns_are_read_together(run, folder, tmp_path, small):
    table = pd.read_csv(folder / "molecules.csv").assign(target="CCO", pH="7.5")
    table.to_csv(tmp_path / "pairs.csv", index=False)
    columns = ["--sequence=smiles", "--sequence=target", "--numeric=pH", "--target=activity"]
    path = tmp_path / "model.skops"
    assert run("train", tmp_path / "pairs.csv", *columns, *small, f"--save={path}")[0] == 0
    table.assign(pH=["7.5", "x"] * 8).to_csv(tmp_path / "pairs.csv", index=False)
    status, out, err = run("predict", path, tmp_path / "pairs.csv")
    assert status == 0, err
    assert "8 of 16 rows can't be read" in err
    assert out.splitlines()[2].endswith(",x,,,")


def test_answers_of_several_targets_have_their_names(run, folder, tmp_path, small):
    table = pd.read_csv(folder / "molecules.csv").assign(toxic=[0, 1] * 8, soluble=["1", "0", "", "1"] * 4)
    table.to_csv(tmp_path / "labels.csv", index=False)
    path, options = tmp_path / "model.skops", ["--target=toxic", "--target=soluble", *small]
    assert run("train", tmp_path / "labels.csv", *options, f"--save={path}")[0] == 0
    assert load(path)[-1].target_names_.tolist() == ["toxic", "soluble"]
    status, out, err = run("predict", path, folder / "molecules.csv")
    assert status == 0, err
    names = ["prediction_toxic", "prediction_soluble", "probability_toxic", "probability_soluble"]
    assert out.splitlines()[0].split(",")[3:] == names
    assert run("evaluate", path, tmp_path / "labels.csv")[0] == 0
    picture = f"--figure={tmp_path / 'picture.svg'}"
    assert run("explain", path, folder / "molecules.csv", picture, "--label=soluble")[0] == 0
    status, _, err = run("explain", path, folder / "molecules.csv", picture, "--label=1")
    assert (status, "takes one of toxic, soluble" in err) == (2, True)


def test_a_training_goes_on_from_its_folder(run, folder, tmp_path, small):
    options = ["--cv=2", *small, f"--checkpoint={tmp_path / 'kept'}", f"--save={tmp_path / 'model.skops'}"]
    first = run("train", folder / "molecules.csv", *options)
    files = {file: file.stat().st_mtime_ns for file in (tmp_path / "kept").iterdir()}
    assert len(files) == 3  # two folds, and all rows
    assert run("train", folder / "molecules.csv", *options) == first
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "kept").iterdir()} == files


def test_two_fasta_files_are_two_classes(run, tmp_path, small):
    for name, dna in (("start", "ATGA"), ("none", "CCCA")):
        text = "".join(f">{i} kind={name}\n{dna}\n" for i in range(6))
        (tmp_path / f"{name}.fasta").write_text(text, encoding="utf-8")
    files, path = [tmp_path / "start.fasta", tmp_path / "none.fasta"], tmp_path / "model.skops"
    assert run("train", *files, *small, f"--save={path}")[0] == 0
    assert load(path)[-1].classes_.tolist() == ["none", "start"]
    joined = tmp_path / "both.fasta"
    joined.write_text("".join(file.read_text(encoding="utf-8") for file in files), encoding="utf-8")
    status, out, _ = run("evaluate", path, joined, r"--target=kind=(\w+)", "--metric=accuracy")
    assert (status, out.splitlines()[0]) == (0, "12 rows")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["CCO,1", "C C,0"], "row 1, position 1 of X is ' '"),
        (["CCO,1", ",0"], "row 1 has no 'smiles'"),
        (["CCO,1", "CC,"], "row 1 has no 'y'"),
        (["CCO,1", "CC,1"], "one class|1 class"),
        (["CCO,1.5", "CC,x"], "row 1 has 'x' as 'y', which is no number"),
    ],
)
def test_a_row_that_can_not_be_learned_from_is_named(run, tmp_path, rows, words, small):
    import re

    (tmp_path / "data.csv").write_text("\n".join(["smiles,y", *rows]), encoding="utf-8")
    task = ["--task=regression"] if "x" in rows[1] else ["--task=classification"]
    status, _, err = run(
        "train", tmp_path / "data.csv", "--tokenizer=smiles", *task, f"--save={tmp_path / 'm'}", *small
    )
    assert status == 2
    assert re.search(words, err.splitlines()[-1])


def test_targets_are_read_for_their_task():
    table = pd.DataFrame({"a": ["1", "0"], "b": ["1", ""], "c": ["x y", "z"]})
    assert read_target(table[["a"]], "classification", "dna").dtype == "int64"
    assert read_target(table[["a"]], "regression", "dna").dtype == "float64"
    assert read_target(table[["a", "b"]], "classification", "dna").shape == (2, 2)
    assert read_target(table[["c"]], "tagging", "words").tolist() == [["x", "y"], ["z"]]
    with pytest.raises(ValueError, match="tagging takes one --target"):
        read_target(table, "tagging", "dna")


def test_a_network_is_compared_with_baselines(run, folder, tmp_path, small):
    figure, scores = tmp_path / "figure.svg", tmp_path / "scores.csv"
    genes = pd.read_csv(folder / "genes.csv").assign(state=["start", "start", "none", "none"] * 3)
    genes.to_csv(tmp_path / "genes.csv", index=False)
    status, out, err = run(
        "compare", tmp_path / "genes.csv", "--cv=2", f"--figure={figure}", f"--output={scores}", *small
    )
    assert status == 0, err
    assert "k-mers + logistic" in out
    assert figure.read_text(encoding="utf-8").startswith("<?xml")
    assert set(pd.read_csv(scores)["estimator"]) == {"network", "k-mers + logistic", "majority"}
