import gzip
import sys

import numpy as np
import pandas as pd
import pytest

from seqestimators.streaming import SequenceFile

TABLE = pd.DataFrame(
    {"smiles": ["CC", "NA", "CO", "C"], "active": [1, 0, 1, 0], "mass": [1.5, 2.0, 0.5, 3.0]}
)
FASTA = ">a 1\nACGT\nAC\n>b 0\nGG\n>c 1\nTTT\n"


@pytest.fixture(params=["csv", "tsv", "csv.gz", "parquet"])
def table(request, tmp_path):
    path = tmp_path / f"table.{request.param}"
    if request.param == "parquet":
        TABLE.to_parquet(path)
    else:
        TABLE.to_csv(path, sep="\t" if request.param == "tsv" else ",", index=False)
    return path


def test_a_table_comes_in_chunks_as_often_as_asked_for(table):
    chunks = SequenceFile(table, sequence="smiles", target="active", chunk_size=3)
    for _ in range(2):
        first, last = chunks
        assert (first[0], last[0]) == (["CC", "NA", "CO"], ["C"])
        assert first[1].tolist() == [1, 0, 1]
    ((X, y),) = SequenceFile(table, sequence=["smiles", "mass"], target=["active", "mass"])
    assert list(X.columns) == ["smiles", "mass"]
    assert y.shape == (4, 2)
    ((X, y),) = SequenceFile(table, sequence="smiles")
    assert y is None


def test_what_looks_like_numbers_in_one_chunk_is_text_where_another_has_letters(tmp_path):
    path = tmp_path / "genes.csv"
    path.write_text("dna,chromosome,length\nA,1,1\nC,2,\nG,X,3\n")
    chunks = list(SequenceFile(path, sequence="dna", target="chromosome", chunk_size=2))
    assert [y.tolist() for _, y in chunks] == [["1", "2"], ["X"]]
    (X, _), _ = SequenceFile(path, sequence=["dna", "length"], chunk_size=2)
    assert X["length"].dtype == "float64"


def test_a_column_that_is_not_there_is_named(table):
    with pytest.raises(ValueError, match="has no column 'label': there are smiles, active, mass"):
        list(SequenceFile(table, sequence="smiles", target="label"))
    with pytest.raises(ValueError, match="name the column of the sequences"):
        SequenceFile(table)


def test_a_fasta_file_comes_in_chunks(tmp_path):
    path = tmp_path / "genes.fa.gz"
    path.write_bytes(gzip.compress(FASTA.encode()))
    chunks = SequenceFile(path, target=lambda record: record.description, chunk_size=2)
    assert list(chunks) == [(["ACGTAC", "GG"], ["1", "0"]), (["TTT"], ["1"])]
    assert repr(chunks) == f"SequenceFile({str(path)!r}, chunk_size=2)"
    plain = tmp_path / "genes.txt"
    plain.write_text(FASTA)
    assert list(SequenceFile(plain, format="fasta")) == [(["ACGTAC", "GG", "TTT"], None)]


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("none.csv", {"sequence": "a"}, FileNotFoundError, "there is no file"),
        ("genes.fa", {"sequence": "a"}, ValueError, "a FASTA file has no columns"),
        ("genes.fa", {"target": "a"}, ValueError, "a FASTA file has no columns"),
        ("genes.txt", {}, ValueError, "say what it is, as format="),
        ("genes.fa", {"chunk_size": 0}, ValueError, "chunk_size"),
    ],
)
def test_what_cannot_be_read_is_named(name, options, error, message, tmp_path):
    for ending in ("fa", "txt"):
        (tmp_path / f"genes.{ending}").write_text(FASTA)
    with pytest.raises(error, match=message):
        SequenceFile(tmp_path / name, **options)


def test_parquet_says_what_it_needs(tmp_path, monkeypatch):
    path = tmp_path / "table.parquet"
    path.touch()
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ImportError, match="seqestimators\\[parquet\\]"):
        next(iter(SequenceFile(path, sequence="a")))


def test_labels_keep_their_type(table):
    y = np.concatenate([y for _, y in SequenceFile(table, sequence="smiles", target="active", chunk_size=1)])
    assert y.dtype == np.int64
