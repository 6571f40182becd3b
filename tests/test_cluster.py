"""Comparisons on other processes: the scores of one."""

import joblib
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.baselines import make_kmer_logistic
from seqestimators.datasets import make_start_codon
from seqestimators.model_selection import compare


def test_a_comparison_on_dask_is_that_of_one_process():
    distributed = pytest.importorskip("distributed")
    dna, kind = make_start_codon(60, random_state=0)
    network = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=40, lr=0.01, random_state=0))
    models = {"network": network, "k-mers": make_kmer_logistic(k=2)}
    alone = compare(models, dna, kind, cv=2, scoring="roc_auc")
    workers = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(**workers, silence_logs="CRITICAL") as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        spread = compare(models, dna, kind, cv=2, scoring="roc_auc")
    np.testing.assert_array_equal(spread.scores["roc_auc"], alone.scores["roc_auc"])
