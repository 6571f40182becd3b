"""How many genes are translated without one error: codon by codon, and from single nucleotides.

Run ``python benchmarks/accuracy_translation.py FOLDER``. Every measurement adds its rows to
``FOLDER/translation.csv``; those that are there are not measured again, so that a run that was stopped
goes on. ``--only nucleotides`` measures one part.

The real genes are all of Escherichia coli K-12 that consist of A, C, G and T, are whole codons, begin
with ATG and end in a stop codon: 3,830 genes of 14 to 2,359 codons. ``fetch_coding_sequences`` finds or
downloads them. Parameters of the estimators that are not named here are the defaults.
"""

import argparse
import os
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
import torch
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, DNATokenizer, RecurrentSeq2Seq, RecurrentTagger
from seqestimators.datasets import fetch_coding_sequences, make_coding_sequences
from seqestimators.metrics import token_accuracy_score

SEEDS = [0, 1, 2]
BINS = [0, 40, 100, 200, 400, 800, 1600, 2359]
"""Bounds of the lengths of real genes, in codons."""
LENGTHS = [5, 10, 20, 30, 40, 45, 50, 60, 80, 100, 150, 200]
"""Lengths of synthetic genes, in codons; those of training have 5 to 40."""
N_TRAINING, N_TEST = 2000, 200
START, STOPS = "ATG", ("TAA", "TAG", "TGA")


def load_genes():
    """Clean genes and their proteins, "*" for the stop."""
    dna, protein = fetch_coding_sequences(return_X_y=True)
    clean = [
        set(gene) <= set("ACGT") and len(gene) % 3 == 0 and gene.startswith(START) and gene.endswith(STOPS)
        for gene in dna
    ]
    return dna[clean], protein[clean]


def add_surroundings(genes, seed):
    """Put 0 to 60 random nucleotides before each gene, the first ATG being its own, and behind it."""
    random = np.random.RandomState(100 + seed)

    def draw():
        return "".join(random.choice(list("ACGT"), random.randint(0, 61)))

    surrounded = np.empty(len(genes), dtype=object)
    for i, gene in enumerate(genes):
        leader = draw()
        while START in leader + gene[:2]:
            leader = draw()
        surrounded[i] = leader + gene + draw()
    return surrounded


def fit(model, dna, protein):
    start = time.perf_counter()
    model.fit(dna, protein)
    return time.perf_counter() - start


def count_by_length(model, dna, protein):
    """One row for each bin of lengths: how many genes, how many without an error, accuracy of the letters."""
    start = time.perf_counter()
    predicted = model.predict(dna)
    seconds = time.perf_counter() - start
    print(f"    predicted {len(dna)} genes in {seconds:.0f} s", flush=True)
    lengths = np.array([len(one) for one in protein])
    is_right = np.array([one == other for one, other in zip(protein, predicted, strict=True)])
    rows = []
    for low, high in pairwise(BINS):
        chosen = (lengths > low) & (lengths <= high)
        if chosen.any():
            rows.append(
                {
                    "shortest": lengths[chosen].min(),
                    "longest": lengths[chosen].max(),
                    "n_genes": chosen.sum(),
                    "n_right": is_right[chosen].sum(),
                    "token_accuracy": token_accuracy_score(protein[chosen], predicted[chosen]),
                }
            )
    return rows


def count_synthetic(model):
    """One row for each length of synthetic genes."""
    rows = []
    for length in LENGTHS:
        dna, protein = make_coding_sequences(N_TEST, length=length, random_state=1000 + length)
        predicted = model.predict(dna)
        rows.append(
            {
                "shortest": length,
                "longest": length,
                "n_genes": N_TEST,
                "n_right": sum(one == other for one, other in zip(protein, predicted, strict=True)),
                "token_accuracy": token_accuracy_score(protein, predicted),
            }
        )
    return rows


def label(rows, data, fit_seconds):
    return [{"data": data, "fit_seconds": round(fit_seconds, 1)} | row for row in rows]


TAGGERS = {
    "codon tokens": lambda **parameters: make_pipeline(CodonTokenizer(), RecurrentTagger(**parameters)),
    "nucleotides, stride 3": lambda **parameters: make_pipeline(
        DNATokenizer(), RecurrentTagger(stride=3, **parameters)
    ),
}


def measure_tagger(kind, seed):
    """Train on 200 real genes of at most 100 codons, test on all others."""
    dna, protein = load_genes()
    short = [i for i, one in enumerate(protein) if len(one) <= 100]
    training = np.random.RandomState(seed).choice(short, 200, replace=False)
    known = set(dna[training])
    test = [i for i, gene in enumerate(dna) if gene not in known]
    model = TAGGERS[kind](random_state=seed)
    seconds = fit(model, dna[training], protein[training])
    return label(count_by_length(model, dna[test], protein[test]), "real genes", seconds)


def measure_one_gene(kind, seed, max_epochs=30):
    """Train on one gene, test on itself; an epoch is one step."""
    dna, protein = load_genes()
    chosen = np.random.RandomState(seed).choice(len(dna), 1)
    model = TAGGERS[kind](max_epochs=max_epochs, random_state=seed)
    seconds = fit(model, dna[chosen], protein[chosen])
    return label(count_by_length(model, dna[chosen], protein[chosen]), "the gene of training", seconds)


