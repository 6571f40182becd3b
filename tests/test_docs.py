"""The site: its Python runs, its docstrings are whole, its pages hang together."""

import re
import sys
import types
import warnings
from pathlib import Path

import joblib
import pytest

from seqestimators import datasets

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path for path in DOCS.rglob("*.md") if "_build" not in path.parts and "auto_examples" not in path.parts
)


def blocks_of(page, language="python"):
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


WITH_CODE = [page for page in PAGES if blocks_of(page)]
every_page = pytest.mark.parametrize("page", WITH_CODE, ids=[page.stem for page in WITH_CODE])


def take_every(step, load):
    def load_some(**options):
        data = load(**options)
        return tuple(part[::step] for part in data)

    return load_some


@every_page
def test_code_of_a_page_runs(page, tmp_path, monkeypatch, request):
    """All blocks in their order in one fresh module, on every twelfth molecule."""
    code = "\n".join(blocks_of(page))
    if "fetch_" in code:
        request.getfixturevalue("data_home")
    if "dask" in code:
        pytest.importorskip("distributed")
    for name in ("load_molecule_activity", "load_nci_molecules"):
        monkeypatch.setattr(datasets, name, take_every(12, getattr(datasets, name)))
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType(f"page_{page.stem}")  # pickle looks up classes in it
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with joblib.parallel_config(backend="sequential"), warnings.catch_warnings():
        if "dask" in code:
            warnings.simplefilter("default")  # of Dask itself
        exec(compile(code, page.name, "exec"), module.__dict__)


def test_only_what_needs_a_cluster_is_not_run():
    assert [page.stem for page in PAGES if blocks_of(page, "py")] == ["cluster"]


def test_every_page_is_in_a_table_of_contents():
    listed = set()
    for page in PAGES:
        for table in blocks_of(page, r"\{toctree\}"):
            entries = [line for line in table.splitlines() if line and not line.startswith(":")]
            listed |= {(page.parent / entry).resolve() for entry in entries}
    assert {page.with_suffix("") for page in PAGES} - listed == {DOCS / "index"}
