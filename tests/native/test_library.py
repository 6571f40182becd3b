"""The compiled library: which one is taken, and what is said where there is none."""

import shutil

import pytest
import torch

from seqestimators import _native
from seqestimators._native import library
from seqestimators._native.library import Library, find_library

needs_library = pytest.mark.skipif(
    not isinstance(library._load(), Library), reason="the native kernel is not compiled here"
)


@pytest.fixture
def no_library(monkeypatch, tmp_path):
    """Let the package look where there is no compiled file."""
    monkeypatch.setattr(library, "FILE", tmp_path / "librecurrences.so")
    library._load.cache_clear()
    yield tmp_path
    library._load.cache_clear()


def test_torch_may_be_chosen(monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", "torch")
    assert find_library() is None
    assert _native.describe().startswith("torch (")


def test_a_misspelled_choice_is_named(monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", "c")
    with pytest.raises(ValueError, match="SEQESTIMATORS_KERNEL is 'c': set it to 'torch' or 'native'"):
        find_library()


def test_without_it_torch_is_used(no_library, monkeypatch):
    monkeypatch.delenv("SEQESTIMATORS_KERNEL", raising=False)
    assert find_library() is None
    assert _native.describe() == "torch (it was not compiled when seqestimators was installed)"


def test_who_asks_for_it_learns_why_there_is_none(no_library, monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", "native")
    with pytest.raises(
        ImportError, match=r"can't be loaded: it was not compiled .* Install a C\+\+ compiler"
    ):
        find_library()


def test_a_file_that_is_no_library_is_not_used(no_library, monkeypatch):
    monkeypatch.delenv("SEQESTIMATORS_KERNEL", raising=False)
    (no_library / "librecurrences.so").write_text("no library")
    assert find_library() is None
    assert "librecurrences.so" in _native.describe()


@needs_library
def test_a_library_of_another_source_is_not_used(no_library, monkeypatch):
    shutil.copy(library.SOURCE.with_name("librecurrences.so"), library.FILE)
    monkeypatch.setattr(library, "SOURCE", no_library / "recurrences.cpp")
    library.SOURCE.write_text("// newer")
    monkeypatch.delenv("SEQESTIMATORS_KERNEL", raising=False)
    assert find_library() is None
    assert "was compiled from another version of recurrences.cpp" in _native.describe()


@needs_library
def test_the_level_is_torchs(monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", "native")
    found = find_library()
    name = {"AVX2": "AVX2", "AVX512": "AVX-512"}.get(torch.backends.cpu.get_cpu_capability(), "baseline")
    assert library.LEVELS[found.level] == name
    assert _native.describe() == f"native ({name})"
