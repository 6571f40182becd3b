"""Common tests of tokenizers, which scikit-learn's own leave out: those don't know sequences."""

import copy
import pickle
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from ..preprocessing import Padder
from ..sequences import BOS, EOS, SPECIAL_TOKENS, UNKNOWN, object_array
from ._checks import Check, Sample, assert_raises, checks_in, make_checks

__all__ = ["check_sequence_tokenizer", "tokenizer_checks"]

# The first that a tokenizer can read are taken: its alphabet isn't known in advance.
_SAMPLES = {
    "nucleotides": ["ACGTACGTACGT", "CCCGGGTTTAAA", "GATTACAGATTACAGATTACATGA", "TTTTTTTTTTTT"],
    "SMILES": ["CCO", "C1CCCCC1", "CC(=O)O", "CCN"],
}


def check_sequence_tokenizer(tokenizer: Any, sequences: Iterable[Any] | None = None) -> None:
    """Check that a tokenizer behaves as those of this library do.

    The checks cover parameters, cloning and pickling, the form of the output,
    the round trip, agreement of containers, columns and data frames,
    independence of rows, the vocabulary, the names of tokens, the normal form,
    the policy on unknown tokens, both ends of sequences, empty and single sequences, and errors
    on bad input.

    Parameters
    ----------
    tokenizer : SequenceTokenizer
        Tokenizer to check; it is cloned, never fitted itself. Its class stands
        at the top of a module, as pickle asks for.
    sequences : list of str, list of lists, or None, default=None
        At least two sequences that the tokenizer can read, of several lengths
        and written as its `inverse_transform` writes them. None tries
        nucleotides, then SMILES.

    Raises
    ------
    AssertionError
        A check fails; its docstring says what it asks for.
    ValueError
        The tokenizer reads none of the built-in samples: give `sequences`.

    See Also
    --------
    parametrize_with_sequence_checks : One test of pytest a check.
    seqestimators.preprocessing.SequenceTokenizer : How to write a tokenizer.

    Examples
    --------
    >>> from seqestimators import SequenceTokenizer
    >>> from seqestimators.testing import check_sequence_tokenizer
    >>> check_sequence_tokenizer(SequenceTokenizer())
    >>> check_sequence_tokenizer(SequenceTokenizer(), [["the", "cat"], ["a", "cat", "sat"]])
    """
    for check in tokenizer_checks(tokenizer, sequences):
        check(tokenizer)


def tokenizer_checks(tokenizer: Any, sequences: Iterable[Any] | None = None) -> list[Check]:
    """Return all checks of a tokenizer."""
    given = None if sequences is None else list(sequences)
    return make_checks(checks_in(globals()), lambda: _find_samples(tokenizer, given))


def _find_samples(tokenizer: Any, given: list[Any] | None) -> list[Sample]:
    if given is not None:
        return [("the given sequences", (given,))]
    for name, sample in _SAMPLES.items():
        try:
            clone(tokenizer).fit(sample)
        except ValueError:
            continue
        return [(name, (sample,))]
    raise ValueError(
        f"{type(tokenizer).__name__} reads none of the built-in samples: give sequences of your own"
    )


def check_parameters(tokenizer, sequences):
    """The constructor stores its parameters as they are, and fit changes none."""
    parameters = tokenizer.get_params()
    assert clone(tokenizer).set_params(**parameters).get_params() == parameters
    tokenizer.fit(sequences)
    assert tokenizer.get_params() == parameters


def check_not_fitted(tokenizer, sequences):
    """Before fit, transform and inverse_transform raise NotFittedError."""
    for method in (tokenizer.transform, tokenizer.inverse_transform):
        assert_raises(NotFittedError, method, sequences)


def check_fit_returns_self(tokenizer, sequences):
    """Fit returns the tokenizer, and fit and transform leave X as it was."""
    before = copy.deepcopy(sequences)
    assert tokenizer.fit(sequences) is tokenizer
    tokenizer.transform(sequences)
    assert sequences == before


