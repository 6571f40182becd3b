"""What a fitted network does: numbers first, pictures second."""

from .displays import HiddenStateDisplay
from .states import hidden_states

__all__ = ["HiddenStateDisplay", "hidden_states"]
