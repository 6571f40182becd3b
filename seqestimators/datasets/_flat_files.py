"""Records of the flat files of GenBank and Swiss-Prot, which Biopython parses one at a time."""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ..exceptions import FileFormatWarning, InvalidSequenceError

T = TypeVar("T")

# What Biopython's parsers raise on lines that they can't read.
_PARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
_LAST_LINE = "//"
# How the files of a release of GenBank begin; some lines and a first record follow.
RELEASE_HEADER = "Genetic Sequence Data Bank"
# Read by those who call: where the place of a feature can't be parsed, it is None.
_KNOWN_WARNINGS = ("Couldn't parse feature location", "setting feature location to None")


def parse_records(
    lines: Iterable[str], source: str, first_word: str, parse: Callable[[io.StringIO, str], T]
) -> Iterator[T]:
    """Read the records of a file, each of which begins with a word and ends with a line "//".

    Parameters
    ----------
    lines : iterable of str
        With their ends.
    source : str
        What messages call the file.
    first_word : str
        "LOCUS" or "ID".
    parse : callable
        Takes the text of one record, and what messages are to call it.

    Yields
    ------
    record : object
        What `parse` returned.

    Raises
    ------
    InvalidSequenceError
        A record doesn't begin or end as it should, or can't be parsed.

    Warns
    -----
    FileFormatWarning
        Biopython warns of a record; once for the whole file.
    """
    said: list[str] = []
    for number, record_lines in enumerate(_split(lines, source, first_word), start=1):
        where = _name_record(number, record_lines, source)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                record = parse(io.StringIO("".join(record_lines)), where)
            except InvalidSequenceError:
                raise
            except _PARSER_ERRORS as error:
                raise InvalidSequenceError(
                    f"{where} can't be read ({type(error).__name__}: {error}): is the file damaged, or in "
                    "another format?"
                ) from None
        messages = [str(one.message) for one in caught]
        said.extend(
            f"{where}: {one}" for one in messages if not any(known in one for known in _KNOWN_WARNINGS)
        )
        yield record
    if said:
        more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
        warnings.warn(f"{said[0]}{more}: compare with the file", FileFormatWarning, stacklevel=2)


def _split(lines, source, first_word):
    """The lines of each record; blank lines and release headers between records are left out."""
    record: list[str] = []
    n_records, is_header = 0, False
    for number, line in enumerate(lines, start=1):
        begins = line.split(maxsplit=1)[:1] == [first_word] and not line[0].isspace()
        if record and not begins:
            record.append(line)
            if line.rstrip() == _LAST_LINE:
                yield record
                record, n_records = [], n_records + 1
        elif record:
            raise _cut(n_records + 1, record, source)
        elif begins:
            record.append(line)
            is_header = False
        elif RELEASE_HEADER in line:
            is_header = True
        elif not is_header and line.strip() and line.rstrip() != _LAST_LINE:
            raise InvalidSequenceError(
                f"line {number} of {source} is {line.strip()[:40]!r}, but record {n_records + 1} of the "
                f"file should begin there, with {first_word!r}: is the file damaged, or in another format?"
            )
    if record:
        raise _cut(n_records + 1, record, source)


def _cut(number, record, source) -> Any:
    return InvalidSequenceError(
        f"{_name_record(number, record, source)} doesn't end with a line '{_LAST_LINE}': the file was cut, "
        "download it again"
    )


def _name_record(number, record, source):
    name = record[0].split(maxsplit=2)[1:2]
    return f"record {number}{''.join(f' ({one})' for one in name)} of {source}"
