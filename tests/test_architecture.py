"""How the package is built, read from its source: who may import whom, what stands in which file."""

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import seqestimators

PACKAGE = Path(seqestimators.__file__).parent
TESTS = Path(__file__).parent
BUILD_HOOK = PACKAGE / "_native" / "_build_hook.py"  # no part of the package: what builds its wheel
FILES = sorted(set(PACKAGE.rglob("*.py")) - {BUILD_HOOK})

# A room, and the rooms it may import. Imports run only along these arrows.
ARROWS = {
    "sequences": set(),
    "domain": {"sequences"},
    "plotting": set(),
    "preprocessing": {"sequences", "domain"},
    "_native": set(),
    "modules": {"_native", "sequences"},
    "metrics": {"preprocessing", "domain", "sequences"},
    "datasets": {"preprocessing", "domain", "sequences"},
    "baselines": {"preprocessing", "domain", "sequences"},
    "model_selection": {"preprocessing", "domain", "sequences", "plotting"},
    "augmentation": {"preprocessing", "domain", "sequences"},
    "streaming": {"datasets", "preprocessing"},
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
    "pretraining": {"estimators", "baselines", "preprocessing", "domain", "sequences"},
    "testing": {"estimators", "preprocessing", "sequences"},
    "command_line": {
        "_files",
        "estimators",
        "inspection",
        "model_selection",
        "baselines",
        "datasets",
        "metrics",
        "preprocessing",
        "domain",
        "sequences",
    },
    "__main__": {"command_line"},
    "exceptions": set(),
    "parameters": set(),
    "_sklearn": set(),
    "_version": set(),
    "_show_versions": {"_native", "_version"},
    "_files": {"_version"},
    "_onnx": {"estimators", "modules", "preprocessing", "sequences"},
    # The package itself names its everyday classes for type checkers.
    "": {"estimators", "preprocessing", "_files", "_onnx", "_show_versions"},
}
COMMON = {"exceptions", "_sklearn", "_version", "parameters"}
ALONE = {"__main__", "_files", "_onnx", "_show_versions"}  # what no room imports, but for the command line

DISTRIBUTIONS = {"Bio": "biopython", "sklearn": "scikit-learn"}
IDS = {"PAD", "UNKNOWN", "BOS", "EOS"}
MAX_LINES = 450  # a file is read in one sitting
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


def assert_none(wrong):
    """Pass if nothing is wrong, else list all that is: pytest would cut a long list short."""
    assert not wrong, "\n".join(["", *map(str, wrong)])


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


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

    visit(parse(path), delayed=False)
    return found


def all_imports(room=None):
    """Yield (place, room, import) for every import of the package or of one of its rooms."""
    for path in FILES:
        if room in (None, room_of(path)):
            for one in imports_of(path):
                yield f"{name_of(path)}:{one.line}", room_of(path), one


def names_set_in(tree):
    """Return every name that a piece of code assigns to, a loop's variable included."""
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def names_defined_by(path):
    """Return the names of classes, functions and variables at the top level of a file."""
    definitions = ast.ClassDef | ast.FunctionDef
    return {
        name
        for node in parse(path).body
        for name in ({node.name} if isinstance(node, definitions) else names_set_in(node))
    }


def public_names_of(folder):
    """Return the `__all__` of a room or of a folder in it."""
    for node in parse(folder / "__init__.py").body:
        if isinstance(node, ast.Assign) and names_set_in(node) == {"__all__"}:
            return set(ast.literal_eval(node.value))
    raise AssertionError(f"{name_of(folder)} has no __all__")


def test_imports_are_read_as_python_reads_them(tmp_path, monkeypatch):
    room = tmp_path / "modules"
    room.mkdir()
    (room / "encoder.py").write_text(
        "import torch.nn as nn\n"
        "from ..estimators.base import BaseRecurrent\n"
        "from .. import _training\n"
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
        ("seqestimators._training", 3, False),
        ("seqestimators.modules.pooling.Pooling", 4, False),
        ("seqestimators.datasets.load", 7, True),
    ]


def test_every_room_has_a_place_in_the_order():
    assert {room_of(path) for path in FILES} == set(ARROWS)


