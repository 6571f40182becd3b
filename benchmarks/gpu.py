"""Time of an epoch of fit on a GPU, beside loops over torch.nn.LSTM on the same padded batches.

Run ``python benchmarks/gpu.py FOLDER`` on a machine with CUDA; it prints a table, and writes it to
``FOLDER/gpu.csv``. With ``--quick`` it measures one size, on a CPU too. Everywhere an embedding of 32, a
bidirectional LSTM, last state, maximum and mean over time, a linear layer, and AdamW with the one-cycle
schedule and clipped gradients. The loops find their batches padded on the device: "padded" runs cuDNN over
them as if padding were content, and is the limit; "packed" packs them first, which is exact, as
seqestimators is. Times are wall-clock seconds, the best of some epochs after one for warming up.
"""

import argparse
import csv
import time
from itertools import product
from pathlib import Path

import numpy as np
import torch
from skorch.callbacks import Callback
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.optim.lr_scheduler import OneCycleLR

from seqestimators import RecurrentClassifier
from seqestimators._training import BatchIterator, SequenceDataset
from seqestimators.sequences import read_sequences

COLUMNS = ("batch", "hidden", "steps", "fit, s", "padded, s", "packed, s", "fit/padded", "fit/packed")
N_TOKENS, EMBEDDING, LR, CLIP = 40, 32, 1e-2, 1.0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def read_clock():
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


class EpochClock(Callback):
    """Seconds of every epoch."""

    def __init__(self):
        self.seconds = []

    def on_epoch_begin(self, net, **kwargs):
        self.start = read_clock()

    def on_epoch_end(self, net, **kwargs):
        self.seconds.append(read_clock() - self.start)


def time_fit(X, y, batch_size, hidden_size, n_epochs):
    clock = EpochClock()
    RecurrentClassifier(
        hidden_size=hidden_size,
        embedding_dim=EMBEDDING,
        pooling="concat",
        dropout=0.0,
        lr=LR,
        gradient_clip=CLIP,
        batch_size=batch_size,
        max_epochs=n_epochs,
        callbacks=[clock],
        device=DEVICE,
        random_state=0,
    ).fit(X, y)
    return min(clock.seconds[1:])


class Network(nn.Module):
    """The network as one writes it by hand."""

    def __init__(self, hidden_size, packs):
        super().__init__()
        self.packs = packs
        self.embedding = nn.Embedding(N_TOKENS, EMBEDDING, padding_idx=0)
        self.lstm = nn.LSTM(EMBEDDING, hidden_size, batch_first=True, bidirectional=True)
        self.output = nn.Linear(6 * hidden_size, 1)

    def forward(self, inputs, lengths, lengths_on_cpu):
        x = self.embedding(inputs)
        if not self.packs:
            states, (last, _) = self.lstm(x)
            return self.output(torch.cat([last[0], last[1], states.amax(1), states.mean(1)], dim=1))
        x = pack_padded_sequence(x, lengths_on_cpu, batch_first=True, enforce_sorted=False)
        states, (last, _) = self.lstm(x)
        states, _ = pad_packed_sequence(states, batch_first=True)
        padding = (torch.arange(states.shape[1], device=states.device) >= lengths[:, None])[:, :, None]
        largest = states.masked_fill(padding, -torch.inf).amax(1)
        mean = states.masked_fill(padding, 0).sum(1) / lengths[:, None]
        return self.output(torch.cat([last[0], last[1], largest, mean], dim=1))


def time_loop(X, y, batch_size, hidden_size, n_epochs, packs):
    torch.manual_seed(0)
    target = y[:, None].astype(np.float32)
    dataset = SequenceDataset(read_sequences(X), target, device=DEVICE)
    batches = [
        (*piece, piece[1].cpu(), batch.target)
        for batch, _ in BatchIterator(dataset, batch_size, torch.Generator().manual_seed(0))
        for piece in batch.pieces  # one, as lengths aren't far apart
    ]
    network = Network(hidden_size, packs).to(DEVICE).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=LR, fused=True)
    schedule = OneCycleLR(optimizer, LR, total_steps=len(batches) * n_epochs + 1)
    seconds = []
    for _ in range(n_epochs):
        start = read_clock()
        for *inputs, target in batches:
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(network(*inputs), target).backward()
            nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
            schedule.step()
        seconds.append(read_clock() - start)
    return min(seconds[1:])


def measure(batch_size, hidden_size, n_batches, n_epochs):
    """One row of the table."""
    rng = np.random.default_rng(0)
    X = [rng.integers(4, N_TOKENS, length) for length in rng.integers(5, 76, n_batches * batch_size)]
    y = np.arange(len(X)) % 2
    of_fit = time_fit(X, y, batch_size, hidden_size, n_epochs)
    padded, packed = (time_loop(X, y, batch_size, hidden_size, n_epochs, packs) for packs in (False, True))
    return batch_size, hidden_size, n_batches, of_fit, padded, packed, of_fit / padded, of_fit / packed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where gpu.csv is written")
    parser.add_argument("--quick", action="store_true", help="one size, few batches")
    arguments = parser.parse_args()
    sizes = [(32, 64)] if arguments.quick else product((32, 256, 1024), (64, 256, 512))
    n_batches, n_epochs = (8, 3) if arguments.quick else (64, 4)
    print(f"torch {torch.__version__} on {DEVICE}; an epoch of 5 to 75 tokens a sequence", flush=True)
    print("".join(f"{column:>12}" for column in COLUMNS))
    rows = []
    for size in sizes:
        rows.append(measure(*size, n_batches, n_epochs))
        print("".join(f"{value:12.4g}" for value in rows[-1]), flush=True)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with open(arguments.folder / "gpu.csv", "w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
