"""Time of fit and predict beside Keras on JAX and TensorFlow, and how it grows with the data.

Run ``python benchmarks/peers.py FOLDER`` (half an hour), or with ``--quick`` (five minutes): it prints
tables, and writes them to ``FOLDER/peers.csv`` and the first as a chart to ``FOLDER/peers.svg``. Keras and
its backends come from the dependency group "peers", or from another environment, whose interpreter
``--keras`` names; a backend that isn't there is left out. Each contestant runs in a process of its own, on
one core; the processes take turns, one epoch at a time, after one for warming up. Times are seconds of the
processor, the least of all turns.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
from peers_lab import repeat_fit, write_script

N_TOKENS, EMBEDDING, BATCH, LR, CLIP = 40, 32, 64, 5e-3, 1.0
NETWORKS = {  # cell, units, both directions
    "BiLSTM 64": ("lstm", 64, True),
    "BiGRU 64": ("gru", 64, True),
    "BiRNN 64": ("rnn", 64, True),
    "LSTM 128": ("lstm", 128, False),
    "GRU 128": ("gru", 128, False),
}
CONTESTANTS = {"seqestimators": None, "Keras, JAX": "jax", "Keras, TensorFlow": "tensorflow"}
LAB_CONTESTANTS = ("seqestimators", "loop by hand", "Keras, JAX", "Keras, TensorFlow")


def make_data(n_rows, lengths=(5, 75)):
    """Random token ids and labels."""
    rng = np.random.default_rng(0)
    low, high = lengths
    return [rng.integers(4, N_TOKENS, n) for n in rng.integers(low, high + 1, n_rows)], np.arange(n_rows) % 2


# The contestants: a generator each, which trains for one epoch a turn and gives its seconds


def train_library(cell, units, both, n_rows):
    import torch
    from skorch.callbacks import Callback

    from seqestimators import RecurrentClassifier

    torch.set_num_threads(1)

    class Clock(Callback):
        def on_epoch_begin(self, net, **kwargs):
            self.start = time.process_time()

        def on_epoch_end(self, net, **kwargs):
            self.seconds = time.process_time() - self.start

    X, y = make_data(n_rows)
    while True:
        clock = Clock()
        RecurrentClassifier(
            cell=cell,
            hidden_size=units,
            bidirectional=both,
            embedding_dim=EMBEDDING,
            pooling="last",
            dropout=0.0,
            lr=LR,
            lr_schedule="constant",
            gradient_clip=CLIP,
            batch_size=BATCH,
            max_epochs=1,
            callbacks=[clock],
            device="cpu",
            random_state=0,
        ).fit(X, y)
        yield clock.seconds


def train_keras(cell, units, both, n_rows):
    """An epoch of the faster of two networks: with a mask, and with padding as content."""
    import keras

    X, y = make_data(n_rows)
    padded = np.zeros((n_rows, max(map(len, X))), dtype=np.int32)
    for row, ids in zip(padded, X, strict=True):
        row[: len(ids)] = ids
    layer = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}[cell]
    models = []
    for masks in (True, False):
        recurrent = layer(units)
        model = keras.Sequential(
            [
                keras.layers.Embedding(N_TOKENS, EMBEDDING, mask_zero=masks),
                keras.layers.Bidirectional(recurrent) if both else recurrent,
                keras.layers.Dense(1),
            ]
        )
        model.compile(
            optimizer=keras.optimizers.AdamW(LR, global_clipnorm=CLIP),
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
        )
        models.append(model)
    while True:
        seconds = []
        for model in models:
            start = time.process_time()
            model.fit(padded, y[:, None].astype(np.float32), batch_size=BATCH, epochs=1, verbose=0)
            seconds.append(time.process_time() - start)
        yield min(seconds)


def multiply_matrices(*_):
    """Seconds of 10^9 operations in a product of matrices of a step's size."""
    import torch

    torch.set_num_threads(1)
    a, b = torch.randn(64, 128), torch.randn(128, 512)
    n = round(1e9 / (2 * 64 * 128 * 512))
    while True:
        start = time.process_time()
        for _ in range(n):
            a @ b
        yield time.process_time() - start


