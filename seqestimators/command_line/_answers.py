"""The commands that ask a saved model: predict, evaluate, explain and sample."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from .._files import load
from ..estimators import sample
from ..inspection import DecisionTraceDisplay, MoleculeAttributionDisplay, MutagenesisDisplay
from ..preprocessing import SmilesTokenizer, WordTokenizer
from ._guesses import find_sequences, find_target, tell
from ._models import answers_of, columns_of, find_scores, target_names_of, task_of
from ._parser import Parser
from ._tables import check_columns, read_table, sequence_columns
from ._training import (
    add_data_options,
    add_metric_option,
    check_output,
    read_target,
    write_figure,
)

PICTURES = ("molecule", "mutagenesis", "trace")


def add_predict_options(parser: Parser) -> None:
    """Add the options of predict.

    Parameters
    ----------
    parser : Parser
    """
    _add_model_options(parser)
    parser.add_argument(
        "--output", metavar="FILE", help="where to write the answers, as CSV (default: standard output)"
    )


def add_evaluate_options(parser: Parser) -> None:
    """Add the options of evaluate.

    Parameters
    ----------
    parser : Parser
    """
    _add_model_options(parser)
    add_metric_option(parser)


def add_explain_options(parser: Parser) -> None:
    """Add the options of explain.

    Parameters
    ----------
    parser : Parser
    """
    _add_model_options(parser)
    parser.add_argument("--row", type=int, metavar="N", help="row to explain, from 0 (default: 0)")
    parser.add_argument(
        "--label",
        metavar="CLASS",
        help="class to explain, or the name of one of several targets (default: the predicted class)",
    )
    parser.add_argument(
        "--kind",
        choices=PICTURES,
        help="a molecule with coloured atoms, what each change does, or the answer after each step "
        "(default: the first for SMILES, the last for words, else the second)",
    )
    parser.add_argument(
        "--figure", metavar="FILE", help="where to draw; .svg, .png or .pdf (default: explanation.svg)"
    )


def add_sample_options(parser: Parser) -> None:
    """Add the options of sample.

    Parameters
    ----------
    parser : Parser
    """
    parser.add_argument("model", metavar="MODEL", help="file that train has saved")
    parser.add_argument("-n", "--n-samples", type=int, metavar="N", help="number of sequences (default: 1)")
    parser.add_argument("--temperature", type=float, metavar="X", help="below 1, likely tokens are favoured")
    parser.add_argument("--top-k", type=int, metavar="N", help="draw from the N likeliest tokens only")
    parser.add_argument(
        "--top-p", type=float, metavar="X", help="draw from the likeliest tokens of this share only"
    )
    parser.add_argument("--max-length", type=int, metavar="N", help="greatest number of tokens")
    parser.add_argument("--random-state", type=int, metavar="N", help="seed (default: 0)")
    parser.add_argument("--prefix", metavar="TEXT", help="what the sequences begin with")
    parser.add_argument(
        "--condition",
        action="append",
        metavar="COLUMN=X",
        help="number that the model is to go by, of a column that was --numeric in training; several too",
    )
    parser.add_argument("--output", metavar="FILE", help="where to write them (default: standard output)")


def predict(options: dict[str, Any]) -> None:
    """Write the answers of a model beside the rows of a file.

    Parameters
    ----------
    options : dict of str to object
        As given on the command line.
    """
    check_output(options.get("output"))
    model, table, _, X = _read(options)
    task = task_of(model)
    answers, n_unread = _ask(lambda rows: answers_of(model, rows, task), X)
    if taken := [name for name in answers if name in table.columns]:
        raise ValueError(f"the file has a column {taken[0]!r} already: rename it")
    table.join(answers).to_csv(options.get("output", sys.stdout), index=False, lineterminator="\n")
    if n_unread:
        tell(f"{n_unread} of {len(X)} rows can't be read: their answers are empty")


def evaluate(options: dict[str, Any]) -> None:
    """Print the scores of a model on a file with known answers.

    Parameters
    ----------
    options : dict of str to object
        As given on the command line.
    """
    model, table, names, X = _read(options)
    task, y = task_of(model), None
    first = model[0] if isinstance(model, Pipeline) else model

    def mark(rows: pd.DataFrame) -> pd.DataFrame:
        if first is not model:
            first.transform(rows)
        return pd.DataFrame({"is_read": True}, index=rows.index)

    marked, n_unread = _ask(mark, X)
    is_read = marked["is_read"].notna().to_numpy()
    X, table = X[is_read], table[is_read].reset_index(drop=True)
    if task != "language":
        target = find_target(table, options.get("target", []) or target_names_of(model), names)
        y = read_target(target, task, "words" if isinstance(first, WordTokenizer) else "")
        if task == "classification" and y.ndim == 1 and not np.isin(y, model.classes_).any():
            classes = ", ".join(map(str, model.classes_))
            raise ValueError(f"{target.columns[0]!r} has none of the model's classes, {classes}")
    print(f"{len(X)} rows")
    for score in find_scores(options.get("metric", []), task, y):
        print(f"{score.name:24} {score.sign * score.scorer(model, X, y):.4f}")
    if n_unread:
        tell(f"{n_unread} rows can't be read: they are left out")


def explain(options: dict[str, Any]) -> None:
    """Draw what the answer of a model for one row rests on.

    Parameters
    ----------
    options : dict of str to object
        As given on the command line.
    """
    path, row = options.get("figure", "explanation.svg"), options.get("row", 0)
    check_output(path, is_figure=True)
    model, _, _, X = _read(options)
    if not 0 <= row < len(X):
        raise ValueError(f"there is no row {row}: the file has the rows 0 to {len(X) - 1}")
    if X.shape[1] > 1:
        raise ValueError("models of several columns can't be explained yet")
    if task_of(model) not in ("classification", "regression"):
        raise ValueError(f"classification and regression can be explained, not {task_of(model)}")
    first = model[0] if isinstance(model, Pipeline) else None
    usual = "molecule" if isinstance(first, SmilesTokenizer) else "mutagenesis"
    kind = options.get("kind", "trace" if isinstance(first, WordTokenizer) else usual)
    draw: Any = {
        "molecule": MoleculeAttributionDisplay,
        "mutagenesis": MutagenesisDisplay,
        "trace": DecisionTraceDisplay,
    }[kind]
    label = _read_label(model, options.get("label"))
    write_figure(draw.from_estimator(model, X.iloc[row, 0], target=label).figure_, path)


def draw(options: dict[str, Any]) -> None:
    """Write new sequences, one a line.

    Parameters
    ----------
    options : dict of str to object
        As given on the command line.
    """
    check_output(options.get("output"))
    model = load(options["model"])
    if task_of(model) != "language":
        raise ValueError(f"{options['model']} holds no language model: train one with --task language")
    given = {name: value for name, value in options.items() if name not in ("model", "output", "condition")}
    if "condition" in options:
        given["condition"] = dict(map(_read_condition, options["condition"]))
    lines = "".join(f"{sequence}\n" for sequence in sample(model, **{"random_state": 0, **given}))
    if "output" in options:
        with open(options["output"], "w", encoding="utf-8") as file:
            file.write(lines)
    else:
        print(lines, end="")


def _read_condition(text: str) -> tuple[str, float]:
    name, _, number = text.rpartition("=")
    return name, float(number)


def _add_model_options(parser: Parser) -> None:
    parser.add_argument("model", metavar="MODEL", help="file that train, or seqestimators.save, has written")
    add_data_options(parser, with_tokenizer=False)


def _read(options: dict[str, Any]) -> tuple[Any, pd.DataFrame, list[str], pd.DataFrame]:
    """Return the model, the table, the names of the columns that the model reads, and these."""
    model, table = load(options["model"]), read_table(options["data"])
    learned, numeric = columns_of(model)
    check_columns(table, numeric)
    named = options.get("sequence", []) or [name for name in learned if name in table.columns]
    sequences = named if learned and len(named) == len(learned) else find_sequences(table, named, numeric)
    if learned and len(sequences) != len(learned):
        raise ValueError(f"the model reads {len(learned)} columns of sequences: give as many --sequence")
    X = sequence_columns(table, sequences)
    X = X.set_axis(learned or sequences, axis=1).join(table[numeric])
    return model, table, [*sequences, *numeric], X


def _ask(answer: Callable[[pd.DataFrame], pd.DataFrame], X: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the answers for all rows, empty ones where a row can't be read, and how many those are."""
    unread: list[Exception] = []

    def ask(rows: pd.DataFrame) -> pd.DataFrame:
        try:
            return answer(rows)
        except (TypeError, ValueError) as error:
            if len(rows) == 1:
                unread.append(error)
                return pd.DataFrame(index=rows.index)
        half = len(rows) // 2
        return pd.concat([ask(rows.iloc[:half]), ask(rows.iloc[half:])])

    answers = ask(X)
    if len(unread) == len(X):
        raise unread[0]
    return answers, len(unread)


def _read_label(model: Any, text: str | None) -> Any:
    """Return the class that a text names, or the number of one of several targets."""
    last = model[-1] if isinstance(model, Pipeline) else model
    labels = {name: j for j, name in enumerate(target_names_of(model))}
    if not labels:
        classes = getattr(last, "classes_", np.arange(getattr(last, "n_outputs_", 1)))
        labels = {str(label): label for label in np.asarray(classes).tolist()}
    if text in labels:
        return labels[text]
    if text is None and (len(labels) == 1 or hasattr(last, "classes_")):
        return None
    reason = "the model answers several targets" if text is None else f"there is no class or target {text!r}"
    raise ValueError(f"{reason}: --label takes one of {', '.join(labels)}")
