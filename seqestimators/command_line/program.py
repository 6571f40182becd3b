"""The program: its commands, and how warnings and errors are shown."""

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .._version import find_version
from ._parser import Parser

__all__ = ["main"]

COMMANDS = {
    "train": ("DATA...", "train a model on a file of sequences, with scores by cross-validation"),
    "predict": ("MODEL DATA...", "answer for each sequence of a file with a saved model"),
    "evaluate": ("MODEL DATA...", "score a saved model on a file with known answers"),
    "compare": ("DATA...", "compare a network with classical baselines on the same folds"),
    "explain": ("MODEL DATA...", "draw which parts of a sequence a saved model's answer rests on"),
    "sample": ("MODEL", "draw new sequences from a saved language model"),
}


class Command(NamedTuple):
    """What a command is made of."""

    add_options: Callable[[Parser], None]
    run: Callable[[dict[str, Any]], None]


def main(argv: Sequence[str] | None = None) -> int:
    r"""Run the command line, as ``seqestimators`` and ``python -m seqestimators`` do.

    Parameters
    ----------
    argv : list of str or None, default=None
        Command and options, as they stand behind ``seqestimators``; None takes
        them from the command line.

    Returns
    -------
    int
        Exit status: 0; 2 after an error, which is one line on standard error;
        130 if it was interrupted.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from seqestimators.command_line import main
    >>> folder = Path(mkdtemp())
    >>> text = "dna,label\n" + "ATG,start\nCCA,none\n" * 4
    >>> (folder / "data.csv").write_text(text)
    86
    >>> data, model = str(folder / "data.csv"), str(folder / "model.skops")
    >>> main(["train", data, "--target=label", "--max-epochs=1", f"--save={model}"])
    0
    >>> main(["predict", model, data, f"--output={folder / 'answers.csv'}"])
    0
    >>> (folder / "answers.csv").read_text().splitlines()[0]
    'dna,label,prediction,probability_none,probability_start'
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    name = arguments[0] if arguments and arguments[0] in COMMANDS else ""
    prog = f"seqestimators {name}".rstrip()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = _Shown(prog)
        try:
            _run(name, arguments)
            sys.stdout.flush()
        except SystemExit as end:
            return int(end.code or 0)
        except KeyboardInterrupt:
            print(f"{prog}: interrupted", file=sys.stderr)
            return 130
        except BrokenPipeError:  # whoever reads the output has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (ImportError, OSError, RuntimeError, TypeError, ValueError) as error:
            print(f"{prog}: error: {_in_one_line(error)}", file=sys.stderr)
            return 2
    return 0


def _run(name: str, arguments: list[str]) -> None:
    parser = Parser(prog="seqestimators", description="Recurrent neural networks on sequences.")
    parser.add_argument("--version", action="version", version=f"seqestimators {find_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for one, (files, summary) in COMMANDS.items():
        command = commands.add_parser(
            one,
            help=summary,
            description=f"{summary.capitalize()}.",
            usage=f"seqestimators {one} {files} [options]",
        )
        if one == name:
            chosen = _find(name)
            chosen.add_options(command)
            options = command.read(arguments[1:])
            chosen.run(options)
            return
    parser.parse_args(arguments)


def _find(name: str) -> Command:
    """Return a command; this loads torch, which the list of commands can do without."""
    from . import _answers, _training

    return {
        "train": Command(_training.add_train_options, _training.train),
        "compare": Command(_training.add_compare_options, _training.run_comparison),
        "predict": Command(_answers.add_predict_options, _answers.predict),
        "evaluate": Command(_answers.add_evaluate_options, _answers.evaluate),
        "explain": Command(_answers.add_explain_options, _answers.explain),
        "sample": Command(_answers.add_sample_options, _answers.draw),
    }[name]


def _in_one_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__


class _Shown:
    """Show each warning once, in one line, as every fold of a cross-validation may give it."""

    def __init__(self, prog: str):
        self.prog = prog
        self.shown: set[str] = set()

    def __call__(self, message: Any, category: Any, *args: Any, **kwargs: Any) -> None:
        text = " ".join(str(message).split())
        if text not in self.shown:
            self.shown.add(text)
            print(f"{self.prog}: warning: {text}", file=sys.stderr)
