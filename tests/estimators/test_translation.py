"""Genes become proteins: codon by codon, and from single nucleotides."""

import numpy as np
import pytest
import torch
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, DNATokenizer, RecurrentSeq2Seq, RecurrentTagger
from seqestimators.datasets import make_coding_sequences
from seqestimators.modules.attention import MonotonicAttention


def codon_tagger(**parameters):
    return make_pipeline(CodonTokenizer(), RecurrentTagger(random_state=0, **parameters))


def nucleotide_tagger(**parameters):
    return make_pipeline(DNATokenizer(), RecurrentTagger(stride=3, random_state=0, **parameters))


@pytest.mark.parametrize("make_model", [codon_tagger, nucleotide_tagger])
def test_a_tagger_translates_longer_genes_than_it_has_seen(make_model):
    dna, protein = make_coding_sequences(200, length=(5, 40), random_state=0)
    model = make_model(max_epochs=20).fit(dna, protein)
    dna, protein = make_coding_sequences(30, length=(41, 300), random_state=1)
    assert model.predict(dna).tolist() == protein.tolist()


@pytest.mark.parametrize("make_model", [codon_tagger, nucleotide_tagger])
def test_one_gene_alone_is_learned(make_model):
    dna, protein = make_coding_sequences(1, length=60, random_state=0)
    assert make_model().fit(dna, protein).score(dna, protein) == 1.0


def test_the_mitochondrial_code_is_learned_from_its_genes():
    dna, protein = make_coding_sequences(200, length=(5, 40), genetic_code=2, random_state=0)
    model = codon_tagger(max_epochs=20).fit(dna, protein)
    dna, protein = make_coding_sequences(200, length=(5, 40), genetic_code=2, random_state=1)
    assert model.predict(dna).tolist() == protein.tolist()
    # in the standard code MI*R
    assert model.predict(["ATGATATGAAGG"]).tolist() == ["MMW*"]


def test_monotonic_attention_shares_out_one_whole_and_moves_forward():
    dna, protein = make_coding_sequences(40, length=(3, 8), random_state=0)
    network = RecurrentSeq2Seq(
        attention="monotonic", hidden_size=8, embedding_dim=4, max_epochs=2, random_state=0
    )
    model = make_pipeline(DNATokenizer(), network).fit(dna, protein)
    ids = model[:-1].transform(dna)
    for gene, letters, weights in zip(dna, protein, network.attention_weights(ids, protein), strict=True):
        assert weights.shape == (len(letters) + 1, len(gene))
        np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
        assert (np.diff(weights.argmax(axis=1)) >= 0).all()
    (weights,) = network.attention_weights(ids[:1], [3 * "MKLV"])  # looks on behind the end of the gene
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("is_training", [False, True])
def test_a_hop_learned_as_one_or_three_is_two_when_steps_become_whole(is_training):
    """Else every later position moves where training goes over to whole steps, and may never come back."""
    attention = MonotonicAttention(3, 5).train(is_training)
    states, queries, lengths = torch.zeros(1, 12, 5), torch.zeros(1, 4, 3), torch.tensor([12])
    with torch.no_grad():
        attention.hop.weight.zero_()
        attention.hop.bias.fill_(-1e4)
        attention.hop.bias[1], attention.hop.bias[3] = 0.01, 0.0  # so that 1 is the likeliest
        attended = attention(queries, attention.remember(states, lengths))  # all starts alike: the first
    assert attended.position.item() == 4 * 2
