"""
How many hidden units and genes does translation need?
======================================================

The genetic code is a table: 64 codons, and a letter for each. How many units
does a recurrent network need to learn it, and how many genes? And what does a
classifier need that looks at one codon at a time? The genes are real ones, of
Escherichia coli, and each answer comes with an interval, not from one lucky
run. At the end a task that the classifier can't do.

**Level:** advanced. **Time:** two to four minutes on two cores. **Data:**
genes of Escherichia coli (Ensembl, unrestricted), downloaded once.
"""

# sphinx_gallery_thumbnail_number = 1

import joblib
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, DNATokenizer, RecurrentTagger
from seqestimators.baselines import PositionwiseClassifier
from seqestimators.datasets import (
    fetch_coding_sequences,
    make_coding_sequences,
)
from seqestimators.model_selection import (
    MinimumDisplay,
    minimum_capacity,
    minimum_samples,
)

EPOCHS = 30

torch.set_num_threads(1)  # a network this small gains nothing from threads


# %%
# Data
# ----
# Short genes, of at most 100 codons, that begin with ATG and end with a stop
# codon. No gene is there twice, and every split tests on a hundred genes that
# were not trained on.

dna, protein = fetch_coding_sequences(return_X_y=True)
genes = {
    gene: letters
    for gene, letters in zip(dna, protein, strict=True)
    if gene.startswith("ATG")
    and gene.endswith(("TAA", "TAG", "TGA"))
    and len(gene) <= 300
}
n_training, n_test = (100, 100)
rows = np.random.default_rng(0).permutation(len(genes))[: n_training + n_test]
dna, protein = (
    np.array(list(column), dtype=object)[rows]
    for column in zip(*genes.items(), strict=True)
)
splits = ShuffleSplit(
    4, train_size=n_training, test_size=n_test, random_state=0
)
print(
    f"{len(dna)} genes of {len(genes)}, "
    f"{np.mean([len(letters) for letters in protein]):.0f} codons each"
)

# %%
# The smallest network
# --------------------
# `minimum_capacity` trains a network of each size on every split, each time
# from another seed. A size is enough if the lower limit of the confidence
# interval reaches 99 % of the letters. Beside it, the classical classifier:
# logistic regression on one codon at a time. It has no size.

TARGET = 0.99
network = make_pipeline(
    CodonTokenizer(), RecurrentTagger(batch_size=8, max_epochs=EPOCHS)
)
logistic = make_pipeline(CodonTokenizer(), PositionwiseClassifier())
with joblib.parallel_config("loky", inner_max_num_threads=1):
    capacity = minimum_capacity(
        network,
        dna,
        protein,
        "recurrenttagger__hidden_size",
        [1, 2, 4, 8, 16],
        threshold=TARGET,
        cv=splits,
        n_jobs=2,
    )
print(str(capacity))

# %%
# The fewest genes
# ----------------
# `minimum_samples` does the same with the number of training genes, for the
# default network of 64 units and for the classifier. All networks get the same
# number of epochs: few genes are few steps, too.

sizes = [1, 2, 5, 10, 20, 50, 100]
models = {
    "LSTM": network,
    "logistic, codons": logistic,
    "logistic, nucleotides": make_pipeline(
        DNATokenizer(), PositionwiseClassifier(stride=3)
    ),
}
samples = {}
for name, model in models.items():
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        samples[name] = minimum_samples(
            model, dna, protein, sizes, threshold=TARGET, cv=splits, n_jobs=2
        )
    print(f"{name}: {samples[name]}")

figure, (left, right) = plt.subplots(
    1, 2, figsize=(7.5, 4.2), layout="constrained", sharey=True
)
MinimumDisplay.from_result(capacity, name="LSTM", ax=left)
score = samples["logistic, codons"].curve["mean"].iloc[-1]
left.axhline(
    score,
    color="#D55E00",
    linestyle=":",
    label=f"logistic regression, {score:.1%}",
)
left.legend(loc="lower right", fontsize="small")
left.set(
    title=f"{n_training} genes",
    xlabel="hidden units",
    ylabel="letters right in unseen genes",
)
MinimumDisplay.from_results(samples, ax=right)
right.set(title="Network of 64 units", xlabel="training genes", ylabel="")
right.legend(loc="lower right", fontsize="small")
figure.suptitle("What it takes to translate codon by codon")

# %%
# The classifier wins, and it must: translation is a lookup, and the classifier
# is built for lookups. One occurrence of a codon is all it needs. The network
# has to find out first that neighbours don't matter.
#
# It even wins on single nucleotides, three to a letter, although it only adds
# up what each of the three says: the genetic code is such that a sum is enough
# to tell its letters apart. From one to five genes it learns more than from
# whole codons, since a codon that it has never seen consists of nucleotides
# that it has. That a recurrent network learns the table, too, shows only that
# it can.

# %%
# What the classifier can't do
# ----------------------------
# Both were told where a codon begins. Now nobody says: before each gene stands
# a leader of up to ten nucleotides (A, C or G, so that the first ATG is the
# start), and every nucleotide has its own label: "." in the leader, the letter
# of its codon in the gene. The classifier sees a nucleotide and two neighbours
# on either side, among which its codon is, but nothing says which three. The
# network must find the beginning and count in threes from there. The genes of
# this task are generated; some of those to test are four times longer than any
# of training.


def make_led_genes(n_genes, length, seed):
    """Genes behind a leader, and a label for every nucleotide."""
    random = np.random.default_rng(seed)
    genes, proteins = make_coding_sequences(
        n_genes, length=length, random_state=seed
    )
    leaders = [
        "".join(random.choice(list("ACG"), random.integers(0, 11)))
        for _ in genes
    ]
    sequences = [
        leader + gene for leader, gene in zip(leaders, genes, strict=True)
    ]
    labels = [
        "." * len(leader) + "".join(3 * letter for letter in protein)
        for leader, protein in zip(leaders, proteins, strict=True)
    ]
    return sequences, labels


led = make_led_genes(500, (5, 25), seed=0)
tests = {
    "5 to 25 codons": make_led_genes(100, (5, 25), seed=1),
    "40 to 100": make_led_genes(50, (40, 100), seed=2),
}
print(led[0][0], led[1][0], sep="\n")

taggers = {
    "logistic regression,\nfive nucleotides": PositionwiseClassifier(
        LogisticRegression(max_iter=1000), window=2
    ),
    "LSTM": RecurrentTagger(lr=0.01, max_epochs=40, random_state=0),
}
figure, ax = plt.subplots(figsize=(6.4, 2.8), layout="constrained")
for row, (name, tagger) in enumerate(taggers.items()):
    model = make_pipeline(DNATokenizer(), tagger).fit(*led)
    for i, (length, test) in enumerate(tests.items()):
        score = model.score(*test)
        label = f"genes of {length}" if row == 0 else None
        bars = ax.barh(
            row + 0.38 * i - 0.19,
            score,
            height=0.36,
            color=("#0072B2", "#56B4E9")[i],
            label=label,
        )
        ax.bar_label(bars, [f"{score:.1%}"], padding=3)
        print(
            f"{name.replace(chr(10), ' ')}: {score:.1%} of the labels right, "
            f"{length}"
        )
ax.set_yticks(range(len(taggers)), taggers)
ax.set(
    xlim=(0, 1.15), ylim=(1.6, -0.6), xlabel="labels right in new sequences"
)
ax.set_xticks([0, 0.5, 1])
ax.set_title("Where does a codon begin?")
ax.legend(fontsize="small", loc="upper right")

# %%
# This takes memory: the network keeps its place in the gene, over hundreds of
# nucleotides.

plt.show()
