"""
Translating genes codon by codon: sequence tagging
==================================================

A cell translates a gene codon by codon. Here a recurrent tagger learns the
genetic code from genes and their proteins, and translates genes that are
longer than all it has seen. Further questions: how little does it need, is a
network needed at all, what is learned from one single gene, and does it learn
the other code of our mitochondria?

**Level:** intermediate. **Time:** about a minute on two cores. **Data:**
generated genes, nothing is downloaded. Genes of Escherichia coli are
translated too where the environment variable SEQESTIMATORS_DATA names the
folder of the data (Ensembl, unrestricted).
"""

# sphinx_gallery_thumbnail_number = 1

import os

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from seqestimators import CodonTokenizer, DNATokenizer, RecurrentTagger
from seqestimators.datasets import (
    fetch_coding_sequences,
    make_coding_sequences,
)
from seqestimators.metrics import exact_match_score, token_accuracy_score

EPOCHS = 30


# %%
# Data
# ----
# A sequence has a start codon, sense codons drawn at random, and a stop codon;
# its protein has one letter for each. Nothing is padded or cut: test genes are
# up to ten times longer than those of training.

n_training = 200
train_dna, train_protein = make_coding_sequences(
    n_training, length=(5, 40), random_state=0
)
test_dna, test_protein = make_coding_sequences(
    100, length=(41, 400), random_state=1
)
print(
    f"{len(train_dna)} genes to learn from; the first is "
    f"{train_dna[0][:30]}..., {train_protein[0][:10]}..."
)

# %%
# Two ways to read a gene
# -----------------------
# As tokens of three nucleotides, of which there are 64, or as single
# nucleotides, of which three make a letter. The second tagger must find out by
# itself that a letter depends on its own three nucleotides.


def make_codon_tagger(**parameters):
    return make_pipeline(
        CodonTokenizer(),
        RecurrentTagger(max_epochs=EPOCHS, random_state=0, **parameters),
    )


models = {
    "codon tokens": make_codon_tagger(),
    "nucleotides, stride 3": make_pipeline(
        DNATokenizer(),
        RecurrentTagger(stride=3, max_epochs=EPOCHS, random_state=0),
    ),
}
for name, model in models.items():
    model.fit(train_dna, train_protein)
    print(f"{name}: fitted, loss {model[-1].history_[-1]['train_loss']:.4f}")

one_gene = np.argmax([len(gene) for gene in train_dna])
models["codon tokens, one gene"] = make_codon_tagger().set_params(
    recurrenttagger__max_epochs=2 * EPOCHS
)
models["codon tokens, one gene"].fit(
    train_dna[[one_gene]], train_protein[[one_gene]]
)
score = models["codon tokens, one gene"].score(
    train_dna[[one_gene]], train_protein[[one_gene]]
)
print(f"trained on one gene alone: {score:.0%} of its own codons right")

sets = {"genes of 41 to 400 codons": (test_dna, test_protein)}
if "SEQESTIMATORS_DATA" in os.environ:
    real_dna, real_protein = fetch_coding_sequences(return_X_y=True)
    kept = [
        i
        for i, gene in enumerate(real_dna)
        if gene.startswith("ATG")
        and gene.endswith(("TAA", "TAG", "TGA"))
        and set(gene) <= set("ACGT")
    ]
    kept = kept[::4]
    sets["genes of E. coli"] = real_dna[kept], real_protein[kept]

predictions = {}
print(
    f"\n{'model':23}{'tested on':27}{'genes':>5}{'all right':>10}"
    f"{'letters right':>14}"
)
for data, (dna, protein) in sets.items():
    for name, model in models.items():
        predicted = predictions[name, data] = model.predict(dna)
        exact, letters = (
            exact_match_score(protein, predicted),
            token_accuracy_score(protein, predicted),
        )
        print(f"{name:23}{data:27}{len(dna):5}{exact:10.1%}{letters:14.2%}")
print()

# %%
# Predicted beside true
# ---------------------
# The beginnings of three test genes. A gene of 40 codons alone is learned by
# heart: that it is right on itself doesn't mean that it teaches the code.


def draw_agreement(axis, true, rows):
    """Letters of several predictions, one row each, below the true ones."""
    rows = {"true": true} | rows
    for y, (name, letters) in enumerate(rows.items()):
        for x in range(len(true)):
            letter = letters[x] if x < len(letters) else " "
            is_right = letter == true[x]
            color = (
                "0.92"
                if name == "true"
                else "#A6DCC8"
                if is_right
                else "#F3B183"
            )
            axis.add_patch(
                plt.Rectangle(
                    (x - 0.5, y - 0.5),
                    1,
                    1,
                    facecolor=color,
                    edgecolor="white",
                )
            )
            axis.text(
                x,
                y,
                letter,
                ha="center",
                va="center",
                fontsize=6.5,
                family="monospace",
            )
    axis.set(
        xlim=(-0.5, len(true) - 0.5),
        ylim=(len(rows) - 0.5, -0.5),
        yticks=range(len(rows)),
    )
    axis.set_yticklabels(rows, fontsize=8)
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)


n_letters = 50
figure, axes = plt.subplots(
    3, 1, figsize=(7.5, 4.6), layout="constrained", sharex=True
)
for i, axis in enumerate(axes):
    rows = {
        name: predictions[name, "genes of 41 to 400 codons"][i][:n_letters]
        for name in models
    }
    draw_agreement(axis, test_protein[i][:n_letters], rows)
    axis.set_title(
        f"Test gene {i + 1}, {len(test_protein[i])} codons",
        fontsize=9,
        loc="left",
    )
