import re

import pytest
from Bio.Seq import translate
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.exceptions import InvalidSequenceError
from seqestimators.preprocessing import CodonTokenizer


@given(st.lists(st.lists(st.text("ACGT", min_size=3, max_size=3)).map("".join), min_size=1))
def test_round_trip(strings):
    tokenizer = CodonTokenizer(add_bos=True)
    assert list(tokenizer.inverse_transform(tokenizer.fit_transform(strings))) == strings


def test_64_codons_in_the_order_of_the_genetic_code():
    codons = CodonTokenizer().fit(["ATG"]).vocabulary_.tokens[4:]
    assert len(codons) == 64
    assert translate("".join(codons)).count("*") == 3


@given(st.lists(st.text("ACGTU"), min_size=1), st.sampled_from([0, 1, 2]))
def test_frames(strings, frame):
    tokenizer = CodonTokenizer(frame=frame, partial="drop")
    names = tokenizer.fit(strings).vocabulary_.tokens
    tokens = [[names[i] for i in row] for row in tokenizer.transform(strings)]
    assert tokens == [re.findall("...", s.replace("U", "T")[frame:]) for s in strings]


def test_ambiguous_codons():
    assert CodonTokenizer().fit_transform(["ATGANGrtg"])[0].tolist() == [18, 1, 1]
    message = "row 1, position 4 of X is 'N'"
    with pytest.raises(InvalidSequenceError, match=message):
        CodonTokenizer(unknown="error").fit(["ATG", "ATGANG"])


@pytest.mark.filterwarnings("ignore::seqestimators.exceptions.UnknownSymbolsWarning")
@given(st.lists(st.text("ACGTUNacgX"), min_size=1), st.sampled_from([0, 1, 2]), st.integers(1, 2))
def test_what_comes_back_has_the_same_ids(strings, frame, least):
    tokenizer = CodonTokenizer(frame=frame, partial="drop", min_frequency=least)
    ids = tokenizer.fit_transform(strings)
    tokenizer.set_params(partial="error")
    again = tokenizer.transform(tokenizer.inverse_transform(ids))
    assert [row.tolist() for row in again] == [row.tolist() for row in ids]


def test_codon_outside_a_given_vocabulary():
    tokenizer = CodonTokenizer(frame=1, vocabulary=["ATG"], unknown="error").fit(["CATG"])
    with pytest.raises(InvalidSequenceError, match="row 0, position 4 of X is 'AAA'"):
        tokenizer.transform(["CATGAAA"])


@pytest.mark.parametrize(
    ("frame", "string", "message"),
    [
        (0, "ATGAA", "last 2, from position 3"),
        (1, "CATGA", "last 1, from position 4"),
        (2, "A", "last 1, from"),
    ],
)
def test_partial_codons(frame, string, message):
    tokenizer = CodonTokenizer(frame=frame)
    with pytest.raises(InvalidSequenceError, match=f'row 1 of X .*{message}.*partial="drop"'):
        tokenizer.fit(["", string])
    tokenizer.set_params(partial="drop").fit(["", string])


@pytest.mark.parametrize("parameters", [{"frame": 3}, {"frame": -1}, {"partial": "pad"}])
def test_parameters_are_validated(parameters):
    with pytest.raises(ValueError, match="parameter of CodonTokenizer"):
        CodonTokenizer(**parameters).fit(["ATG"])
