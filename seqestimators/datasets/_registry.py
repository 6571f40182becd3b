"""Which files can be fetched: where from, under what licence, with what checksum, and how they are read."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ._readers import Columns, read_csv, read_ensembl, read_genbank, read_pairs, read_smiles, read_uci

__all__ = ["REMOTE_FILES", "RemoteFile"]


class RemoteFile(NamedTuple):
    """A file that can be downloaded, and what it holds.

    Parameters
    ----------
    name : str
        Path within the data home.
    url : str
        Address to download it from.
    sha256 : str
        Checksum, 64 hexadecimal digits.
    licence : str
        Terms under which the data are published.
    description : str
        What the file holds and what to know about it.
    read : callable
        Turns the path of the file into columns: the sequences, the target if
        there is one, and all else.
    target_names : tuple of str or None, default=None
        What the classes mean; None where the target has no classes.
    """

    name: str
    url: str
    sha256: str
    licence: str
    description: str
    read: Callable[[Path], Columns]
    target_names: tuple[str, ...] | None = None


_MOLECULENET = "https://deepchemdata.s3-us-west-1.amazonaws.com/datasets"
_BIOPYTHON = (
    "https://raw.githubusercontent.com/biopython/biopython/8b4d499f0e42567439e18a44986f342cc46e4faa/Tests"
)
_ZINC = (
    "https://raw.githubusercontent.com/wengong-jin/icml18-jtnn/d4c425a8a28fce7d0e8f5da741d27d3fce4a7ec0"
    "/data/zinc"
)
_SIGMORPHON = (
    "https://raw.githubusercontent.com/sigmorphon/2020/3d9bb3658b6a964ccd127e2a6781665262516bf6/task1/data"
)
_ECOLI_NAME = "Escherichia_coli_str_k_12_substr_mg1655_gca_000005845.ASM584v2.cds.all.fa.gz"

_SOLUBILITY = "measured log solubility in mols per litre"  # a column of ESOL

_MOLECULENET_LICENCE = "MIT, as distributed by MoleculeNet"
_UCI_LICENCE = "CC BY 4.0 (UCI Machine Learning Repository)"
_SEQUENCE_LICENCE = "unrestricted"

_BBBP = """\
Blood-brain barrier penetration (BBBP)

2050 drugs and drug-like molecules as SMILES. Target: whether the molecule
penetrates the blood-brain barrier, 1 (1567 molecules) or 0 (483).

RDKit can't parse 11 of the SMILES. Without stereochemistry, 1953 molecules
are distinct, and 13 of them occur with both labels: group or drop duplicates
before a random split, or it flatters every model.

Martins et al., J. Chem. Inf. Model. 52 (2012) 1686-1697; Wu et al., Chem. Sci.
9 (2018) 513-530.
"""

_ESOL = """\
Solubility in water (ESOL)

1128 small molecules as SMILES. Target: logarithm (base 10) of the measured
solubility in mol/L.

The spaces around 212 of the SMILES in the file are stripped.

Delaney, J. Chem. Inf. Comput. Sci. 44 (2004) 1000-1005; Wu et al., Chem. Sci. 9
(2018) 513-530.
"""

_FREESOLV = """\
Hydration free energy (FreeSolv)

642 small molecules as SMILES. Target: experimental free energy of hydration in
kcal/mol.

Mobley and Guthrie, J. Comput.-Aided Mol. Des. 28 (2014) 711-720; Wu et al.,
Chem. Sci. 9 (2018) 513-530.
"""

_LIPOPHILICITY = """\
Lipophilicity

4200 molecules as SMILES. Target: measured distribution coefficient between
octanol and water at pH 7.4, logD, base 10. Measured at AstraZeneca and deposited
in ChEMBL.

Wu et al., Chem. Sci. 9 (2018) 513-530.
"""

_SPLICE = """\
Splice junctions of primate genes

3190 DNA sequences of 60 nucleotides. Target: what the middle is, the border from
exon to intron ("EI", 767), from intron to exon ("IE", 768) or neither ("N", 1655).

15 sequences hold the ambiguity letters N, D, S or R. 185 sequences are duplicates
of others: group them in a split.

Towell, Noordewier and Shavlik, UCI Machine Learning Repository (1991),
doi 10.24432/C5M888.
"""

_PROMOTERS = """\
Promoters of Escherichia coli

106 DNA sequences of 57 nucleotides, 53 of them promoters; the transcription
starts at the 51st nucleotide of these. Target: "+" for a promoter, "-" for none.

The sequences are in lower case, as the file has them.

Towell, Shavlik and Noordewier, Refinement of approximate domain theories by
knowledge-based neural networks, AAAI (1990) 861-866.
"""

_ECOLI = """\
Coding sequences of Escherichia coli K-12 MG1655

