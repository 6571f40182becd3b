"""The genetic code read back from models that have learned it, and from models that have not."""

import numpy as np
import pandas as pd
import pytest
from Bio.Data.CodonTable import unambiguous_dna_by_id
from Bio.Seq import translate
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, DNATokenizer, RecurrentClassifier, RecurrentSeq2Seq, RecurrentTagger
from seqestimators.datasets import make_coding_sequences
from seqestimators.inspection import CodonTable, codon_table
from seqestimators.inspection.codons import CODONS, LETTERS, _make_genes, _read_code

QUICK_TAGGER = {"hidden_size": 32, "max_epochs": 8, "lr": 0.02, "dropout": 0, "random_state": 0}


def fit(model, genetic_code=1, n_samples=100):
    return model.fit(*make_coding_sequences(n_samples, genetic_code=genetic_code, random_state=0))


@pytest.fixture(scope="module")
def tagger():
    return fit(make_pipeline(CodonTokenizer(), RecurrentTagger(**QUICK_TAGGER)))


def test_a_tagger_gives_its_own_probabilities(tagger):
    table = codon_table(tagger, n_contexts=3, length=6)
    probabilities = table.probabilities
    assert probabilities.shape == (64, 21)
    assert list(probabilities.index[:5]) == ["TTT", "TTC", "TTA", "TTG", "TCT"]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    genes, places = _make_genes(1, _read_code(1) == "*", 3, 6, np.random.RandomState(0))
    given = tagger.predict_proba(genes)
    for i, codon in enumerate(CODONS):
        assert {gene[3 * place : 3 * place + 3] for gene, place in zip(genes, places, strict=True)} >= {codon}
        expected = np.mean([given[j][places[j]] for j in range(3 * i, 3 * i + 3)], axis=0)
        np.testing.assert_allclose(probabilities.loc[codon, tagger[-1].classes_], expected, atol=1e-6)


@pytest.mark.parametrize("genetic_code", [1, 2])
def test_the_code_of_training_is_read_back(genetic_code):
    model = fit(make_pipeline(CodonTokenizer(), RecurrentTagger(**QUICK_TAGGER)), genetic_code)
    table = codon_table(model, genetic_code=genetic_code)
    assert table.n_agreeing == 64, str(table)
    assert table.differences.empty
    assert str(table) == f"64 of 64 codons as in genetic code {genetic_code}"


def test_single_nucleotides_with_a_stride():
    parameters = QUICK_TAGGER | {"stride": 3, "max_epochs": 20}
    table = codon_table(fit(make_pipeline(DNATokenizer(), RecurrentTagger(**parameters))))
    assert table.n_agreeing == 64, str(table)


def test_sequence_to_sequence_gives_shares_of_letters():
    model = fit(
        make_pipeline(CodonTokenizer(), RecurrentSeq2Seq(hidden_size=8, max_epochs=1, random_state=0)),
        n_samples=20,
    )
    table = codon_table(model, n_contexts=4)
    shares = table.probabilities.to_numpy()
    assert np.isin(shares, [0, 0.25, 0.5, 0.75, 1]).all()
    assert (shares.sum(axis=1) <= 1).all()


def test_genes_differ_by_the_codon_alone():
    is_last = _read_code(2) == "*"
    genes, places = _make_genes(2, is_last, 5, 10, np.random.RandomState(0))
    assert len(genes) == 64 * 5
    context = {}
    for i, (gene, place) in enumerate(zip(genes, places, strict=True)):
        codon = CODONS[i // 5]
        assert gene.startswith("ATG")
        assert len(gene) == 30
        assert gene[3 * place : 3 * place + 3] == codon
        assert place == 9 if is_last[codon] else 1 <= place <= 8
        protein = translate(gene, table=2)
        assert protein.endswith("*")
        assert protein.count("*") == 1
        if not is_last[codon]:
            assert context.setdefault(i % 5, gene[: 3 * place] + gene[3 * place + 3 :]) == (
                gene[: 3 * place] + gene[3 * place + 3 :]
            )


def test_stop_codons_can_be_looked_at_inside(tagger):
    inside = codon_table(tagger, stop_place="inside").probabilities
    end = codon_table(tagger).probabilities
    sense = _read_code(1) != "*"
    np.testing.assert_allclose(inside[sense], end[sense], atol=1e-6)
    assert not np.allclose(inside[~sense], end[~sense], atol=1e-3)


@pytest.mark.parametrize("genetic_code", sorted(unambiguous_dna_by_id))
def test_the_expected_letters_are_those_of_biopython(genetic_code):
    expected = CodonTable(pd.DataFrame(0.0, CODONS, LETTERS), genetic_code).expected
    assert list(expected.index) == list(CODONS)
    if genetic_code not in (27, 28, 31):  # translate doesn't settle what a codon of two meanings is
        assert "".join(expected) == translate("".join(CODONS), table=genetic_code)
    assert dict(expected[expected != "*"]) == unambiguous_dna_by_id[genetic_code].forward_table


def test_a_row_without_any_letter_is_no_alanine():
    table = CodonTable(pd.DataFrame(0.0, pd.Index(CODONS), list(LETTERS)), 1)
    assert set(table.letters) == {"-"}
    assert table.n_agreeing == 0
    assert len(table.differences) == 64
    assert str(table).splitlines()[1] == "  TTT: - (0.00), expected F"


def test_models_that_do_not_translate_are_refused(tagger):
    with pytest.raises(NotFittedError):
        codon_table(make_pipeline(CodonTokenizer(), RecurrentTagger()))
    with pytest.raises(TypeError, match="RecurrentTagger comes without its tokenizer"):
        codon_table(tagger[-1])
    classifier = make_pipeline(CodonTokenizer(), RecurrentClassifier(max_epochs=1)).fit(
        ["ATG", "TAA"], [0, 1]
    )
    with pytest.raises(TypeError, match="RecurrentClassifier doesn't translate"):
        codon_table(classifier)
    dna, protein = ["ATGTAA", "ATGTTTTAA"], ["M**M**", "MMM***MMM"]
    by_base = make_pipeline(DNATokenizer(), RecurrentTagger(max_epochs=1)).fit(dna, protein)
    with pytest.raises(ValueError, match="60 labels for a gene of 20 codons: it must give one for each"):
        codon_table(by_base)
    lower = make_pipeline(CodonTokenizer(), RecurrentTagger(max_epochs=1)).fit(dna, ["ms", "mfs"])
    with pytest.raises(
        ValueError, match="the labels of the model, such as 'f', 'm', 's', are no amino acids"
    ):
        codon_table(lower)
    with pytest.raises(ValueError, match="genetic_code=7 is none of NCBI's"):
        codon_table(tagger, genetic_code=7)
    with pytest.raises(ValueError, match="length"):
        codon_table(tagger, length=2)
