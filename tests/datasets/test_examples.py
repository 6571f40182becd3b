"""The examples of fetch_* functions, skipped in a run of all docstrings, where the data are there."""

import doctest

import pytest

from seqestimators import datasets

FETCHERS = [name for name in datasets.__all__ if name.startswith("fetch_")]


@pytest.mark.parametrize("name", FETCHERS)
def test_examples_show_what_is_fetched(name, data_home, monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_DATA", str(data_home))
    (example,) = doctest.DocTestFinder(recurse=False).find(getattr(datasets, name), name, globs={})
    for line in example.examples:
        line.options.pop(doctest.SKIP, None)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example)
    assert result.attempted > 1
    assert result.failed == 0
