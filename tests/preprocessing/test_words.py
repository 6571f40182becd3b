import pytest

from seqestimators import WordTokenizer
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.testing import check_sequence_tokenizer


def test_words_are_what_stands_between_blanks():
    tokenizer = WordTokenizer()
    X = ["The cat", "  sat.\n\tthe end ", ""]
    ids = tokenizer.fit_transform(X)
    assert list(tokenizer.tokenize(X)) == [["The", "cat"], ["sat.", "the", "end"], []]
    assert (
        list(tokenizer.inverse_transform(ids))
        == list(tokenizer.normalize(X))
        == ["The cat", "sat. the end", ""]
    )


def test_checks_with_sentences():
    check_sequence_tokenizer(WordTokenizer(), ["the cat sat", "grüße , the end", "a"])


def test_unknown_words_are_told_by_their_number():
    tokenizer = WordTokenizer(unknown="error").fit(["the cat"])
    with pytest.raises(InvalidSequenceError, match="row 1, position 1 of X is 'dog'"):
        tokenizer.transform(["cat", "the dog"])
