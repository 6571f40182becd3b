"""Common tests that third parties can run on tokenizers and estimators of their own."""

from .estimator_checks import check_sequence_estimator
from .parametrize import parametrize_with_sequence_checks
from .tokenizer_checks import check_sequence_tokenizer

__all__ = ["check_sequence_estimator", "check_sequence_tokenizer", "parametrize_with_sequence_checks"]
