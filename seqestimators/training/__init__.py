"""The bridge to skorch: batches, nets, losses, generators and callbacks."""

from .batching import Batch, BatchIterator, SequenceDataset, cut_by_length
from .callbacks import EpochRecord, make_callbacks
from .losses import BinaryCrossEntropy, CrossEntropy, SquaredError
from .nets import SequenceNet
from .seeding import Generators, make_generators

__all__ = [
    "Batch",
    "BatchIterator",
    "BinaryCrossEntropy",
    "CrossEntropy",
    "EpochRecord",
    "Generators",
    "SequenceDataset",
    "SequenceNet",
    "SquaredError",
    "cut_by_length",
    "make_callbacks",
    "make_generators",
]
