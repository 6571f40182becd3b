"""
Classifying DNA: splice junctions and promoters
===============================================

Where does an exon end, where does one begin, and does a gene begin here? Two
classical data sets of DNA, and four models on the same splits: the default
recurrent network; logistic regression on k-mers, which doesn't see where they
stand; logistic regression with a column for every position; and the most
frequent class. What remains to be said when the splits are fair and chance is
taken into account?

**Level:** first steps. **Time:** two to four minutes on two cores. **Data:**
3,190 splice junctions and 106 promoters (UCI, CC BY 4.0), downloaded once.
"""

# sphinx_gallery_thumbnail_number = 1

from collections import Counter

import joblib
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.metrics import ConfusionMatrixDisplay, classification_report
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.baselines import (
    make_kmer_logistic,
    make_majority,
    make_onehot_logistic,
)
from seqestimators.datasets import fetch_promoters, fetch_splice
from seqestimators.model_selection import (
    ComparisonDisplay,
    SequenceClusterSplit,
    compare,
)

EPOCHS = 30

torch.set_num_threads(1)  # a network this small gains nothing from threads


# %%
# Models
# ------
# All take strings. The network has its default settings, which were chosen on
# a part of these data among others; the classical models have theirs.

models = {
    "recurrent network": make_pipeline(
        DNATokenizer(), RecurrentClassifier(max_epochs=EPOCHS, random_state=0)
    ),
    "k-mers, logistic": make_kmer_logistic(),
    "positions, logistic": make_onehot_logistic(DNATokenizer()),
    "most frequent class": make_majority(),
}


def compare_all(X, y, **options):
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        return compare(
            models, X, y, scoring="balanced_accuracy", n_jobs=2, **options
        )


# %%
# Splice junctions
# ----------------
# 60 nucleotides of primate genes: in the middle an exon ends ("EI"), one
# begins ("IE"), or neither ("N"). The file holds sequences several times. They
# must not lie on both sides of a split, or a model is asked what it has been
# told: the sequence itself is the group. To stay within a few minutes, a third
# of the rows is used.

dna, junction = fetch_splice(return_X_y=True)
kept = np.random.default_rng(0).permutation(len(dna))[: len(dna) // 3]
dna, junction = dna[kept], junction[kept]
n_copies = len(dna) - len(set(dna))
print(
    f"{len(dna)} sequences, {n_copies} of them copies of others: "
    f"{dict(Counter(junction.tolist()))}"
)

splitter = StratifiedGroupKFold(n_splits=3, shuffle=True, random_state=0)
splice = compare_all(dna, junction, cv=splitter, groups=dna)
print(str(splice))

# %%
# Promoters
# ---------
# 57 nucleotides of Escherichia coli, half of them promoters, where
# transcription begins. There are only 106, so that one split says little:
# three times five folds. Those without a promoter are pieces of one fragment,
# and some overlap: sequences that share many of their 6-mers stay on one side.

sequences, promoter = fetch_promoters(return_X_y=True)
splits = [
    split
    for seed in range(3)
    for split in SequenceClusterSplit(
        5, k=6, threshold=0.3, random_state=seed
    ).split(sequences)
]
promoters = compare_all(sequences, promoter, cv=splits)
print(str(promoters))

# %%
# Every dot is a split, a faint line joins its dots. The bar is the interval of
# the difference to the best model, corrected for training sets that overlap:
# where it crosses the dashed line, no difference is shown, whatever the means
# say.

figure, axes = plt.subplots(2, 1, figsize=(7.5, 5.6), layout="constrained")
ComparisonDisplay.from_comparison(splice, ax=axes[0]).ax_.set_title(
    f"Splice junctions, {len(dna)} sequences"
)
ComparisonDisplay.from_comparison(promoters, ax=axes[1]).ax_.set_title(
    f"Promoters, {len(promoter)} sequences"
)

# %%
# All sequences of a set are aligned: the junction, or the start of
# transcription, is always at the same place, and what matters is which letter
# stands where. The columns are told just that, and so is the network: where
# all rows have one length, it adds a learned vector to each position
# (`positions="auto"`). On the junctions, with 850 sequences to learn from, the
# two are about equally good, .94 to .96; k-mers don't see the place and are
# far behind. The 85 promoters are too few for a network, and a logistic
# regression with a column for every position is better: on a set as small as
# that, begin with the simple model.

# %%
# Which junctions are mistaken?
# -----------------------------
# The pipelines are scikit-learn's, and so are the confusion matrix and the
# report. One of the splits serves: four fifths to learn, a fifth to test.

train, test = next(
    StratifiedGroupKFold(5, shuffle=True, random_state=0).split(
        dna, junction, groups=dna
    )
)
figure, axes = plt.subplots(1, 2, figsize=(7.5, 3.6), layout="constrained")
for ax, name in zip(
    axes, ["recurrent network", "positions, logistic"], strict=True
):
    model = models[name].fit(dna[train], junction[train])
    predicted = model.predict(dna[test])
    print(name)
    print(classification_report(junction[test], predicted, digits=3))
    ConfusionMatrixDisplay.from_predictions(
        junction[test],
        predicted,
        normalize="true",
        values_format=".1%",
        cmap="cividis",
        colorbar=False,
        ax=ax,
    )
    ax.set_title(name)
plt.show()
