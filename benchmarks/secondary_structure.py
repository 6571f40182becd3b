"""Secondary structure of proteins: labels by themselves, Viterbi over observed neighbours, and a CRF.

Run ``python benchmarks/secondary_structure.py FOLDER``. Chains are those of NetSurfP-2.0 in FLIP's split, of
any length; residues that aren't resolved are masked, in training and in the scores. Each variant is fitted
with three seeds on the same chains, drawn once from the training part. "free" and "observed" are one fit,
since they are trained alike. The scores are those of the test part: Q3, segment overlap (the mean over
chains), and the F1 score of segments. Intervals are of Student's t over the seeds. Each fit is written into
FOLDER as it is finished, and a run that is started again goes on with the others.

The data are read from SEQESTIMATORS_DATA, or downloaded.
"""

import argparse
import os
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.pipeline import make_pipeline

from seqestimators import ProteinTokenizer, RecurrentTagger
from seqestimators.datasets import fetch_secondary_structure
from seqestimators.metrics import q3_score, segment_f1_score, segment_overlap_score

SEEDS = (0, 1, 2)
SCORES = {
    "Q3": q3_score,
    "segment overlap": segment_overlap_score,
    "segment F1": lambda y_true, y_pred: segment_f1_score(y_true, y_pred, scheme="segments"),
}


def run(folder, n_chains, epochs):
    """Fit what is not yet in the folder."""
    X, y = fetch_secondary_structure("train", return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(X))[:n_chains]
    X_test, y_test = fetch_secondary_structure("test", return_X_y=True)
    for seed in SEEDS:
        for transitions in ("observed", "crf"):
            file = folder / f"{transitions}-{seed}.csv"
            if file.exists():
                continue
            tagger = RecurrentTagger(transitions=transitions, max_epochs=epochs, random_state=seed)
            model = make_pipeline(ProteinTokenizer(), tagger)
            start = time.process_time()
            model.fit(X[rows], y[rows])
            seconds = time.process_time() - start
            predicted = {transitions: model.predict(X_test)}
            if transitions == "observed":
                classes = tagger.classes_
                predicted["free"] = [classes[p.argmax(axis=1)].tolist() for p in model.predict_proba(X_test)]
            table = pd.DataFrame(
                {"transitions": name, "seed": seed, "CPU seconds of fit": seconds}
                | {score: function(y_test, labels) for score, function in SCORES.items()}
                for name, labels in predicted.items()
            )
            table.to_csv(file, index=False)
            print(table.to_string(index=False), flush=True)


def report(folder):
    """Print means, and half of the interval of 95 %."""
    runs = pd.concat(map(pd.read_csv, sorted(folder.glob("*-*.csv"))))
    factor = stats.t.ppf(0.975, len(SEEDS) - 1) / np.sqrt(len(SEEDS))
    print(f"\n| transitions | {' | '.join(SCORES)} | CPU minutes a fit |\n|{'---|' * (len(SCORES) + 2)}")
    for transitions in ("free", "observed", "crf"):
        part = runs[runs["transitions"] == transitions]
        cells = [f"{100 * part[name].mean():.1f} ± {100 * factor * part[name].std():.1f}" for name in SCORES]
        print(f"| {transitions} | {' | '.join(cells)} | {part['CPU seconds of fit'].mean() / 60:.1f} |")
    means = runs.pivot(index="seed", columns="transitions", values=list(SCORES))
    for name in SCORES:
        gain = 100 * (means[name]["crf"] - means[name]["free"])
        print(f"{name}: crf - free {gain.mean():+.1f} ± {factor * gain.std():.1f}, by seeds")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chains", type=int, default=3000)
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    run(options.folder, options.chains, options.epochs)
    report(options.folder)


if __name__ == "__main__":
    main()
