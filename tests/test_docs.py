"""The site: its Python runs, its docstrings are whole, its pages hang together."""

import importlib
import inspect
import pkgutil
import re
import sys
import types
import warnings
from pathlib import Path

import joblib
import pytest
from numpydoc.docscrape_sphinx import SphinxDocString
from numpydoc.validate import validate

import seqestimators
from seqestimators import RecurrentClassifier, RecurrentSeq2Seq, datasets
from seqestimators.parameters import groups_of

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path for path in DOCS.rglob("*.md") if "_build" not in path.parts and "auto_examples" not in path.parts
)


def opened_blocks_of(page, language="python"):
    """Return what else stands in the opening line, the text for a figure, and the code of each block."""
    block = rf"^```{language}(?: ([^\n]*))?\n(.*?)^```"
    return re.findall(block, page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def blocks_of(page, language="python"):
    return [code for _, code in opened_blocks_of(page, language)]


WITH_CODE = [page for page in PAGES if blocks_of(page)]
every_page = pytest.mark.parametrize("page", WITH_CODE, ids=[page.stem for page in WITH_CODE])


def take_every(step, load):
    def load_some(**options):
        data = load(**options)
        return tuple(part[::step] for part in data)

    return load_some


@every_page
@pytest.mark.usefixtures("two_epochs")
def test_code_of_a_page_runs(page, tmp_path, monkeypatch, request):
    """All blocks in their order in one fresh module, on few of the molecules.

    A page that picks rows itself gets all: which classes are among them is part of what is tested.
    """
    monkeypatch.syspath_prepend(DOCS)
    run_commands = importlib.import_module("executed_pages").run_commands
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(python|console run)[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    code = "\n".join(run_commands(block) if kind == "console run" else block for kind, block in blocks)
    if "fetch_" in code:
        request.getfixturevalue("data_home")
    if "dask" in code:
        pytest.importorskip("distributed")
    if "sklearn.callback" in code:
        pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks from version 1.9 on")
    if not re.search(r"\b(smiles|molecules|active|pic50)\[", code):
        for name in ("load_molecule_activity", "load_nci_molecules"):
            monkeypatch.setattr(datasets, name, take_every(12, getattr(datasets, name)))
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType(f"page_{page.stem}")  # pickle looks up classes in it
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with joblib.parallel_config(backend="sequential"), warnings.catch_warnings():
        if "dask" in code:
            warnings.simplefilter("default")  # of Dask itself
        exec(compile(code, page.name, "exec"), module.__dict__)


def test_every_block_that_draws_has_an_alternative_text():
    for page in WITH_CODE:
        for text, code in opened_blocks_of(page):
            assert text or "plt.show()" not in code, (page.name, code)


def test_code_of_pages_fits_into_79_columns():
    for page in PAGES:
        for language in ("python", "py", "console"):
            lines = "".join(blocks_of(page, language)).splitlines()
            assert [line for line in lines if len(line) > 79] == [], page.name


def test_only_what_needs_a_cluster_is_not_run():
    assert [page.stem for page in PAGES if blocks_of(page, "py")] == ["cluster"]


def test_every_page_is_in_a_table_of_contents():
    listed = set()
    for page in PAGES:
        for table in blocks_of(page, r"\{toctree\}"):
            entries = [line for line in table.splitlines() if line and not line.startswith(":")]
            listed |= {(page.parent / entry).resolve() for entry in entries}
    assert {page.with_suffix("") for page in PAGES} - listed == {DOCS / "index"}


@pytest.mark.parametrize("estimator", [RecurrentClassifier, RecurrentSeq2Seq])
def test_the_reference_shows_every_parameter_under_the_title_of_its_group(estimator, monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    add_titles = importlib.import_module("grouped_parameters").add_titles
    lines = str(SphinxDocString(inspect.getdoc(estimator))).splitlines()
    add_titles(None, "class", estimator.__name__, estimator, None, lines)
    shown = {}
    for line in lines:
        if title := re.match(r" +\.\. rubric:: (.+)", line):
            names = shown.setdefault(title[1], [])
        elif (name := re.match(r" +\*\*(\w+)\*\* : ", line)) and not name[1].endswith("_"):
            names.append(name[1])
    assert shown == groups_of(estimator)


def test_every_display_has_a_script_for_its_picture():
    drawn = {path.stem for path in (DOCS / "displays").glob("*.py")}
    assert drawn == {name.split(".")[2] for name in public_objects() if name.endswith("Display")}


# What numpydoc asks for and this package does without. Everything else it checks holds everywhere.
IGNORED = {
    "ES01": "a summary that says it all needs no second paragraph",
    "SA01": "related names stand where there are some",
    "EX01": "each class has an example, its methods need none; test_public_api asks for the former",
    "PR03": "parameters are by keyword, and described by topic rather than in the order of the code",
    "PR07": "a type with its shape may say it all",
    "RT03": "the same of what is returned",
    "RT02": "scikit-learn names what is returned, `self` above all",
}
# One line that gives the shapes of Tensors is the whole docstring of a torch module's method.
IGNORED_OF_TORCH = {"PR01", "RT01"}


def is_ours(base):
    return base.__module__.startswith("seqestimators")


def public_objects():
    """Dotted names of all public classes and functions, and of the methods that they define."""
    for room in pkgutil.iter_modules(seqestimators.__path__):
        if room.name.startswith("_"):
            continue
        module = importlib.import_module(f"seqestimators.{room.name}")
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                yield f"seqestimators.{room.name}.{name}"
            if inspect.isclass(thing):
                own = {key for base in thing.__mro__ if is_ours(base) for key in vars(base)}
                for key in sorted(own):
                    written_by_sklearn = re.match("set_.*_request$", key)
                    if (
                        not key.startswith("_")
                        and not written_by_sklearn
                        and callable(getattr(thing, key, 0))
                    ):
                        yield f"seqestimators.{room.name}.{name}.{key}"


@pytest.mark.parametrize("name", list(public_objects()))
def test_docstring_is_valid_numpydoc(name):
    result = validate(name)
    ignored = set(IGNORED)
    if name.split(".")[1] == "modules":
        ignored |= IGNORED_OF_TORCH
    if re.search(r"^ *Yields$", result["docstring"], re.MULTILINE):
        ignored.add("RT01")
    assert [error for error in result["errors"] if error[0] not in ignored] == []
