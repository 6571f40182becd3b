"""What a step of training costs beside its network: fit, and a bare loop over the same network and batches.

Run ``python benchmarks/steps.py`` (two minutes), or with ``--quick`` (twenty seconds). The bare loop has
torch's AdamW, fused, its clipping and its one-cycle schedule, and nothing else; "network" is forward and
backward alone. The contestants take turns on one core; the table has microseconds of the processor a step,
the least of all turns.
"""

import argparse
import os
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import torch
from training import make_data

from seqestimators import RecurrentClassifier
from seqestimators._training import BatchIterator, SequenceDataset
from seqestimators.sequences import read_sequences

N_EPOCHS, LR = 4, 5e-3
CASES = {  # rows, lengths, parameters
    "32 units, 50 steps, batches of 32": (
        800,
        (50, 50),
        {"hidden_size": 32, "bidirectional": False, "embedding_dim": None, "batch_size": 32},
    ),
    "64 units both ways, 5 to 75 steps, batches of 64": (
        1536,
        (5, 75),
        {"hidden_size": 64, "bidirectional": True, "embedding_dim": 32, "batch_size": 64},
    ),
}


class Case:
    """One network and its data; each method returns the seconds of all steps."""

    def __init__(self, cell, n_rows, lengths, parameters):
        self.parameters = {"cell": cell, "pooling": "last", "positions": False, "dropout": 0.0, "lr": LR}
        self.parameters |= {**parameters, "random_state": 0, "device": "cpu"}
        self.X, self.y = make_data(n_rows, *lengths)
        self.n_steps = N_EPOCHS * -(-n_rows // parameters["batch_size"])
        self.fit()
        self.dataset = SequenceDataset(read_sequences(self.X), self.y.astype(np.float32)[:, None])
        self.network = self.model.net_.module_.train()

    def fit(self):
        """Fit, less what a fit of two rows costs."""
        seconds = []
        for n_rows, n_epochs in ((2, 1), (None, N_EPOCHS)):
            self.model = RecurrentClassifier(max_epochs=n_epochs, **self.parameters)
            start = time.process_time()
            self.model.fit(self.X[:n_rows], self.y[:n_rows])
            seconds.append(time.process_time() - start)
        return seconds[1] - seconds[0]

    def iterate(self):
        batches = BatchIterator(self.dataset, self.parameters["batch_size"], torch.Generator().manual_seed(0))
        for _ in range(N_EPOCHS):
            for batch, _ in batches:
                yield batch

    def bare_loop(self):
        weights = list(self.network.parameters())
        optimizer = torch.optim.AdamW(weights, lr=LR, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=self.n_steps + 1)
        losses, start = [], time.process_time()
        for batch in self.iterate():
            optimizer.zero_grad()
            loss = self.network.loss(batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        return time.process_time() - start

    def network_alone(self):
        seconds = 0.0
        for batch in self.iterate():
            self.network.zero_grad()
            start = time.process_time()
            self.network.loss(batch).backward()
            seconds += time.process_time() - start
        return seconds

    def measure(self, n_turns):
        """Microseconds a step of fit, of the bare loop and of the network alone."""
        turns = [(self.fit(), self.bare_loop(), self.network_alone()) for _ in range(n_turns)]
        return np.min(turns, axis=0) / self.n_steps * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer turns, RNN alone")
    given = parser.parse_args()
    torch.set_num_threads(1)
    print("| network | fit, us | bare loop, us | network, us |\n|---|---|---|---|")
    for title, case in CASES.items():
        for cell in ("rnn",) if given.quick else ("rnn", "gru", "lstm"):
            found = Case(cell, *case).measure(2 if given.quick else 9)
            print(f"| {cell}, {title} | " + " | ".join(f"{one:.0f}" for one in found) + " |", flush=True)


if __name__ == "__main__":
    main()
