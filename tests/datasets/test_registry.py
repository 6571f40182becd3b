"""What the registry says of every file."""

import re

import pytest

from seqestimators.datasets._registry import REMOTE_FILES


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
