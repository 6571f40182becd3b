"""The bridge to skorch: batches, nets, losses, generators and callbacks."""

from .batching import Batch, BatchIterator, FlatRows, SequenceDataset, cut_by_length
from .callbacks import EpochRecord, Progress, Unfreezing, make_callbacks
from .losses import BinaryCrossEntropy, CrossEntropy, SquaredError
from .nets import Seq2SeqNet, SequenceNet
from .seeding import Generators, make_generators

__all__ = [
    "Batch",
    "BatchIterator",
    "BinaryCrossEntropy",
    "CrossEntropy",
    "EpochRecord",
    "FlatRows",
    "Generators",
    "Progress",
    "Seq2SeqNet",
    "SequenceDataset",
    "SequenceNet",
    "SquaredError",
    "Unfreezing",
    "cut_by_length",
    "make_callbacks",
    "make_generators",
]
