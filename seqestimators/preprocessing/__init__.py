"""Strings to token ids, and ids to padded matrices. Needs numpy and scikit-learn only."""

# Where these names stood before the room `sequences` was built
from ..sequences import BOS as BOS
from ..sequences import EOS as EOS
from ..sequences import PAD as PAD
from ..sequences import SPECIAL_TOKENS as SPECIAL_TOKENS
from ..sequences import UNKNOWN as UNKNOWN
from ..sequences import Sequences as Sequences
from ..sequences import check_sequences as check_sequences
from ..sequences import read_sequences as read_sequences
from .base import SequenceTokenizer
from .codon import CodonTokenizer
from .dna import DNATokenizer
from .padder import Padder
from .protein import ProteinTokenizer
from .smiles import SmilesTokenizer
from .tokens import Tokens
from .vocabulary import Vocabulary

__all__ = [
    "CodonTokenizer",
    "DNATokenizer",
    "Padder",
    "ProteinTokenizer",
    "SequenceTokenizer",
    "SmilesTokenizer",
    "Tokens",
    "Vocabulary",
]
