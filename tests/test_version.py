"""The version, installed or not."""

from importlib.metadata import PackageNotFoundError, version

import seqestimators
from seqestimators import _version


def test_it_is_that_of_the_distribution():
    assert seqestimators.__version__ == _version.find_version() == version("seqestimators")


def test_sources_that_are_not_installed_have_one_too(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(_version, "version", missing)
    assert _version.find_version() == "0+unknown"
