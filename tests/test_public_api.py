"""Every public name: importable, documented, explained with an example."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator

import seqestimators

ROOT = Path(__file__).parents[1]
ROOMS = sorted(
    room.name for room in pkgutil.iter_modules(seqestimators.__path__) if not room.name.startswith("_")
)
PUBLIC = [(room, name) for room in ROOMS for name in importlib.import_module(f"seqestimators.{room}").__all__]
PUBLIC += [("", name) for name in ("load", "save", "show_versions", "to_onnx")]  # of no room

every_room = pytest.mark.parametrize("room", ROOMS)
every_name = pytest.mark.parametrize(("room", "name"), PUBLIC, ids=[".".join(pair) for pair in PUBLIC])


def public_object(room, name):
    return getattr(importlib.import_module(f"seqestimators.{room}".rstrip(".")), name)


def documented_names():
    """Return the (room, name) pairs of the API reference: its summaries and its constants."""
    room, listed, names = None, False, set()
    pages = sorted((ROOT / "docs" / "api").glob("*.rst"))
    for line in "\n".join(page.read_text(encoding="utf-8") for page in pages).splitlines():
        if match := re.match(r"\.\. currentmodule:: seqestimators(?:\.(\w+))?$", line):
            room = match[1] or ""
        elif match := re.match(r"\.\. data:: (\w+)$", line):
            names.add((room, match[1]))
        elif line and not line.startswith(" "):
            listed = line.startswith(".. autosummary::")
        elif listed and (match := re.match(r"   (\w+)$", line)):
            names.add((room, match[1]))
    return names


def test_the_reference_lists_every_public_name_and_no_other():
    assert documented_names() == set(PUBLIC)


@every_room
def test_each_room_names_its_content_once(room):
    names = importlib.import_module(f"seqestimators.{room}").__all__
    assert len(names) == len(set(names))


@every_room
def test_each_room_says_what_it_is_for(room):
    assert importlib.import_module(f"seqestimators.{room}").__doc__


def test_everyday_names_are_those_of_their_rooms():
    assert set(seqestimators.__all__) <= set(dir(seqestimators))
    for name in seqestimators.__all__:
        assert any(getattr(seqestimators, name) is public_object(*pair) for pair in PUBLIC if pair[1] == name)


@every_room
def test_rooms_are_attributes_of_the_package(room):
    assert getattr(seqestimators, room) is importlib.import_module(f"seqestimators.{room}")
    assert room in dir(seqestimators)


def test_a_misspelled_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="RecurentClassifier"):
        _ = seqestimators.RecurentClassifier


def test_the_version_is_that_of_the_installed_package():
    assert re.match(r"\d+\.\d+", seqestimators.__version__)


@every_name
def test_docstring_has_an_example(room, name):
    thing = public_object(room, name)
    if callable(thing):  # plain constants are explained where they are defined
        assert re.search(r"^ *Examples\n *-{8}\n", thing.__doc__ or "", re.MULTILINE)
        assert ">>>" in thing.__doc__


@every_name
def test_docstring_names_every_parameter(room, name):
    thing = public_object(room, name)
    if not callable(thing):
        return
    try:
        parameters = inspect.signature(thing).parameters.values()
    except ValueError:  # exceptions have no signature
        return
    named = [one.name for one in parameters if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    entries = re.findall(r"^ *(\*{0,2}\w+(?:, \w+)*) : ", thing.__doc__, re.MULTILINE)
    documented = {name for entry in entries for name in entry.split(", ")}
    assert set(named) <= documented


@every_name
def test_estimators_check_every_parameter(room, name):
    thing = public_object(room, name)
    if inspect.isclass(thing) and issubclass(thing, BaseEstimator):
        assert set(thing._parameter_constraints) == set(inspect.signature(thing).parameters)


@every_name
def test_public_methods_are_documented(room, name):
    thing = public_object(room, name)
    bases = inspect.getmro(thing) if inspect.isclass(thing) else ()
    for base in bases:
        if base.__module__.startswith("seqestimators"):
            own = [method for method, value in vars(base).items() if callable(value)]
            public = [method for method in own if not method.startswith("_")]
            assert [method for method in public if not inspect.getdoc(getattr(thing, method))] == []
