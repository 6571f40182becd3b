"""What everything stands on: sequences of any lengths, the reserved ids, and the reading of user input."""

from .container import Sequences, object_array, place_of
from .container import offsets_of as offsets_of
from .ids import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN
from .label_tables import is_label_table, read_label_table
from .label_tables import score_rows as score_rows
from .reading import is_column as is_column
from .reading import is_missing as is_missing
from .reading import read_sequences
from .reading import shorten as shorten
from .standardization import mean_and_scale
from .step_labels import check_items as check_items
from .step_labels import count_labels, encode_labels, join_labels
from .strings import check_sequences
from .strings import is_biological as is_biological
from .targets import read_targets
from .targets import to_kind as to_kind

__all__ = [
    "BOS",
    "EOS",
    "PAD",
    "SPECIAL_TOKENS",
    "UNKNOWN",
    "Sequences",
    "check_sequences",
    "count_labels",
    "encode_labels",
    "is_label_table",
    "join_labels",
    "mean_and_scale",
    "object_array",
    "place_of",
    "read_label_table",
    "read_sequences",
    "read_targets",
]