def measure_mitochondria(kind, seed):
    """Learn the genetic code of the mitochondria of vertebrates, and count the codons that are right."""
    dna, protein = make_coding_sequences(500, genetic_code=2, random_state=seed)
    model = TAGGERS[kind](random_state=seed)
    seconds = fit(model, dna, protein)
    dna, protein = make_coding_sequences(1000, genetic_code=2, random_state=1000 + seed)
    truth, read = {}, {}  # codon: its letter; codon: all letters that were predicted for it
    for gene, true, predicted in zip(dna, protein, model.predict(dna), strict=True):
        for i, letters in enumerate(zip(true, predicted, strict=True)):
            codon = gene[3 * i : 3 * i + 3]
            truth[codon] = letters[0]
            read.setdefault(codon, set()).add(letters[1])
    n_right = sum(read[codon] == {letter} for codon, letter in truth.items())
    print(f"    {n_right} of {len(truth)} codons right wherever they stand")
    return label(count_by_length(model, dna, protein), "synthetic genes, code 2", seconds) + label(
        [{"n_genes": len(truth), "n_right": n_right}], "codons of code 2", seconds
    )


def measure_nucleotides(attention, seed):
    """Train on synthetic genes of 5 to 40 codons, test on real ones and on synthetic ones by length."""
    dna, protein = make_coding_sequences(N_TRAINING, length=(5, 40), random_state=seed)
    model = make_pipeline(DNATokenizer(), RecurrentSeq2Seq(attention=attention, random_state=seed))
    seconds = fit(model, dna, protein)
    print(f"    fitted in {seconds:.0f} s", flush=True)
    rows = label(count_synthetic(model), "synthetic genes", seconds)
    dna, protein = load_genes()
    if attention != "monotonic":  # these are right nowhere beyond, and slow there
        short = [len(one) <= 200 for one in protein]
        dna, protein = dna[short], protein[short]
    return rows + label(count_by_length(model, dna, protein), "real genes", seconds)


def measure_leader(attention, seed):
    """Train and test on genes between random untranslated nucleotides."""
    dna, protein = make_coding_sequences(N_TRAINING, length=(5, 40), random_state=seed)
    model = make_pipeline(DNATokenizer(), RecurrentSeq2Seq(attention=attention, random_state=seed))
    seconds = fit(model, add_surroundings(dna, seed), protein)
    print(f"    fitted in {seconds:.0f} s", flush=True)
    dna, protein = load_genes()
    rows = count_by_length(model, add_surroundings(dna, 1000 + seed), protein)
    return label(rows, "real genes", seconds)


PARTS = {
    "nucleotides": (measure_nucleotides, ["monotonic"], SEEDS),
    "leader": (measure_leader, ["monotonic"], SEEDS),
    "codons": (measure_tagger, list(TAGGERS), SEEDS),
    "one gene": (measure_one_gene, list(TAGGERS), SEEDS),
    "one gene longer": (partial(measure_one_gene, max_epochs=300), list(TAGGERS), SEEDS),
    "mitochondria": (measure_mitochondria, list(TAGGERS), SEEDS),
    "other attention": (measure_nucleotides, ["dot", "additive"], SEEDS),
}
"""What measures, with which settings, with which seeds."""


def report(rows):
    """Print one line a measurement, and the share of genes right by length."""
    print(f"\n{'part':17}{'setting':23}{'seed':>4}  {'data':25}{'right':>6} of {'genes':<6}{'fit, s':>7}")
    by = ["part", "setting", "seed", "data"]
    for (part, setting, seed, data), some in rows.groupby(by, sort=False):
        right, genes = some["n_right"].sum(), some["n_genes"].sum()
        seconds = some["fit_seconds"].iloc[0]
        print(f"{part:17}{setting:23}{seed:4}  {data:25}{right:6} of {genes:<6}{seconds:7.0f}")
    for data in ("real genes", "synthetic genes"):
        some = rows[(rows["data"] == data) & rows["part"].isin(["nucleotides", "leader", "other attention"])]
        if len(some):
            some = some.assign(
                codons=some["shortest"].astype(int).astype(str)
                + "-"
                + some["longest"].astype(int).astype(str)
            )
            some = some.assign(share=100 * some["n_right"] / some["n_genes"])
            table = some.pivot_table(
                index=["part", "setting", "seed"], columns="codons", values="share", sort=False
            )
            print(f"\nPer cent of {data} right, by length in codons\n{table.round(1).to_string()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="results", type=Path, help="where translation.csv is")
    parser.add_argument("--only", choices=list(PARTS), action="append", help="measure this part only")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / "translation.csv"
    torch.set_num_threads(1)
    start = time.perf_counter()
    for part in arguments.only or PARTS:
        measure, settings, seeds = PARTS[part]
        for seed in seeds:
            for setting in settings:
                done = (
                    pd.read_csv(path) if path.exists() else pd.DataFrame(columns=["part", "setting", "seed"])
                )
                if ((done["part"] == part) & (done["setting"] == setting) & (done["seed"] == seed)).any():
                    continue
                print(f"{time.perf_counter() - start:6.0f} s  {part}, {setting}, seed {seed}", flush=True)
                rows = pd.DataFrame(measure(setting, seed))
                rows.insert(0, "part", part)
                rows.insert(1, "setting", setting)
                rows.insert(2, "seed", seed)
                pd.concat([done, rows] if len(done) else [rows]).to_csv(path, index=False)
                print(
                    f"{time.perf_counter() - start:6.0f} s  "
                    + ", ".join(
                        f"{n} of {m} {d}"
                        for d, n, m in rows.groupby("data", sort=False)[["n_right", "n_genes"]]
                        .sum()
                        .itertuples()
                    ),
                    flush=True,
                )
    report(pd.read_csv(path))


if __name__ == "__main__":
    main()
