"""Searches and comparisons on other processes: the scores of one, also where a worker is killed."""

import os
import signal
import threading
import time

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.baselines import make_kmer_logistic
from seqestimators.datasets import make_start_codon
from seqestimators.model_selection import compare

DNA, KIND = make_start_codon(60, random_state=0)
GRID = {"recurrentclassifier__cell": ["gru", "lstm"], "recurrentclassifier__hidden_size": [2, 8]}
MODEL = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=40, lr=0.01, random_state=0))


def search():
    """Return the scores of all candidates and folds."""
    results = GridSearchCV(MODEL, GRID, cv=3).fit(DNA, KIND).cv_results_
    return np.array([scores for name, scores in results.items() if name.startswith("split")])


@pytest.fixture(scope="module")
def scores():
    return search()


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("distributed")
    workers = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(**workers, silence_logs="CRITICAL") as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_a_comparison_on_dask_is_that_of_one_process(client):
    models = {"network": MODEL, "k-mers": make_kmer_logistic(k=2)}
    alone = compare(models, DNA, KIND, cv=2, scoring="roc_auc")
    with joblib.parallel_config(backend="dask"):
        spread = compare(models, DNA, KIND, cv=2, scoring="roc_auc")
    np.testing.assert_array_equal(spread.scores["roc_auc"], alone.scores["roc_auc"])


def test_a_search_on_dask_survives_a_killed_worker(client, scores):
    killed = []

    def kill_one():
        while not any(client.processing().values()):
            time.sleep(0.01)
        killed.append(next(iter(client.run(os.getpid, workers=[*client.processing()][:1]).values())))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    with joblib.parallel_config(backend="dask", scatter=[DNA, KIND]):
        spread = search()
    killer.join()
    client.wait_for_workers(2)
    assert killed[0] not in client.run(os.getpid).values()
    np.testing.assert_array_equal(spread, scores)


def test_a_search_on_ray_has_the_scores_of_one_process(scores):
    ray = pytest.importorskip("ray")
    from ray.util.joblib import register_ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        register_ray()
        with joblib.parallel_config(backend="ray", n_jobs=2):
            spread = search()
    finally:
        ray.shutdown()
    np.testing.assert_array_equal(spread, scores)
