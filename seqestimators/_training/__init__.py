"""The bridge to skorch: batches and their loop, the net, generators, callbacks and checkpoints."""

from .batching import MAX_HELD_STEPS, MAX_STEPS, BatchIterator, SequenceDataset, run_batches
from .callbacks import Unfreezing, make_callbacks
from .checkpoints import Resuming, generators_of
from .devices import find_device
from .digests import digest_of
from .epoch_tasks import EpochTasks
from .net import SequenceNet
from .optimizers import OPTIMIZERS
from .seeding import make_generators

__all__ = [
    "MAX_HELD_STEPS",
    "MAX_STEPS",
    "OPTIMIZERS",
    "BatchIterator",
    "EpochTasks",
    "Resuming",
    "SequenceDataset",
    "SequenceNet",
    "Unfreezing",
    "digest_of",
    "find_device",
    "generators_of",
    "make_callbacks",
    "make_generators",
    "run_batches",
]
