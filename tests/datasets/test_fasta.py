"""FASTA from paths and handles, with the headers of UniProt."""

import gzip
import io
import itertools
from pathlib import Path

import pytest
from Bio import SeqIO
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.datasets import FastaRecord, read_fasta
from seqestimators.exceptions import InvalidSequenceError

TEXT = ">first one gene\nACGT\nacg\n\n>second\nTTT\n>third\n"
RECORDS = [("first", "one gene", "ACGTacg"), ("second", "", "TTT"), ("third", "", "")]

words = st.text("abcXYZ019|_.", min_size=1, max_size=8)
descriptions = st.lists(words, max_size=4).map(" ".join)
records = st.lists(st.tuples(words, descriptions, st.text("ACGTNacgt*-", max_size=40)), max_size=6)


@pytest.fixture(params=["str", "path", "gzip", "gzip under another name", "text handle", "binary handle"])
def source(request, tmp_path):
    """Give the same records in each of the forms in which they may come."""
    plain, packed, misnamed = tmp_path / "a.fasta", tmp_path / "a.fasta.gz", tmp_path / "b.fasta"
    plain.write_text(TEXT, encoding="utf-8")
    packed.write_bytes(gzip.compress(TEXT.encode()))
    misnamed.write_bytes(packed.read_bytes())
    return {
        "str": str(plain),
        "path": plain,
        "gzip": packed,
        "gzip under another name": misnamed,
        "text handle": io.StringIO(TEXT),
        "binary handle": io.BytesIO(TEXT.encode()),
    }[request.param]


def test_every_form_gives_the_same_records(source):
    found = list(read_fasta(source))
    assert found == RECORDS
    assert all(type(one) is FastaRecord for one in found)


def test_open_handles_stay_open(tmp_path):
    path = tmp_path / "a.fasta"
    path.write_text(TEXT, encoding="utf-8")
    for mode, encoding in (("r", "utf-8"), ("rb", None)):
        with open(path, mode, encoding=encoding) as handle:
            assert list(read_fasta(handle)) == RECORDS
            assert not handle.closed
    path.write_bytes(gzip.compress(TEXT.encode()))
    with gzip.open(path) as handle:
        assert list(read_fasta(handle)) == RECORDS
        assert not handle.closed


def test_records_are_read_one_at_a_time():
    class Endless(io.TextIOBase):
        def read(self, size=-1):
            return ""

        def __iter__(self):
            return itertools.cycle([">a\n", "ACGT\n"])

    assert list(itertools.islice(read_fasta(Endless()), 3)) == [("a", "", "ACGT")] * 3


def test_a_file_left_half_read_is_closed(tmp_path):
    path = tmp_path / "a.fasta"
    path.write_text(TEXT, encoding="utf-8")
    reader = read_fasta(path)
    assert next(reader).identifier == "first"
    reader.close()
    path.unlink()