axes[-1].set_xticks(range(9, n_letters, 10), range(10, n_letters + 1, 10))
axes[-1].set_xlabel("Codon")
figure.suptitle(
    "Predicted letters: green agrees with the truth, orange does not",
    fontsize=11,
)

# %%
# How little is enough?
# ---------------------
# The code is a table with 64 entries, so the baseline is a logistic regression
# on one codon. It is told that only the codon itself counts, which the network
# has to find out, and so needs fewer genes: 20, where the network of 64 units
# needs 100. All networks get the same number of epochs: with few genes these
# are also few steps.

samples = [1, 5, 10, 20, 50, 100, 200]
sizes = {"1 unit": 1} | {f"{size} units": size for size in (2, 4, 8, 64)}
kept_dna, kept_protein = test_dna[:50], test_protein[:50]
accuracy = {}
for name, size in sizes.items():
    for n in samples:
        model = make_codon_tagger(hidden_size=size).fit(
            train_dna[:n], train_protein[:n]
        )
        accuracy[name, n] = model.score(kept_dna, kept_protein)
    print(f"{name}: trained with {', '.join(map(str, samples))} genes")


def cut_codons(genes):
    codons = [
        gene[i : i + 3] for gene in genes for i in range(0, len(gene), 3)
    ]
    return np.array(codons)[:, None]


for n in samples:
    logistic = make_pipeline(
        OneHotEncoder(handle_unknown="ignore"),
        LogisticRegression(C=100, max_iter=1000),
    )
    logistic.fit(cut_codons(train_dna[:n]), list("".join(train_protein[:n])))
    accuracy["logistic regression", n] = logistic.score(
        cut_codons(kept_dna), list("".join(kept_protein))
    )
names = [*sizes, "logistic regression"]

print(f"\n{'letters right, genes:':22}" + "".join(f"{n:>8}" for n in samples))
for name in names:
    print(f"{name:22}" + "".join(f"{accuracy[name, n]:8.1%}" for n in samples))
print()

figure, axis = plt.subplots(figsize=(7, 4.2), layout="constrained")
colors = ["#56B4E9", "#0072B2", "#009E73", "#E69F00", "#D55E00"]
for name, color in zip(
    names, [*colors[-len(sizes) :], "#000000"], strict=True
):
    dashes = "--" if name == "logistic regression" else "-"
    axis.plot(
        samples,
        [accuracy[name, n] for n in samples],
        "o" + dashes,
        color=color,
        markersize=4,
        label=name,
    )
axis.set(
    xscale="log",
    ylim=(0, 1.03),
    xlabel="Genes of training",
    ylabel="Letters right in longer genes",
)
axis.set_xticks(samples, samples)
axis.minorticks_off()
axis.legend(fontsize="small")
axis.set_title("Codon tagger by number of units, and a classical classifier")

# %%
# The code of mitochondria
# ------------------------
# The mitochondria of vertebrates read four codons in another way. The same
# model, trained on their genes, learns their table: below is what it predicts
# most often for each codon in genes that it has not seen.

mito_dna, mito_protein = make_coding_sequences(
    n_training, genetic_code=2, random_state=0
)
mito_model = make_codon_tagger().fit(mito_dna, mito_protein)
unseen_dna, unseen_protein = make_coding_sequences(
    300, genetic_code=2, random_state=1
)
exact = exact_match_score(unseen_protein, mito_model.predict(unseen_dna))
print(f"mitochondrial code: {exact:.1%} of unseen genes right")


def read_table(model, dna):
    """The letter that is predicted most often for each codon."""
    codons, letters = (
        cut_codons(dna)[:, 0],
        np.array(list("".join(model.predict(dna)))),
    )
    table = {}
    for codon in np.unique(codons):
        found, counts = np.unique(letters[codons == codon], return_counts=True)
        table[str(codon)] = str(found[counts.argmax()])
    return table


tables = {
    "Standard code": read_table(models["codon tokens"], test_dna),
    "Mitochondria of vertebrates": read_table(mito_model, unseen_dna),
}
bases = "TCAG"
figure, axes = plt.subplots(1, 2, figsize=(7.5, 5.2), layout="constrained")
for axis, (title, table) in zip(axes, tables.items(), strict=True):
    for y in range(16):
        for x in range(4):
            codon = bases[y // 4] + bases[x] + bases[y % 4]
            letter = table.get(codon, "?")
            is_other = letter != tables["Standard code"].get(codon, "?")
            color = (
                "#F3B183" if is_other else "0.85" if letter == "*" else "0.95"
            )
            axis.add_patch(
                plt.Rectangle(
                    (x - 0.5, y - 0.5),
                    1,
                    1,
                    facecolor=color,
                    edgecolor="white",
                )
            )
            axis.text(
                x,
                y,
                f"{codon}  {letter}",
                ha="center",
                va="center",
                fontsize=7.5,
                family="monospace",
            )
    axis.set(
        xlim=(-0.5, 3.5),
        ylim=(15.5, -0.5),
        xticks=range(4),
        yticks=[1.5, 5.5, 9.5, 13.5],
        title=title,
    )
    axis.set_xticklabels(bases)
    axis.set_yticklabels(bases)
    axis.set(xlabel="Second base", ylabel="First base")
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
figure.suptitle(
    "The tables that were learned; orange: not as in the standard code",
    fontsize=11,
)
plt.show()
