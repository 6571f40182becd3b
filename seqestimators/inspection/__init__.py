"""What a fitted network does: numbers first, pictures second."""

from .atoms import AtomAlignment, atom_alignment
from .attributions import integrated_gradients
from .decisions import decision_trace
from .displays import (
    ComparisonDisplay,
    DecisionTraceDisplay,
    GateDisplay,
    GradientFlowDisplay,
    HiddenStateDisplay,
    MinimumDisplay,
    TrainingHistoryDisplay,
)
from .gates import gate_trace
from .gradients import gradient_flow
from .mutagenesis import mutagenesis
from .recurrence import numpy_forward
from .states import hidden_states

__all__ = [
    "AtomAlignment",
    "ComparisonDisplay",
    "DecisionTraceDisplay",
    "GateDisplay",
    "GradientFlowDisplay",
    "HiddenStateDisplay",
    "MinimumDisplay",
    "TrainingHistoryDisplay",
    "atom_alignment",
    "decision_trace",
    "gate_trace",
    "gradient_flow",
    "hidden_states",
    "integrated_gradients",
    "mutagenesis",
    "numpy_forward",
]
