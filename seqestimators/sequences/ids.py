"""The ids that every vocabulary reserves, declared here and nowhere else."""

__all__ = ["BOS", "EOS", "PAD", "SPECIAL_TOKENS", "UNKNOWN"]

PAD = 0
"""Id of padding."""

UNKNOWN = 1
"""Id of every token that the vocabulary lacks."""

BOS = 2
"""Id that marks the beginning of a sequence."""

EOS = 3
"""Id that marks the end of a sequence."""

SPECIAL_TOKENS = ("<pad>", "<unknown>", "<bos>", "<eos>")
"""Names of the special ids, each at its own id; learned tokens follow."""
