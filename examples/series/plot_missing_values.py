"""
Series with missing values: masks, or filling in?
=================================================

A third of the values of recorded speech is taken out, as by sensors that fail.
A recurrent network can be given the mean of the channel in their place, the
value before, or masks (`missing="mask"`): channels that say which values were
observed, and how long ago. On data whose answer is known, and on the
utterances of nine speakers, all three are compared over pairs of the same
gaps and the same initial weights.

**Level:** first steps. **Time:** about a minute on two cores. **Data:**
640 utterances (UCI, CC BY 4.0), downloaded once.
"""

# sphinx_gallery_thumbnail_number = 1

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from seqestimators import RecurrentClassifier, RecurrentRegressor
from seqestimators.datasets import fetch_japanese_vowels

SEEDS = range(3)

# %%
# Gaps
# ----
# Each value of each of the 12 channels is missing with a probability of a
# third.

X, y = fetch_japanese_vowels("train", return_X_y=True)
X_test, y_test = fetch_japanese_vowels("test", return_X_y=True)


def take_out(series, rng, share=1 / 3):
    """Return the series with NaN in the place of a share of their values."""
    return [
        np.where(rng.random(one.shape) < share, np.nan, one) for one in series
    ]


gaps = take_out(X[:1], np.random.default_rng(0))[0]
figure, ax = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
ax.plot(X[0][:, :3], color="0.8")
ax.plot(gaps[:, :3], "o-", markersize=4)
ax.set(xlabel="step", ylabel="value", title="Three channels, and their gaps")
ax.xaxis.get_major_locator().set_params(integer=True)

# %%
# Ways to fill them in
# --------------------


def fill_mean(series, mean):
    """Put the mean of the training rows into the gaps."""
    return [np.where(np.isnan(one), mean, one) for one in series]


def fill_forward(series, mean):
    """Put the value before into the gaps; at the beginning, the mean."""
    return [
        pd.DataFrame(one).ffill().fillna(pd.Series(mean)).to_numpy()
        for one in series
    ]


FILLED = {"mean filled in": fill_mean, "value before": fill_forward}


def compare(estimator, train, test, y, y_test):
    """Return the score with masks, and with each way to fill the gaps in."""
    estimator.set_params(missing="mask")
    scores = {"masks": estimator.fit(train, y).score(test, y_test)}
    mean = np.nanmean(np.concatenate(train), axis=0)
    estimator.set_params(missing="error")
    for name, fill in FILLED.items():
        filled = estimator.fit(fill(train, mean), y)
        scores[name] = filled.score(fill(test, mean), y_test)
    return scores


def show(scores, label):
    """Draw the scores of each seed as a line."""
    table = pd.DataFrame(scores)
    print(table.describe().loc[["mean", "min", "max"]].round(3))
    ax = plt.figure(figsize=(5.2, 3.2), layout="constrained").subplots()
    ax.plot(table.T, "o-", color="C0", alpha=0.6)
    ax.set(ylabel=label)
    return ax


# %%
# A known answer: the level of a series
# -------------------------------------
# A series is a level and noise; its share of missing values is its own. The
# best guess is the mean of what was observed, drawn to 0 the more, the less
# that is. With the mean filled in, a network can't know how much that is.


def make_levels(rng):
    """Return series of 20 steps with gaps, and their levels."""
    level = rng.normal(size=600)
    series = [one + rng.normal(size=(20, 1)) for one in level]
    shares = rng.uniform(0, 2 / 3, size=600)
    gaps = [
        take_out([one], rng, share)[0]
        for one, share in zip(series, shares, strict=True)
    ]
    return gaps, level


scores = []
for seed in SEEDS:
    series, level = make_levels(np.random.default_rng(seed))
    regressor = RecurrentRegressor(cell="gru", random_state=seed)
    scores.append(
        compare(
            regressor, series[:300], series[300:], level[:300], level[300:]
        )
    )
show(scores, "R² on new series")

# %%
# Who is speaking?
# ----------------
# With two thirds of the values the networks still name the speaker of 97 to
# 99 % of the utterances. The three ways differ by less than one percentage
# point, which is within the noise of 370 utterances: what masks add, how long
# ago a value was observed, says nothing of the speaker.

scores = []
for seed in SEEDS:
    rng = np.random.default_rng(seed)
    classifier = RecurrentClassifier(cell="gru", random_state=seed)
    scores.append(
        compare(classifier, take_out(X, rng), take_out(X_test, rng), y, y_test)
    )
show(scores, "accuracy on test utterances")
plt.show()
