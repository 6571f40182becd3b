import pytest
from Bio.Data.IUPACData import extended_protein_letters
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import ProteinTokenizer

LETTERS = sorted(extended_protein_letters + "*-")


@given(st.lists(st.text(LETTERS), min_size=1))
def test_round_trip(strings):
    tokenizer = ProteinTokenizer(add_eos=True)
    ids = tokenizer.fit_transform(strings)
    assert list(tokenizer.inverse_transform(ids)) == strings


def test_alphabet_is_that_of_iupac_with_stop_and_gap():
    assert ProteinTokenizer().fit(["M"]).vocabulary_.tokens[4:] == LETTERS


def test_lower_case_and_unknown():
    tokenizer = ProteinTokenizer().fit(["M"])
    ids = tokenizer.transform(["MK", "mk", "m?"])
    assert ids[0].tolist() == ids[1].tolist()
    assert tokenizer.inverse_transform(ids)[2] == "M\ufffd"
    assert tokenizer.transform(tokenizer.inverse_transform(ids))[2].tolist() == ids[2].tolist()
    with pytest.raises(InvalidSequenceError, match="row 0, position 1 of X is '?'"):
        ProteinTokenizer(unknown="error").fit(["M?"])
