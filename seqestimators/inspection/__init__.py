"""What a fitted network does: numbers first, pictures second."""

from .displays import ComparisonDisplay, HiddenStateDisplay, MinimumDisplay
from .states import hidden_states

__all__ = ["ComparisonDisplay", "HiddenStateDisplay", "MinimumDisplay", "hidden_states"]
