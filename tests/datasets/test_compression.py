"""Compressed text is unpacked up to a limit."""

import gzip

import pytest

from seqestimators.datasets._compression import open_text


def read(path, max_bytes=None):
    with open_text(path, max_bytes) as text:
        return text.read()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file"


def test_content_decides_and_not_the_name(path):
    for content in (b"ACGT\r\nTT\n", gzip.compress(b"ACGT\r\nTT\n")):
        path.write_bytes(content)
        assert read(path) == "ACGT\nTT\n"


def test_a_byte_order_mark_is_no_content(path):
    path.write_bytes(b"\xef\xbb\xbf>a")
    assert read(path) == ">a"


def test_an_empty_file_is_empty_text(path):
    path.write_bytes(b"")
    assert read(path) == ""


def test_several_members_are_one_text(path):
    path.write_bytes(gzip.compress(b"AC") + gzip.compress(b"GT"))
    assert read(path) == "ACGT"


def test_the_limit_is_the_last_byte_that_is_allowed(path):
    path.write_bytes(gzip.compress(b"A" * 100_000))
    assert len(read(path, 100_000)) == 100_000
    with pytest.raises(ValueError, match="more than 99,999 bytes.*raise max_bytes") as caught:
        read(path, 99_999)
    assert str(path) in str(caught.value)


def test_no_more_is_unpacked_than_the_limit(path, monkeypatch):
    unpacked = []
    readinto = gzip.GzipFile.readinto

    def count(self, buffer):
        unpacked.append(readinto(self, buffer))
        return unpacked[-1]

    monkeypatch.setattr(gzip.GzipFile, "readinto", count)
    path.write_bytes(gzip.compress(bytes(2**24)))
    with pytest.raises(ValueError, match="more than 1,000 bytes"):
        read(path, 1000)
    assert sum(unpacked) < 2**20


def test_a_plain_file_has_no_limit(path):
    path.write_bytes(b"A" * 1000)
    assert len(read(path, 10)) == 1000


@pytest.mark.parametrize("damage", [lambda packed: packed[:-6], lambda packed: packed[:-8] + bytes(8)])
def test_a_damaged_file_is_named(path, damage):
    path.write_bytes(damage(gzip.compress(b"ACGT" * 1000)))
    with pytest.raises(ValueError, match="is damaged") as caught:
        read(path)
    assert str(path) in str(caught.value)
