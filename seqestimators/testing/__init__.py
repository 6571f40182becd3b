"""Common tests that third parties can run on tokenizers and estimators of their own."""

from .tokenizer_checks import check_sequence_tokenizer

__all__ = ["check_sequence_tokenizer"]
