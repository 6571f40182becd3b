"""How many words are pronounced without one error, in three languages: SIGMORPHON 2020, task 1.

Run ``python benchmarks/accuracy_spelling.py FOLDER``; a model takes less than a minute on one core. Each
fitted model adds its rows to ``FOLDER/spelling.csv`` and leaves its five best pronunciations of every word in
``FOLDER/spelling_LANGUAGE_SEED.json``. What is there is not measured again, so that a run that was stopped
goes on. ``--only ady`` measures one language. The table of all rows is printed at the end.

``fetch_g2p`` finds or downloads the words: 3,600 for training, 450 for choosing the settings (dev) and 450
for the test. The settings are the same for all languages; what they don't name has its default.
"""

import argparse
import json
import os
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentSeq2Seq, SequenceTokenizer
from seqestimators.datasets import fetch_g2p
from seqestimators.metrics import phoneme_error_rate, word_error_rate

LANGUAGES = {"ady": "Adyghe", "ice": "Icelandic", "jpn": "Japanese"}
SEEDS = [0, 1, 2]
WIDTH = 5
SETTINGS = {"attention": "additive", "num_layers": 2, "dropout": 0.5, "max_epochs": 15}
"""Chosen on the dev words of the three languages."""


def load(language):
    """Words and phonemes of each subset."""
    return {subset: fetch_g2p(language, subset, return_X_y=True) for subset in ("train", "dev", "test")}


def measure(language, seed, folder):
    """Rows of one fitted model; its best pronunciations go into a file."""
    data = load(language)
    model = make_pipeline(SequenceTokenizer(), RecurrentSeq2Seq(**SETTINGS, random_state=seed, device="cpu"))
    start = time.perf_counter()
    model.fit(*data["train"])
    seconds = time.perf_counter() - start
    rows, candidates = [], {}
    for subset in ("dev", "test"):
        words, true = data[subset]
        for search, width in (("greedy", 1), ("beam", WIDTH)):
            model.set_params(recurrentseq2seq__beam_width=width)
            rows.append((language, seed, subset, search, *errors(true, model.predict(words)), seconds))
        candidates[subset] = predict_n_best(model, words)
    nbest_path(folder, language, seed).write_text(json.dumps(candidates), encoding="utf-8")
    return rows


def predict_n_best(model, words):
    """Pairs (phonemes, log-probability) of each word."""
    tokenizer, network = model
    return list(network.predict_n_best(tokenizer.transform(words), n=WIDTH))


def errors(true, predicted):
    """Error rates of words and of phonemes, in percent."""
    return 100 * word_error_rate(true, predicted), 100 * phoneme_error_rate(true, predicted)


def vote(lists):
    """Return the pronunciation with the highest sum of log-probabilities over the models.

    A model that does not list a pronunciation counts with its least listed one.
    """
    scores = [{tuple(phonemes): score for phonemes, score in candidates} for candidates in lists]
    return list(
        max(
            sorted(set().union(*scores)),
            key=lambda phonemes: sum(listed.get(phonemes, min(listed.values())) for listed in scores),
        )
    )


def measure_ensemble(language, folder):
    """Rows of the vote of all seeds."""
    models = [json.loads(nbest_path(folder, language, seed).read_text(encoding="utf-8")) for seed in SEEDS]
    rows = []
    for subset in ("dev", "test"):
        true = fetch_g2p(language, subset).target
        predicted = [vote(lists) for lists in zip(*(model[subset] for model in models), strict=True)]
        rows.append((language, -1, subset, "ensemble", *errors(true, predicted), np.nan))
    return rows


def nbest_path(folder, language, seed):
    return folder / f"spelling_{language}_{seed}.json"


def print_table(rows):
    """Mean and range over the seeds."""
    for subset in ("dev", "test"):
        print(f"\n{subset} words, % wrong: mean (lowest to highest of the seeds)")
        print(f"{'':12}{'search':12}{'words':>24}{'phonemes':>24}{'seconds a fit':>16}")
        selected = rows[rows["subset"] == subset]
        for (language, search), group in selected.groupby(["language", "search"], sort=False):
            cells = [
                f"{group[name].mean():.2f}"
                + (f" ({group[name].min():.2f} to {group[name].max():.2f})" if len(group) > 1 else "")
                for name in ("word_errors", "phoneme_errors")
            ]
            print(f"{LANGUAGES[language]:12}{search:12}{cells[0]:>24}{cells[1]:>24}", end="")
            print(f"{group['fit_seconds'].mean():16.0f}" if group["fit_seconds"].notna().any() else "")
        means = selected.groupby("search", sort=False)[["word_errors", "phoneme_errors"]].mean()
        for search, (words, phonemes) in zip(means.index, means.to_numpy(), strict=True):
            print(f"{'mean':12}{search:12}{words:24.2f}{phonemes:24.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="results", help="where results are kept")
    parser.add_argument("--only", choices=list(LANGUAGES), help="one language")
    arguments = parser.parse_args()
    folder = Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "spelling.csv"
    columns = ["language", "seed", "subset", "search", "word_errors", "phoneme_errors", "fit_seconds"]

    def read():
        return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=columns)

    def append(new):
        pd.DataFrame(new, columns=columns).to_csv(path, mode="a", header=not path.exists(), index=False)
        for row in new:
            print(" ".join(f"{value:.2f}" if isinstance(value, float) else str(value) for value in row))

    for language in [arguments.only] if arguments.only else LANGUAGES:
        for seed in SEEDS:
            rows = read()
            is_there = ((rows["language"] == language) & (rows["seed"] == seed)).any()
            if not is_there:
                append(measure(language, seed, folder))
        rows = read()
        if not ((rows["language"] == language) & (rows["search"] == "ensemble")).any():
            append(measure_ensemble(language, folder))
    print_table(read())


if __name__ == "__main__":
    main()
