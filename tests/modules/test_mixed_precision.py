"""Whether training takes bfloat16."""

import pytest
import torch

from seqestimators.modules._mixed_precision import has_bfloat16


@pytest.fixture(autouse=True)
def fresh():
    has_bfloat16.cache_clear()
    yield
    has_bfloat16.cache_clear()


def test_it_is_asked_of_the_hardware(monkeypatch):
    asked = {}
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **options: asked.update(options) or True)
    assert has_bfloat16("cuda")
    assert asked == {"including_emulation": False}
    assert has_bfloat16("cpu") in (False, True)
    assert not has_bfloat16("meta")


def test_a_torch_without_onednn_has_none(monkeypatch):
    monkeypatch.setattr(torch, "ops", object())
    assert not has_bfloat16("cpu")
