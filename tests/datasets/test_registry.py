"""What the registry says of every file."""

import re

import pytest

from seqestimators.datasets._readers import read_smiles
from seqestimators.datasets._registry import REMOTE_FILES, _load


@pytest.mark.parametrize("key", REMOTE_FILES)
def test_registered_files_say_all_that_a_user_asks(key):
    file = REMOTE_FILES[key]
    assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
    assert file.url.startswith("https://")
    assert file.licence
    assert len(file.description.splitlines()) > 2


def test_names_and_checksums_are_given_once():
    assert len({file.name for file in REMOTE_FILES.values()}) == len(REMOTE_FILES)
    assert len({file.sha256 for file in REMOTE_FILES.values()}) == len(REMOTE_FILES)


def test_an_entry_with_variants_is_several_files():
    entry = {
        "name": "{part}.csv",
        "url": "https://example.org/{part}",
        "sha256": "{sha256}",
        "licence": "CC0",
        "description": "The {part} part",
        "read": "smiles",
        "target_names": ["no", "yes"],
        "variants": [{"part": "train", "sha256": "0"}, {"part": "test", "sha256": "1"}],
    }
    files = _load({"some_{part}": entry})
    assert list(files) == ["some_train", "some_test"]
    name, url, sha256, _, description, read, target_names, *_ = files["some_test"]
    assert (name, url, sha256) == ("test.csv", "https://example.org/test", "1")
    assert (description, read.func, target_names) == ("The test part", read_smiles, ["no", "yes"])
