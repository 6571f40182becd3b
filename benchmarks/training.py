"""Time and memory of fit and predict, beside skorch with packed sequences and loops written by hand.

Run ``python benchmarks/training.py`` (ten minutes), or with ``--quick`` (two). The mathematics is the same
everywhere: an embedding of 32, a bidirectional LSTM of 64, last state, maximum and mean over time, a linear
layer; AdamW with the one-cycle schedule, gradients clipped, batches of 64. Everything runs on one core. A
table is measured in one run, the contestants in turn, the first turn not counted; times are medians, ratios
are to seqestimators. Peak memory, on Linux, is what a process of its own needs above what it has once the
data are made.
"""

import argparse
import ctypes
import os
import re
import subprocess
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import GradientNormClipping, LRScheduler
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import Dataset

from seqestimators import RecurrentClassifier

N_TOKENS = 40
EMBEDDING, HIDDEN, BATCH, LR, CLIP = 32, 64, 64, 1e-2, 1.0

LAYERS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
CELL = "lstm"


class PackedNetwork(nn.Module):
    """The network as tutorials write it."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(N_TOKENS, EMBEDDING, padding_idx=0)
        self.layer = LAYERS[CELL](EMBEDDING, HIDDEN, batch_first=True, bidirectional=True)
        self.output = nn.Linear(6 * HIDDEN, 2)

    def read(self, vectors):
        """All states, and the last one of each direction."""
        states, last = self.layer(vectors)
        return states, last[0] if CELL == "lstm" else last

    def forward(self, inputs, lengths):
        embedded = self.embedding(inputs)
        packed = pack_padded_sequence(embedded, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, last = self.read(packed)
        states, _ = pad_packed_sequence(states, batch_first=True)
        padding = (torch.arange(states.shape[1]) >= lengths[:, None])[:, :, None]
        largest = states.masked_fill(padding, -torch.inf).amax(1)
        mean = states.masked_fill(padding, 0).sum(1) / lengths[:, None]
        return self.output(torch.cat([last[0], last[1], largest, mean], dim=1))


class PaddedNetwork(PackedNetwork):
    """The same for a matrix: every sequence counts as long as the longest."""

    def forward(self, inputs):
        states, last = self.read(self.embedding(inputs))
        return self.output(torch.cat([last[0], last[1], states.amax(1), states.mean(1)], dim=1))


class Ragged(Dataset):
    def __init__(self, X, y):
        self.X, self.y = [torch.from_numpy(x) for x in X], torch.from_numpy(y)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, row):
        return self.X[row], self.y[row]


def collate(rows):
    sequences, targets = zip(*rows, strict=True)
    lengths = torch.tensor([len(one) for one in sequences])
    return {"inputs": pad_sequence(sequences, batch_first=True), "lengths": lengths}, torch.stack(targets)


def count_steps(X, n_epochs):
    return -(-len(X) // BATCH) * n_epochs


class Library:
    """seqestimators.RecurrentClassifier."""

    options = {}

    def fit(self, X, y, n_epochs):
        self.model = RecurrentClassifier(
            cell=CELL,
            hidden_size=HIDDEN,
            bidirectional=True,
            embedding_dim=EMBEDDING,
            pooling="concat",
            dropout=0.0,
            optimizer="adamw",
            lr=LR,
            gradient_clip=CLIP,
            batch_size=BATCH,
            max_epochs=n_epochs,
            random_state=0,
            device="cpu",
            **self.options,
        ).fit(X, y)

    def predict(self, X):
        return self.model.predict_proba(X)


class Truncated(Library):
    """The same with gradients that flow back 500 steps at most."""

    options = {"truncate_gradient": 500}


class SkorchPacked:
    """skorch with a data loader that pads every batch, and a module that packs it."""

    def fit(self, X, y, n_epochs):
        schedule = LRScheduler(
            OneCycleLR, max_lr=LR, total_steps=count_steps(X, n_epochs), step_every="batch"
        )
        self.net = NeuralNetClassifier(
            PackedNetwork,
            criterion=nn.CrossEntropyLoss,
            optimizer=torch.optim.AdamW,
            lr=LR,
            max_epochs=n_epochs,
            batch_size=BATCH,
            train_split=None,
            iterator_train__shuffle=True,
            iterator_train__collate_fn=collate,
            iterator_valid__collate_fn=collate,
            callbacks=[("clip", GradientNormClipping(CLIP)), ("schedule", schedule)],
            classes=[0, 1],
            verbose=0,
        )
        self.net.fit(Ragged(X, y), None)

    def predict(self, X):
        return self.net.predict_proba(Ragged(X, np.zeros(len(X), dtype=np.int64)))


class LoopPacked:
    """A loop written by hand over the same module."""

    def fit(self, X, y, n_epochs):
        torch.manual_seed(0)
        data = self.prepare(X, y)
        self.network = self.make_network().train()
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=LR)
        schedule = OneCycleLR(optimizer, LR, total_steps=count_steps(X, n_epochs))
        for _ in range(n_epochs):
            for rows in torch.randperm(len(X)).split(BATCH):
                inputs, target = self.make_batch(data, rows)
                optimizer.zero_grad()
                nn.functional.cross_entropy(self.network(**inputs), target).backward()
                nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
                optimizer.step()
                schedule.step()

    @torch.no_grad()
    def predict(self, X):
        data = self.prepare(X, np.zeros(len(X), dtype=np.int64))
        self.network.eval()
        batches = [self.make_batch(data, rows)[0] for rows in torch.arange(len(X)).split(BATCH)]
        return torch.softmax(torch.cat([self.network(**inputs) for inputs in batches]), dim=1).numpy()

    def make_network(self):
        return PackedNetwork()

    def prepare(self, X, y):
        return Ragged(X, y)

    def make_batch(self, data, rows):
        return collate([data[row] for row in rows])


class LoopPadded(LoopPacked):
    """A loop written by hand over one matrix as long as the longest sequence."""

    def make_network(self):
        return PaddedNetwork()

    def prepare(self, X, y):
        return pad_sequence([torch.from_numpy(x) for x in X], batch_first=True), torch.from_numpy(y)

    def make_batch(self, data, rows):
        matrix, target = data
        return {"inputs": matrix[rows]}, target[rows]


CONTESTANTS = {
    "seqestimators": Library,
    "skorch, packed": SkorchPacked,
    "loop, packed": LoopPacked,
    "loop, padded": LoopPadded,
}

LONG = {"seqestimators": Library, "truncated": Truncated}


def make_data(n_rows, shortest, longest, giant=0):
    """Random token ids and labels; the last sequence has `giant` tokens, if any."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(shortest, longest + 1, n_rows)
    if giant:
        lengths[-1] = giant
    return [rng.integers(4, N_TOKENS, length) for length in lengths], np.arange(n_rows) % 2


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def measure_times(data, n_epochs, n_repeats):
    """Median seconds of an epoch of fit and of predict, per contestant."""
    X, y = data
    times = {name: [] for name in CONTESTANTS}
    for repeat in range(n_repeats + 1):
        for name, contestant in CONTESTANTS.items():
            model = contestant()
            pair = seconds(model.fit, X, y, n_epochs) / n_epochs, seconds(model.predict, X)
            if repeat:  # the first is for warming up
                times[name].append(pair)
    return {name: np.median(pairs, axis=0) for name, pairs in times.items()}


