import pytest
from Bio.Data.IUPACData import extended_protein_letters
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import ProteinTokenizer
from seqestimators.preprocessing.protein import ALPHABETS

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


@given(st.lists(st.text("".join(LETTERS)), min_size=1), st.integers(1, 4))
def test_kmers_are_those_of_a_loop_and_come_back(strings, k):
    strings = [string if len(string) >= k else "" for string in strings]
    tokenizer = ProteinTokenizer(k=k)
    ids = tokenizer.fit_transform(strings)
    kmers = [[string[i : i + k] for i in range(len(string) - k + 1)] for string in strings]
    assert list(tokenizer.tokenize(strings)) == kmers
    assert list(tokenizer.inverse_transform(ids)) == strings


def test_alphabets_of_groups():
    [row] = ProteinTokenizer(alphabet="murphy10").tokenize(["acdefghiklmnpqrstvwy" + "BZJ"])
    assert "".join(row) == "ACEEFGHLKLLEPEKSSLFF" + "EEL"
    assert ProteinTokenizer(alphabet="murphy10").fit(["M"]).n_tokens_ == 14
    assert ProteinTokenizer(k=3, alphabet="murphy10").fit(["MKL"]).n_tokens_ == 1004
    for name, groups in ALPHABETS.items():
        assert sorted("".join(groups)) == list("ACDEFGHIKLMNPQRSTVWY"), name


def test_own_groups():
    tokenizer = ProteinTokenizer(alphabet=["ILV", "DE"]).fit(["M"])
    ids = tokenizer.transform(["livedx"])
    assert list(tokenizer.inverse_transform(ids)) == ["IIIDD\ufffd"]
    assert list(tokenizer.normalize(["livedx"])) == ["IIIDDX"]
    named = ProteinTokenizer(k=2, alphabet={"1": "ILV", "2": "DE"})
    assert named.tokenize(["LIED"])[0] == ["11", "12", "22"]
    assert list(named.inverse_transform(named.fit_transform(["LIED"]))) == ["1122"]
    assert list(named.transform(["1122"])[0]) == list(named.transform(["LIED"])[0])
    with pytest.raises(InvalidSequenceError, match="row 0, position 2 of X is 'A', .* the letters 12DEIJLV"):
        ProteinTokenizer(k=2, alphabet={"1": "ILV", "2": "DE"}, unknown="error").fit(["LIA"])


@pytest.mark.parametrize(
    ("alphabet", "message"),
    [
        (["ILV", "LD"], "'L' in the groups 'I' and 'L'"),
        ({"D": "ILV", "E": "DK"}, "'D' in the groups 'D' and 'E'"),
        (["ILV", ""], "has the group ''"),
        ({"hydrophobic": "ILV"}, "has the group 'hydrophobic'"),
        ([], r"alphabet=\[\] has no groups"),
        (["ILV", 5], "has the group .*: 5,"),
        ([{"I", "L"}], r"has the group .*: \{"),
        ([b"IL"], "has the group"),
        ({1: "ILV"}, "has the group 1: .ILV."),
        ({"1": None}, "has the group .1.: None"),
        ("murphy11", "'alphabet' parameter of ProteinTokenizer"),
    ],
)
def test_alphabets_are_validated(alphabet, message):
    with pytest.raises(ValueError, match=message):
        ProteinTokenizer(alphabet=alphabet).fit(["M"])


def test_a_sequence_shorter_than_k_is_refused():
    with pytest.raises(InvalidSequenceError, match="row 1 of X has 2 amino acids, .* fill no 3-mer"):
        ProteinTokenizer(k=3).fit(["MKL", "MK"])
