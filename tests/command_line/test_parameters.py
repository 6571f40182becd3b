"""Options that are made of the declarations of parameters."""

import argparse

import pytest

from seqestimators import RecurrentClassifier, RecurrentSeq2Seq
from seqestimators.command_line._models import ESTIMATORS
from seqestimators.command_line._parameters import NOT_AS_TEXT, add_parameter_options, parameters_of


@pytest.fixture(scope="module")
def parser():
    one = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
    add_parameter_options(one, ESTIMATORS.values())
    return one


def test_every_parameter_of_every_estimator_is_an_option_with_its_description(parser):
    options = {action.dest: action.help for action in parser._actions}
    for class_ in ESTIMATORS.values():
        assert set(class_().get_params()) - NOT_AS_TEXT <= options.keys()
    assert options["max_epochs"] == "Number of passes over the training rows, at least 1 (default: 30)"
    assert parser.format_help()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("--max-epochs=5", 5),
        ("--lr=0.01", 0.01),
        ("--dropout=0", 0),
        ("--batch-size=all", "all"),
        ("--embedding-dim=none", None),
        ("--no-bidirectional", False),
        ("--positions=true", True),
        ("--positions=auto", "auto"),
        ("--stem=8,5,2", (8, 5, 2)),
        ("--cell=gru", "gru"),
        ("--random-state=3", 3),
        ("--scoring=roc_auc", "roc_auc"),
    ],
)
def test_a_text_becomes_what_the_declaration_allows(parser, text, value):
    [(name, read)] = vars(parser.parse_args([text])).items()
    assert read == value
    assert type(read) is type(value)
    RecurrentClassifier(**{name: read})._validate_params()


@pytest.mark.parametrize("text", ["--max-epochs=0", "--lr=none", "--stem=8,5", "--cell=lsmt", "--dropout=1"])
def test_another_text_is_an_error_that_says_what_is_allowed(parser, text, capsys):
    with pytest.raises(SystemExit):
        parser.parse_args([text])
    assert "must be" in capsys.readouterr().err


def test_a_parameter_of_another_estimator_is_an_error():
    assert parameters_of(RecurrentSeq2Seq, {"beam_width": 3, "cv": 5}, ESTIMATORS.values()) == {
        "beam_width": 3
    }
    with pytest.raises(ValueError, match="RecurrentSeq2Seq has no --pooling"):
        parameters_of(RecurrentSeq2Seq, {"pooling": "mean"}, ESTIMATORS.values())
