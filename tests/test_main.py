"""The program as `python -m seqestimators`."""

import runpy

import pytest


def test_it_is_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["seqestimators", "--version"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("seqestimators", run_name="__main__")
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("seqestimators ")
