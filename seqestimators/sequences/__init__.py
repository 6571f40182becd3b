"""What everything stands on: sequences of any lengths, the reserved ids, and the reading of user input."""

from ._containers import first_known as first_known
from ._containers import is_column as is_column
from ._containers import is_missing as is_missing
from ._containers import naming as naming
from ._containers import open_rows as open_rows
from ._containers import shorten as shorten
from ._containers import unmask as unmask
from ._series_frames import open_series as open_series
from ._weights import read_weights as read_weights
from .container import Sequences, TokenIds, object_array, place_of
from .container import offsets_of as offsets_of
from .fingerprint import Fingerprint
from .fingerprint import Unknown as Unknown
from .fingerprint import mark as mark
from .fingerprint import remember_unknown as remember_unknown
from .fingerprint import symbol_at as symbol_at
from .fingerprint import unknown_symbols as unknown_symbols
from .ids import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN
from .label_tables import is_label_table, read_label_table
from .label_tables import names_of_columns as names_of_columns
from .label_tables import score_rows as score_rows
from .missing import N_PARTS as N_PARTS
from .missing import mask_missing
from .reading import read_sequences
from .standardization import mean_and_scale
from .step_labels import MASKED, count_labels, encode_labels, is_masked, join_labels, read_step_weights
from .step_labels import check_items as check_items
from .step_labels import count_transitions as count_transitions
from .step_numbers import join_numbers, read_step_numbers
from .strings import check_sequences
from .strings import is_biological as is_biological
from .targets import read_labels, read_targets
from .targets import read_numbers as read_numbers
from .targets import refuse_infinite as refuse_infinite
from .targets import to_kind as to_kind

__all__ = [
    "BOS",
    "EOS",
    "MASKED",
    "PAD",
    "SPECIAL_TOKENS",
    "UNKNOWN",
    "Fingerprint",
    "Sequences",
    "TokenIds",
    "check_sequences",
    "count_labels",
    "encode_labels",
    "is_label_table",
    "is_masked",
    "join_labels",
    "join_numbers",
    "mask_missing",
    "mean_and_scale",
    "object_array",
    "place_of",
    "read_label_table",
    "read_labels",
    "read_sequences",
    "read_step_numbers",
    "read_step_weights",
    "read_targets",
]
