"""Pure torch: tensors in, tensors out; no strings, no scikit-learn, no skorch."""

from .dropout import Dropout
from .encoder import RecurrentEncoder, join_directions, reverse_each
from .initialization import initialize
from .network import PooledNetwork
from .pooling import AttentionPooling, Pooling, last_state, masked_max, masked_mean, real_steps

__all__ = [
    "AttentionPooling",
    "Dropout",
    "PooledNetwork",
    "Pooling",
    "RecurrentEncoder",
    "initialize",
    "join_directions",
    "last_state",
    "masked_max",
    "masked_mean",
    "real_steps",
    "reverse_each",
]
