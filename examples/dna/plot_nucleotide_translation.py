"""
Translating nucleotides into proteins: sequence to sequence with attention
==========================================================================

Nobody says where a codon begins: a network reads single nucleotides and writes
the protein letter by letter. It needs an encoder, a decoder, and attention
that tells the decoder where to look. Trained on short genes, can it translate
long ones? That depends on the attention: "dot" and "additive" compare
contents, and have to tell thousands of similar places apart; "monotonic" hops
forward from where it was.

In a second part, untranslated nucleotides stand before and behind the gene, as
in a messenger RNA. The networks are smaller, and trained with fewer and
shorter genes, than in the benchmarks.

**Level:** advanced. **Time:** one to two minutes on two cores. **Data:**
generated genes, nothing is downloaded. Genes of Escherichia coli are
translated too where the environment variable SEQESTIMATORS_DATA names the
folder of the data (Ensembl, unrestricted).
"""

# sphinx_gallery_thumbnail_number = 3

import os
import warnings

import joblib
import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentSeq2Seq
from seqestimators.datasets import (
    fetch_coding_sequences,
    make_coding_sequences,
)
from seqestimators.exceptions import TruncationWarning
from seqestimators.metrics import exact_match_score, token_accuracy_score
from seqestimators.plotting import label_tokens

# A decoder that has lost its place writes on until it is stopped.
warnings.filterwarnings("ignore", category=TruncationWarning)

# %%
# Training
# --------
# All three networks see the same genes, of 5 to 20 codons.

N_TRAINING = 1000
LONGEST = 20
train_dna, train_protein = make_coding_sequences(
    N_TRAINING, length=(5, LONGEST), random_state=0
)
print(
    f"{N_TRAINING} genes of 5 to {LONGEST} codons; the first is "
    f"{train_dna[0]}, {train_protein[0]}"
)


def make_model(attention):
    network = RecurrentSeq2Seq(
        attention=attention, hidden_size=64, max_epochs=20, random_state=0
    )
    return make_pipeline(DNATokenizer(), network)


kinds = ["monotonic", "dot", "additive"]
with joblib.parallel_config(
    "loky", inner_max_num_threads=1
):  # two processes, of one thread each
    fitted = joblib.Parallel(n_jobs=2)(
        joblib.delayed(make_model(attention).fit)(train_dna, train_protein)
        for attention in kinds
    )
models = dict(zip(kinds, fitted, strict=True))
for attention, model in models.items():
    print(
        f"{attention}: fitted, loss {model[-1].history_[-1]['train_loss']:.4f}"
    )

# %%
# Longer than in training
# -----------------------
# The share of unseen genes that are right from the first letter to the last,
# by length.

lengths = [5, 10, 15, 20, 22, 25, 30, 40, 60, 80, 120]
n_test = 50
unseen = [
    make_coding_sequences(n_test, length=length, random_state=length)
    for length in lengths
]
exact = {
    name: [
        exact_match_score(protein, model.predict(dna))
        for dna, protein in unseen
    ]
    for name, model in models.items()
}
print(
    f"\n{'all right, codons:':20}"
    + "".join(f"{length:>6}" for length in lengths)
)
for name, shares in exact.items():
    print(f"{name:20}" + "".join(f"{share:6.0%}" for share in shares))
print()

if "SEQESTIMATORS_DATA" in os.environ:
    real_dna, real_protein = fetch_coding_sequences(return_X_y=True)
    kept = [
        i
        for i, gene in enumerate(real_dna)
        if gene.startswith("ATG")
        and gene.endswith(("TAA", "TAG", "TGA"))
        and set(gene) <= set("ACGT")
    ]
    kept = kept[::40]
    real_dna, real_protein = real_dna[kept], real_protein[kept]
    predicted = models["monotonic"].predict(real_dna)
    print(
        f"{len(kept)} genes of E. coli of up to {max(map(len, real_protein))} "
        "codons, monotonic: "
        f"{exact_match_score(real_protein, predicted):.0%} all right, "
        f"{token_accuracy_score(real_protein, predicted):.2%} of the letters"
    )

# Told apart by all common kinds of colour vision (Okabe and Ito), and by their
# dashes.
styles = {
    "monotonic": ("#0072B2", "-"),
    "dot": ("#D55E00", "--"),
    "additive": ("#009E73", ":"),
}
figure, axis = plt.subplots(figsize=(7, 4.2), layout="constrained")
axis.axvspan(5, LONGEST, color="0.92", label="lengths of training")
for name, shares in exact.items():
    color, dashes = styles[name]
    axis.plot(
        lengths,
        shares,
        "o",
        linestyle=dashes,
        color=color,
        markersize=4,
        label=name,
    )
axis.set(
    xscale="log",
    ylim=(-0.03, 1.03),
    xlabel="Codons of the gene",
    ylabel="Genes without an error",
)
axis.set_xticks(ticks := [5, 10, 20, 40, 80, 120], ticks)
axis.minorticks_off()
axis.legend(title="attention", fontsize="small")
axis.set_title("Genes longer than those of training")

# %%
# Monotonic attention makes no error, not even in genes six times as long as
# the longest of training. The other two get the shortest genes right, and
# fewer the longer the gene, already within the lengths of training: of 20
# codons or more they get hardly any right. This little training doesn't teach
# them to tell one place from another.

# %%
# Predicted beside true
# ---------------------
# One gene of a length of training, and one of twice that.


