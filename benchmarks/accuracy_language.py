"""Language models measured: drawn molecules, counting, and transfer to few labelled molecules.

Run ``python benchmarks/accuracy_language.py FOLDER``; ``--only zinc``, ``--only counting`` or ``--only
transfer`` measures one part. Every result is a line of ``FOLDER/<part>.csv``; what is there is not measured
again, so that a run that was stopped goes on. ZINC and BBBP are downloaded unless SEQESTIMATORS_DATA names
the folder that has them.
"""

import argparse
import csv
import pickle
import time
import warnings
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np
import torch
from rdkit import Chem, RDLogger
from scipy.stats import t as student
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from seqestimators import RecurrentClassifier, RecurrentLanguageModel, SequenceTokenizer, SmilesTokenizer
from seqestimators.datasets import fetch_bbbp, fetch_zinc, make_counting_language
from seqestimators.exceptions import TruncationWarning

EOS = 3


class Results:
    """Lines of a CSV file, each written as soon as it is measured."""

    def __init__(self, path, keys):
        self.path, self.keys = path, keys
        self.rows = []
        if path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self.rows = list(csv.DictReader(file))

    def has(self, *values):
        wanted = [str(value) for value in values]
        return any([row[key] for key in self.keys] == wanted for row in self.rows)

    def add(self, **row):
        row = {
            name: f"{value:.5g}" if isinstance(value, float) else str(value) for name, value in row.items()
        }
        is_new = not self.path.exists()
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, row)
            if is_new:
                writer.writeheader()
            writer.writerow(row)
        self.rows.append(row)
        print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def fit_once(path, model, X):
    """Fit a model, or read it from the file that an earlier run wrote."""
    if path.exists():
        return pickle.loads(path.read_bytes())
    model.fit(X)
    path.write_bytes(pickle.dumps(model))
    return model


# Molecules

ZINC_MODEL = {"hidden_size": 512, "embedding_dim": 64, "batch_size": 64, "lr": 0.006, "max_epochs": 6}


class Loop(nn.Module):
    """The same network as tutorials write it: padded batches, in random order."""

    def __init__(self, n_tokens):
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, ZINC_MODEL["embedding_dim"], padding_idx=0)
        self.lstm = nn.LSTM(ZINC_MODEL["embedding_dim"], ZINC_MODEL["hidden_size"], batch_first=True)
        self.output = nn.Linear(ZINC_MODEL["hidden_size"], n_tokens)

    def fit(self, X):
        optimizer = torch.optim.AdamW(self.parameters(), lr=ZINC_MODEL["lr"], fused=True)
        rows = [torch.tensor([2, *x, EOS]) for x in X]
        order, size = np.random.default_rng(0).permutation(len(rows)), ZINC_MODEL["batch_size"]
        for start in range(0, len(rows), size):
            batch = pad_sequence([rows[i] for i in order[start : start + size]], batch_first=True)
            logits = self.output(self.lstm(self.embedding(batch[:, :-1]))[0])
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten(), ignore_index=0)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.parameters(), 1.0)
            optimizer.step()


def measure_speed(results, X, n_tokens, repeats=4):
    """Training tokens per second, contestants in turn on the same molecules; the first turn doesn't count."""
    times = {"seqestimators": [], "loop": []}
    X = X[:1280]
    n_read = sum(len(x) + 1 for x in X)
    for _ in range(repeats + 1):
        for name, model in [
            ("seqestimators", RecurrentLanguageModel(**ZINC_MODEL | {"max_epochs": 1}, random_state=0)),
            ("loop", Loop(n_tokens)),
        ]:
            start = time.perf_counter()
            model.fit(X)
            times[name].append(time.perf_counter() - start)
    for name, seconds in times.items():
        results.add(model=name, tokens_per_second=round(n_read / median(seconds[1:])))


