"""Pairs of DNA and protein; Biopython's translation and the files' own proteins are the oracles."""

import gzip
import io
from pathlib import Path

import pytest
from Bio import SeqIO
from Bio.Seq import Seq
from Bio.SeqFeature import AfterPosition, BeforePosition, CompoundLocation, SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord
from hypothesis import given
from hypothesis import strategies as st

from seqestimators.datasets import make_coding_sequences, read_coding_sequences, read_fasta
from seqestimators.exceptions import FileFormatWarning, InvalidSequenceError

GENBANK = {"NC_000932.gb": 85, "NC_005816.gb": 10, "NC_001422.gbk": 11}


def as_fasta(*sequences):
    return "".join(f">s{i} text\n{sequence}\n" for i, sequence in enumerate(sequences))


def read_text(*sequences, **options):
    return read_coding_sequences(io.StringIO(as_fasta(*sequences)), **options)


def feature(location, **qualifiers):
    return SeqFeature(location, type="CDS", qualifiers={key: [text] for key, text in qualifiers.items()})


def as_genbank(sequence, *features, topology="linear"):
    annotations = {"molecule_type": "DNA", "topology": topology}
    record = SeqRecord(Seq(sequence), "TEST.1", "TEST", annotations=annotations, features=list(features))
    return record.format("genbank")


def read_genbank(sequence, *features, **options):
    return read_coding_sequences(io.StringIO(as_genbank(sequence, *features)), **options)


def dropped_by(genes):
    return {rule: n for rule, n in genes.dropped.items() if n}


@pytest.mark.parametrize("name", GENBANK)
def test_every_gene_of_genbank_gives_the_protein_of_the_file(name, data_home):
    path = Path(data_home) / name
    genes = read_coding_sequences(path)
    features = [one for one in SeqIO.read(path, "genbank").features if one.type == "CDS"]
    proteins = [one.qualifiers["translation"][0] for one in features]
    assert len(features) == GENBANK[name] == len(genes.dna) + sum(genes.dropped.values())
    assert all(len(dna) == 3 * len(protein) for dna, protein in zip(genes.dna, genes.protein, strict=True))
    # ndhD begins with ACG, which editing of its RNA makes a start; six genes have a second copy.
    expected = {"start": 1, "duplicate": 6} if name == "NC_000932.gb" else {}
    assert dropped_by(genes) == expected
    names = ["ndhD"] if expected else []
    kept = [
        protein
        for one, protein in zip(features, proteins, strict=True)
        if one.qualifiers.get("gene", [""])[0] not in names
    ]
    assert [protein[:-1] for protein in genes.protein] == list(dict.fromkeys(kept))
    assert all(f"start: 1 dropped ({one})" in genes.report for one in names)


def test_spliced_and_special_genes_of_the_chloroplast(data_home):
    genes = read_coding_sequences(Path(data_home) / "NC_000932.gb")
    record = SeqIO.read(Path(data_home) / "NC_000932.gb", "genbank")
    by_name = dict(zip(genes.names, zip(genes.dna, genes.protein, strict=True), strict=True))
    for one in record.features:
        name = one.qualifiers.get("gene", [""])[0]
        if one.type == "CDS" and name in ("rps12", "ycf3", "clpP", "petB", "rps19", "ndhB"):
            dna, protein = by_name[name]
            assert dna == str(one.extract(record.seq))
            assert protein == one.qualifiers["translation"][0] + "*"
    assert by_name["rps19"][0].startswith("GTG")  # an alternative start, read as M
    assert by_name["rps19"][1].startswith("M")
    assert set(genes.genetic_code) == {11}


def test_the_genes_of_ecoli(data_home):
    (path,) = Path(data_home).glob("Escherichia_coli_*.fa.gz")
    genes = read_coding_sequences(path, genetic_code=11)
    n_records = sum(1 for _ in read_fasta(path))
    assert n_records == 4239 == len(genes.dna) + sum(genes.dropped.values())
    for dna, protein in zip(genes.dna, genes.protein, strict=True):
        assert protein == str(Seq(dna).translate(table=11, cds=True)) + "*"  # cds=True checks the rules
    assert sum(dna.startswith("ATG") for dna in set(genes.dna)) > 3700


def test_each_rule_has_its_count():
    genes = read_text(
        *("ATGAAATAA", "ATGAATA", "ATGNNNTAA", "AAAAAATAA", "ATGAAA", "ATGTAATAA", "ATGAAATAA", "", "TAA"),
        *("ATG", "MKL"),
    )
    assert genes.dna.tolist() == ["ATGAAATAA"]
    assert dropped_by(genes) == {
        **{"codons": 1, "bases": 2, "start": 3, "stop": 2, "inner_stop": 1, "duplicate": 1},
    }
    assert "1 of 11 coding sequences are kept." in genes.report
    assert "inner_stop: 1 dropped (s5)" in genes.report


