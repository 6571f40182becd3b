"""Scores of sequences: of every token, of whole sequences, by edit distance; and scorers of them."""

from .masked import masked_accuracy_scorer, masked_average_precision_scorer, masked_roc_auc_scorer
from .masked import replace_plain_scorers as replace_plain_scorers
from .perplexity import perplexity
from .scorers import edit_similarity_scorer, exact_match_scorer, token_accuracy_scorer
from .scores import (
    edit_similarity_score,
    exact_match_score,
    phoneme_error_rate,
    token_accuracy_score,
    word_error_rate,
)

__all__ = [
    "edit_similarity_score",
    "edit_similarity_scorer",
    "exact_match_score",
    "exact_match_scorer",
    "masked_accuracy_scorer",
    "masked_average_precision_scorer",
    "masked_roc_auc_scorer",
    "perplexity",
    "phoneme_error_rate",
    "token_accuracy_score",
    "token_accuracy_scorer",
    "word_error_rate",
]
