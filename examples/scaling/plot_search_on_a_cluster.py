"""
Hyperparameter search on a cluster with Dask
============================================

Which cell, how many units? A grid of networks is fitted once in one process
and once on a cluster, and the scores are the same to the bit: chance is a
parameter of an estimator, wherever it runs.

**Level:** intermediate. **Time:** about half a minute on two cores. **Data:**
generated DNA, nothing is downloaded. It needs ``pip install distributed``.
"""

# sphinx_gallery_thumbnail_number = 1

import time

import joblib
import matplotlib.pyplot as plt
import numpy as np
from dask.distributed import Client, LocalCluster
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.datasets import make_start_codon

# sphinx_gallery_parallel = False


# %%
# The search
# ----------
# Does a sequence begin with a start codon? Four networks, three folds, and a
# last fit of the best.

dna, kind = make_start_codon(300, random_state=0)
network = RecurrentClassifier(max_epochs=10, random_state=0)
grid = {
    "recurrentclassifier__cell": ["rnn", "gru"],
    "recurrentclassifier__hidden_size": [8, 32],
}


def search():
    """Fit the grid, wherever joblib sends the fits."""
    start = time.perf_counter()
    model = make_pipeline(DNATokenizer(), network)
    fitted = GridSearchCV(model, grid, scoring="roc_auc", cv=3).fit(dna, kind)
    return fitted.cv_results_, time.perf_counter() - start


# %%
# In one process
# --------------
# A worker of a cluster reads this script again before it starts. What it must
# not do again stands under ``if __name__ == "__main__"``.

if __name__ == "__main__":
    alone, seconds_alone = search()
    print(f"in one process: {seconds_alone:.1f} s")

# %%
# On the cluster
# --------------
# Two workers of one thread each. joblib sends every fit to one of them; the
# search itself doesn't know.
#
# A real cluster is started by ``dask scheduler`` on one machine and ``dask
# worker tcp://SCHEDULER:8786 --nworkers auto --nthreads 1`` on the others, and
# used by ``Client("tcp://SCHEDULER:8786")`` in the place of
# ``Client(cluster)``. A Ray cluster has a backend as well:
# ``ray.util.joblib.register_ray()``, then
# ``joblib.parallel_config(backend="ray")``.

if __name__ == "__main__":
    workers = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "dashboard_address": None,
    }
    with (
        LocalCluster(**workers, silence_logs="ERROR") as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        spread, seconds_spread = search()
    print(
        f"on two workers: {seconds_spread:.1f} s, the start of torch in each "
        "included"
    )

# %%
# The same scores
# ---------------

if __name__ == "__main__":
    splits = [name for name in alone if name.startswith("split")]
    for split in splits:
        np.testing.assert_array_equal(alone[split], spread[split])
    print("every score of every fold is the same")

    figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
    names = [
        " ".join(str(value) for value in parameters.values())
        for parameters in alone["params"]
    ]
    places = np.arange(len(names))
    for shift, results, label in [
        (-0.12, alone, "one process"),
        (0.12, spread, "two workers"),
    ]:
        scores = np.array([results[split] for split in splits])
        ax.plot(
            np.tile(places + shift, len(splits)),
            scores.ravel(),
            "o",
            label=label,
        )
    ax.set_xticks(places, names)
    ax.set(xlabel="cell and units", ylabel="ROC-AUC of a fold")
    ax.legend()
    plt.show()
