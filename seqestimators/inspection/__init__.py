"""What a fitted network does: numbers first, pictures second."""

from .decisions import decision_trace
from .displays import ComparisonDisplay, HiddenStateDisplay, MinimumDisplay
from .gates import gate_trace
from .gradients import gradient_flow
from .recurrence import numpy_forward
from .states import hidden_states

__all__ = [
    "ComparisonDisplay",
    "HiddenStateDisplay",
    "MinimumDisplay",
    "decision_trace",
    "gate_trace",
    "gradient_flow",
    "hidden_states",
    "numpy_forward",
]
