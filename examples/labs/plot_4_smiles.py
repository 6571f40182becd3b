"""
Lab 4. SMILES: which molecules reach the brain?
===============================================

From SMILES strings to tokens, from tokens to an embedding, from there through
a GRU to a probability: the way of a molecule into a recurrent network, step by
step. What do the vectors of the network hold, and are they of use to another
classifier? Then the question that should end every such exercise: is it better
than fingerprints with a classical network or a random forest, and does it stay
so on molecules unlike those of training?

**Level:** intermediate. **Time:** two to four minutes on two cores. **Data:**
2,050 molecules of BBBP (MoleculeNet, MIT), downloaded once.
"""

# sphinx_gallery_thumbnail_number = 2

import joblib
import matplotlib.pyplot as plt
import numpy as np
import torch
from rdkit import RDLogger
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from seqestimators import Padder, RecurrentClassifier, SmilesTokenizer
from seqestimators.baselines import make_ecfp_forest, make_ecfp_mlp
from seqestimators.datasets import fetch_bbbp
from seqestimators.inspection import (
    TokenSimilarityDisplay,
    TrainingHistoryDisplay,
    hidden_states,
    numpy_forward,
    token_embeddings,
)
from seqestimators.model_selection import (
    ComparisonDisplay,
    ScaffoldSplit,
    compare,
)

EPOCHS = 15

RDLogger.DisableLog(
    "rdApp.*"
)  # it would tell of hydrogen atoms that stand alone
torch.set_num_threads(1)  # a network this small gains nothing from threads


# %%
# A molecule as numbers
# ---------------------
# Two molecules, of 7 and of 13 tokens. Ids 0 to 3 are reserved; 0 is the
# padding behind the shorter one.

pair = ["CC(=O)O", "NC(=O)CC(=O)O"]
tokenizer = SmilesTokenizer(scheme="character")
print("tokens  ", [len(ids) for ids in tokenizer.fit_transform(pair)])
print("ids     ", *tokenizer.vocabulary_)
padded = make_pipeline(tokenizer, Padder()).fit_transform(pair)
print(f"padded   {padded.shape}\n{padded}")
one_hot = make_pipeline(tokenizer, Padder(one_hot=True)).fit_transform(pair)
print(f"one-hot  {one_hot.shape}: four reserved ids, six symbols")

# %%
# The estimators need no padding: they read rows of any lengths. Padding is for
# those who build a network of their own.

# %%
# Data
# ----
# The stereochemistry goes, since only about a third of the strings state it.
# Some molecules are then the same: each stays once, and those with both labels
# are left out. Otherwise a molecule of training could be tested on.

smiles, label = fetch_bbbp(invalid="drop", return_X_y=True)
rewriter = SmilesTokenizer(canonical=True, stereo=False)
flat = rewriter.inverse_transform(rewriter.fit_transform(smiles))
labels = {}
for one, known in zip(flat, label, strict=True):
    labels.setdefault(one, set()).add(int(known))
molecules = np.array(
    [one for one, known in labels.items() if len(known) == 1], dtype=object
)
passes = np.array(
    [known.pop() for known in labels.values() if len(known) == 1]
)
print(
    f"{len(smiles)} rows, {len(labels)} molecules, "
    f"{len(labels) - len(molecules)} with both labels; of the "
    f"others {passes.mean():.0%} pass"
)

# %%
# A GRU
# -----
# An embedding of 32 numbers a token, one GRU, batch norm, dropout, Adam with a
# constant learning rate of 0.001. Forty epochs are usual for this network;
# here it trains for fifteen, to keep the page short. A tenth of the training
# molecules is held out by the estimator to watch the training, none of them
# from the test set: `scoring` adds the area under the ROC curve to every row
# of `history_`, and the weights of the best epoch are kept.


def make_gru(**parameters):
    classifier = RecurrentClassifier(
        cell="gru",
        bidirectional=False,
        embedding_dim=32,
        batch_norm=True,
        dropout=0.2,
        optimizer="adam",
        lr=0.001,
        lr_schedule="constant",
        batch_size=32,
        max_epochs=EPOCHS,
        random_state=0,
        **parameters,
    )
    return make_pipeline(SmilesTokenizer(), classifier)


train, test = train_test_split(
    np.arange(len(molecules)), test_size=0.2, stratify=passes, random_state=0
)
gru = make_gru(early_stopping=True, n_iter_no_change=EPOCHS, scoring="roc_auc")
gru.fit(molecules[train], passes[train])
print(
    f"GRU with {gru[-1].n_parameters_} weights fitted; the best of "
    f"{gru[-1].n_iter_} epochs is epoch {gru[-1].best_epoch_}"
)

TrainingHistoryDisplay.from_estimator(gru)

