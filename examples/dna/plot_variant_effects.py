"""
Variant effects: which mutations does a language model find unlikely?
=====================================================================

A language model of genes has only seen what selection has left over. A
mutation after which a gene is much less likely than before is one that genes
avoid: that is a guess at its effect, without a single measured one. Here the
model reads genes of Escherichia coli codon by codon, and is asked about every
change of one nucleotide in genes that it has not seen.

**Level:** intermediate. **Time:** about ten seconds on one core. **Data:** the
coding sequences of Escherichia coli K-12, downloaded once.
"""

# sphinx_gallery_thumbnail_number = 1

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, RecurrentLanguageModel
from seqestimators.datasets import fetch_coding_sequences
from seqestimators.domain import find_genetic_code
from seqestimators.inspection import variant_effect

# %%
# Data
# ----
# The first 50 codons of every gene, so that training is short.

n_codons, n_asked = 50, 12
genes, _ = fetch_coding_sequences(return_X_y=True)
beginnings = [gene[: 3 * n_codons] for gene in genes]
wild_types, beginnings = beginnings[:n_asked], beginnings[n_asked:]
print(f"{len(beginnings)} genes; the first begins {beginnings[0][:30]}...")

# %%
# Training
# --------

model = make_pipeline(
    CodonTokenizer(),
    RecurrentLanguageModel(
        cell="gru",
        hidden_size=64,
        max_epochs=6,
        batch_size=64,
        lr=0.01,
        random_state=0,
    ),
)
model.fit(beginnings)

# %%
# All changes of one nucleotide
# -----------------------------
# The genetic code says what each change is: of the start codon, to a stop
# codon within the gene (nonsense), to another amino acid (missense), or to
# another codon of the same one (synonymous).

code = find_genetic_code(11)  # of bacteria
amino_acids = code.forward_table | dict.fromkeys(code.stop_codons, "*")


def name_change(gene, place, nucleotide):
    """What kind of mutation puts a nucleotide at a place of a gene."""
    begin = place - place % 3
    old = gene[begin : begin + 3]
    new = old[: place % 3] + nucleotide + old[place % 3 + 1 :]
    if begin == 0:
        return "start codon"
    if amino_acids[new] == amino_acids[old]:
        return "synonymous"
    if amino_acids[old] == "*":
        return "stop codon lost"
    return "nonsense" if amino_acids[new] == "*" else "missense"


rows = []
for gene in wild_types:
    changes = [
        (place, nucleotide)
        for place in range(len(gene))
        for nucleotide in "ACGT"
        if gene[place] != nucleotide
    ]
    mutants = [gene[:i] + one + gene[i + 1 :] for i, one in changes]
    effects = variant_effect(model, gene, mutants)
    kinds = [name_change(gene, *change) for change in changes]
    rows.append(pd.DataFrame({"kind": kinds, "effect": effects}))
effects = pd.concat(rows)
nonsense = effects.loc[effects["kind"] == "nonsense", "effect"].median()
missense = effects.loc[effects["kind"] == "missense", "effect"]
summary = effects.groupby("kind")["effect"].describe()
print(summary[["count", "25%", "50%", "75%"]].round(2).to_string())
print(f"missense as unlikely as nonsense: {np.mean(missense <= nonsense):.1%}")

# %%
# Figure
# ------
# A stop codon within a gene, and the loss of its start codon, cost most. To
# tell an amino acid that harms from one that doesn't, the model would have to
# know the protein: it has read four thousand genes, protein language models
# have read millions. What it sees in missense and synonymous changes is mostly
# which codons are rare.

order = ["synonymous", "missense", "start codon", "nonsense"]
figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
axes.boxplot(
    [effects.loc[effects["kind"] == kind, "effect"] for kind in order],
    tick_labels=order,
    orientation="horizontal",
    showfliers=False,
    whis=(5, 95),
)
axes.axvline(0, color="0.7", zorder=0)
axes.set(
    xlabel="log-likelihood of the mutant minus that of the wild type (nats)",
    title="Whiskers: from the 5th to the 95th percentile",
)
plt.show()