def run_zinc(folder):
    """Validity, uniqueness and novelty of 1,000 molecules at three temperatures; speed."""
    smiles, _ = fetch_zinc(return_X_y=True)
    tokenizer = SmilesTokenizer()
    X = tokenizer.fit_transform(smiles)
    model = RecurrentLanguageModel(**ZINC_MODEL, random_state=0, verbose=1)
    start = time.process_time()
    model = fit_once(folder / "zinc.pickle", model, X)
    cpu_seconds = time.process_time() - start  # of all threads
    seconds = sum(epoch["duration"] for epoch in model.history_)
    n_read = len(model.history_) * sum(len(x) + 1 for x in X)
    known = {Chem.CanonSmiles(one) for one in smiles}
    results = Results(folder / "zinc.csv", ["temperature"])
    for temperature in (1.0, 0.8, 0.7):
        if results.has(f"{temperature:.5g}"):
            continue
        drawn = tokenizer.inverse_transform(model.sample(1000, temperature=temperature, random_state=0))
        molecules = [Chem.MolFromSmiles(one) if one else None for one in drawn]
        valid = [Chem.MolToSmiles(molecule) for molecule in molecules if molecule is not None]
        unique = set(valid)
        results.add(
            temperature=temperature,
            valid=len(valid) / len(drawn),
            unique=len(unique) / len(valid),
            novel=len(unique - known) / len(unique),
            fit_seconds=seconds,
            fit_cpu_seconds=cpu_seconds,
            fit_tokens_per_second=round(n_read / seconds),
            train_loss=model.history_[-1]["train_loss"],
        )
    speed = Results(folder / "speed.csv", ["model"])
    if not speed.rows:
        measure_speed(speed, X, tokenizer.n_tokens_)


# Counting

COUNTING_MODEL = {"hidden_size": 10, "embedding_dim": None, "output_bias": False}
COUNTING_FIT = {
    "optimizer": "rmsprop",
    "lr": 0.004,
    "max_epochs": 800,
    "batch_size": 20,
    "weight_decay": 0.0,
}
"""The same for all cells."""
COUNTS = [*range(1, 101), *range(110, 1001, 10)]


def find_accepted(model, tokens, counts):
    """Tell for each n whether every b of a^n b^n behind the first is predicted, and the end."""
    a, b = tokens
    strings = [np.repeat([a, b], n) for n in counts]
    return np.array(
        [
            (likeliest[n:-1] == b).all() and likeliest[-1] == EOS
            for n, likeliest in zip(counts, model.predict_next(strings), strict=True)
        ]
    )


def run_counting(folder):
    """Ten networks of each cell learn a^n b^n with n up to 50: how far do they count?"""
    results = Results(folder / "counting.csv", ["cell", "seed"])
    tokenizer = SequenceTokenizer()
    X = tokenizer.fit_transform(make_counting_language(200, max_n=50, random_state=0))
    tokens = [tokenizer.vocabulary_[letter] for letter in "ab"]
    every = [np.repeat(tokens, n) for n in range(1, 51)]
    for cell, seed in product(("lstm", "gru", "rnn"), range(10)):
        if results.has(cell, seed):
            continue
        start = time.process_time()
        model = RecurrentLanguageModel(cell=cell, **COUNTING_MODEL, **COUNTING_FIT, random_state=seed).fit(X)
        seconds = time.process_time() - start
        accepted = find_accepted(model, tokens, COUNTS)
        n_right = len(COUNTS) if accepted.all() else int(np.argmin(accepted))
        results.add(
            cell=cell,
            seed=seed,
            accepts_500=int(accepted[COUNTS.index(500)]),
            accepts_all_up_to=COUNTS[n_right - 1] if n_right else 0,
            largest=max((n for n, is_right in zip(COUNTS, accepted, strict=True) if is_right), default=0),
            nats_a_string=float(-model.score_samples(every).mean()),
            entropy=float(np.log(50)),
            n_parameters=model.n_parameters_,
            cpu_seconds=seconds,
        )


# Transfer

TRANSFER_MODELS = {
    "gru both ways": {"cell": "gru", "bidirectional": True},
    "gru": {"cell": "gru", "bidirectional": False},
}
TRANSFER_FIT = {"hidden_size": 128, "embedding_dim": 32, "batch_size": 64, "lr": 0.005}
WAYS = {
    "scratch": {},
    "pretrained": {},
    "pretrained, unfreezing": {"gradual_unfreezing": True},
    "pretrained, layer decay": {"layer_decay": 2.6},
    "pretrained, both": {"gradual_unfreezing": True, "layer_decay": 2.6},
}
TUNING, REPORTED = range(100, 105), range(10)