def check_ragged_output(tokenizer, sequences):
    """The output is a 1-D object array of 1-D int64 arrays, also where all lengths agree."""
    tokenizer.fit(sequences)
    for X in (sequences, sequences[:1] * 3, sequences[:1]):
        ids = tokenizer.transform(X)
        assert isinstance(ids, np.ndarray)
        assert ids.dtype == object
        assert ids.shape == (len(X),)
        assert all(isinstance(row, np.ndarray) and row.ndim == 1 and row.dtype == np.int64 for row in ids)


def check_round_trip(tokenizer, sequences):
    """The inverse of transform gives the sequences back, from ragged ids and from a padded matrix."""
    ids = tokenizer.fit_transform(sequences)
    assert list(tokenizer.inverse_transform(ids)) == sequences
    padded = Padder(length=max(map(len, ids)) + 2).fit_transform(ids)
    assert list(tokenizer.inverse_transform(padded)) == sequences


def check_containers(tokenizer, sequences):
    """Lists, tuples, arrays, Series and bytes of the same rows have the same ids."""
    expected = tokenizer.fit_transform(sequences)
    index = range(5, 5 + len(sequences))
    containers = [tuple(sequences), object_array(sequences), pd.Series(sequences, index=index)]
    if all(isinstance(sequence, str) for sequence in sequences):
        containers += [np.array(sequences), [sequence.encode() for sequence in sequences]]
    for X in containers:
        _assert_same_ids(tokenizer.transform(X), expected, f"container {type(X).__name__}")


def check_columns(tokenizer, sequences):
    """A column gives a column of the same ids, under its name, or a data frame if set_output asks for it."""
    expected = tokenizer.fit_transform(sequences)
    assert list(tokenizer.get_feature_names_out()) == ["x0"]
    array = object_array(sequences)[:, None]
    frame = pd.DataFrame(array, columns=["name"], index=range(5, 5 + len(sequences)))
    for column in (array, frame):
        where = f"column {type(column).__name__}"
        for ids in (tokenizer.transform(column), clone(tokenizer).fit_transform(column)):
            assert isinstance(ids, np.ndarray), where
            assert ids.dtype == object, where
            assert ids.shape == (len(sequences), 1), where
            _assert_same_ids(ids[:, 0], expected, where)
            assert list(tokenizer.inverse_transform(ids)) == sequences, where
    ids = tokenizer.set_output(transform="pandas").fit_transform(frame)
    assert list(tokenizer.get_feature_names_out()) == list(ids.columns) == ["name"]
    assert list(ids.index) == list(frame.index)
    _assert_same_ids(ids["name"], expected, "in a data frame")


def check_rows_are_independent(tokenizer, sequences):
    """The ids of a row depend neither on the other rows nor on their order."""
    ids = tokenizer.fit_transform(sequences)
    _assert_same_ids(tokenizer.transform(sequences[::-1]), ids[::-1])
    for i, sequence in enumerate(sequences):
        _assert_same_ids(tokenizer.transform([sequence]), ids[i : i + 1])


def check_vocabulary(tokenizer, sequences):
    """Special tokens come first, ids have no gaps, and the order of the data doesn't matter."""
    vocabulary = tokenizer.fit(sequences).vocabulary_
    assert list(vocabulary)[: len(SPECIAL_TOKENS)] == list(SPECIAL_TOKENS)
    assert list(vocabulary.values()) == list(range(tokenizer.n_tokens_))
    assert tokenizer.fit(sequences[::-1] * 2).vocabulary_ == vocabulary


def check_tokens(tokenizer, sequences):
    """The method tokenize names the tokens that the ids stand for."""
    ids = tokenizer.set_params(add_bos=False, add_eos=False).fit_transform(sequences)
    names = tokenizer.vocabulary_.tokens
    assert list(map(list, tokenizer.tokenize(sequences))) == [[names[i] for i in row] for row in ids]


def check_given_vocabulary(tokenizer, sequences):
    """The vocabulary of one tokenizer, given to another, leads to the same ids."""
    expected = tokenizer.fit_transform(sequences)
    vocabulary = tokenizer.vocabulary_
    for given in (vocabulary, list(vocabulary)[:3:-1]):
        other = clone(tokenizer).set_params(vocabulary=given).fit(sequences[:1])
        assert other.vocabulary_ == vocabulary
        _assert_same_ids(other.fit(sequences[::-1]).transform(sequences), expected)


