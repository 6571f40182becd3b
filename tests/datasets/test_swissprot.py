"""Swiss-Prot records written by hand."""

import gzip
import io

import pytest

from seqestimators.datasets import read_swissprot
from seqestimators.exceptions import InvalidSequenceError

TEXT = """\
ID   ONE_HUMAN               Reviewed;          20 AA.
AC   P00001; Q00001;
DT   01-JAN-2000, integrated into UniProtKB/Swiss-Prot.
DE   RecName: Full=One;
GN   Name=ONE;
OS   Homo sapiens (Human).
OX   NCBI_TaxID=9606;
FT   SIGNAL          1..?
FT   HELIX           3..6
FT                   /note="first"
FT                   /evidence="ECO:0007829|PDB:1ABC"
FT   STRAND          6..9
FT   DISULFID        11..18
FT   MOD_RES         20
FT   CONFLICT        P00001-2:4
FT                   /note="Missing"
PE   1: Evidence at protein level;
SQ   SEQUENCE   20 AA;  2000 MW;  0000000000000000 CRC64;
     MVLSPADKTN VKAAWGKVGA
//
ID   TWO_ECOLI               Unreviewed;         3 AA.
AC   A00002;
OS   Escherichia coli
OS   (strain K12).
SQ   SEQUENCE   3 AA;  300 MW;  0000000000000000 CRC64;
     MKL
//
"""


def test_what_a_file_says():
    proteins = read_swissprot(io.StringIO(TEXT))
    assert proteins.sequences.tolist() == proteins.data.tolist() == ["MVLSPADKTNVKAAWGKVGA", "MKL"]
    assert proteins.names.tolist() == ["ONE_HUMAN", "TWO_ECOLI"]
    assert proteins.accessions.tolist() == ["P00001", "A00002"]
    assert proteins.organism.tolist() == ["Homo sapiens (Human)", "Escherichia coli (strain K12)"]
    assert proteins.target is None
    # Neither a place that is unknown nor one in another isoform is there.
    assert proteins.features[0] == [
        ("HELIX", 2, 6, "first"),
        ("STRAND", 5, 9, ""),
        ("DISULFID", 10, 18, ""),
        ("MOD_RES", 19, 20, ""),
    ]
    assert proteins.features[1] == []


def test_labels_of_every_position():
    labels = {"HELIX": "H", "STRAND": "E", "DISULFID": "S", "MOD_RES": "m"}
    X, y = read_swissprot(io.StringIO(TEXT), labels=labels, return_X_y=True)
    assert y.tolist() == ["--HHHEEEE-S------S-m", "---"]
    assert [len(one) for one in X] == [len(one) for one in y]
    _, y = read_swissprot(io.StringIO(TEXT), labels={"STRAND": "E", "HELIX": "H"}, return_X_y=True)
    assert y[0].startswith("--HHHHEEE-")  # the one named last counts


def test_every_form_gives_the_same(tmp_path):
    plain, packed = tmp_path / "a.dat", tmp_path / "a.dat.gz"
    plain.write_text(TEXT, encoding="utf-8")
    packed.write_bytes(gzip.compress(TEXT.encode()))
    binary = io.BytesIO(TEXT.encode())
    for source in (plain, str(packed), binary, io.StringIO(TEXT)):
        assert read_swissprot(source).data.tolist() == ["MVLSPADKTNVKAAWGKVGA", "MKL"]
    assert not binary.closed
    frame = read_swissprot(plain, as_frame=True, labels={"HELIX": "H"}).frame
    assert frame.shape == (2, 6)


def test_an_empty_file_has_no_proteins():
    assert read_swissprot(io.StringIO("")).data.shape == (0,)


@pytest.mark.parametrize(
    ("text", "record"), [(">a\nMKL\n", 1), (TEXT[: TEXT.rindex("//")], 2), (TEXT + "hello\n", 3)]
)
def test_another_format_is_refused(text, record):
    with pytest.raises(InvalidSequenceError, match=f"record {record} of the file object.*another format"):
        read_swissprot(io.StringIO(text))


def test_errors_name_the_remedy(tmp_path):
    with pytest.raises(ValueError, match=r"text of a file.*io\.StringIO"):
        read_swissprot(TEXT)
    with pytest.raises(ValueError, match=r"labels\['HELIX'\] is 'HH'.*single character"):
        read_swissprot(io.StringIO(TEXT), labels={"HELIX": "HH"})
    with pytest.raises(InvalidSequenceError, match=r"gzip\.open"):
        read_swissprot(io.BytesIO(gzip.compress(TEXT.encode())))
    with pytest.raises(FileNotFoundError, match="nothing.dat"):
        read_swissprot(tmp_path / "nothing.dat")
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(TEXT.encode() * 1000))
    with pytest.raises(ValueError, match="max_bytes") as caught:
        read_swissprot(path, max_bytes=2**14)
    assert not isinstance(caught.value, InvalidSequenceError)
    path.write_bytes(gzip.compress(TEXT.encode() * 1000)[:-8])
    with pytest.raises(ValueError, match="is damaged"):
        read_swissprot(path)