def test_genes_that_differ_in_the_stop_codon_alone():
    assert dropped_by(read_text("ATGAAATAA", "ATGAAATAG")) == {}
    genes = read_text("ATGAAATAA", "ATGAAATAG", stop=False)
    assert (genes.dna.tolist(), genes.protein.tolist()) == (["ATGAAA"], ["MK"])
    assert dropped_by(genes) == {"duplicate": 1}


def test_a_long_report_is_cut():
    genes = read_text(*["A"] * 30)
    assert "s9 and 20 more)" in genes.report
    assert "s10" not in genes.report


@given(st.lists(st.text("ACGTN", max_size=12), max_size=30), st.booleans())
def test_pairs_stay_in_step_and_counts_add_up(sequences, stop):
    genes = read_text(*sequences, stop=stop)
    assert len(genes.dna) == len(genes.protein) == len(genes.names) == len(genes.genetic_code)
    assert len(sequences) == len(genes.dna) + sum(genes.dropped.values())
    for dna, protein, name in zip(genes.dna, genes.protein, genes.names, strict=True):
        source = sequences[int(name[1:])]
        assert len(dna) == 3 * len(protein)
        assert source == dna if stop else source[:-3] == dna
        assert protein == str(Seq(source).translate(cds=True)) + "*" * stop


@pytest.mark.parametrize("code", [1, 2, 11, 27, 31])
def test_generated_genes_are_read_back(code):
    dna, protein = make_coding_sequences(200, length=(12, 40), genetic_code=code, random_state=0)
    found = read_text(*dna, genetic_code=code, return_X_y=True)
    assert [part.tolist() for part in found] == [dna.tolist(), protein.tolist()]


def test_lower_case_and_rna():
    assert read_text("auggggtaa").dna.tolist() == ["ATGGGGTAA"]


def test_the_start_codons_of_a_code():
    assert dropped_by(read_text("GTGAAATAA")) == {"start": 1}
    assert read_text("GTGAAATAA", genetic_code=11).protein.tolist() == ["MK*"]


def test_genes_of_every_kind_of_place():
    #           0           11          20              32
    sequence = "ATGAAATAACC" + "TTAGGGCAT" + "ATGGGATTTTAA" + "CCATGAAACCCTAG"
    genes = read_genbank(
        sequence,
        feature(SimpleLocation(0, 9, 1), gene="plain", translation="MK"),
        feature(SimpleLocation(11, 20, -1), locus_tag="reverse", transl_table="11"),
        feature(
            CompoundLocation([SimpleLocation(20, 23, 1), SimpleLocation(26, 32, 1)]), protein_id="spliced"
        ),
        feature(SimpleLocation(33, 46, 1), codon_start="2", gene="frame"),
        feature(CompoundLocation([SimpleLocation(43, 46, 1), SimpleLocation(3, 9, 1)]), gene="no start"),
    )
    assert genes.names.tolist() == ["plain", "reverse", "spliced", "frame"]
    assert genes.dna.tolist() == ["ATGAAATAA", "ATGCCCTAA", "ATGTTTTAA", "ATGAAACCCTAG"]
    assert genes.protein.tolist() == ["MK*", "MP*", "MF*", "MKP*"]
    assert genes.genetic_code.tolist() == [1, 11, 1, 1]


def test_a_gene_across_the_origin():
    gene = CompoundLocation([SimpleLocation(9, 13, 1), SimpleLocation(0, 5, 1)])
    genes = read_genbank("AATAACCCCATGA", feature(gene))
    assert genes.protein.tolist() == ["MK*"]


def test_what_genbank_says_is_heeded():
    sequence = "ATGTGATAACATGAAATAACTTATTTCAT"
    genes = read_genbank(
        sequence,
        feature(SimpleLocation(0, 9, 1), gene="seleno", translation="MU", transl_except="(pos:4..6,aa:Sec)"),
        feature(SimpleLocation(10, 19, 1), gene="edited", translation="MR", exception="RNA editing"),
        feature(SimpleLocation(10, 19, 1), gene="pseudo", pseudo=""),
        feature(SimpleLocation(BeforePosition(10), 19, 1), gene="partial"),
        feature(SimpleLocation(20, AfterPosition(29), -1), gene="reverse partial"),
    )
    assert dropped_by(genes) == {"pseudogene": 1, "partial": 2, "inner_stop": 1, "translation": 1}
    for name in ("seleno", "edited", "pseudo", "partial, reverse partial"):
        assert f"({name})" in genes.report


