"""Swiss-Prot files: proteins, and what is known about each position."""

from typing import Any, NamedTuple

import numpy as np

from .._sklearn import validate_params
from ..exceptions import InvalidSequenceError
from ._bunch import FORM_PARAMETERS, make_bunch
from ._compression import SOURCE_PARAMETERS, UnpackingError, open_source

__all__ = ["SwissProtFeature", "read_swissprot"]

# Their two places are the ends of a bond, not those of a stretch.
_BONDS = ("DISULFID", "CROSSLNK")
_UNLABELLED = "-"


class SwissProtFeature(NamedTuple):
    """One line of the feature table: what is at ``sequence[start:end]``.

    Parameters
    ----------
    type : str
        Key of the feature, e.g. "HELIX" or "SIGNAL".
    start, end : int
        Its place, from 0 on, the end excluded.
    note : str
        What the file says of it; may be empty.

    Examples
    --------
    >>> from seqestimators.datasets import SwissProtFeature
    >>> helix = SwissProtFeature("HELIX", 2, 5, "")
    >>> "MVLSPADK"[helix.start : helix.end]
    'LSP'
    """

    type: str
    start: int
    end: int
    note: str


@validate_params({"labels": [dict, None], **SOURCE_PARAMETERS, **FORM_PARAMETERS})
def read_swissprot(
    path_or_handle: Any,
    *,
    labels: dict[str, Any] | None = None,
    max_bytes: int | None = 2**33,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    r"""Read the proteins of a Swiss-Prot file, with their features.

    The file is read record by record; only what is returned is kept.

    Parameters
    ----------
    path_or_handle : str, path, or file object
        Path of a file in the text format of UniProt (.dat or .txt), which may
        be compressed by gzip, or a file opened for reading as text or as
        bytes, which is left open.
    labels : dict of str to str, or None, default=None
        One letter for each type of feature that labels positions, e.g.
        ``{"HELIX": "H", "STRAND": "E"}``; where several types overlap, the
        one named last counts. None makes no labels.
    max_bytes : int or None, default=2**33
        Most bytes that a compressed file may unpack to, at least 1; None sets
        no limit. All of Swiss-Prot has some 4 GB.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch; the target is
        None without `labels`.
    as_frame : bool, default=False
        Whether to return pandas objects instead of arrays.

    Returns
    -------
    Bunch, or tuple (data, target)
        - data : ndarray of shape (n_proteins,), dtype object -- sequences as
          str; also under the name `sequences`.
        - target : ndarray of shape (n_proteins,), dtype object, or None -- one
          letter per residue as str, ``-`` where no feature gives one.
        - names, accessions, organism : ndarray of shape (n_proteins,), dtype
          object -- str: name of the entry, first accession, species.
        - features : ndarray of shape (n_proteins,), dtype object -- a list of
          SwissProtFeature each.
        - frame, feature_names, target_names.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    InvalidSequenceError
        The file is in another format, or damaged.
    ValueError
        A label is no single character; the text of a file is given instead of
        its path; or a compressed file is damaged, or
        unpacks to more than `max_bytes`.

    See Also
    --------
    read_fasta : Sequences alone, with the headers of UniProt.

    Notes
    -----
    Features at an unknown place (``?..25``) or of another isoform are left
    out. Of DISULFID and CROSSLNK, whose places are the two ends of a bond,
    only these are labelled. A position without a letter is one of which the
    file says nothing: an entry without any HELIX has no known structure.

    References
    ----------
    .. [1] The UniProt Consortium, "UniProt: the Universal Protein Knowledgebase
       in 2023", Nucleic Acids Research 51 (2023) D523-D531.

    Examples
    --------
    >>> from io import StringIO
    >>> from seqestimators.datasets import read_swissprot
    >>> file = StringIO(
    ...     "ID   TEST_HUMAN              Reviewed;           8 AA.\n"
    ...     "AC   P00001;\n"
    ...     "OS   Homo sapiens (Human).\n"
    ...     "FT   HELIX           3..5\n"
    ...     "SQ   SEQUENCE   8 AA;  900 MW;  0000000000000000 CRC64;\n"
    ...     "     MVLSPADK\n"
    ...     "//\n"
    ... )
    >>> proteins = read_swissprot(file, labels={"HELIX": "H"})
    >>> proteins.data[0], proteins.target[0], proteins.accessions[0]
    ('MVLSPADK', '--HHH---', 'P00001')
    """
    for key, letter in (labels or {}).items():
        if not isinstance(letter, str) or len(letter) != 1:
            raise ValueError(f"labels[{key!r}] is {letter!r}, but a label is a single character, like 'H'")
    with open_source(path_or_handle, max_bytes) as (text, name):
        records = list(_read_records(text, name))
    columns = {
        "sequence": [record["sequence"] for record in records],
        "names": [record["name"] for record in records],
        "accessions": [record["accession"] for record in records],
        "organism": [record["organism"] for record in records],
        "features": [record["features"] for record in records],
    }
    if labels is not None:
        columns["label"] = [_label(record["sequence"], record["features"], labels) for record in records]
    result = make_bunch(
        columns,
        data="sequence",
        target=None if labels is None else "label",
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
    if not return_X_y:
        result.sequences = result.data
    return result


def _read_records(text, name):
    from Bio import SwissProt

    n_read = 0
    try:
        for record in SwissProt.parse(text):
            n_read += 1
            yield {
                "sequence": record.sequence,
                "name": record.entry_name,
                "accession": next(iter(record.accessions), ""),
                "organism": record.organism.rstrip("."),
                "features": list(_read_features(record.features)),
            }
    except (UnicodeDecodeError, UnpackingError):
        raise
    except (ValueError, AssertionError) as error:  # Biopython raises both on lines that it can't read
        raise InvalidSequenceError(
            f"record {n_read + 1} of {name} is not in the format of Swiss-Prot ({error}): is the file "
            "damaged, or in another format?"
        ) from None


def _read_features(features):
    from Bio.SeqFeature import UnknownPosition

    for feature in features:
        place = feature.location
        is_known = not any(isinstance(end, UnknownPosition) for end in (place.start, place.end))
        if place.ref is None and is_known:
            note = feature.qualifiers.get("note", feature.qualifiers.get("description", ""))
            yield SwissProtFeature(feature.type, int(place.start), int(place.end), note)


def _label(sequence, features, labels):
    letters = np.full(len(sequence), _UNLABELLED)
    for key, letter in labels.items():
        for feature in features:
            if feature.type == key:
                ends = [feature.start, feature.end - 1]
                letters[ends if key in _BONDS else slice(feature.start, feature.end)] = letter
    return "".join(letters)