# %%
# What is inside
# --------------
# The embedding is a table with a row of 32 numbers for each token; looking a
# token up is the same as multiplying its one-hot vector with the table. The
# row of padding is zero, and stays zero in training. The recurrence, written
# out in numpy with the fitted weights, gives the states that torch gives, up
# to rounding. The answer is read from three summaries of them: the last state,
# at a molecule's own last token, the maximum and the mean over all states, 3 x
# 64 = 192 numbers.

table = token_embeddings(gru)
one_hot = np.eye(len(table))[table.index.get_loc("N")]
is_row = np.array_equal(one_hot @ table, table.loc["N"])
print(f"the table is {table.shape}; one-hot times table is its row: {is_row}")
print(f"padding is zero: {not table.loc['<pad>'].any()}")
aspirin = "CC(=O)Oc1ccccc1C(=O)O"
difference = np.abs(
    numpy_forward(gru, aspirin) - hidden_states(gru, aspirin)
).max()
print(f"numpy and torch differ by {difference:.0e} at most")

# %%
# Which tokens does the network take to be alike? The cosine of the angle
# between the vector of aromatic nitrogen and those of all others. One training
# says little:
# :ref:`sphx_glr_auto_examples_understanding_plot_learned_embeddings.py`
# repeats it with ten seeds, and hardly any of these bars keeps its sign. That
# page uses the rows of the file as they are, duplicates and stereochemistry
# included, so that its scores are higher, about 0.96.

display = TokenSimilarityDisplay.from_estimator(gru, "n")

# %%
# A molecule as a vector
# ----------------------
# `transform` gives the pooled hidden state, with which any classifier can go
# on. On the same test molecules, the network's own output layer and a logistic
# regression on its vectors:

own = roc_auc_score(passes[test], gru.predict_proba(molecules[test])[:, 1])
logistic = make_pipeline(
    StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)
)
logistic.fit(gru.transform(molecules[train]), passes[train])
vectors = gru.transform(molecules[test])
area = roc_auc_score(passes[test], logistic.predict_proba(vectors)[:, 1])
print(f"ROC-AUC on {len(test)} molecules")
print(f"network                                {own:.3f}")
print(f"logistic regression on its {vectors.shape[1]} numbers {area:.3f}")

# %%
# Network and logistic regression on its vectors are about equally good, both
# between 0.87 and 0.89: what the network has learned is in the vectors.
#
# Against the fingerprints
# ------------------------
# The same splits for all: first drawn at random, then by scaffold, so that the
# frameworks of the test molecules are new. Every model is trained on all
# training molecules of a split.

models = {
    "GRU on SMILES": make_gru(),
    "ECFP, neural network": make_ecfp_mlp(random_state=0),
    "ECFP, random forest": make_ecfp_forest(n_estimators=200, random_state=0),
}
n_splits = 3
splitters = {
    "random": StratifiedKFold(n_splits=n_splits, shuffle=True, random_state=0),
    "scaffold": ScaffoldSplit(n_splits=n_splits, random_state=0),
}
comparisons = {}
for name, splitter in splitters.items():
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        comparisons[name] = compare(
            models, molecules, passes, cv=splitter, scoring="roc_auc", n_jobs=2
        )
    print(f"{name} splits: {comparisons[name]}")

figure, axes = plt.subplots(2, 1, figsize=(7.5, 5.4), layout="constrained")
for ax, (name, comparison) in zip(axes, comparisons.items(), strict=True):
    ComparisonDisplay.from_comparison(comparison, ax=ax).ax_.set_title(
        f"{name.capitalize()} splits"
    )
plt.show()

# %%
# The fingerprints lead on both kinds of split, by 0.01 to 0.02. Three splits
# don't prove it: no model wins at the level of 0.05, and the intervals reach
# far beyond the differences. Ten splits in the
# benchmarks (:doc:`/benchmarks`) do: on random ones the default LSTM, trained
# with AdamW and one cycle, has 0.906 beside 0.943 of the best other, a forest
# on descriptors, and every model on fingerprints has a higher mean, too.
#
# What you should have seen
# -------------------------
# - A molecule is a row of token ids, an id is a row of a table, and the answer
#   is read from 192 numbers.
# - 2,039 rows of the file are 1,953 molecules without stereochemistry, and 13
#   of them have both labels.
# - On one test set the network and logistic regression on its vectors both
#   have a ROC-AUC between 0.87 and 0.89.
# - On three random splits the fingerprints have 0.89 to 0.90 and the GRU about
#   0.88. By scaffold it is 0.88 to 0.89 beside about 0.87.
#
# Try
# ---
# Change one line, and write down what you expect before you run the page.
#
# - ``lr=0.005``: does the GRU come nearer to the fingerprints in the same 15
#   epochs?
# - ``batch_norm=False``: what becomes of the network, and of logistic
#   regression on its vectors?
# - ``bidirectional=True``: how many numbers has the vector then, and does the
#   score rise by more than the spread over the splits?
