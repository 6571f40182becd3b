"""Compressed text is unpacked up to a limit."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from seqestimators.datasets import read_coding_sequences, read_fasta, read_swissprot
from seqestimators.datasets._compression import open_source, open_text
from seqestimators.exceptions import InvalidSequenceError


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


def pack_zip(content, name="a.fasta"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def pack_tar(content):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("a.fasta")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


PACKED = {
    "a zip archive": pack_zip(b">a\nACGT\n"),
    "a bz2 file": bz2.compress(b">a\nACGT\n"),
    "an xz file": lzma.compress(b">a\nACGT\n"),
    "an lzma file": lzma.compress(b">a\nACGT\n", format=lzma.FORMAT_ALONE),
    "a tar archive": pack_tar(b">a\nACGT\n"),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c" + bytes(20),
}


@pytest.mark.parametrize("read", [lambda file: list(read_fasta(file)), read_coding_sequences, read_swissprot])
@pytest.mark.parametrize("kind", PACKED)
def test_other_compressions_are_named(read, kind, path):
    content = PACKED[kind]
    path.write_bytes(content)
    with pytest.raises(InvalidSequenceError, match=f"{path} is {kind}: unpack it first"):
        read(path)
    packed_twice = gzip.compress(content)
    as_text = io.TextIOWrapper(io.BytesIO(content), encoding="latin-1")
    for handle in (io.BytesIO(content), io.BytesIO(packed_twice), as_text):
        with pytest.raises(InvalidSequenceError, match=f"is {kind}: unpack it first"):
            read(handle)


def test_a_text_handle_on_a_compressed_file_is_named(path):
    path.write_bytes(gzip.compress(b">a\nACGT\n"))
    for encoding in ("utf-8", "latin-1"):
        with (
            path.open(encoding=encoding) as handle,
            pytest.raises(InvalidSequenceError, match=f"{path} is a gzip file: unpack it first"),
        ):
            list(read_fasta(handle))


def test_binary_handles_are_unpacked_up_to_the_limit_and_stay_open():
    class Socket:
        """Gives less than it is asked for, and has no more than `read`."""

        def __init__(self, content):
            self._content = io.BytesIO(content)

        def read(self, size=-1):
            return self._content.read(min(size, 3))

    packed = gzip.compress(b"ACGT\r\nTT\n")
    for handle in (io.BytesIO(packed), Socket(packed)):
        with open_source(handle, None) as (lines, name):
            assert (list(lines), name) == (["ACGT\n", "TT\n"], "the file object")
        assert handle.read(1) == b""  # it is open
    bomb = io.BytesIO(gzip.compress(b"A" * 100_000))
    with (
        pytest.raises(ValueError, match="the file object holds more than 99,999 bytes"),
        open_source(bomb, 99_999) as (lines, _),
    ):
        list(lines)
