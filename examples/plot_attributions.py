"""
What does the answer rest on?
=============================

A network that is right may be right for a wrong reason. Two questions tell: what would it say if one
letter were another one, and what does each letter add to the answer? Asked first about start codons,
where the reason is known, then about molecules, where it is not.

The example needs no network and takes less than two minutes on two cores.
"""

import os
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, SmilesTokenizer
from seqestimators.datasets import load_molecule_activity, make_start_codon
from seqestimators.inspection import MoleculeAttributionDisplay, MutagenesisDisplay, mutagenesis

# The tests of the package set this to run the whole script in seconds.
QUICK = "SEQESTIMATORS_QUICK" in os.environ

start = time.perf_counter()
folder = Path("figures")
folder.mkdir(exist_ok=True)


def report(text):
    """Print a line with the seconds since the start."""
    print(f"{time.perf_counter() - start:6.0f} s  {text}", flush=True)


# %%
# A known reason
# --------------
# The class is told by the first three letters alone: ATG or not. The network isn't told so.

X, y = make_start_codon(60 if QUICK else 1000, random_state=0)
n_train = len(X) * 4 // 5
model = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=2 if QUICK else 10, random_state=0))
model.fit(X[:n_train], y[:n_train])
report(f"accuracy on {len(X) - n_train} new sequences: {model.score(X[n_train:], y[n_train:]):.3f}")

# %%
# Every letter is replaced by every other one, and the network is asked again. The three letters whose
# replacement matters most should be the first three.

starts = X[n_train:][y[n_train:] == "start"]
found = 0
for changes in mutagenesis(model, starts, target="start"):
    importance = changes.abs().mean(axis=1).to_numpy()
    found += set(np.argsort(importance)[-3:]) == {0, 1, 2}
report(f"the three most important letters are the start codon in {found} of {len(starts)} sequences")

# %%
# In the logo a letter is as high as the log-odds drop, in the mean, when it is replaced.

figure, (above, below) = plt.subplots(2, figsize=(11, 5.4), layout="constrained")
display = MutagenesisDisplay.from_estimator(model, starts[0], target="start", ax=above)
display.plot(kind="logo", ax=below)
figure.savefig(folder / "start_codon.png", dpi=110)

# %%
# An unknown reason
# -----------------
# Molecules of one chemical series, active or not. A changed SMILES is often no molecule, so that tokens
# are left out instead. Integrated gradients follow the answer from nothing to the molecule: their
# contributions sum to the log-odds.

molecules = load_molecule_activity(target="active")
smiles, active = molecules.data, molecules.target
if QUICK:
    smiles, active = smiles[::9], active[::9]
chemist = make_pipeline(
    SmilesTokenizer(), RecurrentClassifier(cell="gru", max_epochs=1 if QUICK else 10, random_state=0)
)
chemist.fit(smiles, active)
likeliest = np.argsort(chemist.predict_proba(smiles)[:, 1])[[-1, 0]]
report("the likeliest and the least likely molecule are drawn")

figure, axes = plt.subplots(2, 2, figsize=(11, 7), layout="constrained")
for row, molecule in zip(axes, smiles[likeliest], strict=True):
    for ax, attribution in zip(row, ["integrated_gradients", "occlusion"], strict=True):
        MoleculeAttributionDisplay.from_estimator(chemist, molecule, attribution=attribution, target=1, ax=ax)
        ax.set_title(attribution.replace("_", " "))
figure.savefig(folder / "molecule_attributions.png", dpi=110)
report(f"figures saved in {folder}")
plt.show()
