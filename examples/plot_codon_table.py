"""
The genetic code, read back from networks
=========================================

A network that translates genes has learned the genetic code, a table of 64 codons. Here the table is read
back from three of them: a tagger that reads codons, a tagger that reads single nucleotides, and an encoder
and decoder with attention, which has found out by itself that three nucleotides make a letter. Each codon
is put into the same random genes, and the answers at its place are averaged.

All agree with the table of NCBI where genes look as in training. Do they also know a stop codon where it
doesn't belong, inside a gene? And what does a network trained on mitochondria say?

The genes are generated. The example takes less than two minutes on two cores.
"""

import os
import time
from pathlib import Path

import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, DNATokenizer, RecurrentSeq2Seq, RecurrentTagger
from seqestimators.datasets import make_coding_sequences
from seqestimators.inspection import CodonTableDisplay, codon_table

# The tests of the package set this to run the whole script in seconds.
QUICK = "SEQESTIMATORS_QUICK" in os.environ
EPOCHS = 2 if QUICK else 20

figures = Path("figures")
figures.mkdir(exist_ok=True)
start = time.perf_counter()


def report(text):
    """Print a line with the seconds since the start."""
    print(f"{time.perf_counter() - start:6.1f} s  {text}", flush=True)


def save(figure, name):
    figure.savefig(figures / name, dpi=110)
    report(f"figure saved as {figures / name}")


# %%
# Three networks
# --------------
# The taggers are given one letter for each codon. The third network is given nothing but nucleotides and
# proteins, and needs more genes.

dna, protein = make_coding_sequences(20 if QUICK else 1000, length=(5, 20), random_state=0)
models = {
    "tagger of codons": make_pipeline(CodonTokenizer(), RecurrentTagger(max_epochs=EPOCHS, random_state=0)),
    "tagger of nucleotides": make_pipeline(
        DNATokenizer(), RecurrentTagger(stride=3, max_epochs=EPOCHS, random_state=0)
    ),
    "encoder and decoder": make_pipeline(
        DNATokenizer(),
        RecurrentSeq2Seq(attention="monotonic", hidden_size=64, max_epochs=EPOCHS, random_state=0),
    ),
}
for name, model in models.items():
    n_genes = len(dna) if name == "encoder and decoder" else len(dna) // 5
    model.fit(dna[:n_genes], protein[:n_genes])
    report(f"{name}: fitted on {n_genes} genes")

# %%
# Their tables
# ------------
# The likeliest letter of each codon, with the probability that the network gives it; for the decoder, the
# share of genes in which it writes that letter. Blue agrees with the table of NCBI.

tables = {name: codon_table(model) for name, model in models.items()}
inside = {name: codon_table(model, stop_place="inside") for name, model in models.items()}

print(f"\n{'codons as in the standard code':32}{'stops at the end':>18}{'stops inside':>14}")
for name in models:
    print(f"{name:32}{tables[name].n_agreeing:15} / 64{inside[name].n_agreeing:9} / 64")
print()

figure, axes = plt.subplots(1, 3, figsize=(14, 5.6), layout="constrained")
for axis, (name, table) in zip(axes, tables.items(), strict=True):
    CodonTableDisplay(table).plot(ax=axis)
    axis.set_title(f"{name}\n{axis.get_title()}", fontsize="medium")
save(figure, "codon_tables.png")

# %%
# A stop codon inside a gene
# --------------------------
# In training a stop codon was always the last. Asked about one inside a gene, a network shows whether it
# knows the codon or only the end, as genes alone don't tell both apart. The taggers know the codon. The
# decoder doesn't: inside a gene it takes the stop for a similar sense codon.

figure, axes = plt.subplots(1, 3, figsize=(14, 5.6), layout="constrained")
for axis, (name, table) in zip(axes, inside.items(), strict=True):
    CodonTableDisplay(table).plot(ax=axis)
    axis.set_title(f"{name}, stops inside\n{axis.get_title()}", fontsize="medium")
save(figure, "codon_tables_inside.png")

# %%
# Another code, and all its probabilities
# ---------------------------------------
# The mitochondria of vertebrates read four codons in another way. Their table early in training and at its
# end, with the probability of every letter.

mitochondria = make_coding_sequences(20 if QUICK else 200, genetic_code=2, random_state=0)
early, late = (
    make_pipeline(CodonTokenizer(), RecurrentTagger(max_epochs=epochs, random_state=0)).fit(*mitochondria)
    for epochs in (EPOCHS // 5 or 1, EPOCHS)
)
for name, model in (("early", early), ("late", late)):
    table = codon_table(model, genetic_code=2)
    report(f"mitochondria, {name}: {table.n_agreeing} of 64 codons as in their code")
differences = codon_table(late).differences.index
report(f"compared with the standard code, {len(differences)} codons differ: {', '.join(differences[:8])}")

figure, axes = plt.subplots(1, 2, figsize=(12, 10), layout="constrained")
for axis, (name, model) in zip(axes, {"early": early, "late": late}.items(), strict=True):
    CodonTableDisplay.from_estimator(model, genetic_code=2, kind="heatmap", ax=axis)
    axis.set_title(f"mitochondria, {name} in training\n{axis.get_title()}", fontsize="medium")
save(figure, "codon_table_mitochondria.png")
plt.show()
