"""The bridge to skorch: batches and the loop that runs them, the net, generators and callbacks."""

from .batching import MAX_HELD_STEPS, MAX_STEPS, BatchIterator, SequenceDataset, run_batches
from .callbacks import Unfreezing, make_callbacks
from .devices import find_device
from .net import SequenceNet
from .optimizers import OPTIMIZERS
from .seeding import make_generators

__all__ = [
    "MAX_HELD_STEPS",
    "MAX_STEPS",
    "OPTIMIZERS",
    "BatchIterator",
    "SequenceDataset",
    "SequenceNet",
    "Unfreezing",
    "find_device",
    "make_callbacks",
    "make_generators",
    "run_batches",
]
