"""The examples run to their end, made small from outside, without a warning."""

import inspect
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.model_selection import (
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
)
from skorch import NeuralNet

from seqestimators import baselines, datasets, model_selection
from seqestimators.exceptions import TruncationWarning

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").rglob("plot_*.py"))
FOLDERS = sorted({path.parent for path in EXAMPLES})

# Those of a folder run in one process: a further one takes as long to load torch as the rest to run.
RUN = f"""
import joblib, runpy, sys
sys.path += [{str(ROOT / "docs")!r}, {str(ROOT / "tests")!r}]
from one_process import OneProcess
joblib.register_parallel_backend("loky", OneProcess)
from test_examples import make_small, check_figures
make_small(sys.argv[1])
for path in sys.argv[1:]:
    runpy.run_path(path, run_name="__main__")
    check_figures()
"""
N_MADE, N_ROWS, N_GENES = 40, 160, 240
"""Rows, at most, of data that are made, loaded, or genes."""
# What training so short, and data so few, lead to.
IGNORED = ("the targets of", "Precision is ill-defined", "lbfgs failed to", "The least populated class")


def make_small(path):
    """Let all that an example calls do less; but workers of a cluster know nothing of fewer epochs."""
    warnings.simplefilter("ignore", TruncationWarning)  # no network has learned yet where a string ends
    if "LocalCluster" not in Path(path).read_text(encoding="utf-8"):
        limit_argument(NeuralNet, "fit_loop", "epochs", 2)
    for name in datasets.__all__:
        if name.startswith("make_"):
            setattr(datasets, name, limit_first(getattr(datasets, name), N_MADE))
        elif name.startswith(("fetch_", "load_", "read_coding")):
            setattr(datasets, name, take_some(getattr(datasets, name)))
    limit_argument(baselines, "make_ecfp_forest", "n_estimators", 20)
    for name in ("minimum_capacity", "minimum_samples"):
        setattr(model_selection, name, try_two(getattr(model_selection, name), name))
    for splitter in (
        ShuffleSplit,
        StratifiedGroupKFold,
        StratifiedKFold,
        StratifiedShuffleSplit,
        model_selection.ScaffoldSplit,
        model_selection.SequenceClusterSplit,
    ):
        limit_argument(splitter, "__init__", "n_splits", 2)
    for splitter in (ShuffleSplit, StratifiedShuffleSplit):
        limit_argument(splitter, "__init__", "test_size", 15)


def limit_argument(owner, name, argument, most):
    """Let a function or method be called with no more than `most` for one of its arguments."""
    whole = getattr(owner, name)
    signature = inspect.signature(whole)

    def limited(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        if isinstance(bound.arguments.get(argument), int):
            bound.arguments[argument] = min(bound.arguments[argument], most)
        return whole(*bound.args, **bound.kwargs)

    limited.__signature__ = signature
    setattr(owner, name, limited)


def limit_first(make, most):
    return lambda n_samples, *args, **kwargs: make(min(n_samples, most), *args, **kwargs)


def take_some(load):
    """Let data be loaded with few of their rows: short genes, and of all else every so many."""

    def load_some(*args, **kwargs):
        data = load(*args, **kwargs)
        columns = dict(enumerate(data)) if isinstance(data, tuple) else data
        rows = next(columns[name] for name in ("data", "dna", 0) if name in columns)
        if "coding" in load.__name__:
            kept = np.argsort([len(gene) for gene in rows], kind="stable")[:N_GENES]
        else:
            kept = np.arange(0, len(rows), max(1, len(rows) // N_ROWS))
        some = {
            name: values[kept] if isinstance(values, np.ndarray) and len(values) == len(rows) else values
            for name, values in columns.items()
        }
        return tuple(some.values()) if isinstance(data, tuple) else type(data)(**some)

    return load_some


def try_two(search, name):
    """Let a search for a minimum try its first two values."""
    place = {"minimum_capacity": 4, "minimum_samples": 3}[name]

    def search_few(*args, **kwargs):
        return search(*args[:place], args[place][:2], *args[place + 1 :], **kwargs)

    return search_few


def check_figures():
    """Ask for figures, none of them wider than a page."""
    figures = [plt.figure(number) for number in plt.get_fignums()]
    assert figures
    assert max(figure.get_figwidth() for figure in figures) <= 7.5
    plt.close("all")


def needs_data(path):
    code = path.read_text(encoding="utf-8")
    return "fetch_" in code and "SEQESTIMATORS_DATA" not in code  # these look for the data themselves


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_examples_run(folder, tmp_path):
    has_data = "SEQESTIMATORS_DATA" in os.environ
    paths = [path for path in EXAMPLES if path.parent == folder and (has_data or not needs_data(path))]
    if not paths:
        pytest.skip("SEQESTIMATORS_DATA is not set: it names the folder of the downloaded data sets")
    ignored = [part for text in IGNORED for part in ("-W", f"ignore:{text}")]
    command = [sys.executable, "-W", "error", *ignored, "-c", RUN, *map(str, paths)]
    run = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    progress = re.compile(r"\s*\d+%\|.*?\|.*|\s*")
    assert [line for line in re.split(r"[\r\n]", run.stderr) if not progress.fullmatch(line)] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_says_its_level_its_time_and_its_data_and_has_no_harness(path):
    code = path.read_text(encoding="utf-8")
    head = " ".join(code.split('"""')[1].split())
    assert re.search(r"\*\*Level:\*\* .+ \*\*Time:\*\* .+ \*\*Data:\*\* ", head)
    assert "sphinx_gallery_thumbnail_number" in code
    assert "plt.show()" in code
    assert not re.search(r"QUICK|savefig|mkdir", code)
    assert max(map(len, code.splitlines())) <= 79
