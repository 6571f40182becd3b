"""Kill a fit at random moments, let the same call go on, and compare its end with that of a whole fit.

``python tests/estimators/kills.py FOLDER N`` prints the digest of a fit that nobody kills, then
a line for each of N kills: the epochs in the checkpoint, the files left half written, the digest of the end.
"""

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np

from seqestimators import RecurrentClassifier
from seqestimators._training import digest_of, generators_of


def end_of(model: RecurrentClassifier) -> str:
    """Return a digest of everything that a fit has made, but for its durations."""
    net = model.net_
    history = [{name: one for name, one in row.items() if name != "duration"} for row in model.history_]
    generators = [one.get_state() for one in generators_of(net)]
    weights, optimizer = dict(net.module_.state_dict()), net.optimizer_.state_dict()
    return digest_of([weights, optimizer, generators, history, model.n_iter_, model.best_epoch_])


def fit(folder: Path) -> RecurrentClassifier:
    """Fit a small network with everything that a checkpoint has to keep."""
    random_state = np.random.default_rng(0)
    X = [random_state.integers(4, 9, size=n) for n in random_state.integers(3, 12, size=200)]
    y = [int(row.max() == row[0]) for row in X]
    model = RecurrentClassifier(
        cell="gru",
        hidden_size=8,
        num_layers=2,
        max_epochs=12,
        batch_size=16,
        early_stopping=True,
        n_iter_no_change=6,
        scoring="roc_auc",
        token_dropout=0.1,
        batch_norm=True,
        random_state=0,
    )
    return model.fit(X, y, checkpoint=folder)


def start(job: Callable[[], None]) -> int:
    """Run a job in a process of its own, which has all imports, and return its id."""
    process = os.fork()
    if not process:
        try:
            job()
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(0)
    return process


def finish(folder: Path) -> str:
    """Fit in another process until the end, and return the digest of it."""
    report = folder / "end.txt"
    os.waitpid(start(lambda: report.write_text(end_of(fit(folder)), encoding="ascii") and None), 0)
    return report.read_text(encoding="ascii")


def main(folder: Path, n_kills: int) -> None:
    """Print the end of a whole fit, and the ends of as many as are killed."""
    begin = time.perf_counter()
    (folder / "whole").mkdir()
    print(finish(folder / "whole"))
    duration = time.perf_counter() - begin
    for i in range(n_kills):
        place = folder / str(i)
        place.mkdir()
        process = start(lambda place=place: fit(place) and None)
        time.sleep(random.uniform(0.2, 1) * duration)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        n_epochs, n_leftovers = 0, len(list(place.glob("*.tmp")))
        for path in place.glob("*.npz"):
            with np.load(path) as archive:
                n_epochs = archive["state"].tobytes().count(b'"train_loss"')
        print(n_epochs, n_leftovers, finish(place))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
