"""Data larger than memory: files read in chunks, and models trained on them."""

from .files import SequenceFile
from .fitting import fit_chunks

__all__ = ["SequenceFile", "fit_chunks"]
