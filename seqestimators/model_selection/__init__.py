"""Splitters that keep related sequences together, and comparisons of estimators."""

from .clusters import SequenceClusterSplit
from .comparison import Comparison, compare
from .leakage import LeakageReport, leakage_report
from .minimum import Minimum, minimum_capacity, minimum_samples
from .scaffolds import ScaffoldSplit

__all__ = [
    "Comparison",
    "LeakageReport",
    "Minimum",
    "ScaffoldSplit",
    "SequenceClusterSplit",
    "compare",
    "leakage_report",
    "minimum_capacity",
    "minimum_samples",
]
