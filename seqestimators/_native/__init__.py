"""Recurrences in C++, compiled where the package is installed; everything works without."""

from .library import describe as describe
from .pooling import can_pool as can_pool
from .pooling import pool as pool
from .pooling import unpool as unpool
from .states import Reading as Reading
from .states import can_run as can_run
from .states import run as run

__all__ = ["Reading", "can_pool", "can_run", "describe", "pool", "run", "unpool"]
