"""Devices, and the message where one is not here."""

import pytest
import torch

from seqestimators import RecurrentClassifier
from seqestimators._training import find_device


@pytest.mark.parametrize("name", ["cpu", torch.device("cpu")])
def test_a_device_that_is_here(name):
    assert find_device(name) == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "", "meta", "cuda:77", "xpu", "quantum"])
def test_a_device_that_is_not_here_is_named_with_those_that_are(name):
    with pytest.raises(ValueError, match=rf"device='{name}' is not here: the devices .* are cpu.*\"auto\""):
        find_device(name)


def test_no_gpu_is_found_where_there_is_none(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert find_device("auto") == torch.device("cpu")
    if not torch.backends.cuda.is_built():
        with pytest.raises(
            ValueError, match="device='cuda' is not here: the devices of this machine are cpu;"
        ):
            find_device("cuda")


def test_fit_says_so_before_it_reads():
    with pytest.raises(ValueError, match="device='gpu' is not here"):
        RecurrentClassifier(device="gpu").fit([[4]], [0])
