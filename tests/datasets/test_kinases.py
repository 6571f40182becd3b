"""Pairs of inhibitors and kinases."""

import numpy as np

from seqestimators.datasets import fetch_kinase_affinity


def test_each_pair_has_its_affinity(data_home):
    bunch = fetch_kinase_affinity(data_home=data_home)
    assert bunch.data.shape == (30056, 2)
    assert [len(set(column)) for column in bunch.data.T] == [68, 379]
    assert [len(set(column)) for column in (bunch.ligand, bunch.kinase)] == [68, 442]
    assert (bunch.target.min(), bunch.target.shape) == (5, (30056,))
    np.testing.assert_allclose(bunch.target[0], 9 - np.log10(43))  # the first number of the file
    X, y = fetch_kinase_affinity(data_home=data_home, return_X_y=True, as_frame=True)
    assert (list(X.columns), y.name) == (["smiles", "protein"], "pKd")
    np.testing.assert_array_equal(X.to_numpy(), bunch.data)
