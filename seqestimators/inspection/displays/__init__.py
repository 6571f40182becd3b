"""Pictures of what `inspection` computes."""

from .attention import AttentionDisplay
from .codons import CodonTableDisplay
from .comparison import ComparisonDisplay
from .decisions import DecisionTraceDisplay
from .gates import GateDisplay
from .gradients import GradientFlowDisplay
from .history import TrainingHistoryDisplay
from .minimum import MinimumDisplay
from .molecules import MoleculeAttributionDisplay
from .mutagenesis import MutagenesisDisplay
from .similarity import TokenSimilarityDisplay
from .states import HiddenStateDisplay

__all__ = [
    "AttentionDisplay",
    "CodonTableDisplay",
    "ComparisonDisplay",
    "DecisionTraceDisplay",
    "GateDisplay",
    "GradientFlowDisplay",
    "HiddenStateDisplay",
    "MinimumDisplay",
    "MoleculeAttributionDisplay",
    "MutagenesisDisplay",
    "TokenSimilarityDisplay",
    "TrainingHistoryDisplay",
]