def distinct_molecules():
    """BBBP without stereochemistry; each molecule once, those of two labels left out."""
    smiles, y = fetch_bbbp(invalid="drop", return_X_y=True)
    labels = {}
    for one, label in zip(smiles, y, strict=True):
        labels.setdefault(flat(one), set()).add(int(label))
    kept = {one: label.pop() for one, label in labels.items() if len(label) == 1}
    return np.array(list(kept), dtype=object), np.array(list(kept.values()))


def flat(smiles):
    """Canonical SMILES without stereochemistry."""
    molecule = Chem.MolFromSmiles(smiles)
    Chem.RemoveStereochemistry(molecule)
    return Chem.CanonSmiles(Chem.MolToSmiles(molecule))


def run_transfer(folder):
    """ROC-AUC of classifiers of 100 labelled molecules, from scratch and from a language model of ZINC."""
    results = Results(folder / "transfer.csv", ["model", "way", "split"])
    smiles, y = distinct_molecules()
    tokenizer = SmilesTokenizer()
    zinc = tokenizer.fit_transform([flat(one) for one in fetch_zinc(return_X_y=True)[0]])
    for name, settings in TRANSFER_MODELS.items():
        model = RecurrentLanguageModel(**settings, **TRANSFER_FIT, max_epochs=5, random_state=0, verbose=1)
        model = fit_once(folder / f"transfer {name}.pickle", model, zinc)
        architecture = {
            key: getattr(model, key) for key in ("cell", "hidden_size", "bidirectional", "embedding_dim")
        }
        for split in (*TUNING, *REPORTED):
            splitter = StratifiedShuffleSplit(1, train_size=100, random_state=split)
            ((train, test),) = splitter.split(smiles, y)
            for way, options in WAYS.items():
                if results.has(name, way, split):
                    continue
                start = time.process_time()
                classifier = RecurrentClassifier(
                    **architecture,
                    pretrained=None if way == "scratch" else model,
                    **options,
                    random_state=split,
                )
                pipeline = make_pipeline(SmilesTokenizer(vocabulary=tokenizer.vocabulary_), classifier)
                pipeline.fit(smiles[train], y[train])
                score = roc_auc_score(y[test], pipeline.predict_proba(smiles[test])[:, 1])
                seconds = time.process_time() - start
                results.add(model=name, way=way, split=split, roc_auc=float(score), cpu_seconds=seconds)
    summarize_transfer(results)


def summarize_transfer(results):
    """Differences to scratch on the same splits, with 95 % intervals of their mean."""
    areas = {(row["model"], row["way"], int(row["split"])): float(row["roc_auc"]) for row in results.rows}
    for title, splits in (("splits to choose by", TUNING), ("reported splits", REPORTED)):
        print(f"\n{title}\n{'':42}{'ROC-AUC':>8}{'minus scratch':>26}")
        for name in TRANSFER_MODELS:
            base = np.array([areas[name, "scratch", split] for split in splits])
            for way in WAYS:
                score = np.array([areas[name, way, split] for split in splits])
                gain = score - base
                width = student.ppf(0.975, len(gain) - 1) * gain.std(ddof=1) / np.sqrt(len(gain))
                difference = "" if way == "scratch" else f"{gain.mean():+.3f} ± {width:.3f}"
                print(f"{name + ', ' + way:42}{score.mean():8.3f}{difference:>26}")


PARTS = {"zinc": run_zinc, "counting": run_counting, "transfer": run_transfer}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="results", type=Path, help="where the results are")
    parser.add_argument("--only", choices=list(PARTS), action="append", help="measure this part only")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore", TruncationWarning)
    RDLogger.DisableLog("rdApp.*")
    for part in arguments.only or PARTS:
        print(f"\n{part}", flush=True)
        PARTS[part](arguments.folder)