def check_unknown_tokens(tokenizer, sequences):
    """A token outside the vocabulary is UNKNOWN, or an error that names its row."""
    tokenizer.set_params(unknown="token", add_bos=False, add_eos=False)
    expected = tokenizer.fit_transform(sequences)
    names = list(tokenizer.vocabulary_)
    lost = next(int(row[0]) for row in expected if len(row))
    tokenizer.set_params(vocabulary=[name for name in names if name != names[lost]]).fit(sequences)
    for row, before in zip(tokenizer.transform(sequences), expected, strict=True):
        np.testing.assert_array_equal(row == UNKNOWN, (before == lost) | (before == UNKNOWN))
    first = next(i for i, row in enumerate(expected) if lost in row)
    assert_raises(ValueError, tokenizer.set_params(unknown="error").fit, sequences, mentions=f"row {first}")


def check_unknown_tokens_come_back(tokenizer, sequences):
    """What inverse_transform writes for an unknown token has the same ids again."""
    tokenizer.set_params(unknown="token")
    expected = tokenizer.fit_transform(sequences)
    names = list(tokenizer.vocabulary_)
    lost = next(int(row[0]) for row in expected if len(row))
    tokenizer.set_params(vocabulary=[name for name in names if name != names[lost]]).fit(sequences)
    ids = tokenizer.transform(sequences)
    _assert_same_ids(tokenizer.transform(tokenizer.inverse_transform(ids)), ids)


def check_normal_form(tokenizer, sequences):
    """The method normalize changes neither the ids, nor what it has written itself."""
    expected = tokenizer.fit_transform(sequences)
    written = tokenizer.normalize(sequences)
    _assert_same_ids(tokenizer.transform(written), expected)
    assert list(tokenizer.normalize(written)) == list(written)


def check_ends(tokenizer, sequences):
    """BOS and EOS stand at the ends if asked for, and inverse_transform leaves them out."""
    tokenizer.set_params(add_bos=False, add_eos=False)
    inner = tokenizer.fit_transform(sequences)
    for bos, eos in ((True, False), (False, True), (True, True)):
        ids = tokenizer.set_params(add_bos=bos, add_eos=eos).fit_transform(sequences)
        expected = [[BOS] * bos + row.tolist() + [EOS] * eos for row in inner]
        assert [row.tolist() for row in ids] == expected
        assert list(tokenizer.inverse_transform(ids)) == sequences


def check_empty_and_single(tokenizer, sequences):
    """One sequence is enough for fit, and an empty one has no tokens."""
    empty = type(sequences[0])()
    tokenizer.set_params(add_bos=False, add_eos=False)
    for X in ([sequences[0]], [empty], [empty, sequences[0], empty]):
        ids = tokenizer.fit_transform(X)
        assert [len(row) > 0 for row in ids] == [len(sequence) > 0 for sequence in X]
        assert list(tokenizer.inverse_transform(ids)) == X


def check_refit(tokenizer, sequences):
    """A second fit forgets the first, and fit_transform equals fit and transform."""
    expected = clone(tokenizer).fit_transform(sequences)
    tokenizer.fit(sequences[:1])
    _assert_same_ids(tokenizer.fit(sequences).transform(sequences), expected)


def check_pickle_and_clone(tokenizer, sequences):
    """A pickled tokenizer gives the same ids, and a clone isn't fitted."""
    expected = tokenizer.fit_transform(sequences)
    restored = pickle.loads(pickle.dumps(tokenizer))
    assert restored.vocabulary_ == tokenizer.vocabulary_
    _assert_same_ids(restored.transform(sequences), expected)
    assert_raises(NotFittedError, clone(tokenizer).transform, sequences)


def check_bad_input(tokenizer, sequences):
    """Bare strings, missing rows, rows of numbers and an empty X are errors in fit and in transform."""
    fitted = clone(tokenizer).fit(sequences)
    for method in (tokenizer.fit, fitted.transform):
        assert_raises(ValueError, method, "string")
        assert_raises(ValueError, method, [])
        for missing in (None, float("nan")):
            assert_raises(ValueError, method, [sequences[0], missing], mentions="row 1")
        assert_raises(TypeError, method, [1, 2])


def _assert_same_ids(actual, expected, where=""):
    assert [row.tolist() for row in actual] == [row.tolist() for row in expected], where
