"""Scores of sequences: of every token, of segments, of whole sequences, by edit distance; and scorers."""

from .calibration import expected_calibration_error, interval_coverage_score
from .generation import GenerationReport, generation_report
from .masked import (
    masked_accuracy_scorer,
    masked_average_precision_scorer,
    masked_roc_auc_scorer,
    score_each_task,
)
from .masked import replace_plain_scorers as replace_plain_scorers
from .perplexity import perplexity
from .scorers import (
    edit_similarity_scorer,
    exact_match_scorer,
    q3_scorer,
    segment_f1_scorer,
    segment_overlap_scorer,
    token_accuracy_scorer,
)
from .scores import (
    edit_similarity_score,
    exact_match_score,
    phoneme_error_rate,
    token_accuracy_score,
    word_error_rate,
)
from .segments import q3_score, segment_f1_score, segment_overlap_score
from .top_n import top_n_accuracy_score

__all__ = [
    "GenerationReport",
    "edit_similarity_score",
    "edit_similarity_scorer",
    "exact_match_score",
    "exact_match_scorer",
    "expected_calibration_error",
    "generation_report",
    "interval_coverage_score",
    "masked_accuracy_scorer",
    "masked_average_precision_scorer",
    "masked_roc_auc_scorer",
    "perplexity",
    "phoneme_error_rate",
    "q3_score",
    "q3_scorer",
    "score_each_task",
    "segment_f1_score",
    "segment_f1_scorer",
    "segment_overlap_score",
    "segment_overlap_scorer",
    "token_accuracy_score",
    "token_accuracy_scorer",
    "top_n_accuracy_score",
    "word_error_rate",
]
