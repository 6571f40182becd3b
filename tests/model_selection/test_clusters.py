"""Clusters of sequences against the definition, pair by pair."""

import itertools

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from seqestimators.datasets import fetch_splice
from seqestimators.model_selection import SequenceClusterSplit, clusters
from seqestimators.model_selection.clusters import cluster_sequences


def mutated_families(n_families, seed, alphabet="ACGT"):
    """Sequences in families of a random ancestor and copies of it with some letters changed."""
    random = np.random.default_rng(seed)
    sequences = []
    for _ in range(n_families):
        ancestor = random.choice(list(alphabet), size=random.integers(5, 60))
        for _ in range(random.integers(1, 5)):
            changed = random.random(len(ancestor)) < 0.04
            copy = np.where(changed, random.choice(list(alphabet), size=len(ancestor)), ancestor)
            sequences.append("".join(copy[random.integers(0, 3) :]))
    return sequences


def reverse_complement(dna):
    return dna[::-1].translate(str.maketrans("ACGT", "TGCA"))


def kmers_of(sequence, k, both_strands=False):
    found = {sequence[i : i + k] for i in range(len(sequence) - k + 1)} or {sequence}
    return {min(kmer, reverse_complement(kmer)) for kmer in found} if both_strands else found


def same_partition(a, b):
    return len(set(zip(a, b, strict=True))) == len(set(a)) == len(set(b))


@pytest.mark.parametrize("both_strands", [False, True])
@pytest.mark.parametrize("similarity", ["jaccard", "containment"])
@pytest.mark.parametrize("threshold", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("batch", [3, 256])
def test_clusters_are_those_of_all_pairs(both_strands, similarity, threshold, batch, monkeypatch):
    monkeypatch.setattr(clusters, "_BATCH_ROWS", batch)
    sequences = mutated_families(12, seed=0)
    if both_strands:
        sequences[::3] = map(reverse_complement, sequences[::3])
    label = list(range(len(sequences)))
    sets = [kmers_of(sequence, 5, both_strands) for sequence in sequences]
    for i, j in itertools.combinations(label.copy(), 2):
        whole = len(sets[i] | sets[j]) if similarity == "jaccard" else min(len(sets[i]), len(sets[j]))
        if len(sets[i] & sets[j]) / whole >= threshold:
            label = [label[i] if one == label[j] else one for one in label]
    found = cluster_sequences(sequences, 5, threshold, similarity, both_strands)
    assert same_partition(label, found.tolist())
    assert 1 < len(set(label)) <= len(sequences)


def test_sequences_are_compared_in_the_normal_form_of_their_kind():
    for rows, kind in (
        (["ACGTTGCAACGG", "acguugcaacgg ", "TTTTTTTTTTTT"], "auto"),
        (["MKLVVVAAPEQF", "mklvVVAAPEQF", "GGGGGGGGGGGG"], "protein"),
    ):
        groups = SequenceClusterSplit(2, kind=kind)._find_groups(rows)
        assert groups[0] == groups[1] != groups[2]
        assert len(set(SequenceClusterSplit(2, kind=None)._find_groups(rows).tolist())) == 3
    with pytest.raises(ValueError, match="reverse_complement=True needs kind=\"dna\", not 'protein'"):
        SequenceClusterSplit(2, reverse_complement=True, kind="protein")


@pytest.mark.parametrize(
    "parameters", [{"shuffle": False}, {"random_state": 0}, {"test_size": 0.3, "random_state": 0}]
)
def test_no_cluster_is_on_both_sides(parameters):
    sequences = mutated_families(20, seed=1)
    cluster = cluster_sequences(sequences, 6, 0.5, "jaccard")
    for train, test in SequenceClusterSplit(3, k=6, **parameters).split(sequences):
        assert not set(cluster[train]) & set(cluster[test])
        assert sorted([*train, *test]) == list(range(len(sequences)))


def test_the_other_strand_in_any_case_and_rna():
    rows = ["ACGTTGCAAC", "gttgcaacgt", "ACGUUGCAAC", "ACGNTGCAAC", "GTTGCANCGT", "CCCCCCTTTT"]
    split = SequenceClusterSplit(3, threshold=1, reverse_complement=True, shuffle=False)
    assert [test.tolist() for _, test in split.split(rows)] == [[0, 1, 2], [3, 4], [5]]


def test_fragments_are_contained():
    rows = ["ACGTTGCAACGGTCATTACG", "TGCAACGGT", "CCCCCCCCCCCC"]
    split = SequenceClusterSplit(2, similarity="containment", shuffle=False)
    assert [test.tolist() for _, test in split.split(rows)] == [[0, 1], [2]]
    with pytest.raises(ValueError, match="n_splits=3 folds need as many groups, but X has 2"):
        next(SequenceClusterSplit(3, similarity="containment").split(rows))


def test_short_and_empty_sequences_are_compared_as_wholes():
    assert same_partition(cluster_sequences(["", "AC", "", "AC", "AG"], 8, 0.5, "jaccard"), [0, 1, 0, 1, 2])


@pytest.mark.parametrize("parameters", [{"k": 0}, {"threshold": 0}, {"similarity": "cosine"}])
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        SequenceClusterSplit(**parameters)


def test_a_search_runs_in_two_processes():
    sequences = mutated_families(20, seed=2)
    model = make_pipeline(CountVectorizer(analyzer="char"), LogisticRegression())
    search = GridSearchCV(model, {"logisticregression__C": [0.1, 1.0]}, cv=SequenceClusterSplit(3), n_jobs=2)
    assert search.fit(sequences, np.arange(len(sequences)) % 2).n_splits_ == 3


def test_duplicates_of_splice_stay_together(data_home):
    dna = fetch_splice(data_home=data_home).data
    for train, test in SequenceClusterSplit(3, test_size=0.2, random_state=0).split(dna):
        assert not set(dna[train]) & set(dna[test])
