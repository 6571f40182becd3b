"""Splitters that keep related sequences together, and comparisons of estimators."""

from .clusters import SequenceClusterSplit
from .scaffolds import ScaffoldSplit

__all__ = ["ScaffoldSplit", "SequenceClusterSplit"]
