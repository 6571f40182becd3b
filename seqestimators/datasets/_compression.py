"""Lines out of files, compressed or not, of which no more is unpacked than asked for."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from .._sklearn import HasMethods, Integral, Interval
from ..exceptions import InvalidSequenceError

# What every read_* function takes.
SOURCE_PARAMETERS: dict = {
    "path_or_handle": [str, os.PathLike, HasMethods("read")],
    "max_bytes": [Interval(Integral, 1, None, closed="left"), None],
}


_GZIP_MAGIC = b"\x1f\x8b"
# How files begin that must be unpacked before they are text; no format that is read here begins so.
_PACKED = {
    _GZIP_MAGIC: "a gzip file",
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"BZh": "a bz2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"]\x00\x00": "an lzma file",
    b"(\xb5/\xfd": "a zstd file",
    b"\x04\x22M\x18": "an lz4 file",
    b"LZIP": "an lzip file",
    b"\x1f\x9d": "a .Z file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a rar archive",
}
_TAR_PLACE, _TAR_MAGIC = 257, b"ustar"
_BYTE_ORDER_MARK = "\ufeff"


class UnpackingError(ValueError):
    """A compressed file is damaged, or holds more than is allowed."""


@contextmanager
def open_bytes(path: Path, max_bytes: int | None) -> Iterator[io.BufferedReader]:
    """Open a file for bytes, unpacked on the fly where it is compressed by gzip.

    Parameters
    ----------
    path : pathlib.Path
    max_bytes : int or None
        As for :func:`open_text`.

    Yields
    ------
    stream : io.BufferedReader
    """
    with path.open("rb") as handle, _unpack(handle, str(path), max_bytes) as stream:
        yield stream


@contextmanager
def open_text(path: Path, max_bytes: int | None) -> Iterator[io.TextIOWrapper]:
    """Open a text file, unpacked on the fly where it is compressed by gzip.

    Parameters
    ----------
    path : pathlib.Path
        The file. Its content decides whether it is compressed, not its name.
    max_bytes : int or None
        Most bytes to unpack; a compressed file that holds more is an error,
        raised when the reader gets there. None sets no limit.

    Yields
    ------
    text : io.TextIOWrapper
        UTF-8 with universal line ends.

    Raises
    ------
    InvalidSequenceError
        The file must be unpacked first, as zip, bz2 and xz.
    """
    with path.open("rb") as handle, _decode(handle, str(path), max_bytes) as text:
        yield text


def _unpack(handle, name, max_bytes):
    """The content of a file that is open for bytes, which stays open."""
    stream: Any = io.BufferedReader(_Shared(handle))
    if stream.peek(2)[:2] == _GZIP_MAGIC:
        stream = io.BufferedReader(_Unpacked(stream, name, max_bytes))
    return stream


def _decode(handle, name, max_bytes):
    stream = _unpack(handle, name, max_bytes)
    _refuse_packed(stream.peek(512), name)
    return io.TextIOWrapper(stream, encoding="utf-8-sig")


def _refuse_packed(first_bytes, name):
    kind = next((kind for magic, kind in _PACKED.items() if first_bytes.startswith(magic)), None)
    if first_bytes[_TAR_PLACE:].startswith(_TAR_MAGIC):
        kind = "a tar archive"
    if kind is not None:
        raise InvalidSequenceError(f"{name} is {kind}: unpack it first")


class _Shared(io.RawIOBase):
    """The content of a file that is open for bytes, and is not closed with this."""

    def __init__(self, handle):
        self._handle = handle

    def readable(self):
        return True

    def readinto(self, buffer):
        content = self._handle.read(len(buffer)) or b""
        buffer[: len(content)] = content
        return len(content)


class _Unpacked(io.RawIOBase):
    """The content of a gzip file, up to a limit."""

    def __init__(self, packed, name, max_bytes):
        self._content = gzip.GzipFile(fileobj=packed)
        self._name = name
        self._max_bytes = max_bytes
        self._n_bytes = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        try:
            n_bytes = self._content.readinto(buffer)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UnpackingError(
                f"{self._name} is damaged: {error}. Download or compress it again"
            ) from error
        self._n_bytes += n_bytes
        if self._max_bytes is not None and self._n_bytes > self._max_bytes:
            raise UnpackingError(
                f"{self._name} holds more than {self._max_bytes:,} bytes when unpacked: raise max_bytes, or "
                "set it to None if you trust the file"
            )
        return n_bytes

    def close(self):
        self._content.close()
        super().close()


@contextmanager
def open_source(path_or_handle: Any, max_bytes: int | None) -> Iterator[tuple[Iterator[str], str]]:
    """Open what a reader is given: a path, or a file that is open already; both may be compressed by gzip.

    Parameters
    ----------
    path_or_handle : str, path, or file object
        A file object may be open for text or for bytes, and is left open.
    max_bytes : int or None
        As for :func:`open_text`.

    Yields
    ------
    lines : iterator of str
        Each ends in a line feed, but perhaps the last, whatever the file has; a
        byte order mark before the first is left out.
    name : str
        What to call the file in messages.

    Raises
    ------
    InvalidSequenceError
        The file turns out to be no text in UTF-8, or holds a byte order mark
        further down, as files do that were joined.
    """
    with ExitStack() as stack:
        if hasattr(path_or_handle, "read"):
            name = str(getattr(path_or_handle, "name", "the file object"))
            text = path_or_handle
            if not isinstance(text.read(0), str):
                text = stack.enter_context(_decode(text, name, max_bytes))
        else:
            if isinstance(path_or_handle, str) and "\n" in path_or_handle:
                raise ValueError(
                    f"{path_or_handle[:40]!r} is the text of a file, not a path: wrap it in io.StringIO"
                )
            path = Path(path_or_handle).expanduser()
            if not path.exists():
                raise FileNotFoundError(f"There is no file {path}: give the path of a file, or an open file")
            name, text = str(path), stack.enter_context(open_text(path, max_bytes))
        try:
            yield _read_lines(text, name), name
        except UnicodeDecodeError as error:
            _refuse_packed(error.object, name)
            raise InvalidSequenceError(f"{name} is not text in UTF-8 ({error}): decode it first") from None


def _read_lines(text, name):
    n_more = 0  # lines of an old Mac, which end in "\r": a file object may leave them to its reader
    for number, line in enumerate(text, start=1):
        if number > 1 and line.isascii() and "\r" not in line:  # most lines of most files
            yield line
            continue
        line = line.removesuffix("\n").removesuffix("\r")
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
            _refuse_packed(
                line[:512].encode("latin-1", "replace"), name
            )  # opened as text of another encoding
        parts = line.split("\r")
        for i, part in enumerate(parts):
            if _BYTE_ORDER_MARK in part:
                raise InvalidSequenceError(
                    f"line {number + n_more + i} of {name} has a byte order mark at position "
                    f"{part.index(_BYTE_ORDER_MARK)}, which only begins a file: delete it"
                )
            yield part + "\n"
        n_more += len(parts) - 1
