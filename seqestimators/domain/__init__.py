"""What genetics and chemistry know; Biopython and RDKit are imported on demand."""

from .genetic_code import find_genetic_code
from .molecules import can_parse as can_parse
from .molecules import canonical_smiles as canonical_smiles
from .molecules import parse_molecules, plain_molecule
from .molecules import require_rdkit as require_rdkit
from .normal_forms import AMBIGUOUS_NUCLEOTIDES as AMBIGUOUS_NUCLEOTIDES
from .normal_forms import AMINO_ACIDS as AMINO_ACIDS
from .normal_forms import KINDS as KINDS
from .normal_forms import NUCLEOTIDES as NUCLEOTIDES
from .normal_forms import READ_AS as READ_AS
from .normal_forms import UNKNOWN_SYMBOL as UNKNOWN_SYMBOL
from .normal_forms import guess_kind, normalize
from .normal_forms import join_symbols as join_symbols
from .normal_forms import reverse_complement as reverse_complement

__all__ = [
    "find_genetic_code",
    "guess_kind",
    "normalize",
    "parse_molecules",
    "plain_molecule",
]
