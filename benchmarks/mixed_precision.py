"""Training in bfloat16 beside float32: time, error and test scores.

Run ``python benchmarks/mixed_precision.py FOLDER``, or with ``--quick``. It computes on a GPU where there is
one, else on one core. A processor that doesn't multiply in bfloat16 trains in float32; for errors and scores
it is made to. Times are of two epochs of fit, the contestants in turn: seconds of the processor, of the clock
on a GPU, the least of some turns. Sequences have 5 to 75 steps. The error is that of one pass of training,
without dropout, through a network that was trained in float32 on half of the splice junctions. Scores are
accuracies on the other half, and on halves of the promoters, the same halves and initial weights for both.
"""

import argparse
import os
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import torch
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from training import make_data

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.datasets import fetch_promoters, fetch_splice
from seqestimators.modules import Batch, encoder
from seqestimators.modules._mixed_precision import has_bfloat16

DTYPES = ("float32", "bfloat16")
CELLS = (("lstm", 1), ("lstm", 2), ("gru", 2))
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
FITS = {
    "LSTM 64": {},
    "LSTM 64, two layers": {"num_layers": 2},
    "GRU 64, two layers": {"cell": "gru", "num_layers": 2},
    "LSTM 256, two layers": {"hidden_size": 256, "num_layers": 2},
    "LSTM 64, series of 512 channels": {"input": "values"},
}


def read_clock():
    if DEVICE == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def measure_times(options, n_rows, n_turns):
    """Least seconds of fit in each type."""
    X, y = make_data(n_rows, 5, 75)
    if options.get("input") == "values":
        rng = np.random.default_rng(0)
        X = [rng.normal(size=(len(row), 512)).astype(np.float32) for row in X]
    seconds = {dtype: [] for dtype in DTYPES}
    for turn in range(n_turns + 1):
        for dtype in DTYPES:
            model = RecurrentClassifier(
                dropout=0.0,
                batch_size=64,
                max_epochs=2,
                dtype=dtype,
                device=DEVICE,
                random_state=0,
                **options,
            )
            start = read_clock()
            model.fit(X, y)
            if turn:  # the first is for warming up
                seconds[dtype].append(read_clock() - start)
    return [min(seconds[dtype]) for dtype in DTYPES]


def halves(data, seed):
    return train_test_split(data.data, data.target, test_size=0.5, stratify=data.target, random_state=seed)


def fit(data, seed, dtype, **options):
    train, test, y, y_test = halves(data, seed)
    classifier = RecurrentClassifier(dtype=dtype, device=DEVICE, random_state=seed, **options)
    return make_pipeline(DNATokenizer(), classifier).fit(train, y), test, y_test


def measure_error(data, **options):
    """Largest and median difference of a probability, other answers, and the difference of the gradient."""
    (tokenizer, classifier), test, y_test = fit(data, 0, "float32", dropout=0.0, **options)
    network = classifier.net_.module_.train()
    ids = torch.tensor(np.stack(tokenizer.transform(test)), device=DEVICE)
    batch = Batch(ids, torch.full((len(ids),), ids.shape[1], device=DEVICE))
    target = torch.tensor(np.searchsorted(classifier.classes_, y_test), device=DEVICE)
    found = []
    for dtype in DTYPES:
        network.encoder.mixed_precision = dtype == "bfloat16"
        network.zero_grad()
        outputs = network(batch)
        torch.nn.functional.cross_entropy(outputs, target).backward()
        gradients = torch.cat([weight.grad.flatten() for weight in network.parameters()])
        found.append((outputs.detach().double(), gradients.double()))
    (exact, exact_gradient), (rounded, gradient) = found
    probabilities = [outputs.softmax(1) for outputs in (exact, rounded)]
    difference = (probabilities[1] - probabilities[0]).abs()
    return (
        difference.max().item(),
        (difference / probabilities[0]).median().item(),
        (exact.argmax(1) != rounded.argmax(1)).sum().item(),
        ((gradient - exact_gradient).norm() / exact_gradient.norm()).item(),
    )


def measure_scores(data, n_seeds, **options):
    """Accuracies of the seeds in each type, and the share of equal answers."""
    scores, same = [[], []], []
    for seed in range(n_seeds):
        answers = []
        for dtype, own in zip(DTYPES, scores, strict=True):
            model, test, y_test = fit(data, seed, dtype, **options)
            answers.append(model.predict(test))
            own.append(np.mean(answers[-1] == y_test))
        same.append(np.mean(answers[0] == answers[1]))
    return scores, np.mean(same)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where the tables go, too")
    parser.add_argument("--quick", action="store_true", help="fewer turns, sequences and seeds")
    parser.add_argument("--only", choices=("time", "error", "scores"), help="one of the tables")
    arguments = parser.parse_args()
    n_rows, n_turns, n_seeds = (256, 1, 1) if arguments.quick else (1536, 3, 5)
    lines = []

    def write(line):
        print(line, flush=True)
        lines.append(line)

    name = torch.cuda.get_device_name() if DEVICE == "cuda" else "cpu"
    write(f"torch {torch.__version__} on {name}, {'with' if has_bfloat16(DEVICE) else 'without'} bfloat16")
    if arguments.only in (None, "time"):
        write("\n| fit, two epochs | float32, s | bfloat16, s | ratio |\n|---|---|---|---|")
        for kind, options in FITS.items():
            full, mixed = measure_times(options, n_rows, n_turns)
            write(f"| {kind} | {full:.2f} | {mixed:.2f} | {mixed / full:.2f} |")
    encoder.has_bfloat16 = lambda device_type: True
    if arguments.only in (None, "error"):
        write(
            "\n| layers | probability | median, relative | other classes | gradient |\n|---|---|---|---|---|"
        )
        for cell, layers in CELLS:
            largest, median, n_other, gradient = measure_error(fetch_splice(), cell=cell, num_layers=layers)
            write(f"| {cell}, {layers} | {largest:.1g} | {median:.1g} | {n_other} | {gradient:.1g} |")
    if arguments.only in (None, "scores"):
        write("\n| accuracy | float32 | bfloat16 | same answers |\n|---|---|---|---|")
        for kind, data in (("splice", fetch_splice()), ("promoters", fetch_promoters())):
            for cell, layers in CELLS if kind == "promoters" else CELLS[:1]:
                scores, same = measure_scores(data, n_seeds, cell=cell, num_layers=layers)
                cells = [f"{np.mean(one):.3f} ± {np.std(one):.3f}" for one in scores]
                write(f"| {kind}, {cell}, {layers} | {' | '.join(cells)} | {same:.1%} |")
    if arguments.folder:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        (arguments.folder / "mixed_precision.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
