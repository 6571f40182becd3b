"""Swiss-Prot files: proteins, and what is known about each position."""

from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np

from .._sklearn import validate_params
from ..exceptions import InvalidSequenceError
from ._bunch import FORM_PARAMETERS, make_bunch
from ._compression import SOURCE_PARAMETERS, open_source
from ._flat_files import parse_records

__all__ = ["SwissProtFeature", "read_swissprot"]

# Their two places are the ends of a bond, not those of a stretch.
_BONDS = ("DISULFID", "CROSSLNK")
_UNLABELLED = "-"
# The keys of UniProt's feature table, with those of earlier releases.
# fmt: off
_KEYS = (
    "INIT_MET", "SIGNAL", "PROPEP", "TRANSIT", "CHAIN", "PEPTIDE", "TOPO_DOM", "TRANSMEM", "INTRAMEM",
    "DOMAIN", "REPEAT", "CA_BIND", "ZN_FING", "DNA_BIND", "NP_BIND", "REGION", "COILED", "MOTIF",
    "COMPBIAS", "ACT_SITE", "METAL", "BINDING", "SITE", "NON_STD", "SE_CYS", "MOD_RES", "LIPID",
    "CARBOHYD", "DISULFID", "THIOETH", "THIOLEST", "CROSSLNK", "VAR_SEQ", "VARSPLIC", "VARIANT",
    "MUTAGEN", "UNSURE", "CONFLICT", "NON_CONS", "NON_TER", "SIMILAR", "HELIX", "STRAND", "TURN",
)
# fmt: on


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
        Path of a file in the text format of UniProt (.dat or .txt), or a file
        opened for reading as text or as bytes, which is left open. Both may be
        compressed by gzip.
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
        The file is in another format, or damaged: a record was cut or can't be
        parsed, has another length than it says, or a feature beyond its ends.
        The message names the record.
    ValueError
        A label is no single character, or its key neither one of UniProt's nor
        of any record; the text of a file is given instead of
        its path; or a compressed file is damaged, or
        unpacks to more than `max_bytes`.

    See Also
    --------
    read_fasta : Sequences alone, with the headers of UniProt.

    Notes
    -----
    Features at an unknown place (``?..25``) or of another isoform are left
    out, as is INIT_MET at 0, which stands in old releases for a methionine
    that the sequence lacks. Of DISULFID and CROSSLNK, whose places are the two ends of a bond,
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
    with open_source(path_or_handle, max_bytes) as (lines, name):
        records = list(parse_records(lines, name, "ID", _read_record))
    for key in labels or {}:
        _check_key(key, records)
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


def _check_key(key, records):
    """Refuse a misspelt key, which would label nothing; that a file has no HELIX is no mistake."""
    if key in _KEYS:
        return
    keys = {*_KEYS, *(feature.type for record in records for feature in record["features"])}
    if key not in keys:
        close = get_close_matches(str(key).upper(), sorted(keys))
        meant = f"did you mean {' or '.join(map(repr, close))}?" if close else "name one like 'HELIX'"
        raise ValueError(
            f"labels has the key {key!r}, which is none of Swiss-Prot, nor the type of any feature in the "
            f"file: {meant}"
        )


def _read_record(text, where):
    from Bio import SwissProt

    record = SwissProt.read(text)
    length = len(record.sequence)
    for line, said in (("ID", record.sequence_length), ("SQ", record.seqinfo[0] if record.seqinfo else 0)):
        if said != length:
            raise InvalidSequenceError(
                f"{where} says in its line {line} that it has {said} residues, but has {length}: the file is "
                "damaged, download it again"
            )
    return {
        "sequence": record.sequence,
        "name": record.entry_name,
        "accession": next(iter(record.accessions), ""),
        "organism": record.organism.rstrip("."),
        "features": list(_read_features(record.features, length, where)),
    }


def _read_features(features, length, where):
    from Bio.SeqFeature import UnknownPosition

    for feature in features:
        place = feature.location
        is_known = not any(isinstance(end, UnknownPosition) for end in (place.start, place.end))
        if place.ref is None and is_known:
            start, end = int(place.start), int(place.end)
            if feature.type == "INIT_MET" and end == 0:
                continue  # old releases leave the methionine out of the sequence
            if not 0 <= start < end <= length:
                raise InvalidSequenceError(
                    f"{where} has the feature {feature.type} at {start + 1}..{end}, but its residues are "
                    f"1..{length}: the file is damaged, download it again"
                )
            note = feature.qualifiers.get("note", feature.qualifiers.get("description", ""))
            yield SwissProtFeature(feature.type, start, end, note)


def _label(sequence, features, labels):
    letters = np.full(len(sequence), _UNLABELLED)
    for key, letter in labels.items():
        for feature in features:
            if feature.type == key:
                ends = [feature.start, feature.end - 1]
                letters[ends if key in _BONDS else slice(feature.start, feature.end)] = letter
    return "".join(letters)
