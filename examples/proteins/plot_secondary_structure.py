"""
Predicting the secondary structure of proteins
==============================================

A protein folds into helices (H), strands (E) and coils (C). Which residue
belongs to which? A label for every step of a sequence is the task of
:class:`seqestimators.RecurrentTagger`. Its baseline is a logistic regression
that sees a residue with seven neighbours on either side. Residues that are not
resolved in the structure have no label: they are read, and neither trained on
nor scored. Helices as spans, with a beginning and an end, ask for labels that
go together: the second part compares three ways to predict them.

**Level:** intermediate. **Time:** about a minute on two cores. **Data:**
the set of NetSurfP-2.0 as FLIP distributes it (AFL-3.0), downloaded once.
"""

# sphinx_gallery_thumbnail_number = 1

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqestimators import ProteinTokenizer, RecurrentTagger
from seqestimators.baselines import PositionwiseClassifier
from seqestimators.datasets import fetch_secondary_structure
from seqestimators.metrics import segment_f1_score, token_accuracy_score

# %%
# Data
# ----
# 1,000 of the 9,712 chains to train on, which keeps the page short, and the
# published test chains of up to 300 residues. A label of None is a residue
# without one.

chains, structure = fetch_secondary_structure("train", return_X_y=True)
rows = np.random.default_rng(0).permutation(len(chains))
rows = [row for row in rows if len(chains[row]) <= 250][:1000]
X, y = chains[rows], structure[rows]
chains, structure = fetch_secondary_structure("test", return_X_y=True)
rows = [row for row in range(len(chains)) if len(chains[row]) <= 300]
X_test, y_test = chains[rows], structure[rows]
n_residues = sum(map(len, y_test))
n_known = sum(label is not None for labels in y_test for label in labels)
print(f"{len(X)} chains to train, {len(X_test)} to test")
print(f"{n_known} of {n_residues} test residues have a label")
print(X[0][:20], y[0][:20])

# %%
# Training
# --------
# `score` is the share of residues that are right, called Q3 in this field.

models = {
    "LSTM": make_pipeline(
        ProteinTokenizer(), RecurrentTagger(max_epochs=10, random_state=0)
    ),
    "15 residues,\nlogistic regression": make_pipeline(
        ProteinTokenizer(),
        PositionwiseClassifier(
            LogisticRegression(C=0.1, tol=1e-3, max_iter=300), window=7
        ),
    ),
}
scores = {}
for name, model in models.items():
    model.fit(X, y)
    scores[name] = model.score(X_test, y_test)
counts = {letter: sum(row.count(letter) for row in y_test) for letter in "HEC"}
scores["most frequent class"] = max(counts.values()) / n_known
for name, score in scores.items():
    print(f"{' '.join(name.split()):36} Q3 {score:.1%}")

# %%
# The network gets about 65 % of the residues right, the window of 15 residues
# 63 %. With 400 chains to train on, both get 62 %: what a network sees beyond
# the window pays off with more data. Both read a single sequence; methods that
# read an alignment of related proteins get more than 80 % right.
#
# One test chain
# --------------
# The chain in rows of 60 residues: the labels, and what the two models
# predict. White residues are not resolved.

COLORS = {"H": "#D55E00", "E": "#0072B2", "C": "#CCCCCC", None: "white"}
row = next(i for i, chain in enumerate(X_test) if 110 <= len(chain) <= 120)
strips = {"true": y_test[row]} | {
    name.split(",")[0]: model.predict(X_test[[row]])[0]
    for name, model in models.items()
}
n_rows = -(-len(X_test[row]) // 60)
figure, axes = plt.subplots(
    n_rows, 1, figsize=(7.5, 1.3 * n_rows + 0.7), layout="constrained"
)
for i, ax in enumerate(np.atleast_1d(axes)):
    part = slice(60 * i, 60 * (i + 1))
    for y_place, labels in enumerate(strips.values()):
        for x, label in enumerate(labels[part]):
            ax.barh(y_place, 1, left=x - 0.5, height=0.8, color=COLORS[label])
    letters = list(X_test[row][part])
    ax.set_xticks(range(len(letters)), letters, family="monospace", fontsize=7)
    ax.set_yticks(range(len(strips)), strips)
    ax.set(xlim=(-0.5, 59.5), ylim=(len(strips) - 0.5, -0.5))
    ax.set_title(f"from residue {60 * i + 1}", loc="left", fontsize="small")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
handles = [
    plt.Rectangle((0, 0), 1, 1, color=COLORS[letter], label=name)
    for letter, name in {"H": "helix", "E": "strand", "C": "coil"}.items()
]
figure.legend(handles=handles, loc="outside lower center", ncols=3)
plt.show()

# %%
# Helices as spans
# ----------------
# Where does a helix begin, and where does it end? Tags say so: B for its first
# residue, I for all further ones, O for residues outside. A B is rare, and
# seldom the likeliest tag of a residue. So the likeliest tag of each residue
# makes helices without a beginning, which count as none.
#
# ``transitions="observed"`` predicts the likeliest tags as a whole, in which
# neighbours are those of the training chains: an I stands behind a B or an I.
# ``transitions="crf"`` trains a conditional random field, which has learned
# the scores of neighbouring tags too, and predicts in the same way from its
# marginal probabilities. A helix is right, here, if it is so from its first
# residue to its last.


def helix_tags(structure):
    """Tags of helices; those of unresolved residues are masked."""
    tags, last = [], None
    for state in structure:
        inside = "I" if last == "H" else "B"
        tags.append(state and (inside if state == "H" else "O"))
        last = state
    return tags


tags = list(map(helix_tags, y[:400]))
tags_test = list(map(helix_tags, y_test))
predicted = {}
for transitions in ("observed", "crf"):
    tagger = RecurrentTagger(
        transitions=transitions, lr=0.02, max_epochs=15, random_state=0
    )
    model = make_pipeline(ProteinTokenizer(), tagger).fit(X[:400], tags)
    if transitions == "observed":  # of single tags, the training is the same
        best = [p.argmax(axis=1) for p in model.predict_proba(X_test)]
        predicted["free"] = [tagger.classes_[row].tolist() for row in best]
    predicted[transitions] = model.predict(X_test)

print("true helices:", sum(row.count("B") for row in tags_test))
for transitions, rows in predicted.items():
    print(
        f"{transitions:8} {sum(row.count('B') for row in rows):5} helices, "
        f"F1 {segment_f1_score(tags_test, rows):.3f}, "
        f"tags right {token_accuracy_score(tags_test, rows):.3f}"
    )

# %%
# Few helices have a beginning among the likeliest tags of single residues.
# Viterbi over observed neighbours finds many more, and so does the conditional
# random field, and more of them are right. All of it is little: a single
# sequence says roughly where helices are, but not where they begin and end.
