"""Pure torch: tensors in, tensors out; no strings, no scikit-learn, no skorch."""

from .attention import AdditiveAttention, Attended, DotAttention, Memory, MonotonicAttention
from .decoder import AttentionDecoder, DecoderState, Seq2SeqNetwork, Seq2SeqOutput
from .dropout import Dropout
from .encoder import RecurrentEncoder, join_directions, reverse_each
from .initialization import initialize
from .language import CellState, LanguageNetwork
from .network import PooledNetwork
from .pooling import AttentionPooling, Pooling, last_state, masked_max, masked_mean, real_steps
from .search import Hypothesis, beam_search, filter_tokens, greedy_search, sample
from .tagging import TaggingNetwork

__all__ = [
    "AdditiveAttention",
    "Attended",
    "AttentionDecoder",
    "AttentionPooling",
    "CellState",
    "DecoderState",
    "DotAttention",
    "Dropout",
    "Hypothesis",
    "LanguageNetwork",
    "Memory",
    "MonotonicAttention",
    "PooledNetwork",
    "Pooling",
    "RecurrentEncoder",
    "Seq2SeqNetwork",
    "Seq2SeqOutput",
    "TaggingNetwork",
    "beam_search",
    "filter_tokens",
    "greedy_search",
    "initialize",
    "join_directions",
    "last_state",
    "masked_max",
    "masked_mean",
    "real_steps",
    "reverse_each",
    "sample",
]
