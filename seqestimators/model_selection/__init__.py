"""Splitters that keep related sequences together, and comparisons of estimators."""

from .clusters import SequenceClusterSplit
from .comparison import Comparison, compare
from .scaffolds import ScaffoldSplit

__all__ = ["Comparison", "ScaffoldSplit", "SequenceClusterSplit", "compare"]
