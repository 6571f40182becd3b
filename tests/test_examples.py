"""The examples run to their end, on little data, without a warning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").rglob("plot_*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_example_runs(path, tmp_path, request):
    code = path.read_text(encoding="utf-8")
    if "fetch_" in code and "SEQESTIMATORS_DATA" not in code:  # these look for the data themselves
        request.getfixturevalue("data_home")
    environment = os.environ | {"SEQESTIMATORS_QUICK": "1", "MPLBACKEND": "agg"}
    command = [sys.executable, "-W", "error", str(path)]
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert list((tmp_path / "figures").glob("*.png"))
