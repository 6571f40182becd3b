"""
Attribution: which nucleotides and atoms drive a prediction?
============================================================

A network that is right may be right for a wrong reason. Two questions tell:
what would it say if one letter were another one, and what does each letter add
to the answer? Asked first about start codons, where the reason is known, then
about molecules, where it is not.

**Level:** intermediate. **Time:** about 20 seconds on two cores.
**Data:** generated DNA, and 1,017 molecules inside the RDKit wheel: nothing is
downloaded.
"""

# sphinx_gallery_thumbnail_number = 2

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, SmilesTokenizer
from seqestimators.datasets import load_molecule_activity, make_start_codon
from seqestimators.inspection import (
    MoleculeAttributionDisplay,
    MutagenesisDisplay,
    mutagenesis,
)

# %%
# A known reason
# --------------
# The class is told by the first three letters alone: ATG or not. The network
# isn't told so.

X, y = make_start_codon(1000, random_state=0)
n_train = len(X) * 4 // 5
model = make_pipeline(
    DNATokenizer(), RecurrentClassifier(max_epochs=10, random_state=0)
)
model.fit(X[:n_train], y[:n_train])
print(
    f"accuracy on {len(X) - n_train} new sequences: "
    f"{model.score(X[n_train:], y[n_train:]):.3f}"
)

# %%
# Every letter is replaced by every other one, and the network is asked again.
# The three letters whose replacement matters most should be the first three.

starts = X[n_train:][y[n_train:] == "start"]
found = 0
for changes in mutagenesis(model, starts, target="start"):
    importance = changes.abs().mean(axis=1).to_numpy()
    found += set(np.argsort(importance)[-3:]) == {0, 1, 2}
print(
    f"the three most important letters are the start codon in {found} of "
    f"{len(starts)} sequences"
)

# %%
# In the logo a letter is as high as the log-odds drop, in the mean, when it is
# replaced.

figure, (above, below) = plt.subplots(
    2, figsize=(7.5, 4.8), layout="constrained"
)
display = MutagenesisDisplay.from_estimator(
    model, starts[0], target="start", ax=above
)
display.plot(kind="logo", ax=below)

# %%
# An unknown reason
# -----------------
# Molecules of one chemical series, active or not. A changed SMILES is often no
# molecule, so that tokens are left out instead. Integrated gradients follow
# the answer from nothing to the molecule: their contributions sum to the
# log-odds. Drawn are the molecules that are most surely active and inactive;
# orange atoms speak for the class that is predicted, purple ones against it.

molecules = load_molecule_activity(target="active")
smiles = molecules.data
activity = np.where(molecules.target == 1, "active", "inactive")
chemist = make_pipeline(
    SmilesTokenizer(),
    RecurrentClassifier(cell="gru", max_epochs=10, random_state=0),
)
chemist.fit(smiles, activity)
surest = np.argsort(chemist.predict_proba(smiles)[:, 0])[[-1, 0]]

figure, axes = plt.subplots(2, 2, figsize=(7.5, 5.4), layout="constrained")
for row, molecule in zip(axes, smiles[surest], strict=True):
    for ax, attribution in zip(
        row, ["integrated_gradients", "occlusion"], strict=True
    ):
        MoleculeAttributionDisplay.from_estimator(
            chemist, molecule, attribution=attribution, ax=ax
        )
        title = f"{attribution.replace('_', ' ')}\n{ax.get_title()}"
        ax.set_title(title, fontsize="small")
plt.show()
