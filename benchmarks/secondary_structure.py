"""Secondary structure of proteins: labels by themselves, Viterbi over observed neighbours, and a CRF.

Run ``python benchmarks/secondary_structure.py FOLDER``. Chains are those of NetSurfP-2.0 in FLIP's split, of
any length; residues that aren't resolved are masked, in training and in the scores. Each variant is fitted
with three seeds on the same chains, drawn once from the training part. "free" and "observed" are one fit,
since they are trained alike, and so are "crf" and "crf, likeliest labelling", which is the Viterbi path. The
scores are those of the test part: Q3, segment overlap (the mean over chains), and the F1 score of segments.
With ``--helices`` the labels are tags of helices: B for the first residue, I for all further ones, O for
residues outside. Intervals are of Student's t over the seeds. Each fit is written into FOLDER as it is
finished, and a run that is started again goes on with the others.

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
from seqestimators.metrics import q3_score, segment_f1_score, segment_overlap_score, token_accuracy_score
from seqestimators.modules import Ragged

SEEDS = (0, 1, 2)
OF_STATES = {
    "Q3": q3_score,
    "segment overlap": segment_overlap_score,
    "segment F1": lambda y_true, y_pred: segment_f1_score(y_true, y_pred, scheme="segments"),
}
OF_HELICES = {"tags right": token_accuracy_score, "F1 of helices": segment_f1_score}


def helix_tags(structure):
    """Return the tags of helices; those of unresolved residues are masked."""
    tags, last = [], None
    for state in structure:
        tags.append(state and ("O" if state != "H" else "I" if last == "H" else "B"))
        last = state
    return tags


def run(folder, n_chains, epochs, helices):
    """Fit what is not yet in the folder."""
    X, y = fetch_secondary_structure("train", return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(X))[:n_chains]
    X_test, y_test = fetch_secondary_structure("test", return_X_y=True)
    X, y = X[rows], y[rows]
    if helices:
        y, y_test = list(map(helix_tags, y)), list(map(helix_tags, y_test))
    for seed in SEEDS:
        for transitions in ("observed", "crf"):
            file = folder / f"{transitions}-{seed}.csv"
            if file.exists():
                continue
            tagger = RecurrentTagger(transitions=transitions, max_epochs=epochs, random_state=seed)
            model = make_pipeline(ProteinTokenizer(), tagger)
            start = time.process_time()
            model.fit(X, y)
            seconds = time.process_time() - start
            predicted = {transitions: model.predict(X_test)}
            if transitions == "observed":
                best = [p.argmax(axis=1) for p in model.predict_proba(X_test)]
                predicted["free"] = [tagger.classes_[row].tolist() for row in best]
            else:
                predicted["crf, likeliest labelling"] = likeliest(tagger, model[:-1].transform(X_test))
            table = pd.DataFrame(
                {"transitions": name, "seed": seed, "CPU seconds of fit": seconds}
                | {score: function(y_test, labels) for score, function in scores_of(helices).items()}
                | ({"helices": sum(row.count("B") for row in labels)} if helices else {})
                for name, labels in predicted.items()
            )
            table.to_csv(file, index=False)
            print(table.to_string(index=False), flush=True)


def likeliest(tagger, X):
    """Return the likeliest labels of each sequence as a whole (Viterbi path of the random field)."""
    network = tagger.net_.module_

    def decode(batch):
        outputs = network(batch)
        return Ragged(network.decode(outputs), outputs.lengths)

    return [tagger.classes_[row].tolist() for row in tagger.run(tagger.read(X), decode).to_list()]


def scores_of(helices):
    return OF_HELICES if helices else OF_STATES


def report(folder, helices):
    """Print means, and half of the interval of 95 %."""
    runs = pd.concat(map(pd.read_csv, sorted(folder.glob("*-*.csv"))))
    scores = scores_of(helices)
    factor = stats.t.ppf(0.975, len(SEEDS) - 1) / np.sqrt(len(SEEDS))
    print(f"\n| transitions | {' | '.join(scores)} | CPU minutes a fit |\n|{'---|' * (len(scores) + 2)}")
    for transitions in ("free", "observed", "crf", "crf, likeliest labelling"):
        part = runs[runs["transitions"] == transitions]
        cells = [f"{100 * part[name].mean():.1f} ± {100 * factor * part[name].std():.1f}" for name in scores]
        minutes = part["CPU seconds of fit"].mean() / 60
        print(f"| {transitions} | {' | '.join(cells)} | {minutes:.1f} |", end="")
        print(f" helices: {part['helices'].mean():.0f}" if helices else "")
    means = runs.pivot(index="seed", columns="transitions", values=list(scores))
    for name in scores:
        for other in ("free", "observed"):
            gain = 100 * (means[name]["crf"] - means[name][other])
            print(f"{name}: crf - {other} {gain.mean():+.2f} ± {factor * gain.std():.2f}, by seeds")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chains", type=int, default=3000)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--helices", action="store_true", help="tags of helices in place of the three states")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    run(options.folder, options.chains, options.epochs, options.helices)
    report(options.folder, options.helices)


if __name__ == "__main__":
    main()