def test_a_given_code_goes_before_that_of_the_file():
    one = feature(SimpleLocation(0, 9, 1), transl_table="1", translation="MI")
    assert read_genbank("ATGATATAA", one).protein.tolist() == ["MI*"]
    genes = read_genbank("ATGATATAA", one, genetic_code=2)
    assert (genes.protein.tolist(), genes.genetic_code.tolist()) == (["MM*"], [2])


def test_a_part_in_another_record():
    away = CompoundLocation([SimpleLocation(0, 3, 1), SimpleLocation(0, 6, 1, ref="J00194.1")])
    assert dropped_by(read_genbank("ATGAAATAA", feature(away), feature(SimpleLocation(0, 9, 1)))) == {
        "elsewhere": 1
    }


def test_a_record_without_its_sequence_is_refused():
    text = as_genbank("ATGAAATAA", feature(SimpleLocation(0, 9, 1)))
    text = text[: text.index("ORIGIN")] + "CONTIG      join(AE1:1..9)\n//\n"
    with pytest.raises(InvalidSequenceError, match=r"record 1 \(TEST\) of.*features but no sequence"):
        read_coding_sequences(io.StringIO(text))


@pytest.mark.parametrize(
    "text", [as_fasta("ATGAAATAA"), "\n" + as_genbank("ATGAAATAA", feature(SimpleLocation(0, 9, 1)))]
)
def test_every_form_gives_the_same_pairs(text, tmp_path):
    plain, packed = tmp_path / "any", tmp_path / "other"
    plain.write_text(text, encoding="ascii")
    packed.write_bytes(gzip.compress(text.encode()))
    binary, packed_binary = io.BytesIO(text.encode()), io.BytesIO(gzip.compress(text.encode()))
    for source in (plain, str(plain), packed, io.StringIO(text), binary, packed_binary):
        dna, protein = read_coding_sequences(source, return_X_y=True)
        assert (dna.tolist(), protein.tolist()) == (["ATGAAATAA"], ["MK*"])
    assert not binary.closed
    assert not packed_binary.closed


def test_forms_of_the_result():
    frame = read_text("ATGAAATAA", "ATGTTTTAG", as_frame=True)
    assert frame.frame.columns.tolist() == ["dna", "protein", "names", "genetic_code"]
    assert frame.dna.tolist() == ["ATGAAATAA", "ATGTTTTAG"]
    genes = read_text("ATGAAATAA")
    assert genes.dna is genes.data
    assert genes.protein is genes.target
    assert genes.dna.dtype == genes.protein.dtype == genes.names.dtype == object


def test_an_empty_file_has_no_genes():
    genes = read_coding_sequences(io.StringIO(""))
    assert genes.dna.shape == genes.protein.shape == (0,)
    assert genes.report == "0 of 0 coding sequences are kept."


def test_errors_name_the_remedy(tmp_path):
    with pytest.raises(ValueError, match=r"text of a file.*io\.StringIO"):
        read_coding_sequences(">a\nATG\n")
    with pytest.raises(InvalidSequenceError, match="'hello'.*another format"):
        read_coding_sequences(io.StringIO("hello\n"))
    with pytest.raises(ValueError, match="genetic_code=7 is none.*choose one of 1, 2"):
        read_text("ATGTAA", genetic_code=7)
    with pytest.raises(FileNotFoundError, match="nothing.gb"):
        read_coding_sequences(tmp_path / "nothing.gb")
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(b">a\n" + b"A" * 2**18))
    with pytest.raises(ValueError, match="max_bytes"):
        read_coding_sequences(bomb, max_bytes=2**12)


def test_an_odd_feature_is_dropped_and_the_others_stay():
    qualifiers = [{}, {"transl_table": "7"}, {"codon_start": "x"}, {}]
    features = [
        SeqFeature(SimpleLocation(9 * i, 9 * i + 9, 1), "CDS", qualifiers={"gene": f"g{i}"} | more)
        for i, more in enumerate(qualifiers)
    ]
    record = SeqRecord(Seq("ATGAAATAA" * 4), "r", features=features, annotations={"molecule_type": "DNA"})
    file = io.StringIO(record.format("genbank").replace("28..36", "28..foo"))
    genes = read_coding_sequences(file)
    assert genes.dna.tolist() == ["ATGAAATAA"]
    assert dropped_by(genes) == {"genetic_code": 1, "start": 1, "elsewhere": 1}


def gb(place, dna, *qualifiers, unit="bp", n_said=None):
    lines = "".join(f"                     {one}\n" for one in qualifiers)
    return (
        f"LOCUS       TEST       {n_said or len(dna):>17} {unit}    DNA     linear   BCT 01-JAN-2020\n"
        f"ACCESSION   TEST\nFEATURES             Location/Qualifiers\n     CDS             {place}\n{lines}"
        f"ORIGIN\n        1 {dna.lower()}\n//\n"
    )