def test_contributors_are_shown_the_same_order():
    guide = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", guide, re.MULTILINE)
    shown = {room: set(re.findall(r"`(\w+)`", imported)) for room, imported in rows}
    assert shown == {room: ARROWS[room] for room in ARROWS if room not in COMMON | ALONE | {""}}


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
    assert_none(wrong)


def test_nothing_is_imported_behind_the_back_of_these_tests():
    dynamic = re.compile(r"\b(import_module|__import__)\b")
    files = [path for path in FILES if dynamic.search(path.read_text(encoding="utf-8"))]
    assert files == [PACKAGE / "__init__.py"]


def test_strings_become_ids_without_torch_and_with_chemistry_on_demand():
    wrong = [
        f"{place}: {one.module}"
        for room in ("sequences", "domain", "preprocessing")
        for place, _, one in all_imports(room)
        if one.top in {"torch", "skorch"} or (one.top in {"rdkit", "Bio"} and not one.delayed)
    ]
    assert_none(wrong)


def test_modules_are_pure_torch_and_know_the_reserved_ids():
    """Of a cell the equations stand in numpy too."""
    ours = re.compile(
        rf"seqestimators\.(exceptions\..*|modules\..*|_native|sequences\.(ids\.)?({'|'.join(IDS)}))"
    )
    wrong = []
    for place, _, one in all_imports("modules"):
        foreign = {"torch", "numpy"} if place.startswith("modules/cells.py:") else {"torch"}
        if one.top not in foreign | sys.stdlib_module_names and not ours.fullmatch(one.module):
            wrong.append(f"{place}: {one.module}")
    assert_none(wrong)


def test_private_names_of_scikit_learn_enter_in_one_place():
    private = re.compile(r"sklearn\b.*\._(?!_)")
    places = {room for _, room, one in all_imports() if private.match(one.module)}
    assert places == {"_sklearn"}


def test_optional_dependencies_are_imported_on_demand():
    optional = {"matplotlib", "onnx", "onnxruntime", "polars", "pyarrow", "pytest", "selfies", "tokenizers"}
    assert_none([place for place, _, one in all_imports() if one.top in optional and not one.delayed])


def test_global_state_is_left_alone():
    wrong = [
        f"{place}: {one.module}" for place, _, one in all_imports() if GLOBAL_STATE.fullmatch(one.module)
    ]
    for path in FILES:
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Attribute) and GLOBAL_STATE.fullmatch(ast.unparse(node)):
                wrong.append(f"{name_of(path)}:{node.lineno}: {ast.unparse(node)}")
    assert_none(wrong)


def test_declared_dependencies_are_the_imported_ones():
    pyproject = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {re.split("[<>=]", name)[0] for name in pyproject["dependencies"]}
    extras = pyproject["optional-dependencies"].values()
    optional = {re.split("[<>=]", name)[0] for names in extras for name in names}
    own = {"seqestimators", "pytest", *sys.stdlib_module_names}  # who parametrizes tests has pytest
    imported = {DISTRIBUTIONS.get(one.top, one.top) for _, _, one in all_imports() if one.top not in own}
    assert imported <= required | optional
    assert required <= imported


def test_the_reserved_ids_are_declared_once():
    for name in sorted(IDS):
        assert [name_of(path) for path in FILES if name in names_set_in(parse(path))] == ["sequences/ids.py"]


def test_every_file_has_its_test_file():
    missing = []
    for path in FILES:
        *folders, name = (part.strip("_") for part in path.relative_to(PACKAGE).with_suffix("").parts)
        test_file = Path(*folders, f"test_{name}.py")
        if path.name != "__init__.py" and not (TESTS / test_file).exists():
            missing.append(f"{name_of(path)}: no tests/{test_file.as_posix()}")
    assert_none(missing)


def test_an_underscore_marks_the_files_without_a_public_name():
    wrong = []
    for path in FILES:
        if path.parent == PACKAGE or room_of(path).startswith("_") or path.name == "__init__.py":
            continue
        is_public = bool(names_defined_by(path) & public_names_of(path.parent))
        if is_public == path.name.startswith("_"):
            wrong.append(f"{name_of(path)} defines {'a' if is_public else 'no'} name of its room's __all__")
    assert_none(wrong)


def test_no_file_is_long():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert_none([f"{name}: {length} lines" for name, length in lengths.items() if length > MAX_LINES])
