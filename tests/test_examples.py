"""The examples run to their end, on little data, without a warning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").rglob("plot_*.py"))

# As on the site, each stays in one process: a further one takes as long to load torch as the rest to run.
RUN = f"""
import joblib, runpy, sys
sys.path.append({str(ROOT / "docs")!r})
from one_process import OneProcess
joblib.register_parallel_backend("loky", OneProcess)
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_example_runs(path, tmp_path, request):
    code = path.read_text(encoding="utf-8")
    if "fetch_" in code and "SEQESTIMATORS_DATA" not in code:  # these look for the data themselves
        request.getfixturevalue("data_home")
    environment = os.environ | {"SEQESTIMATORS_QUICK": "1", "MPLBACKEND": "agg"}
    # trained so briefly, a network has not learned where a target ends
    ignored = ["-W", "ignore:the targets of"]
    command = [sys.executable, "-W", "error", *ignored, "-c", RUN, str(path)]
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert list((tmp_path / "figures").glob("*.png"))
