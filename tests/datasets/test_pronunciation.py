"""Words and phonemes of three languages."""

import pytest

from seqestimators.datasets import fetch_g2p


@pytest.mark.parametrize("language", ["ady", "ice", "jpn"])
@pytest.mark.parametrize(("subset", "n_words"), [("train", 3600), ("dev", 450), ("test", 450)])
def test_counts_and_kinds(language, subset, n_words, data_home):
    bunch = fetch_g2p(language, subset, data_home=data_home)
    assert bunch.data.shape == bunch.target.shape == (n_words,)
    assert all(type(word) is str and word and not word.isspace() for word in bunch.data)
    assert all(type(phonemes) is list and phonemes for phonemes in bunch.target)
    assert all(type(one) is str and one and " " not in one for phonemes in bunch.target for one in phonemes)
    with open(bunch.filename, encoding="utf-8", newline="") as stream:
        written = [
            f"{word}\t{' '.join(phonemes)}\n" for word, phonemes in zip(bunch.data, bunch.target, strict=True)
        ]
        assert stream.read() == "".join(written)


def test_no_word_is_in_two_subsets(data_home):
    for language in ("ady", "ice", "jpn"):
        words = [set(fetch_g2p(language, one, data_home=data_home).data) for one in ("train", "dev", "test")]
        assert not words[0] & words[1]
        assert not words[0] & words[2]
        assert not words[1] & words[2]


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="'language' parameter of fetch_g2p"):
        fetch_g2p("english")
