import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

from seqestimators import SequenceTokenizer
from seqestimators._training import digest_of
from seqestimators.sequences import Sequences


def rows(*lists):
    return Sequences.from_rows([np.array(one) for one in lists])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, True),
        ("1", 1),
        (["ab", "c"], ["a", "bc"]),
        (np.array(["a", "b"]), np.array(["a", "c"])),
        (np.array([1, 2]), np.array([[1, 2]])),
        (np.array([1.0]), np.array([1.0], dtype=np.float32)),
        (torch.ones(2), torch.zeros(2)),
        ({"a": 1}, {"b": 1}),
        (rows([4, 5], [6]), rows([4], [5, 6])),
        (SequenceTokenizer(), SequenceTokenizer(add_bos=True)),
        (SequenceTokenizer, f1_score),
        (None, False),
    ],
)
def test_other_content_has_another_digest(one, other):
    assert digest_of(one) == digest_of(one)
    assert digest_of(one) != digest_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.float64(0.5), 0.5),
        ([1, "a"], (1, "a")),
        (np.array(["a", 1], dtype=object), ["a", 1]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (np.arange(6).reshape(2, 3).T, np.arange(6).reshape(2, 3).T.copy()),
        (torch.ones(2, dtype=torch.bfloat16), torch.ones(2, dtype=torch.bfloat16)),
        (np.empty((0, 3)), np.empty((0, 3))),
    ],
    ids=str,
)
def test_equal_content_has_an_equal_digest(one, other):
    assert digest_of(one) == digest_of(other)


def test_what_another_process_could_not_tell_is_refused():
    with pytest.raises(TypeError, match="function or class of a module"):
        digest_of({"scoring": lambda: 0})
