"""Peaks of RAD21 and background."""

import pytest

from seqestimators.datasets import fetch_binding_sites


@pytest.mark.parametrize("subset", ["train", "test"])
def test_counts_and_letters(subset, data_home):
    bunch = fetch_binding_sites(subset, data_home=data_home)
    assert bunch.data.shape == bunch.target.shape == (2000,)
    assert bunch.target.sum() == 1000
    assert {len(dna) for dna in bunch.data} == {100}
    assert set("".join(bunch.data)) <= set("ACGTNacgtn")
    assert bunch.target_names == ["background", "peak"]


def test_no_sequence_is_in_both_subsets(data_home):
    train, test = (set(fetch_binding_sites(one, data_home=data_home).data) for one in ("train", "test"))
    assert not train & test


def test_an_unknown_subset_is_refused():
    with pytest.raises(ValueError, match="'subset' parameter of fetch_binding_sites"):
        fetch_binding_sites("validation")
