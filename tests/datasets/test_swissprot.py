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
    for source in (plain, str(packed), binary, io.BytesIO(gzip.compress(TEXT.encode())), io.StringIO(TEXT)):
        assert read_swissprot(source).data.tolist() == ["MVLSPADKTNVKAAWGKVGA", "MKL"]
    assert not binary.closed
    frame = read_swissprot(plain, as_frame=True, labels={"HELIX": "H"}).frame
    assert frame.shape == (2, 6)


def test_an_empty_file_has_no_proteins():
    assert read_swissprot(io.StringIO("")).data.shape == (0,)


@pytest.mark.parametrize(
    ("text", "line", "record"), [(">a\nMKL\n", 1, 1), (TEXT + "hello\n", TEXT.count("\n") + 1, 3)]
)
def test_another_format_is_refused(text, line, record):
    with pytest.raises(InvalidSequenceError, match=f"line {line} of the.*record {record}.*another format"):
        read_swissprot(io.StringIO(text))


def test_a_file_that_was_cut_says_so():
    for end in ("", "\n" + TEXT):
        with pytest.raises(InvalidSequenceError, match=r"record 2 \(TWO_ECOLI\) of.*the file was cut"):
            read_swissprot(io.StringIO(TEXT[: TEXT.rindex("//")] + end))


def entry(features, n_said=8, n_said_in_id=8):
    return io.StringIO(
        f"ID   T_HUMAN              Reviewed;         {n_said_in_id:>3} AA.\nAC   P1;\nOS   H.\n{features}\n"
        f"SQ   SEQUENCE   {n_said} AA;  900 MW;  0 CRC64;\n     MVLSPADK\n//\n"
    )


@pytest.mark.parametrize("place", ["0..3", "3..50", "9", "0", "9..9"])
@pytest.mark.parametrize("key", ["DISULFID", "HELIX"])
def test_a_feature_beyond_its_protein_names_the_entry(key, place):
    ends = place.split("..")
    shown = rf"{ends[0]}\.\.{ends[-1]}"
    with pytest.raises(
        InvalidSequenceError, match=rf"T_HUMAN.*{key} at {shown}, but its residues are 1\.\.8"
    ):
        read_swissprot(entry(f"FT   {key:<16}{place}"), labels={key: "C"})


def test_features_at_the_ends_of_a_protein():
    file = entry("FT   DISULFID        1..8\nFT   SIGNAL          <1..2\nFT   CHAIN           3..>8")
    proteins = read_swissprot(file, labels={"CHAIN": "c", "DISULFID": "C"})
    assert proteins.target.tolist() == ["C-cccccC"]
    assert proteins.features[0][1:] == [("SIGNAL", 0, 2, ""), ("CHAIN", 2, 8, "")]


def test_a_methionine_that_an_old_release_leaves_out():
    proteins = read_swissprot(entry("FT   INIT_MET      0      0\nFT   HELIX         3      5       note."))
    assert proteins.features[0] == [("HELIX", 2, 5, "note.")]


@pytest.mark.parametrize(("lengths", "line"), [((9, 8), "SQ"), ((8, 9), "ID"), ((8, 7), "ID")])
def test_lengths_said_and_found_are_compared(lengths, line):
    said = max(lengths) if 9 in lengths else min(lengths)
    with pytest.raises(InvalidSequenceError, match=f"T_HUMAN.*line {line}.*{said} residues, but has 8"):
        read_swissprot(entry("FT   HELIX           3..5", *lengths))


@pytest.mark.parametrize(
    ("key", "remedy"), [("HELX", "mean 'HELIX'"), ("helix", "mean 'HELIX'"), ("x", "one like 'HELIX'")]
)
def test_a_misspelt_feature_names_its_neighbours(key, remedy):
    with pytest.raises(ValueError, match=f"key '{key}', which is none of Swiss-Prot.*{remedy}"):
        read_swissprot(entry("FT   HELIX           3..5"), labels={key: "H"})


def test_a_known_or_present_feature_may_label_nothing_or_all():
    file = entry("FT   FOREIGN         3..5")
    assert read_swissprot(file, labels={"TURN": "T", "FOREIGN": "F"}).target.tolist() == ["--FFF---"]


def test_blank_lines_around_records_are_left_out():
    expected = read_swissprot(io.StringIO(TEXT)).data.tolist()
    text = "\n \n" + TEXT.replace("//\n", "//\n\n")
    assert read_swissprot(io.StringIO(text)).data.tolist() == expected


@pytest.mark.parametrize("line", ["FT", "FT   ", "RP   x", "SQ   x", "XX   x", "ID", "DT   x", 'FT   /a="'])
def test_no_error_of_biopython_leaves_the_reader(line):
    with pytest.raises(InvalidSequenceError, match=r"record 1 \(T_HUMAN\) of the file object"):
        read_swissprot(entry(line))


def test_errors_name_the_remedy(tmp_path):
    with pytest.raises(ValueError, match=r"text of a file.*io\.StringIO"):
        read_swissprot(TEXT)
    with pytest.raises(ValueError, match=r"labels\['HELIX'\] is 'HH'.*single character"):
        read_swissprot(io.StringIO(TEXT), labels={"HELIX": "HH"})
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
