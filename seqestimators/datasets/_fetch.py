"""What all fetchers do: find a file or download it, refuse a wrong checksum, and read it."""

import hashlib
import os
from pathlib import Path
from typing import Any

from ..exceptions import DataNotFoundError
from ._bunch import FORM_PARAMETERS, make_bunch
from ._compression import UnpackingError, open_bytes
from ._readers import MAX_BYTES
from ._registry import REMOTE_FILES

# What every fetch_* function takes.
FETCH_PARAMETERS: dict = {
    "data_home": [str, os.PathLike, None],
    "download_if_missing": ["boolean"],
    **FORM_PARAMETERS,
}


def fetch_file(
    key: str, data_home: str | os.PathLike[str] | None = None, download_if_missing: bool = True
) -> Path:
    """Return the path of a file of the registry, downloaded if need be.

    Parameters
    ----------
    key : str
        Key of ``REMOTE_FILES``.
    data_home : str, path or None, default=None
        Folder of the data. None takes the one that SEQESTIMATORS_DATA names,
        or else pooch's folder for caches.
    download_if_missing : bool, default=True
        Whether to download a file that isn't there.

    Returns
    -------
    path : pathlib.Path
        A file with the right checksum.

    Raises
    ------
    DataNotFoundError
        The file is not there, and can't or mustn't be downloaded.
    ValueError
        The file that is there, or the downloaded one, has another checksum.
    """
    file = REMOTE_FILES[key]
    path = _find_data_home(data_home) / file.name
    if path.is_file():
        _check_sha256(path, file)
    elif download_if_missing:
        _download(file, path)
    else:
        raise DataNotFoundError(
            f"{path} is missing, and download_if_missing=False forbids to download it: {_remedy(file, path)}"
        )
    return path


def fetch(
    key: str,
    data_home: str | os.PathLike[str] | None,
    download_if_missing: bool,
    return_X_y: bool,
    as_frame: bool,
    invalid: str | None = None,
    **reading: Any,
) -> Any:
    """Do what every fetch_* function does: find or download a file, read it, and make the Bunch of it.

    Parameters
    ----------
    key : str
        Key of ``REMOTE_FILES``.
    data_home, download_if_missing
        As for :func:`fetch_file`.
    return_X_y, as_frame, invalid
        As for :func:`make_bunch`.
    **reading : dict
        What the reader of the file takes besides, such as which part to read.

    Returns
    -------
    Bunch, or tuple (data, target)
        As from :func:`make_bunch`.
    """
    file = REMOTE_FILES[key]
    path = fetch_file(key, data_home, download_if_missing)
    columns = file.read(path, **reading)
    data, *others = columns
    return make_bunch(
        columns,
        data=data,
        target=file.targets or (others[0] if others else None),
        return_X_y=return_X_y,
        as_frame=as_frame,
        invalid=invalid,
        target_names=file.target_names,
        DESCR=file.description,
        source=file.url,
        licence=file.licence,
        filename=str(path),
    )


def _find_data_home(data_home):
    folder = data_home or os.environ.get("SEQESTIMATORS_DATA")
    if not folder:
        import pooch

        folder = pooch.os_cache("seqestimators")
    return Path(folder).expanduser().absolute()


def _find_sha256(path, file):
    with open_bytes(path, MAX_BYTES) if file.is_packed else path.open("rb") as stream:
        try:
            return hashlib.file_digest(stream, "sha256").hexdigest()
        except UnpackingError as error:
            return f"unknown ({error})"


def _check_sha256(path, file):
    found = _find_sha256(path, file)
    if found != file.sha256:
        raise ValueError(
            f"{path} is not the file that this version knows: its sha256 is {found}, expected {file.sha256}. "
            f"Delete it to have it downloaded again from {file.url}"
        )


def _download(file, path):
    import pooch

    known_hash = None if file.is_packed else f"sha256:{file.sha256}"
    try:
        pooch.retrieve(file.url, known_hash, fname=path.name, path=path.parent)
        if file.is_packed and (found := _find_sha256(path, file)) != file.sha256:
            path.unlink()
            raise ValueError(f"it is {found}")
    except OSError as error:  # no network, no such page, or no right to write
        raise DataNotFoundError(
            f"{path} is missing, and the download failed ({error}): {_remedy(file, path)}"
        ) from error
    except ValueError as error:
        raise ValueError(
            f"The download of {file.url} was refused, for its sha256 is not the expected {file.sha256}: try "
            f"again, or put the right file at {path}"
        ) from error


def _remedy(file, path):
    return (
        f"download {file.url} to {path}, or give the folder that holds {file.name} as data_home or in the "
        "environment variable SEQESTIMATORS_DATA"
    )
