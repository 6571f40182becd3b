"""Recurrences in C++, compiled where the package is installed; everything works without."""

from .library import describe as describe
from .states import Reading as Reading
from .states import can_run as can_run
from .states import run as run

__all__ = ["Reading", "can_run", "describe", "run"]
