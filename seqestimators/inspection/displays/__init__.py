"""Pictures of what `inspection` computes."""

from .attention import AttentionDisplay
from .codons import CodonTableDisplay
from .decisions import DecisionTraceDisplay
from .gates import GateDisplay
from .gradients import GradientFlowDisplay
from .history import TrainingHistoryDisplay
from .molecules import MoleculeAttributionDisplay
from .mutagenesis import MutagenesisDisplay
from .similarity import TokenSimilarityDisplay
from .states import HiddenStateDisplay

__all__ = [
    "AttentionDisplay",
    "CodonTableDisplay",
    "DecisionTraceDisplay",
    "GateDisplay",
    "GradientFlowDisplay",
    "HiddenStateDisplay",
    "MoleculeAttributionDisplay",
    "MutagenesisDisplay",
    "TokenSimilarityDisplay",
    "TrainingHistoryDisplay",
]
