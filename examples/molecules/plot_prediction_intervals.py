"""
Prediction intervals for the solubility of molecules
====================================================

A network learns the solubility of molecules, and how sure it is of each.
Conformal prediction, by crepes and by MAPIE, turns both into intervals that
cover 90 % of new molecules.

**Level:** intermediate. **Time:** about 20 seconds on one core. **Data:**
ESOL, 1,128 molecules with a measured solubility, downloaded once (0.1 MB).
"""

# sphinx_gallery_thumbnail_number = 1

import warnings

import matplotlib.pyplot as plt
import numpy as np
from crepes import ConformalRegressor
from mapie.regression import SplitConformalRegressor
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentRegressor, SmilesTokenizer
from seqestimators.datasets import fetch_esol
from seqestimators.metrics import interval_coverage_score

# %%
# Data
# ----
# Three fifths of the molecules train, a fifth calibrates, a fifth is for the
# test.

smiles, solubility = fetch_esol(return_X_y=True)  # log mol/L
n = len(smiles)
rows = np.random.default_rng(0).permutation(n)
parts = np.split(rows, [3 * n // 5, 4 * n // 5])
train, calibration, test = (smiles[part] for part in parts)
y_train, y_calibration, y_test = (solubility[part] for part in parts)
results = {}

# %%
# Means and standard deviations
# -----------------------------
# The Gaussian loss learns both. An interval of 90 % is the mean plus and minus
# 1.645 standard deviations, if the network is right about them.

model = make_pipeline(
    SmilesTokenizer(), RecurrentRegressor(loss="gaussian", random_state=0)
)
model.fit(train, y_train)
mean, std = model.predict(test, return_std=True)
results["Gaussian"] = mean - 1.645 * std, mean + 1.645 * std

# %%
# Quantiles
# ---------
# The 5 % and the 95 % quantile are the ends of an interval too, without a
# distribution.

quantiles = make_pipeline(
    SmilesTokenizer(),
    RecurrentRegressor(loss="quantile", quantile=[0.05, 0.95], random_state=0),
)
results["Quantiles"] = tuple(quantiles.fit(train, y_train).predict(test).T)

# %%
# Conformal prediction with crepes
# --------------------------------
# The errors of the calibration molecules, each divided by its standard
# deviation, say by how many standard deviations the intervals must reach.

calibration_mean, calibration_std = model.predict(calibration, return_std=True)
conformal = ConformalRegressor()
conformal.fit(y_calibration - calibration_mean, sigmas=calibration_std)
intervals = conformal.predict_int(mean, sigmas=std, confidence=0.9)
results["crepes, by standard deviation"] = tuple(intervals.T)

# %%
# Conformal prediction with MAPIE
# -------------------------------
# `SplitConformalRegressor` takes the fitted pipeline and gives all intervals
# one width. It looks for attributes such as `coef_`, which no network has, to
# see whether a model is fitted, and warns.

warnings.filterwarnings("ignore", "Estimator does not appear fitted")

split = SplitConformalRegressor(model, confidence_level=0.9, prefit=True)
split.conformalize(calibration, y_calibration)
_, intervals = split.predict_interval(test)
results["MAPIE, one width"] = tuple(intervals[:, :, 0].T)

# %%
# All of them
# -----------
# Widths are in log mol/L. What a network says of itself it says of molecules
# that it was trained on; conformal prediction knows the errors on others.

for name, (lower, upper) in results.items():
    coverage = interval_coverage_score(y_test, lower, upper)
    width = np.mean(upper - lower)
    print(f"{name:30} covers {coverage:.0%}, mean width {width:.2f}")

# %%
# The intervals
# -------------
# Every fourth molecule of the test, in the order of the predictions. Measured
# values outside of their interval are orange.

order = np.argsort(mean)[::4]
figure, axes = plt.subplots(
    2, 2, figsize=(7.5, 6), sharex=True, sharey=True, layout="constrained"
)
for ax, (name, (lower, upper)) in zip(axes.flat, results.items(), strict=True):
    places = np.arange(len(order))
    is_inside = (lower <= y_test) & (y_test <= upper)
    ax.vlines(places, lower[order], upper[order], color="0.75", linewidth=2)
    for inside, color in ((True, "tab:blue"), (False, "tab:orange")):
        shown = is_inside[order] == inside
        ax.plot(places[shown], y_test[order][shown], ".", color=color)
    ax.set_title(name)
figure.supxlabel("molecules, by prediction")
figure.supylabel("solubility, log mol/L")
plt.show()
