"""Which part of the package may import which, read from the source itself."""

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import seqestimators

PACKAGE = Path(seqestimators.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# A room, and the rooms it may import. Imports run only along these arrows.
ARROWS = {
    "sequences": set(),
    "domain": {"sequences"},
    "plotting": set(),
    "preprocessing": {"sequences", "domain"},
    "modules": {"sequences"},
    "metrics": {"preprocessing", "domain", "sequences"},
    "datasets": {"preprocessing", "domain", "sequences"},
    "baselines": {"preprocessing", "domain", "sequences"},
    "model_selection": {"preprocessing", "domain", "sequences", "plotting"},
    "_training": {"modules", "sequences"},
    "estimators": {"_training", "modules", "preprocessing", "metrics", "sequences"},
    "inspection": {
        "estimators",
        "_training",
        "modules",
        "preprocessing",
        "domain",
        "sequences",
        "plotting",
    },
    "testing": {"estimators", "preprocessing", "sequences"},
    "exceptions": set(),
    "_sklearn": set(),
    # The package itself names its everyday classes for type checkers.
    "": {"estimators", "preprocessing"},
}
COMMON = {"exceptions", "_sklearn"}

DISTRIBUTIONS = {"Bio": "biopython", "sklearn": "scikit-learn"}
CATCH_ALL_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
GLOBAL_STATE = re.compile(
    r"(torch|torch\.random|torch\.cuda)\.(manual_seed(_all)?|seed|set_rng_state)"
    r"|(np|numpy)\.random\.(seed|set_state)"
    r"|random\.(seed|setstate)"
    r"|(.*\.)?(set_num_threads|set_num_interop_threads|set_default_dtype|set_default_device|fork_rng)"
)


class Import(NamedTuple):
    """One import: what it names, in which line, and whether a function delays it."""

    module: str
    line: int
    delayed: bool

    @property
    def top(self):
        return self.module.split(".")[0]


def room_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def imports_of(path):
    """Return every import of a file, relative ones resolved, those inside functions too.

    `from a import b` counts as `a.b`, since `b` may be a module.
    """
    package = ("seqestimators", *path.relative_to(PACKAGE).parent.parts)
    found = []

    def visit(node, delayed):
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, delayed) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*origin, *(node.module or "").split("."))).rstrip(".")
            found.extend(Import(f"{base}.{alias.name}", node.lineno, delayed) for alias in node.names)
        delayed = delayed or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, delayed)

    visit(ast.parse(path.read_text(encoding="utf-8")), delayed=False)
    return found


def all_imports(room=None):
    """Yield (place, room, import) for every import of the package or of one of its rooms."""
    for path in FILES:
        if room in (None, room_of(path)):
            for one in imports_of(path):
                yield f"{path.relative_to(PACKAGE.parent)}:{one.line}", room_of(path), one


def test_imports_are_read_as_python_reads_them(tmp_path, monkeypatch):
    room = tmp_path / "modules"
    room.mkdir()
    (room / "encoder.py").write_text(
        "import torch.nn as nn\n"
        "from ..estimators.base import BaseRecurrent\n"
        "from .. import training\n"
        "from .pooling import Pooling\n"
        "class Encoder:\n"
        "    def forward(self):\n"
        "        from seqestimators.datasets import load\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    assert [tuple(one) for one in imports_of(room / "encoder.py")] == [
        ("torch.nn", 1, False),
        ("seqestimators.estimators.base.BaseRecurrent", 2, False),
        ("seqestimators.training", 3, False),
        ("seqestimators.modules.pooling.Pooling", 4, False),
        ("seqestimators.datasets.load", 7, True),
    ]


def test_every_room_has_a_place_in_the_order():
    assert {room_of(path) for path in FILES} <= set(ARROWS)


def test_the_order_has_no_circle():
    placed = set()
    while remaining := {room for room in ARROWS if room not in placed}:
        free = {room for room in remaining if ARROWS[room] <= placed}
        assert free, f"these import each other in a circle: {remaining}"
        placed |= free


def test_no_file_is_a_catch_all():
    named = {name.strip("_") for path in FILES for name in path.relative_to(PACKAGE).with_suffix("").parts}
    assert not named & CATCH_ALL_NAMES


def test_imports_follow_the_arrows():
    wrong = []
    for place, room, one in all_imports():
        if one.top == "seqestimators":
            target = (*one.module.split("."), "")[1]
            if target not in ARROWS[room] | COMMON | {room}:
                wrong.append(f"{place}: {room} imports {target or 'the package itself'}")
    assert wrong == []


def test_nothing_is_imported_behind_the_back_of_these_tests():
    dynamic = re.compile(r"\b(import_module|__import__)\b")
    files = [path for path in FILES if dynamic.search(path.read_text(encoding="utf-8"))]
    assert files == [PACKAGE / "__init__.py"]


def test_strings_become_ids_without_torch_and_with_chemistry_on_demand():
    wrong = [
        (place, one.module)
        for place, _, one in all_imports("preprocessing")
        if one.top in {"torch", "skorch"} or (one.top in {"rdkit", "Bio"} and not one.delayed)
    ]
    assert wrong == []


def test_modules_are_pure_torch():
    allowed = {"seqestimators", "torch", *sys.stdlib_module_names}
    wrong = [
        (place, one.module)
        for place, _, one in all_imports("modules")
        if one.top not in allowed or one.module.startswith("seqestimators._sklearn")
    ]
    assert wrong == []


def test_private_names_of_scikit_learn_enter_in_one_place():
    private = re.compile(r"sklearn\b.*\._(?!_)")
    places = {room for _, room, one in all_imports() if private.match(one.module)}
    assert places == {"_sklearn"}


def test_optional_dependencies_are_imported_on_demand():
    optional = {"matplotlib", "polars", "pyarrow"}
    assert [place for place, _, one in all_imports() if one.top in optional and not one.delayed] == []


def test_global_state_is_left_alone():
    wrong = [(place, one.module) for place, _, one in all_imports() if GLOBAL_STATE.fullmatch(one.module)]
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and GLOBAL_STATE.fullmatch(ast.unparse(node)):
                wrong.append((f"{path.relative_to(PACKAGE.parent)}:{node.lineno}", ast.unparse(node)))
    assert wrong == []


def test_declared_dependencies_are_the_imported_ones():
    pyproject = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {re.split("[<>=]", name)[0] for name in pyproject["dependencies"]}
    extras = pyproject["optional-dependencies"].values()
    optional = {re.split("[<>=]", name)[0] for names in extras for name in names}
    own = {"seqestimators", *sys.stdlib_module_names}
    imported = {DISTRIBUTIONS.get(one.top, one.top) for _, _, one in all_imports() if one.top not in own}
    assert imported <= required | optional
    assert required <= imported
