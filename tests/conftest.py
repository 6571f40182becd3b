"""What all tests share: one thread each, repeatable examples, the data home."""

import os
from pathlib import Path

# Before torch, numpy and scikit-learn are loaded: the suite runs in two
# processes, and threads that fight over the same cores only slow them down.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

import hypothesis
import pytest

# The same examples in every run, and no failure because a machine is busy.
hypothesis.settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def data_home():
    """Return the folder of downloaded data sets, or skip where there is none."""
    folder = os.environ.get("SEQESTIMATORS_DATA")
    if folder is None:
        pytest.skip("SEQESTIMATORS_DATA is not set: it names the folder of the downloaded data sets")
    if not Path(folder).is_dir():
        pytest.skip(f"SEQESTIMATORS_DATA={folder} is no folder")
    return Path(folder)


@pytest.fixture
def two_epochs(monkeypatch):
    """Let every training end after two epochs, where code is run only to see that it runs."""
    from skorch import NeuralNet

    whole = NeuralNet.fit_loop

    def fit_loop(net, X, y=None, epochs=None, **options):
        return whole(net, X, y, epochs=min(epochs, 2), **options)

    monkeypatch.setattr(NeuralNet, "fit_loop", fit_loop)


@pytest.fixture(scope="module")
def in_bfloat16():
    """Train in bfloat16 where it is asked for, on processors too that don't multiply in it."""
    from seqestimators.modules import encoder, seq2seq

    with pytest.MonkeyPatch.context() as patch:
        for module in (encoder, seq2seq):
            patch.setattr(module, "has_bfloat16", lambda device_type: True)
        yield