def draw_agreement(axis, true, rows):
    """Letters of several predictions, one row each, below the true ones."""
    rows = {"true": true} | rows
    for y, (name, letters) in enumerate(rows.items()):
        for x in range(len(true)):
            letter = letters[x] if x < len(letters) else " "
            color = (
                "0.92"
                if name == "true"
                else "#A6DCC8"
                if letter == true[x]
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
                fontsize=7,
                family="monospace",
            )
    axis.set(
        xlim=(-0.5, 2 * LONGEST - 0.5),
        ylim=(len(rows) - 0.5, -0.5),
        yticks=range(len(rows)),
    )
    axis.set_yticklabels(rows, fontsize=8)
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)


figure, axes = plt.subplots(
    2, 1, figsize=(7.5, 3.6), layout="constrained", sharex=True
)
for axis, length in zip(axes, [LONGEST, 2 * LONGEST], strict=True):
    dna, protein = unseen[lengths.index(length)]
    draw_agreement(
        axis,
        protein[0],
        {name: model.predict(dna[:1])[0] for name, model in models.items()},
    )
    axis.set_title(f"Gene of {length} codons", fontsize=9, loc="left")
axes[-1].set_xticks(range(4, 2 * LONGEST, 5), range(5, 2 * LONGEST + 1, 5))
axes[-1].set_xlabel("Codon")
figure.suptitle(
    "Predicted letters: green agrees with the truth, orange does not",
    fontsize=11,
)

# %%
# Where the decoder looks
# -----------------------
# For each letter, the weights of the nucleotides, within the length of
# training. The monotonic decoder hops three nucleotides at a time; the window
# is narrow, as the encoder has read the neighbours.


def draw_alignment(axis, model, gene, protein, offset=0):
    ids = model[:-1].transform([gene])
    (weights,) = model[-1].attention_weights(ids, [protein])
    axis.imshow(
        weights,
        aspect="auto",
        cmap="Blues",
        vmin=0,
        vmax=1,
        interpolation="nearest",
    )
    label_tokens(axis.xaxis, list(gene))
    label_tokens(axis.yaxis, [*protein, "end"])


dna, protein = unseen[lengths.index(15)]
figure, axes = plt.subplots(
    3, 1, figsize=(7.5, 9), layout="constrained", sharex=True
)
for axis, (name, model) in zip(axes, models.items(), strict=True):
    draw_alignment(axis, model, dna[0], protein[0])
    axis.set_title(name, fontsize=10)
    axis.set_ylabel("Letter of the protein")
axes[-1].set_xlabel("Nucleotide")
figure.suptitle(
    "Weights of attention, from 0 (white) to 1 (dark)", fontsize=11
)

# %%
# Leader and trailer
# ------------------
# Now up to 30 random nucleotides stand before the start codon, which is the
# first ATG, and behind the stop codon. Monotonic attention learns from the
# whole source where to start reading.


def add_surroundings(genes, random):
    surrounded = []
    for gene in genes:
        leader, trailer = (
            "".join(random.choice(list("ACGT"), random.randint(0, 31)))
            for _ in range(2)
        )
        while "ATG" in leader + gene[:2]:
            leader = "".join(
                random.choice(list("ACGT"), random.randint(0, 31))
            )
        surrounded.append((leader, gene, trailer))
    return surrounded


random = np.random.RandomState(0)
train_parts = add_surroundings(train_dna, random)
leader_model = make_model("monotonic").fit(
    ["".join(parts) for parts in train_parts], train_protein
)
print(
    "leader and trailer: fitted, loss "
    f"{leader_model[-1].history_[-1]['train_loss']:.4f}"
)

both = {
    "trained with leaders": leader_model,
    "trained without": models["monotonic"],
}
test_parts = [add_surroundings(dna, random) for dna, _ in unseen]
leader_exact = {
    name: [
        exact_match_score(
            protein, model.predict(["".join(parts) for parts in some])
        )
        for some, (_, protein) in zip(test_parts, unseen, strict=True)
    ]
    for name, model in both.items()
}
print(
    f"\n{'between leader and trailer':28}"
    + "".join(f"{length:>6}" for length in lengths)
)
for name, shares in leader_exact.items():
    print(f"{name:28}" + "".join(f"{share:6.0%}" for share in shares))
print()

place = lengths.index(15)
leader, gene, trailer = max(
    test_parts[place][:5], key=lambda parts: len(parts[0])
)
protein = leader_model.predict([leader + gene + trailer])[0]
figure, (left, right) = plt.subplots(
    2,
    1,
    figsize=(7.5, 7),
    layout="constrained",
    gridspec_kw={"height_ratios": [3, 2]},
)
draw_alignment(left, leader_model, leader + gene + trailer, protein)
for edge in (len(leader), len(leader) + len(gene)):
    left.axvline(edge - 0.5, color="#D55E00", linewidth=1)
left.set(
    xlabel="Nucleotide; the gene stands between the lines",
    ylabel="Letter of the predicted protein",
)
left.set_title("Where the decoder looks", fontsize=10)
right.axvspan(5, LONGEST, color="0.92", label="lengths of training")
for (name, shares), (color, dashes) in zip(
    leader_exact.items(), [("#0072B2", "-"), ("#D55E00", "--")], strict=True
):
    right.plot(
        lengths,
        shares,
        "o",
        linestyle=dashes,
        color=color,
        markersize=4,
        label=name,
    )
right.set(
    xscale="log",
    ylim=(-0.03, 1.03),
    xlabel="Codons of the gene",
    ylabel="Genes without an error",
)
right.set_xticks(ticks, ticks)
right.minorticks_off()
right.legend(fontsize="small")
right.set_title("Unseen genes between leader and trailer", fontsize=10)
plt.show()
