"""What a report of an error begins with."""

from importlib.metadata import PackageNotFoundError

import pytest

from seqestimators import _show_versions, show_versions
from seqestimators._native import describe


def test_versions_and_the_kernel_are_printed(capsys, monkeypatch):
    def find(name):
        if name == "rdkit":
            raise PackageNotFoundError(name)
        return "1.2.3"

    monkeypatch.setattr(_show_versions, "version", find)
    show_versions()
    printed = capsys.readouterr().out
    lines = dict(line.strip().split(": ", 1) for line in printed.splitlines() if ": " in line)
    assert lines["torch"] == "1.2.3"
    assert lines["rdkit"] == "not installed"
    assert lines["kernel"] == describe()


@pytest.mark.parametrize(("choice", "kernel"), [("torch", "torch (SEQESTIMATORS_KERNEL=torch)"), ("", None)])
def test_the_environment_decides(capsys, monkeypatch, choice, kernel):
    monkeypatch.setenv("SEQESTIMATORS_KERNEL", choice)
    show_versions()
    assert f"kernel: {kernel or describe()}" in capsys.readouterr().out