@given(records, st.integers(1, 12), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_written_is_read(expected, width, line_end, as_bytes):
    lines = []
    for identifier, description, sequence in expected:
        lines.append(f">{identifier} {description}".rstrip())
        lines.extend(sequence[start : start + width] for start in range(0, len(sequence), width))
    text = "".join(line + line_end for line in lines)
    handle = io.BytesIO(text.encode()) if as_bytes else io.StringIO(text, newline="")
    found = list(read_fasta(handle))
    assert found == expected
    if line_end == "\n":
        parsed = [(one.id, str(one.seq)) for one in SeqIO.parse(io.StringIO(text), "fasta")]
        assert [(one.identifier, one.sequence) for one in found] == parsed


@pytest.mark.parametrize("text", ["", "\n\n", "; a comment\n"])
def test_a_file_without_records_has_none(text):
    assert list(read_fasta(io.StringIO(text))) == []


def test_comments_before_the_first_record_are_skipped():
    assert list(read_fasta(io.StringIO("; old style\n\n>a\nACGT\n"))) == [("a", "", "ACGT")]


@pytest.mark.parametrize("text", ["LOCUS  NC_1\n>a\nACGT\n", "\nLOCUS  NC_1\n"])
def test_another_format_is_refused(text):
    with pytest.raises(InvalidSequenceError, match="begins with '>'") as caught:
        list(read_fasta(io.StringIO(text)))
    assert "LOCUS" in str(caught.value)
    assert f"line {text.count(chr(10), 0, text.index('LOCUS')) + 1}" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_bytes_that_are_no_text_are_refused(encoding):
    with pytest.raises(InvalidSequenceError, match="not text in UTF-8.*decode it first"):
        list(read_fasta(io.BytesIO(">é\nACGT\n".encode(encoding))))


def test_a_header_within_a_line_is_refused():
    with pytest.raises(
        InvalidSequenceError, match=r"line 2 of the file object has a '>' at position 2.*line end"
    ):
        list(read_fasta(io.StringIO(">a\nAC>b\nGG\n")))


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
@pytest.mark.parametrize("before", ["", ">a\nAC\n"])
def test_an_indented_header_is_refused(blank, before):
    line = before.count("\n") + 1
    with pytest.raises(
        InvalidSequenceError, match=f"line {line} of.*'>b c' behind a blank.*take the blank off"
    ):
        list(read_fasta(io.StringIO(f"{before}{blank}>b c\nGG\n")))


@pytest.mark.parametrize("line", [">b\ufeff", "\ufeff>b", "AC\ufeffGT", "\ufeff", ";\ufeff"])
def test_a_byte_order_mark_further_down_is_refused(line):
    text = f">a\nACGT\n{line}\nGG\n"
    position = line.index("\ufeff")
    for source in (io.StringIO(text), io.BytesIO(text.encode()), io.BytesIO(text.encode("utf-8-sig"))):
        with pytest.raises(InvalidSequenceError, match=f"line 3 of.*byte order mark at position {position}"):
            list(read_fasta(source))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("newline", ["", "\n"])
def test_line_ends_of_every_system(line_end, newline):
    text = TEXT.replace("\n", line_end)
    for source in (io.StringIO(text, newline=newline), io.BytesIO(text.encode())):
        assert list(read_fasta(source)) == RECORDS


@given(records, st.data())
def test_no_foreign_error_leaves_the_reader(expected, data):
    text = "".join(f">{identifier} {more}\n{sequence}\n" for identifier, more, sequence in expected)
    place = data.draw(st.integers(0, len(text)))
    odd = data.draw(st.text(">; \t\r\n\ufeff\0A-", max_size=3))
    try:
        found = list(read_fasta(io.StringIO(text[:place] + odd + text[place:])))
    except InvalidSequenceError as error:
        if not str(error).startswith("line "):
            raise
    else:
        assert all("\n" not in one.sequence and ">" not in one.sequence for one in found)


def test_the_text_of_a_file_is_no_path():
    with pytest.raises(ValueError, match="io.StringIO"):
        read_fasta(">a\nACGT\n")


def test_a_missing_file_is_named_at_once(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing.fasta"):
        read_fasta(tmp_path / "nothing.fasta")


def test_a_small_file_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "bomb.fasta.gz"
    path.write_bytes(gzip.compress(b">a\n" + b"A" * 2**20))
    with pytest.raises(ValueError, match="max_bytes"):
        list(read_fasta(path, max_bytes=2**16))
    assert len(next(read_fasta(path, max_bytes=None)).sequence) == 2**20


@pytest.mark.parametrize("source", [None, 3, ["a.fasta"], b">a"])
def test_what_is_neither_path_nor_file_is_refused(source):
    with pytest.raises(ValueError, match="'path_or_handle' parameter of read_fasta"):
        read_fasta(source)


def test_a_reviewed_entry_of_uniprot():
    header = FastaRecord(
        "sp|P69905|HBA_HUMAN",
        "Hemoglobin subunit alpha OS=Homo sapiens OX=9606 GN=HBA1 PE=1 SV=2",
        "MVLSPADKTN",
    ).uniprot
    assert header == (
        *("sp", "P69905", "HBA_HUMAN", "Hemoglobin subunit alpha", "Homo sapiens"),
        *(9606, "HBA1", 1, 2),
    )


def test_an_entry_of_uniprot_with_parts_missing_or_odd():
    header = FastaRecord(
        "tr|A0A023|X_9ZZZZ", "Putative (Fragment) OS=uncultured = bacterium (strain K-12) OX=77133 PE=4", ""
    ).uniprot
    assert header.protein_name == "Putative (Fragment)"
    assert header.organism == "uncultured = bacterium (strain K-12)"
    assert header.taxonomy_id == 77133
    assert header.gene == ""
    assert header.protein_existence == 4
    assert header.sequence_version is None


def test_an_isoform_of_uniprot():
    record = FastaRecord(
        "sp|P04637-2|P53_HUMAN", "Isoform 2 of Cellular tumor antigen p53 OS=Homo sapiens OX=9606 GN=TP53", ""
    )
    assert record.uniprot.accession == "P04637-2"
    assert record.uniprot.gene == "TP53"


@pytest.mark.parametrize("identifier", ["", "P69905", "sp|P69905", "gi|1|x", "sp|a|b|c", "sp||HBA_HUMAN"])
def test_other_headers_are_not_those_of_uniprot(identifier):
    assert FastaRecord(identifier, "OS=Homo sapiens", "").uniprot is None


def test_headers_of_uniprot_are_read_in_linear_time():
    record = FastaRecord("sp|P1|X_Y", "a" + " " * 200_000 + "b", "")
    assert record.uniprot.organism == ""


def test_every_record_of_a_genome(data_home):
    (path,) = Path(data_home).glob("Escherichia_coli_*.fa.gz")
    found = list(read_fasta(path))
    with gzip.open(path, "rt", encoding="ascii") as handle:
        expected = [(one.id, one.description, str(one.seq)) for one in SeqIO.parse(handle, "fasta")]
    assert [
        (one.identifier, f"{one.identifier} {one.description}", one.sequence) for one in found
    ] == expected


def test_comments_within_a_record_and_a_byte_order_mark_are_no_sequence():
    records = read_fasta(io.StringIO("\ufeff>a\nAC\n;comment\nGT\n"))
    assert [tuple(record) for record in records] == [("a", "", "ACGT")]
