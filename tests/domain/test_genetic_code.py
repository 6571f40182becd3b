import pytest

from seqestimators.domain import find_genetic_code


@pytest.mark.parametrize(("number", "stops"), [(1, {"TAA", "TAG", "TGA"}), (2, {"TAA", "TAG", "AGA", "AGG"})])
def test_stop_codons_of_ncbi(number, stops):
    assert set(find_genetic_code(number).stop_codons) == stops


def test_a_number_that_is_none():
    with pytest.raises(ValueError, match="genetic_code=7 is none of NCBI's .*choose one of 1, 2"):
        find_genetic_code(7)
