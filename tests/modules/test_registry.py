"""Registries: a class is found by its name and stands for itself."""

import pytest

from seqestimators.modules import CELLS
from seqestimators.modules._registry import Registry


@pytest.fixture
def registry():
    registry = Registry()

    @registry.register("one")
    class One:
        """A class with a name."""

    return registry


def test_a_class_is_entered_under_its_name_and_returned(registry):
    class Two:
        """Another one."""

    assert registry.register("two")(Two) is Two
    assert list(registry) == ["one", "two"]
    assert registry["two"] is Two


def test_a_class_is_found_by_name_or_by_itself(registry):
    class Other:
        """A class that has not been entered."""

    assert registry.find("one") is registry["one"]
    assert registry.find(registry["one"]) is registry["one"]
    assert registry.find(Other) is Other


def test_an_unknown_name_is_refused(registry):
    with pytest.raises(KeyError, match="two"):
        registry.find("two")


def test_a_name_entered_again_is_the_new_class(registry):
    class Newer:
        """It takes the place of the first."""

    registry.register("one")(Newer)
    assert registry.find("one") is Newer


def test_the_name_is_that_of_the_class_itself(registry):
    class Child(registry["one"]):
        """A subclass is another class, although an instance of it is one of the parent."""

    assert registry.name_of(registry["one"]()) == "one"
    assert registry.name_of(Child()) == "Child"


@pytest.mark.parametrize("name", CELLS)
def test_cells_know_their_names(name):
    assert CELLS.name_of(CELLS[name](2, 3)) == name
