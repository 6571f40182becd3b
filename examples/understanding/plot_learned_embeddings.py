"""
Learned token embeddings, with intervals over seeds
===================================================

A network that reads SMILES has a vector for each symbol. It starts random and
is trained with the rest. Afterwards, which symbols have vectors that point the
same way? In SMILES a lower-case letter is an aromatic atom: is the vector of
``n``, aromatic nitrogen, nearer to those of the aromatic atoms ``o``, ``c``,
``s`` than to those of the aliphatic ``C``, ``N``, ``O``?

One training can't answer that, as the start is random: ten networks are fitted
to the same molecules with ten seeds, and every similarity gets an interval.
The answer is no: the networks predict well, and yet the similarities are about
as large as those of random vectors. A picture of a single training misleads.

**Level:** advanced. **Time:** about a minute on two cores. **Data:**
2,050 molecules of BBBP (MoleculeNet, MIT), downloaded once.
"""

# sphinx_gallery_thumbnail_number = 2

import joblib
import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentClassifier, SmilesTokenizer
from seqestimators.datasets import fetch_bbbp
from seqestimators.inspection import (
    TokenSimilarityDisplay,
    token_contrast,
    token_embeddings,
    token_similarity,
)

N_SEEDS = 10
EPOCHS = 10


# %%
# Ten networks
# ------------
# A GRU behind an embedding of 32 dimensions, with batch norm. Four fifths of
# the molecules are for training; the others say whether there is something to
# look at. Two processes share the seeds.

smiles, crosses = fetch_bbbp(invalid="drop", return_X_y=True)
train, test, train_crosses, test_crosses = train_test_split(
    smiles, crosses, test_size=0.2, stratify=crosses, random_state=0
)
model = make_pipeline(
    SmilesTokenizer(),
    RecurrentClassifier(
        cell="gru",
        bidirectional=False,
        embedding_dim=32,
        batch_norm=True,
        max_epochs=EPOCHS,
    ),
)


def fit(seed):
    return (
        clone(model)
        .set_params(recurrentclassifier__random_state=seed)
        .fit(train, train_crosses)
    )


with joblib.parallel_config("loky", inner_max_num_threads=1):
    models = joblib.Parallel(n_jobs=2)(
        joblib.delayed(fit)(seed) for seed in range(N_SEEDS)
    )
areas = [
    roc_auc_score(test_crosses, model.predict_proba(test)[:, 1])
    for model in models
]
print(
    f"{N_SEEDS} networks, ROC-AUC on the test molecules {np.mean(areas):.3f} "
    f"± {np.std(areas, ddof=1):.3f}"
)

# %%
# A vector for each symbol
# ------------------------
# The table is what the network reads: a one-hot vector times the table is a
# row of it. Padding is zero.

table = token_embeddings(models[0])
print(
    f"{table.shape[0]} symbols of {table.shape[1]} numbers; padding is zero: "
    f"{not table.loc['<pad>'].any()}"
)

# %%
# Aromatic nitrogen
# -----------------
# The cosine similarity to all other symbols, mean and 95 % interval over the
# seeds. Random vectors of d dimensions have a similarity of 0 with a standard
# deviation of about 1 / sqrt(d), and the mean over ten seeds has a tenth of
# that variance. How large are the means here? Of sixty symbols, three lie
# outside their interval by chance alone.

groups = {
    "aromatic o, c, s": ["o", "c", "s"],
    "aliphatic C, N, O": ["C", "N", "O"],
}
figure, axis = plt.subplots(figsize=(7, 11), layout="constrained")
TokenSimilarityDisplay.from_estimators(
    models, "n", groups=groups, max_tokens=len(table), ax=axis
)

spread = token_similarity(models, "n")["similarity"].std()
print(
    f"standard deviation of the mean similarities {spread:.3f}; "
    f"of random vectors {1 / np.sqrt(table.shape[1] * N_SEEDS):.3f}"
)
contrast = token_contrast(models, "n", *groups.values())
n_above = (contrast.per_model["difference"] > 0).sum()
print(
    "similarity of n to o, c, s minus that to C, N, O: "
    f"{contrast.difference:+.3f}, 95 % interval "
    f"{contrast.low:+.3f} to {contrast.high:+.3f}; above 0 in {n_above} of "
    f"{N_SEEDS} networks"
)

# %%
# How stable is one training?
# ---------------------------
# The same similarities in three networks of the ten, for the nine symbols that
# are most frequent. What one network says alone is mostly its start.

frequent = ["C", "c", "(", ")", "1", "O", "2", "=", "N"]
figure, axes = plt.subplots(
    1, 3, figsize=(7.5, 3.2), layout="constrained", sharex=True
)
for i, axis in enumerate(axes):
    TokenSimilarityDisplay.from_estimator(
        models[i], "n", others=frequent, groups=groups, ax=axis
    )
    axis.set(title=f"seed {i}", xlabel="cosine similarity")
    axis.get_legend().remove()

# %%
# Another symbol
# --------------
# The same question for chlorine: which symbols come nearest over all seeds?

nearest = token_similarity(models, "Cl").head(3)
print("\nnearest to Cl     similarity    95 % interval")
for token, row in nearest.iterrows():
    print(
        f"{token:18}{row['similarity']:10.3f}    {row['low']:+.3f} to "
        f"{row['high']:+.3f}"
    )
plt.show()
