"""What the tests of extensions share."""

import pytest


@pytest.fixture(scope="module")
def enter():
    """Return a function that enters a class in a registry for as long as the tests of a file run.

    Tests elsewhere are parametrized over the registries and shall not meet it.
    """
    entered = []

    def enter(registry, name, kind):
        registry[name] = kind
        entered.append((registry, name))

    yield enter
    for registry, name in entered:
        del registry[name]