All 4239 coding sequences of Ensembl Genomes, release 57, 42 to 7077 nucleotides,
from start to stop codon. Genetic code 11. 3830 start with ATG; the others with
GTG, TTG, ATT or CTG.

The file holds DNA only: the proteins are translated from it, the first codon
as methionine.

Blattner et al., Science 277 (1997) 1453-1462; Yates et al., Nucleic Acids Res. 50
(2022) D996-D1003.
"""

_CHLOROPLAST = """\
Coding sequences of the chloroplast of Arabidopsis thaliana

GenBank record NC_000932, 154,478 base pairs, 85 coding sequences, genetic code 11.
Genes lie on both strands and some are spliced, one (rps12) from pieces on
different strands; their DNA is given as the cell reads it. The start codon of
ndhD is ACG in the DNA and edited to AUG in the RNA.

Sato et al., DNA Research 6 (1999) 283-290.
"""

_YERSINIA = """\
Coding sequences of the Yersinia pestis plasmid pPCP1

GenBank record NC_005816, 9,609 base pairs, 10 coding sequences, genetic code 11.

Song et al., DNA Research 11 (2004) 179-197.
"""

_PHIX174 = """\
Coding sequences of the bacteriophage phiX174

GenBank record NC_001422, a circle of 5,386 base pairs, 11 coding sequences that
overlap, some of them across the origin of the circle. Genetic code 11.

Sanger et al., Nature 265 (1977) 687-695.
"""

_ZINC_DESCRIPTION = """\
Drug-like molecules of ZINC, the {part} molecules

{rows} SMILES out of the usual subset of 250,000 purchasable molecules, without a
target: for language models.

Irwin et al., J. Chem. Inf. Model. 52 (2012) 1757-1768; Jin, Barzilay and
Jaakkola, ICML (2018).
"""

_G2P_DESCRIPTION = """\
Spelling and pronunciation, {language}, the {part} words

{rows} words and their phonemes in the International Phonetic Alphabet. Out of task 1
of SIGMORPHON 2020, from WikiPron and Wiktionary.

