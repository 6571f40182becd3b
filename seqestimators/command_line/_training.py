"""The commands that fit models: train and compare."""

import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold, cross_validate

from .._files import save
from ..model_selection import ComparisonDisplay, ScaffoldSplit, SequenceClusterSplit, compare
from ..sequences import object_array
from ._guesses import find_sequences, find_target, guess_task, guess_tokenizer, tell
from ._models import ESTIMATORS, TOKENIZERS, find_baselines, find_scores, make_model
from ._parameters import DEFAULTS, add_parameter_options, parameters_of
from ._parser import Parser
from ._progress import ProgressBar
from ._tables import as_numbers, check_columns, read_table, sequence_columns

SPLITS = ("random", "scaffold", "cluster")


class Data(NamedTuple):
    """The rows of a file, and what is to be learned from them."""

    X: pd.DataFrame
    y: Any
    tokenizers: dict[str, str]
    numeric: list[str]
    task: str


def add_data_options(parser: Parser, *, with_tokenizer: bool = True) -> None:
    """Add the options that say what stands in which column.

    Parameters
    ----------
    parser : Parser
    with_tokenizer : bool, default=True
        Whether the model is still to be made.
    """
    parser.add_argument(
        "data",
        nargs="+",
        metavar="DATA",
        help="file that ends in .csv, .tsv, .parquet or .fasta, .gz too; several are read as one",
    )
    group = parser.add_argument_group("data")
    group.add_argument(
        "--sequence",
        action="append",
        metavar="COLUMN",
        help="column of sequences; may be given several times",
    )
    group.add_argument(
        "--target",
        action="append",
        metavar="COLUMN",
        help="column of what is to be learned; several for several labels or numbers. Of a "
        r"FASTA file also a regular expression that finds it in the headers, such as 'class=(\w+)'",
    )
    if with_tokenizer:
        group.add_argument(
            "--numeric", action="append", metavar="COLUMN", help="column of numbers; several too"
        )
        group.add_argument(
            "--tokenizer",
            action="append",
            choices=TOKENIZERS,
            help="what reads the sequences; one for each --sequence, or one for all (default: guessed)",
        )
        group.add_argument("--task", choices=ESTIMATORS, help="what is to be learned (default: guessed)")
        parser.add_argument(
            "--config", metavar="FILE", help="TOML file of options, by the names they have here"
        )


def add_fold_options(parser: Parser) -> None:
    """Add the options of cross-validation.

    Parameters
    ----------
    parser : Parser
    """
    group = parser.add_argument_group("cross-validation")
    group.add_argument("--cv", type=int, metavar="N", help="number of folds, at least 2")
    group.add_argument(
        "--split",
        choices=SPLITS,
        help="what keeps together: nothing, scaffolds of molecules, or clusters of "
        "similar sequences (default: random)",
    )
    add_metric_option(group)


def add_metric_option(group: Any) -> None:
    """Add the option of the scores.

    Parameters
    ----------
    group : ArgumentParser or group of one
    """
    group.add_argument(
        "--metric",
        action="append",
        metavar="NAME",
        help="score, by its name in scikit-learn, or token_accuracy, exact_match, edit_similarity, "
        "masked_roc_auc; several too (default: usual ones)",
    )


def add_train_options(parser: Parser) -> None:
    """Add the options of train.

    Parameters
    ----------
    parser : Parser
    """
    add_data_options(parser)
    parser.add_argument("--save", metavar="FILE", help="where to write the model, trained on all rows")
    parser.add_argument(
        "--checkpoint",
        metavar="FOLDER",
        help="where to keep the training after every epoch: the same command, given again, goes on",
    )
    add_fold_options(parser)
    add_parameter_options(parser, ESTIMATORS.values())


def add_compare_options(parser: Parser) -> None:
    """Add the options of compare.

    Parameters
    ----------
    parser : Parser
    """
    add_data_options(parser)
    parser.add_argument("--figure", metavar="FILE", help="where to draw the result; .svg, .png or .pdf")
    parser.add_argument("--output", metavar="FILE", help="where to write the score of every fold, as CSV")
    add_fold_options(parser)
    add_parameter_options(parser, ESTIMATORS.values())


