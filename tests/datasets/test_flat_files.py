"""Records of GenBank and Swiss-Prot files, whole and damaged."""

import io
import re
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.datasets import read_coding_sequences, read_swissprot
from seqestimators.datasets._flat_files import parse_records
from seqestimators.exceptions import FileFormatWarning, InvalidSequenceError

GENBANK = """\
LOCUS       ONE                       18 bp    DNA     linear   BCT 01-JAN-2020
DEFINITION  A plasmid.
ACCESSION   ONE
VERSION     ONE.1
SOURCE      Bacillus
  ORGANISM  Bacillus
            Bacteria; Firmicutes.
REFERENCE   1  (bases 1 to 18)
  AUTHORS   Someone,A.
  TITLE     Direct
  JOURNAL   Unpublished
FEATURES             Location/Qualifiers
     source          1..18
                     /organism="Bacillus"
     CDS             join(1..6,
                     10..18)
                     /gene="abc"
                     /codon_start=1
                     /transl_table=11
                     /translation="MK
                     PG"
ORIGIN
        1 atgaaacacc ccgggtaa
//
LOCUS       TWO                        9 bp    DNA     linear   BCT 01-JAN-2020
ACCESSION   TWO
FEATURES             Location/Qualifiers
     CDS             complement(1..9)
ORIGIN
        1 ttattccat
//
"""
SWISSPROT = """\
ID   ONE_HUMAN               Reviewed;          20 AA.
AC   P00001; Q00001;
DT   01-JAN-2000, integrated into UniProtKB/Swiss-Prot.
DE   RecName: Full=One;
GN   Name=ONE;
OS   Homo sapiens (Human).
OX   NCBI_TaxID=9606;
RN   [1]
RP   NUCLEOTIDE SEQUENCE.
RX   PubMed=1;
RA   Someone A.;
RL   Nature 1:1-2(2000).
CC   -!- FUNCTION: None.
DR   PDB; 1ABC; X-ray; 1.00 A; A=1-20.
FT   SIGNAL          1..?
FT   HELIX           3..6
FT                   /note="first"
FT                   /evidence="ECO:0007829|PDB:1ABC"
FT   DISULFID        11..18
FT   CONFLICT        P00001-2:4
FT                   /note="Missing"
PE   1: Evidence at protein level;
KW   One; Two.
SQ   SEQUENCE   20 AA;  2000 MW;  0000000000000000 CRC64;
     MVLSPADKTN VKAAWGKVGA
//
ID   TWO_ECOLI               Unreviewed;         3 AA.
AC   A00002;
OS   Escherichia coli.
SQ   SEQUENCE   3 AA;  300 MW;  0000000000000000 CRC64;
     MKL
//
"""


def read_genbank(text, **options):
    return read_coding_sequences(io.StringIO(text), **options)


@st.composite
def damaged(draw, text):
    """A text with lines cut off, left out, repeated, exchanged or altered."""
    lines = text.splitlines(keepends=True)
    place = draw(st.integers(0, len(lines) - 1))
    line = lines[place]
    column = draw(st.integers(0, len(line)))
    odd = draw(st.text("0129.,;:=()<>^?/\"'\\ \nAaé-", max_size=4))
    return draw(
        st.sampled_from(
            [
                "".join(lines[:place]),
                "".join(lines[:place]) + line[:column],
                "".join(lines[place:]),
                "".join(lines[:place] + lines[place + 1 :]),
                "".join([*lines[: place + 1], *lines[place:]]),
                "".join([*lines[:place], *reversed(lines[place : place + 2]), *lines[place + 2 :]]),
                "".join([*lines[:place], line[:column] + odd + line[column:], *lines[place + 1 :]]),
                "".join(
                    [*lines[:place], line[:column] + odd + line[column + len(odd) :], *lines[place + 1 :]]
                ),
                "".join([*lines[:place], line[:column] + "\n", *lines[place + 1 :]]),
                "".join([*lines[:place], odd + "\n", *lines[place:]]),
            ]
        )
    )


