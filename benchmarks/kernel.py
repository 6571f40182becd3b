"""Time of recurrent layers and of fit on the native kernel, beside torch.

Run ``python benchmarks/kernel.py FOLDER`` (five minutes), or with ``--quick`` (one). Everything runs on one
core, the contestants in turn; seconds are of the processor, the least of five turns. The peak is what torch
reaches in a product of two matrices of 512 x 512, measured in the same run. A layer reads 64 sequences of 40
steps and runs forward and backward: `layer` from vectors, `tokens` from token ids. The fit is that of
benchmarks/training.py with other cells.
"""

import argparse
import os
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import torch
from training import BATCH, EMBEDDING, LR, make_data

from seqestimators import RecurrentClassifier
from seqestimators._native import Reading, describe, run
from seqestimators.modules import CELLS

N_STEPS, N_TOKENS = 40, 40
N_PRODUCTS = {"rnn": 1, "gru": 3, "lstm": 4}
FITS = [("lstm", 64, True), ("gru", 64, True), ("rnn", 64, True), ("lstm", 128, False), ("gru", 128, False)]


def least_seconds(functions, n_turns, n_calls=1):
    """Least seconds of the processor that a call takes, for each function by its name."""
    times = {name: [] for name in functions}
    for turn in range(n_turns + 1):
        for name, function in functions.items():
            start = time.process_time()
            for _ in range(n_calls):
                function()
            if turn:  # the first is for warming up
                times[name].append((time.process_time() - start) / n_calls)
    return {name: min(values) for name, values in times.items()}


def choose(kernel, function):
    def call():
        os.environ["SEQESTIMATORS_KERNEL"] = kernel
        return function()

    return call


def measure_peak(n_turns):
    """Products of matrices, in multiplications and additions a second."""
    a, b = torch.rand(512, 512), torch.rand(512, 512)
    return 2 * 512**3 / least_seconds({"peak": lambda: a @ b}, 4 * n_turns, 10)["peak"]


def measure_layer(name, size, n_turns):
    cell = CELLS[name](EMBEDDING, size)
    table = torch.rand(N_TOKENS, EMBEDDING, requires_grad=True)
    ids = torch.randint(N_TOKENS, (BATCH, N_STEPS))
    gradient = torch.rand(N_STEPS, BATCH, size).transpose(0, 1)
    weights = tuple(cell.parameters())
    reading = Reading(torch.full((BATCH,), N_STEPS), ids)

    def layer():
        vectors = torch.nn.functional.embedding(ids.t(), table).transpose(0, 1)
        cell(vectors)[0].backward(gradient)

    def tokens():
        run(name, table, None, weights, reading)[0].transpose(0, 1).backward(gradient)

    functions = {
        "torch": choose("torch", layer),
        "layer": choose("native", layer),
        "tokens": choose("native", tokens),
    }
    return least_seconds(functions, n_turns, max(1, 1280 // size))


def measure_fit(cell, size, bidirectional, n_rows, n_turns):
    X, y = make_data(n_rows, 5, 75)
    model = RecurrentClassifier(
        cell=cell,
        hidden_size=size,
        bidirectional=bidirectional,
        embedding_dim=EMBEDDING,
        dropout=0.0,
        lr=LR,
        batch_size=BATCH,
        max_epochs=1,
        random_state=0,
        device="cpu",
    )
    names = ("torch", "native")
    fits = least_seconds({one: choose(one, lambda: model.fit(X, y)) for one in names}, n_turns)
    predictions = least_seconds({one: choose(one, lambda: model.predict_proba(X)) for one in names}, n_turns)
    return fits, predictions


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where the table goes, too")
    parser.add_argument("--quick", action="store_true", help="fewer turns, fewer sequences")
    options = parser.parse_args()
    n_turns, n_rows = (2, 512) if options.quick else (5, 1536)
    lines = []

    def write(line):
        print(line, flush=True)
        lines.append(line)

    peak = measure_peak(n_turns)
    write(f"Kernel: {describe()}; peak {peak / 1e9:.0f} GFLOP/s\n")
    write("| layer | torch, ms | native, ms | ratio | native, tokens, ms | ratio | share of the peak |")
    write("|---|---|---|---|---|---|---|")
    for size in (50, 64, 128, 256):
        for name, n_blocks in N_PRODUCTS.items():
            ms = {one: 1e3 * value for one, value in measure_layer(name, size, n_turns).items()}
            work = 6 * N_STEPS * BATCH * n_blocks * size**2  # forward, and two products backward
            write(
                f"| {name} {size} | {ms['torch']:.2f} | {ms['layer']:.2f} | {ms['torch'] / ms['layer']:.1f} "
                f"| {ms['tokens']:.2f} | {ms['torch'] / ms['tokens']:.1f} "
                f"| {work / ms['tokens'] * 1e3 / peak:.0%} |"
            )
    write("\n| fit and predict | torch, fit, ms | native | ratio | torch, predict, ms | native | ratio |")
    write("|---|---|---|---|---|---|---|")
    for cell, size, bidirectional in FITS:
        cells = []
        for seconds in measure_fit(cell, size, bidirectional, n_rows, n_turns):
            old, new = (1e3 * seconds[one] for one in ("torch", "native"))
            cells.append(f"{old:.0f} | {new:.0f} | {old / new:.1f}")
        name = f"{'both directions, ' if bidirectional else ''}{cell} {size}"
        write(f"| {name} | {' | '.join(cells)} |")
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        (options.folder / "kernel.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
