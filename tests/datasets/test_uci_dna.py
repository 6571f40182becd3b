"""Labelled DNA has the counts of its files."""

from collections import Counter

from seqestimators import DNATokenizer
from seqestimators.datasets import fetch_promoters, fetch_splice


def test_splice(data_home):
    splice = fetch_splice(data_home=data_home)
    assert Counter(splice.target.tolist()) == {"EI": 767, "IE": 768, "N": 1655}
    assert splice.target_names == sorted(set(splice.target))
    assert {len(dna) for dna in splice.data} == {60}
    unclear = [dna for dna in splice.data if set(dna) - set("ACGT")]
    assert len(unclear) == 15
    assert set("".join(unclear)) == set("ACGTNDSR")
    assert len(splice.data) - len(set(splice.data)) == 185
    assert splice.identifier[0] == "ATRINS-DONOR-521"


def test_promoters(data_home):
    promoters = fetch_promoters(data_home=data_home)
    assert Counter(promoters.target.tolist()) == {"+": 53, "-": 53}
    assert promoters.target_names == sorted(set(promoters.target))
    assert {len(dna) for dna in promoters.data} == {57}
    assert set("".join(promoters.data)) == set("acgt")
    assert len(set(promoters.identifier)) == 106


def test_lower_case_is_no_matter_to_the_tokenizer(data_home):
    dna, _ = fetch_promoters(data_home=data_home, return_X_y=True)
    written_back = DNATokenizer(unknown="error").fit(dna)
    assert [
        one.lower() for one in written_back.inverse_transform(written_back.transform(dna))
    ] == dna.tolist()
