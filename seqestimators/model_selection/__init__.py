"""Splitters that keep related sequences together, and comparisons of estimators."""

from .clusters import SequenceClusterSplit
from .comparison import Comparison, compare
from .leakage import LeakageReport, leakage_report
from .scaffolds import ScaffoldSplit

__all__ = [
    "Comparison",
    "LeakageReport",
    "ScaffoldSplit",
    "SequenceClusterSplit",
    "compare",
    "leakage_report",
]
