"""Pictures of what `inspection` computes."""

from .comparison import ComparisonDisplay
from .decisions import DecisionTraceDisplay
from .gates import GateDisplay
from .gradients import GradientFlowDisplay
from .history import TrainingHistoryDisplay
from .minimum import MinimumDisplay
from .states import HiddenStateDisplay

__all__ = [
    "ComparisonDisplay",
    "DecisionTraceDisplay",
    "GateDisplay",
    "GradientFlowDisplay",
    "HiddenStateDisplay",
    "MinimumDisplay",
    "TrainingHistoryDisplay",
]
