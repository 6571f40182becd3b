"""Text out of files, compressed or not, of which no more is unpacked than asked for."""

import gzip
import io
import zlib
from contextlib import contextmanager

__all__ = ["open_text"]

_GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def open_text(path, max_bytes):
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
            raise ValueError(f"{self._path} is damaged: {error}. Download or compress it again") from error
        self._n_bytes += n_bytes
        if self._max_bytes is not None and self._n_bytes > self._max_bytes:
            raise ValueError(
                f"{self._path} holds more than {self._max_bytes:,} bytes when unpacked: raise max_bytes, or "
                "set it to None if you trust the file"
            )
        return n_bytes

    def close(self):
        self._content.close()
        super().close()