Gorman et al., Proceedings of the 17th SIGMORPHON Workshop (2020) 40-50.
"""

_G2P_LANGUAGES = {"ady": "Adyghe", "ice": "Icelandic", "jpn": "Japanese"}
_G2P_ROWS = {"train": 3600, "dev": 450, "test": 450}
_G2P_CHECKSUMS = {
    ("ady", "dev"): "3a540e30adf286a226ab9faea9b0b08cf0726e8549cdbe8414ae1028a7f1f14f",
    ("ady", "test"): "f873313ebf8afc63b55b8a2421225c4981b8556b88c6090bad7f8e362587aa59",
    ("ady", "train"): "8ab54e92ecf5245ea2ed9a5677df890a3917372fb928e44c1df9b954ffe3c010",
    ("ice", "dev"): "5054f1051521f83acf137e918445052cc8702937131a7f7dac7b2b7dad6f78e4",
    ("ice", "test"): "1da20f2fd807b797a6c5b6388e34253d8f874fa359435566632c3a058c80f56c",
    ("ice", "train"): "d3729c6306c6b20b873b1b8e94bc1fa3b70dce7f8c2e0179ad3a434c8803f2ef",
    ("jpn", "dev"): "ae61d965b012ae24cbf05d5bb7bf2c2fc721b9428c57828082e9d089a5020d79",
    ("jpn", "test"): "78a5997238663d18267acbffa5a0fe8bcb245e7497b30c663e896a4b28e9a84f",
    ("jpn", "train"): "5a8adf93f79799b89ba1af4805caa482383dbd62365cca18d5ef5dd993b0c3ac",
}

REMOTE_FILES = {
    "bbbp": RemoteFile(
        "BBBP.csv",
        f"{_MOLECULENET}/BBBP.csv",
        "d07a38487aeac5cee5508413e468043ef3097451d2a112701c2d60be9ec6b662",
        _MOLECULENET_LICENCE,
        _BBBP,
        partial(read_csv, numbers={"p_np": "p_np"}, texts={"name": "name"}, dtype=np.int64),
        ("non-penetrating", "penetrating"),
    ),
    "esol": RemoteFile(
        "delaney-processed.csv",
        f"{_MOLECULENET}/delaney-processed.csv",
        "8c06a76f0c6487d29ab0f903e6a7a7139f189ab3c1178f159c8be8964602f189",
        _MOLECULENET_LICENCE,
        _ESOL,
        partial(read_csv, numbers={_SOLUBILITY: _SOLUBILITY}, texts={"name": "Compound ID"}),
    ),
    "freesolv": RemoteFile(
        "SAMPL.csv",
        f"{_MOLECULENET}/SAMPL.csv",
        "ab5895d914ee87cb563bd7b9611e869527bba45bec6b014d34dc495a0f9dcb72",
        _MOLECULENET_LICENCE,
        _FREESOLV,
        partial(read_csv, numbers={"expt": "expt", "calculated": "calc"}, texts={"name": "iupac"}),
    ),
    "lipophilicity": RemoteFile(
        "Lipophilicity.csv",
        f"{_MOLECULENET}/Lipophilicity.csv",
        "aed41590cb30609d51d8e08ad3ff06495a76e80e211358801f596b10da69bacd",
        _MOLECULENET_LICENCE,
        _LIPOPHILICITY,
        partial(read_csv, numbers={"exp": "exp"}, texts={"identifier": "CMPD_CHEMBLID"}),
    ),
    "splice": RemoteFile(
        "splice.data",
        "https://raw.githubusercontent.com/drusk/splice-junction-gene-sequences"
        "/e862a929e3d82a881bb7abc8e0ffba3f68cf9a8c/data/splice.data",
        "ebbae10c85d3c285e2a2489a37e42bc2ee8d91d15005e391a9962fa3389a114f",
        _UCI_LICENCE,
        _SPLICE,
        read_uci,
        ("EI", "IE", "N"),
    ),
    "promoters": RemoteFile(
        "promoters.data",
        "https://raw.githubusercontent.com/farhan-137/dna-promoter-classifier"
        "/585478d4bcbeb8a6293f777d9d1abfae91c6db59/data/promoters.data",
        "9cba9e8661ab04760d69b857f62259233446f2dce5ec9b515efe0b23c315bb29",
        _UCI_LICENCE,
        _PROMOTERS,
        read_uci,
        ("+", "-"),
    ),
    "ecoli": RemoteFile(
        _ECOLI_NAME,
        "https://raw.githubusercontent.com/dacarlin/espresso/3f02a48e75d5dc2d5c7074aaf1e936d04af71c32"
        f"/src/espresso/data/cds/{_ECOLI_NAME}",
        "b5c8ca361b5bead8429f99432792ac16496715e974655c0de8add2479dce162e",
        _SEQUENCE_LICENCE,
        _ECOLI,
        read_ensembl,
    ),
    "arabidopsis_chloroplast": RemoteFile(
        "NC_000932.gb",
        f"{_BIOPYTHON}/GenBank/NC_000932.gb",
        "a8b5d8239001f56a5b8b3ff047b10338b839329cf594aad36bfa4755a0dfb480",
        _SEQUENCE_LICENCE,
        _CHLOROPLAST,
        read_genbank,
    ),
    "yersinia_plasmid": RemoteFile(
        "NC_005816.gb",
        f"{_BIOPYTHON}/GenBank/NC_005816.gb",
        "f11a45c8abf0ae0b9340f3513595d50277ea2ae0f74acaef2666b2f42485f65a",
        _SEQUENCE_LICENCE,
        _YERSINIA,
        read_genbank,
    ),
    "phix174": RemoteFile(
        "NC_001422.gbk",
        f"{_BIOPYTHON}/GFF/NC_001422.gbk",
        "e90976a8f739af9603925e86447e468ec37b9f09b0d20a181eb3cb42d5864eb3",
        _SEQUENCE_LICENCE,
        _PHIX174,
        read_genbank,
    ),
    "zinc_test": RemoteFile(
        "jtnn_zinc_test.txt",
        f"{_ZINC}/test.txt",
        "31f6ce92914814db33bf0dbfc45f3836193e27cb80a59c54d88bc05a1f5fab83",
        "MIT, as distributed with the junction tree autoencoder",
        _ZINC_DESCRIPTION.format(part="test", rows=5000),
        read_smiles,
    ),
    "zinc_valid": RemoteFile(
        "jtnn_zinc_valid.txt",
        f"{_ZINC}/valid.txt",
        "ad7d9c2bfebd93ffda6c32ed0e89d1714ae1f592f6340c0e6ae057521bbae30d",
        "MIT, as distributed with the junction tree autoencoder",
        _ZINC_DESCRIPTION.format(part="validation", rows=24445),
        read_smiles,
    ),
    **{
        f"g2p_{language}_{part}": RemoteFile(
            f"sigmorphon2020/{language}_{part}.tsv",
            f"{_SIGMORPHON}/{part}/{language}_{part}.tsv",
            sha256,
            "CC BY-SA (WikiPron, Wiktionary)",
            _G2P_DESCRIPTION.format(language=_G2P_LANGUAGES[language], part=part, rows=_G2P_ROWS[part]),
            read_pairs,
        )
        for (language, part), sha256 in _G2P_CHECKSUMS.items()
    },
}
