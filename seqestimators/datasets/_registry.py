"""The tables of data sets; the files of files.toml have an address, a checksum and a reader."""

import tomllib
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from typing import Any, NamedTuple

from . import _readers
from ._readers import Columns


class RemoteFile(NamedTuple):
    """A file that can be downloaded, and what it holds.

    Parameters
    ----------
    name : str
        Path within the data home.
    url : str
        Address to download it from.
    sha256 : str
        Checksum, 64 hexadecimal digits.
    licence : str
        Terms under which the data are published.
    description : str
        What the file holds and what to know about it.
    read : callable
        Turns the path of the file into columns: the sequences, the target if
        there is one, and all else.
    target_names : list of str or None, default=None
        What the classes mean; None where the target has no classes.
    targets : list of str or None, default=None
        Columns of a target that has several; None where it is the second one.
    is_packed : bool, default=False
        Whether the checksum is that of the content. Each packing by gzip has
        other bytes; the content stays the same.
    """

    name: str
    url: str
    sha256: str
    licence: str
    description: str
    read: Callable[..., Columns]
    target_names: list[str] | None = None
    targets: list[str] | None = None
    is_packed: bool = False


def _load(table: dict[str, Any]) -> dict[str, RemoteFile]:
    """Files by their keys, one for every variant of an entry of files.toml."""
    remote_files = {}
    for key, entry in table.items():
        read = getattr(_readers, f"read_{entry.pop('read')}")
        rest = {
            "read": partial(read, **entry.pop("parameters", {})),
            "target_names": entry.pop("target_names", None),
            "targets": entry.pop("targets", None),
            "is_packed": entry.pop("is_packed", False),
        }
        for variant in entry.pop("variants", [{}]):
            texts = {name: text.format(**variant) for name, text in entry.items()}
            remote_files[key.format(**variant)] = RemoteFile(**texts, **rest)
    return remote_files


def read_table(name: str) -> dict[str, Any]:
    """Return the content of a TOML file of this folder."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


REMOTE_FILES = _load(read_table("files.toml"))
