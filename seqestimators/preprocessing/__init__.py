"""Strings to token ids, and ids to padded matrices. Needs numpy and scikit-learn only."""

from .base import SequenceTokenizer
from .codon import CodonTokenizer
from .dna import DNATokenizer
from .padder import Padder
from .protein import ProteinTokenizer
from .sequences import Sequences, read_sequences
from .smiles import SmilesTokenizer
from .strings import check_sequences
from .tokens import Tokens
from .vocabulary import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN, Vocabulary

__all__ = [
    "BOS",
    "EOS",
    "PAD",
    "SPECIAL_TOKENS",
    "UNKNOWN",
    "CodonTokenizer",
    "DNATokenizer",
    "Padder",
    "ProteinTokenizer",
    "SequenceTokenizer",
    "Sequences",
    "SmilesTokenizer",
    "Tokens",
    "Vocabulary",
    "check_sequences",
    "read_sequences",
]