def peak_megabytes():
    """Peak memory of this process; unlike that of getrusage it can be reset, and knows no parent."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def reset_peak():
    """Make what is in use now the peak memory; before, importing torch or training has set it."""
    ctypes.CDLL(None).malloc_trim(0)  # what is free goes back to the system
    Path("/proc/self/clear_refs").write_text("5")
    return peak_megabytes()


def report_memory(name, *shape):
    """In a process of its own: print by how many megabytes one epoch, and predict, raise its memory."""
    warm_up = (CONTESTANTS | LONG)[name]()  # loads what is loaded on demand
    warm_up.fit(*make_data(2, 2, 2), 1)
    warm_up.predict(make_data(2, 2, 2)[0])
    X, y = make_data(*shape)
    before = reset_peak()
    model = (CONTESTANTS | LONG)[name]()
    model.fit(X, y, 1)
    of_fit = peak_megabytes() - before
    reset_peak()
    model.predict(X)
    print(of_fit, peak_megabytes() - before)


def measure_memory(name, *shape):
    """Peak megabytes of one epoch of fit, and of predict."""
    command = [sys.executable, __file__, "--cell", CELL, "--memory", name, *map(str, shape)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(number) for number in output.split()]


def print_times(title, shape, n_epochs, n_repeats):
    times = measure_times(make_data(*shape), n_epochs, n_repeats)
    print(f"\n{title}")
    columns = ("fit, ms an epoch", "ratio", "predict, ms", "ratio", "peak of fit, MB", "of predict, MB")
    widths = (18, 8, 14, 8, 18, 17)
    print(" " * 16 + "".join(f"{column:>{width}}" for column, width in zip(columns, widths, strict=True)))
    for name, (fit, predict) in times.items():
        fit_ratio, predict_ratio = times[name] / times["seqestimators"]
        of_fit, of_predict = measure_memory(name, *shape)
        print(f"{name:16}{fit * 1e3:18.0f}{fit_ratio:8.2f}{predict * 1e3:14.0f}{predict_ratio:8.2f}", end="")
        print(f"{of_fit:18.0f}{of_predict:17.0f}")


def print_memory(cases):
    print("\nPeak memory with one giant sequence, MB")
    print(f"{'':16}{'sequences of 50':>18}{'giant':>10}{'tokens':>10}{'fit':>8}{'predict':>10}")
    for name, n_rows, giant in cases:
        of_fit, of_predict = measure_memory(name, n_rows, 50, 50, giant)
        tokens = 50 * n_rows + max(giant - 50, 0)
        print(f"{name:16}{n_rows:18,}{giant:10,}{tokens:10,}{of_fit:8.0f}{of_predict:10.0f}")


def print_long(n_rows, longest):
    print(f"\n{n_rows} sequences of {longest * 9 // 10:,} to {longest:,} tokens, peak memory in MB")
    print(f"{'':16}{'fit':>8}{'predict':>10}")
    for name in LONG:
        of_fit, of_predict = measure_memory(name, n_rows, longest * 9 // 10, longest)
        print(f"{name:16}{of_fit:8.0f}{of_predict:10.0f}")


def main():
    global CELL  # which all contestants read
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer epochs, repeats and sequences")
    parser.add_argument("--cell", choices=LAYERS, default=CELL, help="of all networks")
    parser.add_argument("--memory", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    CELL = arguments.cell
    torch.set_num_threads(1)
    if arguments.memory:
        name, *shape = arguments.memory
        report_memory(name, *map(int, shape))
        return
    n_epochs, n_repeats = (2, 2) if arguments.quick else (4, 7)
    print_times("1,536 sequences of 5 to 75 tokens", (1536, 5, 75), n_epochs, n_repeats)
    print_times("1,536 sequences of 40 tokens", (1536, 40, 40), n_epochs, n_repeats)
    n_rows, giants = (1000, (0, 1000, 2000)) if arguments.quick else (10_000, (0, 2000, 4000))
    cases = [(name, n_rows, giant) for name in ("seqestimators", "skorch, packed") for giant in giants]
    print_memory([*cases, ("seqestimators", n_rows, 20_000)])
    print_long(2, 10_000 if arguments.quick else 100_000)


if __name__ == "__main__":
    main()
