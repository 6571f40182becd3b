"""
Conditional generation of molecules: a scaffold and a property
==============================================================

A language model of SMILES writes molecules of its own. Mostly one wants some
of a certain kind: with a given scaffold, or of a given solubility. Here the
model learns each molecule beside its logP (the partition between octanol and
water, a measure of how greasy it is), and is then asked for molecules of low
and of high logP, and for molecules with a benzene ring.

**Level:** intermediate. **Time:** about a minute on one core. **Data:**
molecules of the NCI, shipped with RDKit.
"""

# sphinx_gallery_thumbnail_number = 1

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from rdkit import Chem, RDLogger
from rdkit.Chem import Crippen, Draw
from sklearn.pipeline import make_pipeline

import seqestimators
from seqestimators import (
    RecurrentLanguageModel,
    SequenceColumns,
    SmilesTokenizer,
)
from seqestimators.datasets import load_nci_molecules
from seqestimators.metrics import generation_report

RDLogger.DisableLog(
    "rdApp.*"
)  # it would tell of every string that is no molecule


def read_logp(smiles):
    """logP of those strings that are molecules."""
    read = [Chem.MolFromSmiles(one) for one in smiles if one]
    return np.array([Crippen.MolLogP(one) for one in read if one])


# %%
# Data
# ----
# Molecules of one piece and of up to 40 characters, each beside its logP. One
# molecule is written as two strings that begin at different atoms, so that the
# model learns to go on from any of them.

smiles, _ = load_nci_molecules(return_X_y=True)
known = [one for one in smiles if len(one) <= 40 and "." not in one]
known = [one for one in map(Chem.MolFromSmiles, known) if one]
molecules = pd.DataFrame(
    [
        (text, Crippen.MolLogP(one))
        for one in known
        for text in Chem.MolToRandomSmilesVect(one, 2, randomSeed=1)
    ],
    columns=["smiles", "logP"],
)
mean, sd = molecules["logP"].mean(), molecules["logP"].std()
print(f"{len(known)} molecules; logP {mean:.2f}, give or take {sd:.2f}")

# %%
# A language model under a condition
# ----------------------------------
# `SequenceColumns` reads both columns. The number is the condition: the state
# from which the network starts to write depends on it.

model = make_pipeline(
    SequenceColumns({"smiles": SmilesTokenizer()}, numeric=["logP"]),
    RecurrentLanguageModel(
        cell="gru",
        hidden_size=128,
        max_epochs=9,
        batch_size=64,
        lr=0.01,
        random_state=0,
    ),
)
model.fit(molecules)

# %%
# Low and high logP
# -----------------
# The same network, asked for molecules one and a half standard deviations
# below and above the mean. The dashed lines are what it was asked for.

n_drawn = 400
asked = {"low logP": mean - 1.5 * sd, "high logP": mean + 1.5 * sd}
drawn = {
    name: seqestimators.sample(
        model,
        n_drawn,
        condition={"logP": value},
        temperature=0.8,
        max_length=80,
        random_state=0,
    )
    for name, value in asked.items()
}
logp = {name: read_logp(strings) for name, strings in drawn.items()}
shift = (logp["high logP"].mean() - logp["low logP"].mean()) / sd
print(f"means are {shift:.2f} standard deviations of the data apart")

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
bins = np.linspace(mean - 4 * sd, mean + 4 * sd, 41)
options = {"bins": bins, "density": True, "histtype": "stepfilled"}
axes.hist(molecules["logP"], color="0.8", label="data", **options)
colors = {"low logP": "#0072B2", "high logP": "#D55E00"}
for name, values in logp.items():
    label = f"asked for {asked[name]:.1f}: mean {values.mean():.1f}"
    axes.hist(values, color=colors[name], alpha=0.55, label=label, **options)
    axes.axvline(asked[name], color=colors[name], linestyle="--")
axes.set(
    xlabel="logP of the sampled molecules",
    ylabel="density",
    title=f"A condition shifts the mean by {shift:.1f} standard deviations",
)
figure.legend(loc="outside lower center", ncols=3, frameon=False)
plt.show()

# %%
# A scaffold as prefix
# --------------------
# The samples begin with what they are given. A prefix that is a molecule by
# itself, its rings closed, is a part of every molecule that it is continued
# to: here of all valid ones, at either end of logP.

scaffold = "c1ccccc1"
benzene = Chem.MolFromSmiles(scaffold)
for name, value in asked.items():
    strings = seqestimators.sample(
        model,
        n_drawn,
        prefix=scaffold,
        condition={"logP": value},
        temperature=0.8,
        max_length=80,
        random_state=0,
    )
    drawn[f"benzene, {name}"] = strings
    valid = [one for one in map(Chem.MolFromSmiles, strings) if one]
    kept = sum(one.HasSubstructMatch(benzene) for one in valid)
    print(f"{name}: {kept} of {len(valid)} valid molecules have the ring")

shown = []
for name in asked:
    written = drawn[f"benzene, {name}"]
    valid = [
        one for one in map(Chem.MolFromSmiles, dict.fromkeys(written)) if one
    ]
    shown += valid[:4]
picture = Draw.MolsToGridImage(shown, molsPerRow=4, subImgSize=(250, 200))
figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
axes.imshow(np.asarray(picture))
axes.set_title("Benzene continued: low logP above, high logP below")
axes.axis("off")
plt.show()

# %%
# What the samples are worth
# --------------------------
# How many are molecules at all (valid), how many of these are distinct
# (unique), how many of those are not in the training data (new), how similar
# they are to it, and how varied. Behind benzene there is little that
# makes a molecule of low logP, so that many samples are the same. A larger
# network that has read more molecules writes more valid ones.

reports = {
    name: generation_report(strings, molecules["smiles"][::2])
    for name, strings in drawn.items()
}
table = pd.DataFrame({name: one.scores for name, one in reports.items()})
print(table.round(2).to_string())
print()
print(reports["high logP"])