def work(table, name, case, n_rows):
    """In a process of its own: take a turn for every line that comes in."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if table == "refit":
        turns = repeat_fit(name, case)
    else:
        train = {"seqestimators": train_library, "peak": multiply_matrices}.get(name, train_keras)
        turns = train(*NETWORKS[case], n_rows)
    for _ in sys.stdin:
        print(next(turns), flush=True)


def make_environment(backend):
    """Environment of a process with one thread, and a backend of Keras."""
    settings = {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
    return {**os.environ, **settings, "KERAS_BACKEND": backend or "jax"}


class Worker:
    """A process that measures one contestant, turn by turn."""

    def __init__(self, table, name, case, n_rows, keras):
        python = keras if CONTESTANTS.get(name) else sys.executable
        environment = make_environment(CONTESTANTS.get(name))
        command = [python, __file__, "--work", table, name, case, str(n_rows)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, text=True, env=environment, **pipes)

    def take_turn(self):
        """Seconds of one turn; None if the process has ended, as without its library."""
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        lines = (line for line in self.process.stdout if line[:1].isdigit())
        return float(next(lines, "nan"))

    def stop(self):
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


def find_least(workers, n_turns):
    """Least seconds of each contestant that is there, by its name."""
    turns = {name: [worker.take_turn()] for name, worker in workers.items()}  # for warming up
    for _ in range(n_turns):
        for name, worker in workers.items():
            turns[name].append(worker.take_turn())
    for worker in workers.values():
        worker.stop()
    return {name: min(times[1:]) for name, times in turns.items() if times[-1] and times[-1] > 0}


def count_operations(cell, units, both, n_rows):
    """Operations of an epoch in products: forward, and twice that backward; input and state."""
    n_gates = {"lstm": 4, "gru": 3, "rnn": 1}[cell]
    n_steps = sum(map(len, make_data(n_rows)[0])) * (1 + both)
    return 3 * 2 * n_steps * n_gates * units * (units + EMBEDDING)


def measure_epochs(n_rows, n_turns, keras):
    """Rows of network, contestant, milliseconds an epoch, ratio to seqestimators, share of the peak."""
    rows = []
    for network, sizes in NETWORKS.items():
        names = (*CONTESTANTS, "peak")
        least = find_least({name: Worker("epochs", name, network, n_rows, keras) for name in names}, n_turns)
        ideal = count_operations(*sizes, n_rows) / 1e9 * least.pop("peak")
        for name, seconds in least.items():
            ratio = seconds / least["seqestimators"]
            rows.append((network, name, round(seconds * 1e3), round(ratio, 2), f"{ideal / seconds:.0%}"))
    return rows


# The start-codon lab: from `python script.py` to the score, and the fit alone


def time_script(code, python, backend):
    """Seconds of the processor from the start of Python to the end of a script; None if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "script.py")
        path.write_text(code)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run([python, path], env=make_environment(backend), capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds if run.returncode == 0 else None


def measure_scripts(cells, n_turns, keras):
    """Rows of cell, contestant, seconds, ratio to the loop by hand."""
    rows = []
    for cell in cells:
        least = {}
        for _ in range(n_turns):
            for name in LAB_CONTESTANTS:
                backend = CONTESTANTS.get(name)
                code = "".join(write_script(name, cell))
                seconds = time_script(code, keras if backend else sys.executable, backend)
                if seconds is not None:
                    least[name] = min(least.get(name, seconds), seconds)
        rows += compare_with_loop(cell, least)
    return rows


def measure_refits(cells, n_turns, keras):
    """Rows of cell, contestant, seconds of a fit that isn't the first, ratio to the loop by hand."""
    rows = []
    for cell in cells:
        workers = {name: Worker("refit", name, cell, 0, keras) for name in LAB_CONTESTANTS}
        rows += compare_with_loop(cell, find_least(workers, n_turns))
    return rows


def compare_with_loop(cell, least):
    return [
        (cell, name, round(seconds, 2), round(seconds / least["loop by hand"], 2))
        for name, seconds in least.items()
    ]


# Growth, and a search by two processes


def measure_growth(numbers, lengths):
    """Rows of number of sequences, length, seconds of tokenizing, of an epoch of fit and of predict."""
    from seqestimators import DNATokenizer, RecurrentClassifier

    rng, rows = np.random.default_rng(0), []
    cases = [(n, (5, 75)) for n in numbers] + [(max(10**5 // n, 2), (n, n)) for n in lengths]
    for n_rows, (low, high) in cases:
        ends = np.cumsum(rng.integers(low, high + 1, n_rows))
        text = np.frombuffer(b"ACGT", np.uint8)[rng.integers(4, size=ends[-1])].tobytes().decode()
        dna = [text[start:end] for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]
        clock = [time.process_time()]
        ids = DNATokenizer().fit_transform(dna)
        clock.append(time.process_time())
        model = RecurrentClassifier(hidden_size=32, bidirectional=False, max_epochs=1, random_state=0)
        model.fit(ids, np.arange(n_rows) % 2)
        clock.append(time.process_time())
        model.predict(ids)
        clock.append(time.process_time())
        of_token = np.diff(clock)[1] / ends[-1] * 1e6
        rows.append((n_rows, f"{low} to {high}", *np.diff(clock).round(3), round(of_token, 2)))
    return rows


def measure_search(n_rows):
    """Rows of number of processes, seconds by the clock, ratio: 48 fits and a last one, the workers warm."""
    from sklearn.model_selection import GridSearchCV

    from seqestimators import RecurrentClassifier

    X, y = make_data(n_rows)
    seconds = {}
    for n_jobs in (1, 2):
        model = RecurrentClassifier(max_epochs=10, random_state=0)
        for rows in (40, n_rows):  # the first search warms the workers up
            grid = {"hidden_size": [24, 32], "lr": [3e-3, 5e-3, 1e-2]}
            search = GridSearchCV(model, grid, cv=8, n_jobs=n_jobs)
            start = time.perf_counter()
            search.fit(X[:rows], y[:rows])
            seconds[n_jobs] = time.perf_counter() - start
    return [(n_jobs, round(one, 1), round(seconds[1] / one, 2)) for n_jobs, one in seconds.items()]


TABLES = {
    "epochs": ("network", "", "ms an epoch", "ratio", "of the peak"),
    "scripts": ("cell", "", "seconds", "ratio to the loop"),
    "refit": ("cell", "", "seconds", "ratio to the loop"),
    "growth": ("sequences", "length", "tokenizing, s", "an epoch, s", "predict, s", "us a token"),
    "search": ("processes", "seconds", "times as fast"),
}


def draw(rows, path):
    """Draw the milliseconds of an epoch as bars, and write the ratio to seqestimators at each."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    names = [name for name in CONTESTANTS if any(row[1] == name for row in rows)]
    figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    width = 0.8 / len(names)
    for i, name in enumerate(names):
        chosen = [row for row in rows if row[1] == name]
        places = [list(NETWORKS).index(row[0]) + (i - (len(names) - 1) / 2) * width for row in chosen]
        bars = ax.bar(places, [row[2] for row in chosen], width * 0.92, label=name)
        ax.bar_label(bars, ["" if row[3] == 1 else f"{row[3]:.1f}x" for row in chosen], fontsize=8, padding=2)
    ax.set_xticks(range(len(NETWORKS)), list(NETWORKS))
    ax.set_ylabel("milliseconds an epoch")
    ax.margins(y=0.12)
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(names), frameon=False)
    figure.savefig(path, metadata={"Date": None})  # docs/_static/keras.svg is one


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where peers.csv and peers.svg are written")
    parser.add_argument("--quick", action="store_true", help="fewer sequences, turns and sizes")
    parser.add_argument("--keras", default=sys.executable, help="interpreter of the environment with Keras")
    parser.add_argument("--only", choices=TABLES, nargs="+", default=list(TABLES), help="tables to measure")
    given = parser.parse_args()
    cells = ["lstm"] if given.quick else ["lstm", "gru", "rnn"]
    n_rows, n_turns = (512, 2) if given.quick else (1536, 5)
    numbers, lengths = (range(3, 5), range(2, 4)) if given.quick else (range(3, 7), range(2, 6))
    measures = {
        "epochs": lambda: measure_epochs(n_rows, n_turns, given.keras),
        "scripts": lambda: measure_scripts(cells, n_turns - 1, given.keras),
        "refit": lambda: measure_refits(cells, n_turns, given.keras),
        "growth": lambda: measure_growth([10**n for n in numbers], [10**n for n in lengths]),
        "search": lambda: measure_search(n_rows * 2),
    }
    given.folder.mkdir(parents=True, exist_ok=True)
    with open(given.folder / "peers.csv", "w", newline="") as file:
        for table in given.only:
            rows = measures[table]()
            csv.writer(file).writerows([[table, *row] for row in (TABLES[table], *rows)])
            print("\n| " + " | ".join(TABLES[table]) + " |\n" + "|---" * len(TABLES[table]) + "|")
            print("\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows), flush=True)
            if table == "epochs":
                draw(rows, given.folder / "peers.svg")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(*sys.argv[2:5], int(sys.argv[5]))
    else:
        main()
