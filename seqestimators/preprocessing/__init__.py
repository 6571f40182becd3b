"""Strings to token ids, and ids to padded matrices. Needs numpy and scikit-learn only."""

# Their home is the room `sequences`; scripts may still look for them here
from ..sequences import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN, Sequences, check_sequences, read_sequences  # noqa: F401
from .base import SequenceTokenizer
from .codon import CodonTokenizer
from .columns import SequenceColumns
from .dna import DNATokenizer
from .external import ExternalTokenizer
from .padder import Padder
from .protein import ProteinTokenizer
from .regex import RegexTokenizer
from .scaler import SeriesScaler
from .selfies import SelfiesTokenizer
from .series import read_series
from .smiles import SmilesTokenizer
from .tokens import Tokens
from .vocabulary import Vocabulary
from .windows import Windows, make_windows
from .words import WordTokenizer

__all__ = [
    "CodonTokenizer",
    "DNATokenizer",
    "ExternalTokenizer",
    "Padder",
    "ProteinTokenizer",
    "RegexTokenizer",
    "SelfiesTokenizer",
    "SequenceColumns",
    "SequenceTokenizer",
    "SeriesScaler",
    "SmilesTokenizer",
    "Tokens",
    "Vocabulary",
    "Windows",
    "WordTokenizer",
    "make_windows",
    "read_series",
]
