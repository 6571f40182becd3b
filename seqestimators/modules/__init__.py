"""Pure torch: networks that read batches of sequences; no strings, no scikit-learn, no skorch."""

from ._initialization import Unfilled as Unfilled
from ._initialization import initialize as initialize
from ._losses import binary_cross_entropy as binary_cross_entropy
from ._losses import binary_focal_loss as binary_focal_loss
from ._losses import cross_entropy as cross_entropy
from ._losses import focal_loss as focal_loss
from ._number_losses import SMALLEST_DEVIATION as SMALLEST_DEVIATION
from ._number_losses import bounded_gaussian_loss as bounded_gaussian_loss
from ._number_losses import bounded_huber_loss as bounded_huber_loss
from ._number_losses import bounded_squared_error as bounded_squared_error
from ._number_losses import deviation as deviation
from ._number_losses import gaussian_loss as gaussian_loss
from ._number_losses import huber_loss as huber_loss
from ._number_losses import pinball_loss as pinball_loss
from ._number_losses import poisson_loss as poisson_loss
from ._number_losses import squared_error as squared_error
from .attention import ATTENTIONS, Attention
from .batch import MAX_STEPS as MAX_STEPS
from .batch import Batch, Ragged
from .cells import CELLS, Cell
from .conditional_random_field import ConditionalRandomField
from .conditional_random_field import best_seen_path as best_seen_path
from .dropout import Dropout
from .dropout import drive_dropout as drive_dropout
from .encoder import RecurrentEncoder
from .language import CellState as CellState
from .language import LanguageNetwork
from .network import SequenceNetwork
from .pooled import PooledEncoder, PooledNetwork
from .pooling import POOLINGS, Pooling
from .search import beam_search
from .search import greedy_search as greedy_search
from .search import sample as sample
from .seq2seq import AttentionDecoder, Seq2SeqNetwork
from .states import States
from .stem import Stem
from .tagging import CRFTaggingNetwork, StepNetwork, StepRegressionNetwork, TaggingNetwork

__all__ = [
    "ATTENTIONS",
    "CELLS",
    "POOLINGS",
    "Attention",
    "AttentionDecoder",
    "Batch",
    "CRFTaggingNetwork",
    "Cell",
    "ConditionalRandomField",
    "Dropout",
    "LanguageNetwork",
    "PooledEncoder",
    "PooledNetwork",
    "Pooling",
    "Ragged",
    "RecurrentEncoder",
    "Seq2SeqNetwork",
    "SequenceNetwork",
    "States",
    "Stem",
    "StepNetwork",
    "StepRegressionNetwork",
    "TaggingNetwork",
    "beam_search",
]
