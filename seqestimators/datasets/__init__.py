"""Data: generated (`make_*`), shipped (`load_*`), downloaded (`fetch_*`), and readers of files.

A `fetch_*` function looks for its file in the data home, which is the argument
`data_home`, or else the folder that the environment variable SEQESTIMATORS_DATA
names, or else a folder for caches in the home of the user. What isn't there is
downloaded. The SHA-256 of a file is compared each time that it is read; a file
that is there already is never written to.
"""

from .binding_sites import fetch_binding_sites
from .coding_reader import read_coding_sequences
from .fasta import FastaRecord, UniProtHeader, read_fasta
from .formal_languages import make_counting_language, make_dyck, make_reber
from .genomes import fetch_coding_sequences
from .kinases import fetch_kinase_affinity
from .memory_tasks import make_adding, make_copy, make_marker, make_parity
from .molecules import (
    fetch_bbbp,
    fetch_esol,
    fetch_freesolv,
    fetch_lipophilicity,
    fetch_tox21,
    fetch_zinc,
)
from .pronunciation import fetch_g2p
from .proteins import fetch_antimicrobial_peptides, fetch_secondary_structure
from .random_dna import make_coding_sequences, make_start_codon
from .rdkit_molecules import load_molecule_activity, load_nci_molecules
from .spoken_vowels import fetch_japanese_vowels
from .swissprot import SwissProtFeature, read_swissprot
from .uci_dna import fetch_promoters, fetch_splice

__all__ = [
    "FastaRecord",
    "SwissProtFeature",
    "UniProtHeader",
    "fetch_antimicrobial_peptides",
    "fetch_bbbp",
    "fetch_binding_sites",
    "fetch_coding_sequences",
    "fetch_esol",
    "fetch_freesolv",
    "fetch_g2p",
    "fetch_japanese_vowels",
    "fetch_kinase_affinity",
    "fetch_lipophilicity",
    "fetch_promoters",
    "fetch_secondary_structure",
    "fetch_splice",
    "fetch_tox21",
    "fetch_zinc",
    "load_molecule_activity",
    "load_nci_molecules",
    "make_adding",
    "make_coding_sequences",
    "make_copy",
    "make_counting_language",
    "make_dyck",
    "make_marker",
    "make_parity",
    "make_reber",
    "make_start_codon",
    "read_coding_sequences",
    "read_fasta",
    "read_swissprot",
]
