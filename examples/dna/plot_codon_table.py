"""
Reading the genetic code back from trained networks
===================================================

A network that translates genes has learned the genetic code, a table of 64
codons. Here the table is read back from three of them: a tagger that reads
codons, a tagger that reads single nucleotides, and an encoder and decoder with
attention, which has found out by itself that three nucleotides make a letter.
Each codon is put into the same random genes, and the answers at its place are
averaged.

All agree with the table of NCBI where genes look as in training. Do they also
know a stop codon where it doesn't belong, inside a gene? And what does a
network trained on mitochondria say?

**Level:** advanced. **Time:** about half a minute on two cores. **Data:**
generated genes, nothing is downloaded.
"""

# sphinx_gallery_thumbnail_number = 1

import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import (
    CodonTokenizer,
    DNATokenizer,
    RecurrentSeq2Seq,
    RecurrentTagger,
)
from seqestimators.datasets import make_coding_sequences
from seqestimators.inspection import CodonTableDisplay, codon_table

EPOCHS = 20


# %%
# Three networks
# --------------
# The taggers are given one letter for each codon. The third network is given
# nothing but nucleotides and proteins, and needs more genes.

dna, protein = make_coding_sequences(1000, length=(5, 20), random_state=0)
models = {
    "tagger of codons": make_pipeline(
        CodonTokenizer(), RecurrentTagger(max_epochs=EPOCHS, random_state=0)
    ),
    "tagger of nucleotides": make_pipeline(
        DNATokenizer(),
        RecurrentTagger(stride=3, max_epochs=EPOCHS, random_state=0),
    ),
    "encoder and decoder": make_pipeline(
        DNATokenizer(),
        RecurrentSeq2Seq(
            attention="monotonic",
            hidden_size=64,
            max_epochs=EPOCHS,
            random_state=0,
        ),
    ),
}
for name, model in models.items():
    n_genes = len(dna) if name == "encoder and decoder" else len(dna) // 5
    model.fit(dna[:n_genes], protein[:n_genes])
    print(f"{name}: fitted on {n_genes} genes")

# %%
# Their tables
# ------------
# How many codons are read as in the table of NCBI, and the table of the
# decoder: the likeliest letter of each codon, the paler, the smaller the share
# of genes in which the network writes it. Blue agrees with NCBI.

tables = {name: codon_table(model) for name, model in models.items()}
inside = {
    name: codon_table(model, stop_place="inside")
    for name, model in models.items()
}

print(
    f"\n{'codons as in the standard code':32}{'stops at the end':>18}"
    f"{'stops inside':>14}"
)
for name in models:
    print(
        f"{name:32}{tables[name].n_agreeing:15} / "
        f"64{inside[name].n_agreeing:9} / 64"
    )
print()

display = CodonTableDisplay(tables["encoder and decoder"]).plot()

# %%
# A stop codon inside a gene
# --------------------------
# In training a stop codon was always the last. Asked about one inside a gene,
# a network shows whether it knows the codon or only the end, as genes alone
# don't tell both apart. The taggers know the codon. The decoder doesn't:
# inside a gene it takes the stop for a similar sense codon.

display = CodonTableDisplay(inside["encoder and decoder"]).plot()
display.ax_.set_title(f"Inside a gene: {display.ax_.get_title()}")

# %%
# Another code, and all its probabilities
# ---------------------------------------
# The mitochondria of vertebrates read four codons in another way. Their table
# early in training and at its end, with the probability of every letter.

mitochondria = make_coding_sequences(200, genetic_code=2, random_state=0)
early, late = (
    make_pipeline(
        CodonTokenizer(), RecurrentTagger(max_epochs=epochs, random_state=0)
    ).fit(*mitochondria)
    for epochs in (EPOCHS // 5 or 1, EPOCHS)
)
for name, model in (("early", early), ("late", late)):
    table = codon_table(model, genetic_code=2)
    print(
        f"mitochondria, {name}: {table.n_agreeing} of 64 codons as in their "
        "code"
    )
differences = codon_table(late).differences.index
print(
    f"compared with the standard code, {len(differences)} codons differ: "
    f"{', '.join(differences[:8])}"
)

figure, axes = plt.subplots(1, 2, figsize=(7.5, 9.5), layout="constrained")
for axis, (name, model) in zip(
    axes, {"early": early, "late": late}.items(), strict=True
):
    CodonTableDisplay.from_estimator(
        model, genetic_code=2, kind="heatmap", ax=axis
    )
    axis.set_title(f"{name} in training")
    axis.tick_params(axis="x", labelsize=7)
plt.show()
