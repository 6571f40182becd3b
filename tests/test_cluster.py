"""Searches and comparisons on clusters: the scores of one process, also where a worker is killed."""

import os
import signal
from contextlib import contextmanager

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.baselines import make_kmer_logistic
from seqestimators.datasets import make_start_codon
from seqestimators.model_selection import compare

DNA, KIND = make_start_codon(24, random_state=0)
MODEL = make_pipeline(DNATokenizer(), RecurrentClassifier(hidden_size=4, max_epochs=1, random_state=0))


@contextmanager
def start_dask():
    distributed = pytest.importorskip("distributed")
    workers = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(**workers, silence_logs="CRITICAL") as cluster,
        distributed.Client(cluster),
    ):
        yield {"backend": "dask"}


@contextmanager
def start_ray():
    ray = pytest.importorskip("ray")
    from ray.util.joblib import register_ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    register_ray()
    try:
        yield {
            "backend": "ray",
            "n_jobs": 2,
            "ray_remote_args": {"max_restarts": -1, "max_task_retries": -1},
        }
    finally:
        ray.shutdown()


@pytest.fixture(scope="module", params=[start_dask, start_ray], ids=["dask", "ray"])
def cluster(request):
    """Return the options with which joblib sends work to two processes of a cluster."""
    with request.param() as options:
        yield options


def test_a_comparison_on_a_cluster_has_the_scores_of_one_process(cluster):
    models = {"network": MODEL, "k-mers": make_kmer_logistic(k=2)}
    alone = compare(models, DNA, KIND, cv=2, scoring="roc_auc")
    with joblib.parallel_config(**cluster):
        spread = compare(models, DNA, KIND, cv=2, scoring="roc_auc")
    np.testing.assert_array_equal(spread.scores["roc_auc"], alone.scores["roc_auc"])


def test_a_search_on_a_cluster_survives_a_killed_worker(cluster, tmp_path):
    this_process, killed = os.getpid(), tmp_path / "killed"

    def score(model, X, y):
        if os.getpid() != this_process and not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return model.predict_proba(X)[0, 0]

    search = GridSearchCV(MODEL, {"recurrentclassifier__cell": ["rnn", "gru"]}, cv=2, scoring=score)
    alone = search.fit(DNA, KIND).cv_results_
    with joblib.parallel_config(**cluster):
        spread = search.fit(DNA, KIND).cv_results_
    assert killed.exists()
    for name in ("split0_test_score", "split1_test_score"):
        np.testing.assert_array_equal(spread[name], alone[name])
