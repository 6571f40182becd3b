"""Options: from the command line, and from a file."""

import argparse

import pytest

from seqestimators.command_line._parser import Parser


@pytest.fixture
def parser():
    one = Parser(prog="test")
    one.add_argument("data")
    one.add_argument("--config")
    one.add_argument("--target", action="append")
    one.add_argument("--max-epochs", type=int)
    one.add_argument("--stem")
    one.add_argument("--bidirectional", action=argparse.BooleanOptionalAction)
    return one


def test_a_file_has_the_same_names_and_the_command_line_comes_first(parser, tmp_path):
    path = tmp_path / "options.toml"
    path.write_text(
        'max-epochs = 3\nstem = [8, 5, 2]\nbidirectional = false\ntarget = ["a", "b"]\n', encoding="utf-8"
    )
    assert parser.read(["x.csv", f"--config={path}"]) == {
        "data": "x.csv", "max_epochs": 3, "stem": "8,5,2", "bidirectional": False, "target": ["a", "b"]
    }  # fmt: skip
    options = parser.read(["x.csv", f"--config={path}", "--max-epochs=5", "--target=c", "--bidirectional"])
    assert (options["max_epochs"], options["target"], options["bidirectional"]) == (5, ["c"], True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epochs = 3", "there is no option 'epochs': did you mean --max-epochs?"),
        ("max_epochs = 'many'", "argument --max-epochs: invalid int value: 'many'"),
        ("bidirectional = 1", "bidirectional is true or false, got 1"),
        ("max_epochs", "is no TOML file"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_in_one_line(parser, tmp_path, capsys, text, words):
    path = tmp_path / "options.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        parser.read(["x.csv", "--config", str(path)])
    assert end.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert words in line


def test_only_what_is_given_is_in_the_result(parser):
    assert parser.read(["x.csv"]) == {"data": "x.csv"}


def test_no_option_is_guessed_from_its_beginning(parser, capsys):
    with pytest.raises(SystemExit):
        parser.read(["x.csv", "--max", "3"])
    assert "unknown option --max" in capsys.readouterr().err
