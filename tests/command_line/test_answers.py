"""predict, evaluate, explain and sample."""

import pandas as pd
import pytest

from seqestimators import SmilesTokenizer, load, save


def test_a_row_that_can_not_be_read_keeps_its_place(run, classifier, tmp_path):
    (tmp_path / "new.csv").write_text('name,smiles\na,CCO\nb,C C\nc,""\nd,CO\n', encoding="utf-8")
    status, _, err = run("predict", classifier, tmp_path / "new.csv", f"--output={tmp_path / 'answers.csv'}")
    assert (status, err) == (0, "2 of 4 rows can't be read: their answers are empty\n")
    answers = pd.read_csv(tmp_path / "answers.csv", keep_default_na=False)
    assert answers["name"].tolist() == ["a", "b", "c", "d"]
    assert (answers["prediction"] == "").tolist() == [False, True, True, False]
    expected = load(classifier).predict_proba(["CCO", "CO"])[:, 0]
    assert answers["probability_active"][[0, 3]].astype(float).tolist() == pytest.approx(expected.tolist())


def test_of_rows_that_can_all_not_be_read_the_first_is_named(run, classifier, tmp_path):
    (tmp_path / "new.csv").write_text("smiles\nC C\nC  O\n", encoding="utf-8")
    status, out, err = run("predict", classifier, tmp_path / "new.csv")
    assert (status, out) == (2, "")
    assert "position 1 of X is ' '" in err


def test_another_column_of_sequences_may_be_named_or_guessed(run, classifier, tmp_path):
    (tmp_path / "new.csv").write_text("structure\nCCO\nCO\n", encoding="utf-8")
    status, out, err = run("predict", classifier, tmp_path / "new.csv")
    assert status == 0
    assert "column 'structure', guessed" in err
    assert run("predict", classifier, tmp_path / "new.csv", "--sequence=structure") == (0, out, "")
    (tmp_path / "again.csv").write_text(out, encoding="utf-8")
    status, _, err = run("predict", classifier, tmp_path / "again.csv", "--sequence=structure")
    assert status == 2
    assert "has a column 'prediction' already" in err


def test_a_model_is_scored(run, classifier, folder):
    status, out, _ = run("evaluate", classifier, folder / "molecules.csv")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        "16",
        "roc_auc",
        "accuracy",
        "matthews_corrcoef",
    ]
    status, out, _ = run(
        "evaluate", classifier, folder / "molecules.csv", "--target=activity", "--metric=accuracy"
    )
    table = pd.read_csv(folder / "molecules.csv")
    accuracy = load(classifier).score(table["smiles"], table["activity"])
    assert out.splitlines()[1].split() == ["accuracy", f"{accuracy:.4f}"]
    status, out, err = run("evaluate", classifier, folder / "molecules.csv", "--target=id")
    assert (status, out) == (2, "")
    assert "none of the model's classes, active, inactive" in err


@pytest.mark.parametrize(
    "options", [[], ["--kind=mutagenesis", "--label=active"], ["--kind=trace", "--row=2"]]
)
def test_a_row_is_explained_in_a_picture(run, classifier, folder, tmp_path, options):
    path = tmp_path / "picture.svg"
    status, _, err = run("explain", classifier, folder / "molecules.csv", f"--figure={path}", *options)
    assert status == 0, err
    assert "<svg" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "words"), [("--label=x", "takes one of active, inactive"), ("--row=16", "rows 0 to 15")]
)
def test_what_can_not_be_explained_is_said(run, classifier, folder, option, words):
    status, _, err = run("explain", classifier, folder / "molecules.csv", option)
    assert status == 2
    assert words in err


def test_a_language_model_draws_sequences_and_scores_others(run, folder, tmp_path, small):
    path = tmp_path / "language.skops"
    arguments = ["--task=language", "--sequence=smiles", "--numeric=id", f"--save={path}"]
    assert run("train", folder / "molecules.csv", *arguments, *small)[0] == 0
    command = ("sample", path, "-n", "3", "--max-length=5", "--prefix=CC", "--condition=id=3")
    status, out, err = run(*command)
    assert status == 0, err
    assert [line[:2] for line in out.splitlines()] == ["CC"] * 3
    assert run(*command)[1] == out
    status, out, _ = run("predict", path, folder / "molecules.csv")
    assert out.splitlines()[0] == "id,smiles,activity,log_likelihood"
    status, out, _ = run("evaluate", path, folder / "molecules.csv")
    assert [line.split()[0] for line in out.splitlines()] == ["16", "log_likelihood", "perplexity"]


def test_a_file_of_another_model_is_named(run, classifier, folder, tmp_path):
    assert "holds no language model" in run("sample", classifier)[2]
    save(SmilesTokenizer(), tmp_path / "tokenizer.skops")
    status, _, err = run("predict", tmp_path / "tokenizer.skops", folder / "molecules.csv")
    assert status == 2
    assert "a SmilesTokenizer, which predicts nothing" in err
