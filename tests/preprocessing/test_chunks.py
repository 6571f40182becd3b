import pytest

from seqestimators.preprocessing import DNATokenizer, SequenceTokenizer


@pytest.mark.parametrize(
    "parameters", [{}, {"min_frequency": 2}, {"max_tokens": 2}, {"vocabulary": ["a", "b"]}], ids=str
)
@pytest.mark.parametrize("kind", [SequenceTokenizer, DNATokenizer])
def test_chunks_teach_what_all_rows_at_once_do(kind, parameters):
    if kind is DNATokenizer and "vocabulary" in parameters:
        parameters = {"vocabulary": ["A", "C"]}
    rows = ["AAC", "CAG", "T", "CA"]
    whole, parted = kind(**parameters).fit(rows), kind(**parameters)
    for begin in (0, 1, 3):
        parted.partial_fit(rows[begin : {0: 1, 1: 3, 3: 4}[begin]])
    assert parted.vocabulary_ == whole.vocabulary_
    assert list(parted.vocabulary_) == list(whole.vocabulary_)
    assert parted.fit(["CC"]).vocabulary_ == kind(**parameters).fit(["CC"]).vocabulary_


def test_chunks_go_on_from_a_fit():
    assert list(SequenceTokenizer().fit(["ab"]).partial_fit(["c"]).vocabulary_)[4:] == ["a", "b", "c"]