@pytest.mark.parametrize("place", ["1..150", "complement(1..16)", "join(1..6,10..16)", "16..18", "17"])
def test_a_gene_beyond_its_record_has_a_rule_of_its_own(place):
    genes = read_coding_sequences(io.StringIO(gb(place, "ATGAAACCCGGGTAA")))
    assert dropped_by(genes) == {"beyond": 1}
    assert "0 of 1 coding sequences are kept.\nbeyond: 1 dropped (TEST)" in genes.report


@pytest.mark.parametrize("place", ["<1..15", "1..>15", "complement(<1..15)", "join(1..6,7..>15)", "<1..>15"])
def test_partial_genes_have_a_rule_of_their_own(place):
    assert dropped_by(read_coding_sequences(io.StringIO(gb(place, "ATGAAACCCGGGTAA")))) == {"partial": 1}


@pytest.mark.parametrize("dna", ["ATGAAATAA", "GTGAAATAA", "TTGAAATAA", "CTGAAATAA", "ATTAAATAA"])
@pytest.mark.parametrize("end", ["", "*"])
def test_translations_of_a_start_codon_and_a_stop_codon(dna, end):
    plain = str(Seq(dna).translate(table=11))[0]
    for first in {"M", plain}:
        text = gb("1..9", dna, "/transl_table=11", f'/translation="{first}k{end}"')
        genes = read_coding_sequences(io.StringIO(text))
        assert genes.protein.tolist() == ["MK*"]
    for other in ("AK", "MKK", "MK**", "M", ""):
        text = gb("1..9", dna, "/transl_table=11", f'/translation="{other}{end}"')
        assert dropped_by(read_coding_sequences(io.StringIO(text))) == {"translation": 1}


def test_a_bacterium_without_a_genetic_code_gets_a_hint():
    text = gb("1..9", "GTGAAATAA")
    report = read_coding_sequences(io.StringIO(text)).report
    assert "start: 1 dropped" in report
    assert "hint: 1 coding sequences of bacteria without /transl_table" in report
    assert "genetic_code=11" in report
    taxonomy = "SOURCE      x\n  ORGANISM  x\n            Bacteria; x.\nFEATURES"
    by_taxonomy = text.replace("BCT", "ENV").replace("FEATURES", taxonomy)
    assert "genetic_code=11" in read_coding_sequences(io.StringIO(by_taxonomy)).report
    for other, code in (
        (text, 11),
        (gb("1..9", "GTGAAATAA", "/transl_table=1"), None),
        (text.replace("BCT", "PLN"), 1),
    ):
        assert "hint" not in read_coding_sequences(io.StringIO(other), genetic_code=code).report


def test_headers_of_ncbi_are_heeded():
    headers = [
        "[gene=a] [pseudo=true] [location=1..6]",
        "[partial=5'] [location=<1..6]",
        "[partial=5',3']",
        "[location=complement(1..>6)]",
        "[location=join(<1..3,4..6)]",
        "[gene=b] [protein=p] [pseudo=false] [location=complement(1..6)] [gbkey=CDS]",
    ]
    codons = ["AAA", "AAC", "AAG", "AAT", "ACA", "ACC"]
    text = "".join(f">s{i} {one}\nATG{codons[i]}TAA\n" for i, one in enumerate(headers))
    genes = read_coding_sequences(io.StringIO(text))
    assert dropped_by(genes) == {"pseudogene": 1, "partial": 4}
    assert genes.names.tolist() == ["s5"]
    assert "partial: 4 dropped (s1, s2, s3, s4)" in genes.report


def test_a_record_that_contradicts_itself_is_refused():
    with pytest.raises(
        InvalidSequenceError, match=r"record 1 \(TEST\).*says that it has 16 letters, but has 15"
    ):
        read_coding_sequences(io.StringIO(gb("1..15", "ATGAAACCCGGGTAA", n_said=16)))
    with pytest.raises(InvalidSequenceError, match=r"record 1 \(TEST\).*is a protein"):
        read_coding_sequences(io.StringIO(gb("1..9", "MKLMKLMKL", unit="aa")))


def test_a_file_without_coding_sequences_says_so():
    text = gb("1..9", "ATGAAATAA")
    for damage in (text.replace("     CDS ", "     gene"), text.replace("FEATURES", "COMMENT ")):
        with pytest.warns(FileFormatWarning, match="No record of the file object has a feature CDS"):
            assert len(read_coding_sequences(io.StringIO(damage)).dna) == 0
