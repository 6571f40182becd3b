"""The extensions in this folder are short, and written with public names only."""

import ast
import importlib
import tokenize
from pathlib import Path

import pytest

BEGIN, END = "# --- the extension ---", "# --- its tests ---"
MAX_LINES = 40
MAX_BASES = 3
FILES = sorted(path for path in Path(__file__).parent.glob("test_*.py") if path.stem != "test_rules")

each_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


def extension_of(path):
    """Return the source between both marks."""
    _, _, behind = path.read_text(encoding="utf-8").partition(BEGIN)
    extension, mark, _ = behind.partition(END)
    assert mark, f"{path.name} lacks the comments {BEGIN!r} and {END!r}"
    return extension


def code_lines(source):
    """Return the numbers of all lines that are neither blank nor comment nor docstring."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    skipped |= {tokenize.ENCODING, tokenize.ENDMARKER}
    lines = iter(source.splitlines(keepends=True))
    used = {
        line
        for token in tokenize.generate_tokens(lambda: next(lines, ""))
        if token.type not in skipped
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            used -= set(range(node.lineno, node.end_lineno + 1))
    return used


def names_imported_from_us(path):
    """Yield the room and the name of everything that a file imports from the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "seqestimators":
            for alias in node.names:
                yield node.module, alias.name
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("seqestimators") for alias in node.names)


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def test_all_six_are_here():
    assert {path.stem.removeprefix("test_") for path in FILES} == {
        "cell",
        "features",
        "loss",
        "pooling",
        "stem",
        "tokenizer",
    }


@each_file
def test_an_extension_is_short(path):
    n_lines = len(code_lines(extension_of(path)))
    assert 0 < n_lines <= MAX_LINES, f"{n_lines} lines"


@each_file
def test_only_public_names_are_imported(path):
    for room, name in names_imported_from_us(path):
        assert name in importlib.import_module(room).__all__, f"{room}.{name}"


@each_file
def test_nothing_private_is_read(path):
    """Hooks that begin with an underscore are overridden, and called of super()."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            assert ast.unparse(node.value) == "super()", f"{path.name}:{node.lineno}: {node.attr}"


@each_file
def test_few_classes_of_the_package_are_extended(path):
    ours = {name for _, name in names_imported_from_us(path)}
    bases = {
        base
        for node in ast.walk(ast.parse(extension_of(path)))
        if isinstance(node, ast.ClassDef)
        for base in map(ast.unparse, node.bases)
    }
    assert 1 <= len(bases & ours) <= MAX_BASES


def test_lines_are_counted_as_one_reads_them():
    lines = [
        '"""Doc."""',
        "",
        "# comment",
        "class A:",
        '    """Doc,',
        '    two lines."""',
        "    x = (",
        "    )",
    ]
    source = "\n".join(lines) + "\n"
    assert code_lines(source) == {4, 7, 8}
