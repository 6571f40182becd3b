"""Vowels are series of 12 channels and unequal length."""

from collections import Counter

import pytest

from seqestimators.datasets import fetch_japanese_vowels


@pytest.mark.parametrize(("subset", "n_utterances"), [("train", 270), ("test", 370)])
def test_counts_and_shapes(subset, n_utterances, data_home):
    vowels = fetch_japanese_vowels(subset, data_home=data_home)
    assert vowels.data.shape == vowels.target.shape == (n_utterances,)
    assert {series.shape[1] for series in vowels.data} == {12}
    lengths = [len(series) for series in vowels.data]
    assert min(lengths) >= 7
    assert max(lengths) <= 29
    assert sorted(set(vowels.target.tolist())) == list(range(1, 10))
    if subset == "train":
        assert set(Counter(vowels.target.tolist()).values()) == {30}
        assert vowels.data[0][0, :2].tolist() == [1.860936, -0.207383]


def test_as_frame(data_home):
    frame = fetch_japanese_vowels(data_home=data_home, as_frame=True).frame
    assert frame.shape == (270, 2)
