"""Pictures of what `inspection` computes."""

from .states import HiddenStateDisplay

__all__ = ["HiddenStateDisplay"]