def train(options: dict[str, Any]) -> None:
    """Cross-validate a model, and write the one of all rows.

    Parameters
    ----------
    options : dict of str to object
        As given on the command line.
    """
    path, options = options.get("save"), DEFAULTS | options
    if path is None and "cv" not in options:
        raise ValueError(
            "nothing would be left of the training: give --save FILE, --cv N for scores, or both"
        )
    check_output(path)
    data = _read_data(options)
    model = _make_model(data, options)
    folds = _make_folds(data, options)
    bar = ProgressBar(len(folds) + (path is not None), model[-1].max_epochs)
    model[-1].set_params(callbacks=[bar])
    kept = {}
    if "checkpoint" in options:
        kept[f"{model.steps[-1][0]}__checkpoint"] = Path(options["checkpoint"])
    try:
        if folds:
            scores = find_scores(options.get("metric", []), data.task, data.y)
            scorers = {score.name: score.scorer for score in scores}
            result = cross_validate(
                model, data.X, data.y, cv=folds, scoring=scorers, params=kept, error_score="raise"
            )
        if path is not None:
            model.fit(data.X, data.y, **kept)
    finally:
        bar.close()
    if folds:
        print(f"{len(folds)} folds, {options.get('split', 'random')}, of {len(data.X)} rows")
        for score in scores:
            values = score.sign * result[f"test_{score.name}"]
            print(f"{score.name:24} {values.mean():.4f} ± {values.std(ddof=1):.4f}")
    if path is not None:
        model[-1].set_params(callbacks=None)
        save(model, path)
        tell(f"model: {path}")


def run_comparison(options: dict[str, Any]) -> None:
    """Compare a network with baselines.

    Parameters
    ----------
    options : dict of str to object
        As given on the command line.
    """
    check_output(options.get("output"))
    check_output(options.get("figure"), is_figure=True)
    options = DEFAULTS | {"cv": 5} | options
    data = _read_data(options)
    if len(data.tokenizers) > 1 or data.numeric:
        raise ValueError("compare takes one column of sequences, which is all that the baselines read")
    [tokenizer] = data.tokenizers.values()
    rivals = find_baselines(data.task, tokenizer, data.y, options["random_state"])
    models = {"network": _make_model(data, options), **rivals}
    scores = find_scores(options.get("metric", []), data.task, data.y)[: None if "metric" in options else 1]
    scoring = {score.name: score.scorer for score in scores}
    result = compare(
        models, data.X, data.y, cv=_make_folds(data, options), scoring=scoring, verbose=sys.stderr.isatty()
    )
    print(result)
    if "output" in options:
        result.scores.to_csv(options["output"])
    if "figure" in options:
        display = ComparisonDisplay.from_comparison(result, scoring=scores[0].name)
        write_figure(display.figure_, options["figure"])


def check_output(path: str | None, *, is_figure: bool = False) -> None:
    """Raise an error, before any work, if a file can't be written.

    Parameters
    ----------
    path : str or None
    is_figure : bool, default=False
        Whether its ending must be that of a figure.
    """
    if path is None:
        return
    file = Path(path).absolute()
    if not file.parent.is_dir():
        raise ValueError(f"there is no folder {file.parent} to write {path} into")
    if file.is_dir():
        raise ValueError(f"{Path(path)} is a folder: give the name of a file in it")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise ValueError(f"{path} can't be written: permission denied")
    if is_figure:
        from matplotlib.backend_bases import FigureCanvasBase

        endings = FigureCanvasBase.get_supported_filetypes()
        if Path(path).suffix.lower().removeprefix(".") not in endings:
            raise ValueError(
                f"the ending of {path} is no format of a figure: give one of .{', .'.join(endings)}"
            )


def write_figure(figure: Any, path: str) -> None:
    """Write a figure into a file, and close it.

    Parameters
    ----------
    figure : matplotlib Figure
    path : str
    """
    from matplotlib import pyplot as plt

    figure.savefig(path, dpi=200)
    plt.close(figure)
    tell(f"figure: {path}")


