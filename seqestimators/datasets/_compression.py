"""Text out of files, compressed or not, of which no more is unpacked than asked for."""

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


class UnpackingError(ValueError):
    """A compressed file is damaged, or holds more than is allowed."""


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
    """
    with path.open("rb") as packed:
        is_gzip = packed.peek(2)[:2] == _GZIP_MAGIC
        stream = io.BufferedReader(_Unpacked(packed, path, max_bytes)) if is_gzip else packed
        with io.TextIOWrapper(stream, encoding="utf-8-sig") as text:
            yield text


class _Unpacked(io.RawIOBase):
    """The content of a gzip file, up to a limit."""

    def __init__(self, packed, path, max_bytes):
        self._content = gzip.GzipFile(fileobj=packed)
        self._path = path
        self._max_bytes = max_bytes
        self._n_bytes = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        try:
            n_bytes = self._content.readinto(buffer)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UnpackingError(
                f"{self._path} is damaged: {error}. Download or compress it again"
            ) from error
        self._n_bytes += n_bytes
        if self._max_bytes is not None and self._n_bytes > self._max_bytes:
            raise UnpackingError(
                f"{self._path} holds more than {self._max_bytes:,} bytes when unpacked: raise max_bytes, or "
                "set it to None if you trust the file"
            )
        return n_bytes

    def close(self):
        self._content.close()
        super().close()


@contextmanager
def open_source(path_or_handle: Any, max_bytes: int | None) -> Iterator[tuple[Any, str]]:
    """Open what a reader is given: a path, compressed or not, or a file that is open already.

    Parameters
    ----------
    path_or_handle : str, path, or file object
        A file object may be open for text or for bytes, and is left open.
    max_bytes : int or None
        As for :func:`open_text`.

    Yields
    ------
    text : file object
        Lines of str.
    name : str
        What to call it in messages.

    Raises
    ------
    InvalidSequenceError
        The file turns out to be no text in UTF-8.
    """
    with ExitStack() as stack:
        if hasattr(path_or_handle, "read"):
            name = str(getattr(path_or_handle, "name", "the file object"))
            text = path_or_handle
            if not isinstance(text.read(0), str):
                text = io.TextIOWrapper(text, encoding="utf-8-sig")
                stack.callback(text.detach)  # the handle is the user's to close
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
            yield text, name
        except UnicodeDecodeError as error:
            raise InvalidSequenceError(
                f"{name} is not text in UTF-8 ({error}): decode it first, or open it with gzip.open if it is "
                "compressed"
            ) from None
