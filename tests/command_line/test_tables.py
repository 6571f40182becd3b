"""Files as tables."""

import gzip

import numpy as np
import pandas as pd
import pytest

from seqestimators.command_line._tables import as_numbers, find_in_headers, read_table, sequence_columns

FASTA = ">a class=start\nATG\nCC\n>b class=none\nCCA\n"


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_text_is_read_as_it_stands(tmp_path):
    path = write(tmp_path / "a.csv", "\ufeffprotein,label\nNA,01\nnull,\n")
    table = read_table([path])
    assert table.to_dict("list") == {"protein": ["NA", "null"], "label": ["01", ""]}
    (tmp_path / "b.tsv.gz").write_bytes(gzip.compress(b"protein\tlabel\nMK\t1\n"))
    both = read_table([path, str(tmp_path / "b.tsv.gz")])
    assert both["protein"].tolist() == ["NA", "null", "MK"]
    pytest.importorskip("pyarrow")
    pd.DataFrame({"protein": ["MK", None]}).to_parquet(tmp_path / "c.parquet")
    assert sequence_columns(read_table([str(tmp_path / "c.parquet")]), ["protein"])["protein"].tolist() == [
        "MK",
        None,
    ]


def test_columns_have_the_names_that_stand_there(tmp_path):
    table = read_table([write(tmp_path / "a.csv", ',dna\n0,"A\nC"\n')])
    assert list(table) == ["", "dna"]
    with pytest.raises(ValueError, match="row 0 has several lines in 'dna': is a quote not closed"):
        sequence_columns(table, ["dna"])


def test_fasta_has_its_headers_and_of_several_files_their_names(tmp_path):
    path = write(tmp_path / "genes.fasta", FASTA)
    table = read_table([path])
    assert table.to_dict("list") == {
        "identifier": ["a", "b"], "description": ["class=start", "class=none"], "sequence": ["ATGCC", "CCA"]
    }  # fmt: skip
    assert find_in_headers(table, r"class=(\w+)").tolist() == ["start", "none"]
    with pytest.raises(ValueError, match="header of row 1, 'b class=none', has nothing"):
        find_in_headers(table, "class=(s.*)")
    with pytest.raises(ValueError, match="no regular expression"):
        find_in_headers(table, "class=((")
    (tmp_path / "other.fa.gz").write_bytes(gzip.compress(b">c\nGG\n"))
    assert read_table([path, str(tmp_path / "other.fa.gz")])["file"].tolist() == ["genes", "genes", "other"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.xlsx", "", "has to end in .csv, .tsv"),
        ("a.csv", "", "a.csv is empty"),
        ("a.csv", "dna,label\n", "a.csv is empty"),
        ("a.csv", "dna,label\nATG,1,2\n", "a.csv can't be read: Length of header"),
        ("a.csv", "dna,label\nA,1\nATG,1,2\n", "a.csv can't be read"),
        ("a.csv", b"dna\n\xff\n", "a.csv is no text in UTF-8"),
        ("a.csv", "dna;label\nA;1\n", "it has one column, 'dna;label': columns have to be separated by ','"),
        ("a.csv", "dna,dna\nA,C\n", "two columns 'dna'"),
        ("a.fasta", "ATG\n", "begins with '>'"),
        ("a.fasta", "", "a.fasta is empty"),
        ("a.csv.gz", "dna\n", "a.csv.gz can't be read: Not a gzipped file"),
        ("a.parquet", "dna\n", "a.parquet can't be read"),
    ],
)
def test_what_can_not_be_read_is_named(tmp_path, name, text, words):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises((ValueError, OSError), match=words):
        read_table([str(tmp_path / name)])


def test_files_of_other_columns_do_not_go_together(tmp_path):
    paths = [write(tmp_path / "a.csv", "dna\nA\n"), write(tmp_path / "b.csv", "rna\nA\n")]
    with pytest.raises(ValueError, match=r"b.csv has the columns 'rna', but .*a.csv has 'dna'"):
        read_table(paths)


def test_numbers_are_numbers_and_empty_cells_unknown():
    np.testing.assert_array_equal(as_numbers(pd.Series(["1", "", "2.5"])), [1, np.nan, 2.5])
    assert as_numbers(pd.Series(["1", "x"])) is None
    assert as_numbers(pd.Series(["", ""])) is None
    np.testing.assert_array_equal(as_numbers(pd.Series([1, None], dtype="Int64")), [1, np.nan])
