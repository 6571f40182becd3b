"""What all tokenizers share, and the tokenizer of any sequence."""

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import validate_data

from .._sklearn import Integral, Interval, LinkedEstimator, StrOptions, _fit_context, check_is_fitted
from ..domain import UNKNOWN_SYMBOL, join_symbols, normalize
from ..exceptions import InvalidSequenceError
from ..parameters import parameter, with_parameters
from ..sequences import (
    PAD,
    SPECIAL_TOKENS,
    UNKNOWN,
    Fingerprint,
    Sequences,
    Unknown,
    check_sequences,
    is_column,
    naming,
    object_array,
    place_of,
    read_sequences,
    remember_unknown,
)
from ._chunks import ChunkLearner
from ._foreign import warn_of_foreign
from .tokens import Tokens
from .vocabulary import Vocabulary, find_foreign

__all__ = ["SequenceTokenizer", "StringInput"]

AT_LEAST_1 = Interval(Integral, 1, None, closed="left")


class StringInput(LinkedEstimator):
    """An estimator whose X is a list of strings, or the like, instead of a matrix."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


@with_parameters
class SequenceTokenizer(ChunkLearner, OneToOneFeatureMixin, TransformerMixin, StringInput):
    """Turn sequences of any symbols into token ids.

    A string is cut into its characters, a list into its items, which may be
    any hashable objects. What they mean is yours: nothing is folded, and no
    blank taken off. The base class of all tokenizers: it validates the
    input, keeps the vocabulary, applies the policy on unknown tokens, marks
    the ends of sequences and leads back from ids to sequences.

    Parameters
    ----------
    vocabulary : list of tokens, dict or None
        Tokens to know, in any order, or the `vocabulary_` of another
        tokenizer. It stays as given: `min_frequency` and `max_tokens` don't
        apply. None takes the alphabet of a tokenizer that has one, else it
        learns the tokens from the data.
    unknown : {"token", "error"}
        What to do with a token that the vocabulary lacks: give it the id 1,
        or raise an error.
    add_bos : bool
        Whether to put the id 2 before every sequence.
    add_eos : bool
        Whether to put the id 3 behind every sequence.
    min_frequency : int
        Least number of times that a token occurs in the training data to be
        known; at least 1.
    max_tokens : int or None
        Greatest number of tokens to know, besides the special ones; at least
        1. The most frequent are kept, the first in sorted order among equals.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Dictionary from token to id: ``"<pad>"`` 0, ``"<unknown>"`` 1,
        ``"<bos>"`` 2, ``"<eos>"`` 3, then the tokens in sorted order.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : {"string", "list"}
        What `fit` has seen, and `inverse_transform` gives back.
    tokens_overlap : bool
        Whether neighbouring tokens share symbols of the sequence, as k-mers do
        at a stride below k.
    is_substitutable : bool
        Whether another token of the vocabulary, in the place of any one, leads
        to a sequence too. False for SMILES, where brackets and rings must
        match.
    n_features_in_ : int
        Always 1, a column of sequences.
    feature_names_in_ : ndarray of shape (1,)
        Name of the column; only where `fit` has seen a data frame.

    Raises
    ------
    InvalidSequenceError
        A row is missing, or holds an unknown token under ``unknown="error"``.
        The message names row, position and token.
    ValueError
        X is a bare string or has no rows.
    TypeError
        X or one of its rows is of a type that holds no sequence of symbols.

    See Also
    --------
    DNATokenizer : Nucleotides and k-mers.
    ProteinTokenizer : Amino acids.
    SmilesTokenizer : Molecules as SMILES.
    WordTokenizer : Words between blanks.
    RegexTokenizer : Whatever a regular expression describes.

    Notes
    -----
    The ids have the form of X: a 1-D array for a list, a 1-D array or a
    Series, and a column, of shape (n_samples, 1), for an array or a data frame
    of one column. So a tokenizer works in a ``ColumnTransformer`` (select its
    column as a list, ``["smiles"]``) and in a ``FeatureUnion``. A data frame
    that `set_output` asks for has one column, of arrays.

    A tokenizer of your own overrides one method, ``_split(sequences)``. It
    gets a list of strings (or lists) and returns :class:`Tokens`, most simply
    by ``Tokens.from_lists``. Override ``_join(tokens)`` too where a sequence
    is more than its tokens put together::

        class PathTokenizer(SequenceTokenizer):
            def _split(self, sequences):
                return Tokens.from_lists(one.split("/") if one else [] for one in sequences)

            def _join(self, tokens):
                return "/".join(tokens)

    :func:`seqestimators.testing.check_sequence_tokenizer` tests the result.

    Examples
    --------
    >>> from seqestimators import SequenceTokenizer
    >>> tokenizer = SequenceTokenizer().fit(["abba", "cab"])
    >>> tokenizer.vocabulary_["a"], tokenizer.n_tokens_
    (4, 7)
    >>> ids = tokenizer.transform(["cab", "bad"])
    >>> ids[0], ids[1]
    (array([6, 4, 5]), array([5, 4, 1]))
    >>> list(tokenizer.inverse_transform(ids[:1]))
    ['cab']
    """

    title: ClassVar[str] = "Token ids"

    vocabulary: Any = parameter(default=None, constraints=[list, tuple, dict, set, np.ndarray, None])
    unknown: str = parameter(default="token", constraints=[StrOptions({"token", "error"})])
    add_bos: bool = parameter(default=False, constraints=["boolean"])
    add_eos: bool = parameter(default=False, constraints=["boolean"])
    min_frequency: int = parameter(default=1, constraints=[AT_LEAST_1])
    max_tokens: int | None = parameter(default=None, constraints=[AT_LEAST_1, None])

    # Whether a row may be a list of items. Where False, rows are strings.
    _reads_lists = True
    # Kind of the sequences, whose normal form is read; None reads them as they are.
    _kind: ClassVar[str | None] = None

    def _split(self, sequences: list[Any]) -> Tokens:
        """Cut sequences into tokens: the one hook of a new tokenizer.

        Parameters
        ----------
        sequences : list of str, or list of lists

        Returns
        -------
        Tokens
        """
        if isinstance(sequences[0], str):
            return Tokens.from_characters(sequences)
        return Tokens.from_lists(sequences)

    def _join(self, tokens: list[Any]) -> str:
        """Put the tokens of one sequence together again."""
        return "".join(tokens)

    def _unknown_text(self) -> str:
        """What stands for an unknown token in a string given back."""
        return UNKNOWN_SYMBOL

    def _alphabet(self) -> list[str] | None:
        """The tokens known whatever the data; None to learn them."""
        return None

    def _position(self, preceding: list[Any]) -> int:
        """Where in its sequence the token behind the `preceding` ones stands."""
        return len(preceding)

    @property
    def tokens_overlap(self) -> bool:
        """Whether neighbouring tokens share symbols of the sequence."""
        return False

    @property
    def is_substitutable(self) -> bool:
        """Whether another token of the vocabulary, in the place of any one, leads to a sequence too."""
        return True

    @_fit_context
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Sequences: list, tuple, array, Series, or data frame of one column,
            of strings (or of what else the tokenizer reads).
        y : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        self : object
            Fitted tokenizer.
        """
        tokens = self._learn(X)
        if self.unknown == "error":
            self._encode(tokens)
        return self

    @_fit_context
    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Learn the vocabulary and turn the same sequences into token ids.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Sequences, as in `fit`.
        y : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        ids : ndarray of shape (n_samples,) or (n_samples, 1), dtype object
            As of `transform`; the sequences are split only once.
        """
        return self._to_ids(self._learn(X), X)

    def transform(self, X: Any) -> np.ndarray:
        """Turn sequences into token ids.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Sequences, as in `fit`.

        Returns
        -------
        ids : ndarray of the shape of X, dtype object
            1-D integer arrays (int64), one per sequence. They are views into
            one buffer.
        """
        check_is_fitted(self)
        if is_column(X) and hasattr(self, "feature_names_in_"):
            validate_data(self, X, reset=False, skip_check_array=True)
        return self._to_ids(self._tokenize(X), X)

    def tokenize(self, X: Any) -> np.ndarray:
        """Cut sequences into the names of their tokens.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Sequences, as in `fit`, which isn't needed before.

        Returns
        -------
        ndarray of shape (n_samples,), dtype object
            Lists of tokens, whether the vocabulary has them or not, without
            the markers of both ends.
        """
        self._validate_params()
        return self._tokenize(X).to_lists()

    def inverse_transform(self, ids: Any, unknown: Any = None) -> np.ndarray:
        """Turn token ids back into sequences.

        Parameters
        ----------
        ids : array-like of shape (n_samples,), (n_samples, 1) or (n_samples, length)
            1-D integer arrays, also as a column, or an integer matrix padded
            with 0.
        unknown : list of n_samples lists or None, default=None
            What stands for the unknown tokens of each sequence, in order,
            where it is known otherwise.

        Returns
        -------
        X : ndarray of shape (n_samples,), dtype object
            Sequences as strings, or as lists where `fit` saw lists. The ids of
            padding and of both ends are left out. An unknown token, whose
            symbol is lost, comes back as the replacement character in a string
            (one for each symbol that it had) and as ``"<unknown>"`` in a list.
            Both are read as unknown: `transform` gives the same ids again.

        Raises
        ------
        InvalidSequenceError
            An id isn't in the vocabulary; the message names row and position.
            Or another vocabulary has made the ids.
        """
        check_is_fitted(self)
        with naming("ids"):
            ids = read_sequences(ids, input="tokens")
        if not self._fingerprint().agrees(ids.fingerprint):
            raise InvalidSequenceError(
                f"these are ids of {ids.fingerprint}, but this is {self._fingerprint()}, where the same id "
                "stands for another token: use the tokenizer that made them"
            )
        if ids.values.size and ids.values.max() >= self.n_tokens_:
            index = int(np.argmax(ids.values >= self.n_tokens_))
            row, position = place_of(index, ids.offsets)
            raise InvalidSequenceError(
                f"row {row}, position {position} of ids is {ids.values[index]}, but the "
                f"vocabulary has the ids 0 to {self.n_tokens_ - 1}: take ids from this tokenizer's transform"
            )
        as_list = self.sequence_type_ == "list"
        names = self.vocabulary_.tokens
        names[UNKNOWN] = SPECIAL_TOKENS[UNKNOWN] if as_list else self._unknown_text()
        ids = ids.keep(~ids.is_end & (ids.values != PAD))
        rows = ([names[token] for token in row.tolist()] for row in ids)
        if unknown is not None:
            rows = (_fill(row, names[UNKNOWN], given) for row, given in zip(rows, unknown, strict=True))
        return object_array(rows if as_list else map(self._join, rows), len(ids))

    def normalize(self, X: Any, *, name: str = "X") -> np.ndarray:
        """Write sequences as the tokenizer reads them.

        Two sequences that are then equal have the same tokens.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Sequences, as in `fit`, which isn't needed before.
        name : str, default="X"
            What messages call X.

        Returns
        -------
        ndarray of shape (n_samples,), dtype object
            Strings, or lists where X has lists.

        Raises
        ------
        InvalidSequenceError
            A row is missing, or has no normal form.
        """
        self._validate_params()
        return object_array(self._normalize(check_sequences(X, lists=self._reads_lists, name=name), name))

    def _normalize(self, sequences: list[Any], name: str) -> list[Any]:
        if self._kind is not None:
            return normalize(sequences, self._kind, name=name)
        if type(self)._split is SequenceTokenizer._split:
            return sequences
        rows = self._split(sequences).to_lists().tolist()
        return list(map(self._join, rows)) if isinstance(sequences[0], str) else rows

    def _join_symbols(self, sequences: list[str], known: str) -> tuple[bytes, np.ndarray]:
        """The symbols of all sequences in one buffer; a warning where few of them are `known`."""
        text, offsets = join_symbols(sequences, self._kind)
        if self.unknown == "token" and self._kind is not None:
            warn_of_foreign(text, offsets, kind=self._kind, known=known, reader=type(self).__name__)
        return text, offsets

    def _tokenize(self, X: Any) -> Tokens:
        return self._split(check_sequences(X, lists=self._reads_lists))

    def _learn(self, X: Any) -> Tokens:
        """Split the training data and set the vocabulary."""
        sequences = check_sequences(X, lists=self._reads_lists)
        tokens = self._split(sequences)
        self.sequence_type_ = "string" if isinstance(sequences[0], str) else "list"
        self.vocabulary_ = self._make_vocabulary(tokens.count)
        self.n_tokens_ = len(self.vocabulary_)
        self.n_features_in_ = 1
        for name in ("feature_names_in_", "_counts"):  # of a fit before
            self.__dict__.pop(name, None)
        if is_column(X):
            validate_data(self, X, skip_check_array=True)
        return tokens

    def _make_vocabulary(self, count: Callable[[], dict[Any, int]]) -> Vocabulary:
        alphabet = self._alphabet()
        if self.vocabulary is not None:
            vocabulary = Vocabulary.read(self.vocabulary)
            if foreign := find_foreign(vocabulary, alphabet, self.sequence_type_ == "string"):
                raise ValueError(
                    f"the vocabulary holds {foreign[0]!r}, which {type(self).__name__} never "
                    "makes with these parameters: leave it out, or take the vocabulary of a tokenizer of the "
                    "same parameters"
                )
            return vocabulary
        if alphabet is not None and self.min_frequency == 1 and self.max_tokens is None:
            return Vocabulary(alphabet)
        counts = count()
        known = set(counts if alphabet is None else alphabet).intersection(counts)
        if self.sequence_type_ == "string":
            known.discard(UNKNOWN_SYMBOL)
        counts = {token: counts[token] for token in known}
        return Vocabulary.of_frequent(counts, self.min_frequency, self.max_tokens)

    def _fingerprint(self) -> Fingerprint:
        return Fingerprint.of(self.vocabulary_, type(self).__name__)

    def _encode(self, tokens: Tokens) -> np.ndarray:
        """The id of every token, by the policy on unknown ones."""
        found = np.fromiter(map(self.vocabulary_.get, tokens.names, repeat(UNKNOWN)), dtype=np.int64)
        ids = tokens.replace(np.where(found < len(SPECIAL_TOKENS), UNKNOWN, found))
        if self.unknown == "error" and (unknown := ids == UNKNOWN).any():
            index = int(np.argmax(unknown))
            row, preceding = tokens.place(index)
            raise InvalidSequenceError(
                f"row {row}, position {self._position(preceding)} of X is "
                f"{tokens.names[tokens.codes[index]]!r}, which is not among the "
                f"{self.n_tokens_ - len(SPECIAL_TOKENS)} tokens of the vocabulary: correct it, or set "
                'unknown="token" to give it the id of unknown tokens'
            )
        return ids

    def _to_ids(self, tokens: Tokens, X: Any) -> np.ndarray:
        """Object array of the ids of every sequence, a column if X is one."""
        ids = Sequences(self._encode(tokens), tokens.offsets, fingerprint=self._fingerprint())
        if self.add_bos or self.add_eos:
            ids = ids.with_ends(begin=self.add_bos, end=self.add_eos)
        rows = ids.to_list()
        is_unknown = ids.values == UNKNOWN
        if is_unknown.any():
            codes = tokens.codes[is_unknown[~ids.is_end]]
            unknown = Unknown(np.flatnonzero(is_unknown), codes, tokens.names)
            remember_unknown(next(row for row in rows if len(row)), unknown)
        return rows[:, None] if is_column(X) else rows


def _fill(tokens: list[Any], gap: Any, symbols: Iterable[Any]) -> list[Any]:
    """Put symbols, in order, into the gaps between tokens."""
    symbols = iter(symbols)
    return [next(symbols, gap) if token == gap else token for token in tokens]
