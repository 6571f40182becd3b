"""Pictures of what `inspection` computes."""

from .comparison import ComparisonDisplay
from .minimum import MinimumDisplay
from .states import HiddenStateDisplay

__all__ = ["ComparisonDisplay", "HiddenStateDisplay", "MinimumDisplay"]
