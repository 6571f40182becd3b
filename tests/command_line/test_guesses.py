"""What isn't said is guessed, and told."""

import pandas as pd
import pytest

from seqestimators.command_line._guesses import find_sequences, find_target, guess_task, guess_tokenizer

TABLE = pd.DataFrame(
    {"id": ["1", "2"], "SMILES": ["CCO", "CC"], "weight": ["1.5", "2"], "solubility": ["-1", "2.5"]}
)


def test_columns_are_known_by_their_names_or_as_the_only_ones(capsys):
    assert find_sequences(TABLE, []) == ["SMILES"]
    assert find_sequences(pd.DataFrame({"x": ["ACG"], "n": ["3"]}), []) == ["x"]
    assert list(find_target(TABLE, [], ["SMILES", "weight"])) == ["solubility"]
    assert list(find_target(TABLE.assign(label="a"), [], ["SMILES"])) == ["label"]
    assert "'SMILES', guessed" in capsys.readouterr().err
    assert find_sequences(TABLE, ["id"]) == ["id"]
    assert capsys.readouterr().err == ""
    with pytest.raises(ValueError, match="--target.*columns are 'id', 'SMILES', 'weight'"):
        find_target(TABLE, [], ["SMILES"])
    with pytest.raises(ValueError, match="which column has the sequences.*'a', 'b'"):
        find_sequences(pd.DataFrame({"a": ["x"], "b": ["y"]}), [])


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (["CCO", "c1ccccc1"], "smiles"),
        (["[C][C][=O][Branch1]", "[C][N]"], "selfies"),
        (["[Na+].[Cl-]", "CCO"], "smiles"),
        (["acgt", None, "AUG"], "dna"),
        (["MKLV", "AGPR"], "protein"),
        (["a dog runs", "the cat"], "words"),
        (["ab1", "x"], "character"),
    ],
)
def test_the_tokenizer_is_that_of_the_sequences(rows, name):
    assert guess_tokenizer(pd.Series(rows)) == name


@pytest.mark.parametrize(
    ("target", "task"),
    [
        ({"y": ["a", "b"]}, "classification"),
        ({"y": ["0", "1"]}, "classification"),
        ({"y": ["0.5", "1"]}, "regression"),
        ({"y": [str(number) for number in range(30)]}, "regression"),
        ({"y": ["HHEE", "HE"]}, "tagging"),
        ({"a": ["0", "1"], "b": ["", "1"]}, "classification"),
        ({"a": ["0", "1"], "b": ["0.5", "1"]}, "regression"),
    ],
)
def test_the_task_is_that_of_the_target(target, task):
    target = pd.DataFrame(target)
    sequences = pd.DataFrame({"protein": (["MKLV", "MK"] * 15)[: len(target)]})
    assert guess_task(sequences, target, ["protein"])[0] == task


def test_strings_that_all_differ_may_be_sequences():
    sequences = pd.DataFrame({"dna": ["ATG" * n for n in range(1, 41)]})
    target = pd.DataFrame({"protein": ["M" * n for n in range(1, 41)]})
    with pytest.raises(ValueError, match="'protein' has 40 different strings: say with --task"):
        guess_task(sequences, target, ["dna"])


def test_codons_and_words_have_a_label_each():
    dna, protein = pd.DataFrame({"dna": ["ATGAAA", "ATG"]}), pd.DataFrame({"protein": ["MK", "M"]})
    assert guess_task(dna, protein, ["codon"])[0] == "tagging"
    assert guess_task(dna, protein, ["dna"])[0] == "classification"
    sequences = pd.DataFrame({"text": ["the dog runs"]})
    assert guess_task(sequences, pd.DataFrame({"y": ["DET NOUN VERB"]}), ["words"])[0] == "tagging"
    assert guess_task(sequences, pd.DataFrame({"y": ["NOUN VERB"]}), ["words"])[0] == "classification"