def read_or_refuse(read, text):
    """The result, or None where the file is refused; any other error or warning fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", FileFormatWarning)
        try:
            return read(io.StringIO(text))
        except InvalidSequenceError as error:
            if "the file object" not in str(error):
                raise
    return None


def test_the_files_are_whole():
    genes = read_genbank(GENBANK)
    assert genes.dna.tolist() == ["ATGAAACCCGGGTAA"[:6] + "CCCGGGTAA", "ATGGAATAA"]
    assert read_swissprot(io.StringIO(SWISSPROT)).data.tolist() == ["MVLSPADKTNVKAAWGKVGA", "MKL"]


@given(damaged(GENBANK))
def test_a_damaged_genbank_file_is_read_or_refused(text):
    genes = read_or_refuse(read_coding_sequences, text)
    if genes is not None:
        assert all(
            len(dna) == 3 * len(protein) for dna, protein in zip(genes.dna, genes.protein, strict=True)
        )


@given(damaged(SWISSPROT))
def test_a_damaged_swissprot_file_is_read_or_refused(text):
    proteins = read_or_refuse(lambda file: read_swissprot(file, labels={"HELIX": "H", "DISULFID": "C"}), text)
    if proteins is not None:
        assert [len(one) for one in proteins.target] == [len(one) for one in proteins.data]


@pytest.mark.parametrize(("text", "read"), [(GENBANK, read_coding_sequences), (SWISSPROT, read_swissprot)])
def test_a_file_cut_anywhere_says_so(text, read):
    ends = [match.start() for match in re.finditer("//$", text, re.MULTILINE)]
    for end in range(1, len(text)):
        is_whole = any(text[end_:end].strip() == "//" for end_ in ends)
        if not is_whole:
            with pytest.raises(InvalidSequenceError):
                read(io.StringIO(text[:end]))


@pytest.mark.parametrize(("text", "read"), [(GENBANK, read_coding_sequences), (SWISSPROT, read_swissprot)])
def test_a_file_that_lacks_a_line_is_read_or_refused(text, read):
    whole = text.splitlines(keepends=True)
    for place in range(len(whole)):
        for alone in (whole[:place], whole[place + 1 :], []):
            read_or_refuse(read, "".join(alone))
        read_or_refuse(read, "".join(whole[:place] + whole[place + 1 :]))


@pytest.mark.parametrize("name", ["NC_000932.gb", "NC_005816.gb", "NC_001422.gbk"])
def test_a_real_file_without_one_of_its_lines(name, data_home):
    lines = (Path(data_home) / name).read_text(encoding="utf-8").splitlines(keepends=True)
    for place in range(0, min(len(lines), 300), 7):
        read_or_refuse(read_coding_sequences, "".join(lines[:place] + lines[place + 1 :]))


def lines(*texts):
    return [f"{text}\n" for text in texts]


def test_records_are_named():
    found = list(
        parse_records(lines("", "ID   one x", "a", "//", "ID", "//"), "f", "ID", lambda text, where: where)
    )
    assert found == ["record 1 (one) of f", "record 2 of f"]


@pytest.mark.parametrize(
    "error", [AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError]
)
def test_errors_of_parsers_become_our_own(error):
    def parse(text, where):
        raise error("odd")

    with pytest.raises(
        InvalidSequenceError, match=rf"record 1 \(a\) of f can't be read \({error.__name__}: '?odd"
    ):
        list(parse_records(lines("ID   a", "//"), "f", "ID", parse))


def test_warnings_of_parsers_are_one_of_our_own():
    def parse(text, where):
        warnings.warn("odd", stacklevel=1)

    with pytest.warns(FileFormatWarning, match=r"record 1 \(a\) of f: odd \(and 1 more\)") as caught:
        list(parse_records(lines("ID   a", "//", "ID   b", "//"), "f", "ID", parse))
    assert len(caught) == 1


def test_release_headers_and_blank_lines_are_left_out():
    header = "GBBCT1.SEQ          Genetic Sequence Data Bank\n      October 15 2020\n\n   2 loci\n\n"
    expected = read_genbank(GENBANK).dna.tolist()
    for text in (header + GENBANK, "\n\n" + GENBANK + "\n", GENBANK.replace("//\n", "//\n\n" + header)):
        assert read_genbank(text).dna.tolist() == expected
