"""Splitters that keep related sequences together, and comparisons of estimators."""

from .clusters import SequenceClusterSplit
from .comparison import Comparison, compare
from .comparison_display import ComparisonDisplay
from .leakage import LeakageReport, leakage_report
from .minimum import Minimum, minimum_capacity, minimum_samples
from .minimum_display import MinimumDisplay
from .scaffolds import ScaffoldSplit

__all__ = [
    "Comparison",
    "ComparisonDisplay",
    "LeakageReport",
    "Minimum",
    "MinimumDisplay",
    "ScaffoldSplit",
    "SequenceClusterSplit",
    "compare",
    "leakage_report",
    "minimum_capacity",
    "minimum_samples",
]