def read_target(target: pd.DataFrame, task: str, tokenizer: str) -> Any:
    """Return the target as the estimator of a task takes it.

    Parameters
    ----------
    target : DataFrame of shape (n, n_targets)
    task : str
    tokenizer : str
        That of the sequences, by its name.

    Returns
    -------
    ndarray of shape (n,), or DataFrame of shape (n, n_targets)

    Raises
    ------
    ValueError
        A cell is empty where one is needed, or is no number; the message
        names row and column.
    """
    if task in ("classification", "regression"):
        columns = {
            name: _read_column(target[name], task, is_one_of_several=target.shape[1] > 1) for name in target
        }
        return pd.DataFrame(columns) if len(columns) > 1 else next(iter(columns.values()))
    column = target.iloc[:, 0]
    if target.shape[1] > 1:
        raise ValueError(f"{task} takes one --target, got {target.shape[1]}")
    _refuse_empty(column)
    return object_array(
        [one.split() if tokenizer == "words" and task == "tagging" else one for one in column]
    )


def _read_column(column: pd.Series, task: str, is_one_of_several: bool) -> np.ndarray:
    if not is_one_of_several:
        _refuse_empty(column)
    numbers = as_numbers(column)
    if numbers is None:
        if task == "classification" and not is_one_of_several:
            return column.to_numpy(str)
        is_bad = pd.to_numeric(column, errors="coerce").isna() & (column != "") & column.notna()
        row = int(is_bad.to_numpy().argmax())
        raise ValueError(f"row {row} has {column[row]!r} as {column.name!r}, which is no number")
    is_whole = task == "classification" and (numbers == np.round(numbers)).all()
    return numbers.astype(np.int64) if is_whole else numbers


def _refuse_empty(column: pd.Series) -> None:
    is_empty = (column.isna() | (column == "")).to_numpy()
    if is_empty.any():
        raise ValueError(f"row {is_empty.argmax()} has no {column.name!r}: leave the row out, or fill it in")


def _read_data(options: dict[str, Any]) -> Data:
    """Read the file, and find out what isn't said."""
    table = read_table(options["data"])
    named, numeric = options.get("target", []), options.get("numeric", [])
    check_columns(table, numeric)
    if both := [name for name in numeric if name in named]:
        raise ValueError(f"column {both[0]!r} is --numeric and --target: the model would be told the answer")
    sequences = find_sequences(table, options.get("sequence", []), [*named, *numeric])
    X = sequence_columns(table, sequences)
    for name in sequences:
        _refuse_empty(X[name])
    tokenizers = options.get("tokenizer") or []
    if not tokenizers:
        tokenizers = [guess_tokenizer(X[name]) for name in sequences]
        tell(f"tokenizer: {', '.join(tokenizers)}, guessed (--tokenizer names another)")
    if len(tokenizers) not in (1, len(sequences)):
        raise ValueError(f"{len(sequences)} columns of sequences need one --tokenizer or {len(sequences)}")
    if len(tokenizers) == 1:
        tokenizers = tokenizers * len(sequences)
    task, y = options.get("task"), None
    if task != "language":
        target = find_target(table, named, [*sequences, *numeric])
        if task is None:
            task, why = guess_task(X, target, tokenizers)
            tell(f"task: {task}, guessed, since {why} (--task names another)")
        y = read_target(target, task, tokenizers[0])
    X = X.join(table[numeric])
    return Data(X, y, dict(zip(sequences, tokenizers, strict=True)), numeric, task)


def _make_model(data: Data, options: dict[str, Any]) -> Any:
    parameters = parameters_of(ESTIMATORS[data.task], options, ESTIMATORS.values())
    return make_model(data.task, data.tokenizers, data.numeric, parameters)


def _make_folds(data: Data, options: dict[str, Any]) -> list[Any]:
    """Return the rows of training and test of each fold; none without `--cv`."""
    if "cv" not in options:
        if "split" in options or "metric" in options:
            raise ValueError("--split and --metric have no effect without --cv")
        return []
    n_folds, split, random_state = options["cv"], options.get("split", "random"), options["random_state"]
    first = data.X.iloc[:, 0]
    rows: Any = object_array(["" if one is None else one for one in first])
    is_stratified = data.task == "classification" and data.y.ndim == 1
    if split == "scaffold":
        folds: Any = ScaffoldSplit(n_folds, random_state=random_state)
    elif split == "cluster":
        folds = SequenceClusterSplit(n_folds, random_state=random_state)
    elif is_stratified:
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=random_state)
    else:
        folds = KFold(n_folds, shuffle=True, random_state=random_state)
    return list(folds.split(rows, data.y if is_stratified else None))
