"""Tokenizers of other libraries."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NoReturn

from sklearn.utils.validation import check_is_fitted

from .._sklearn import HasMethods
from ..domain import UNKNOWN_SYMBOL
from ..exceptions import InvalidSequenceError
from ..parameters import parameter, with_parameters
from ..sequences import SPECIAL_TOKENS, UNKNOWN, check_sequences, shorten
from .base import SequenceTokenizer
from .regex import split_at_unknown
from .tokens import Tokens
from .vocabulary import Vocabulary

__all__ = ["ExternalTokenizer"]


@with_parameters
class ExternalTokenizer(SequenceTokenizer):
    """Turn strings into ids of the tokens that a tokenizer of another library makes.

    It takes a tokenizer of Hugging Face `tokenizers`, or any function from a
    string to a list of strings. One that isn't trained yet, such as
    ``Tokenizer(BPE())``, is trained by `fit`: on the training rows of each
    fold, and nothing else.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer, callable or str
        A tokenizer of Hugging Face, trained or not, also as the JSON text of
        its ``to_str()``, or a fast one of `transformers`; or a function that
        cuts one string into the list of its tokens. It stays as it is: `fit`
        trains a copy.
    decode : callable or None
        A function that puts a list of tokens together again, such as
        ``" ".join``. None takes the decoder of a Hugging Face tokenizer, else
        writes the tokens one behind the other.
    min_frequency : int
        Least number of times that a token occurs in the training data to be
        known; also of two tokens side by side for a training to join them.
    max_tokens : int or None
        Greatest number of tokens to know, besides the special ones: the size
        that a training of a Hugging Face tokenizer aims at. None leaves it at
        the default of its trainer, 30,000 for byte-pair encoding.

    Attributes
    ----------
    json_ : str or None
        The trained tokenizer of Hugging Face, as JSON; None for a function.
    vocabulary_ : Vocabulary
        Dictionary from token to id: all tokens of a Hugging Face tokenizer,
        unless one that is trained already meets `min_frequency` or
        `max_tokens`; of a function those of the training data. The ids are
        not those of the other library.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : str
        Always "string".

    Raises
    ------
    ImportError
        The tokenizer is JSON text, and `tokenizers` isn't installed.
    TypeError
        The function returns anything but a list of strings.
    InvalidSequenceError
        A sequence has half of a surrogate pair, which a tokenizer of Hugging
        Face can't read.
    ValueError
        By `inverse_transform`: the tokens of the training data, put together,
        don't lead back to the same tokens, as without the blanks between
        words. The remedy is `decode`.

    See Also
    --------
    RegexTokenizer : Whatever a regular expression describes.
    WordTokenizer : Words between blanks.

    Notes
    -----
    The same training rows lead to the same ids in every process. Of a Hugging
    Face tokenizer truncation, padding, dropout and the special tokens of its
    post-processor are left out: `add_bos` and `add_eos` mark the ends. What
    its model doesn't know has the id 1, also where byte-pair encoding without
    an unknown token would leave it out.

    Put a function at the top of a module, so that the model can be pickled.
    For :func:`seqestimators.save`, give the tokenizer as JSON text.

    References
    ----------
    .. [1] Sennrich, R., B. Haddow, A. Birch, "Neural machine translation of
       rare words with subword units", ACL (2016) 1715-1725.

    Examples
    --------
    >>> from seqestimators import ExternalTokenizer
    >>> ExternalTokenizer(str.split, decode=" ".join).fit_transform(["the cat", "a cat"])[1]
    array([4, 5])
    >>> from tokenizers import Tokenizer, models
    >>> subwords = ExternalTokenizer(Tokenizer(models.BPE()), max_tokens=6)
    >>> ids = subwords.fit_transform(["ACGTACGT", "GTACC"])
    >>> subwords.tokenize(["ACGTACGT"])[0]
    ['AC', 'GT', 'AC', 'GT']
    >>> list(subwords.inverse_transform(ids))
    ['ACGTACGT', 'GTACC']
    """

    tokenizer: Any = parameter(constraints=[callable, HasMethods(["to_str"]), str], kw_only=False)
    decode: Any = parameter(default=None, constraints=[callable, None])

    _reads_lists = False

    def _learn(self, X: Any) -> Tokens:
        sequences = check_sequences(X, lists=False)
        text, self._is_trained_here = _to_json(self.tokenizer), False
        if text is not None:
            _check_characters(sequences)
            self._is_trained_here = not _is_trained(text)
            if self._is_trained_here:
                text = _train(text, sequences, self.min_frequency, self.max_tokens)
            text = _make_ready(text)
        self.json_ = text
        tokens = super()._learn(X)
        self._lost = self._find_lost(sequences, tokens)
        return tokens

    def _alphabet(self) -> list[str] | None:
        if self.vocabulary is not None or self.json_ is None:
            return None
        tokenizer, unknown = _load(self.json_)
        return [token for token, i in tokenizer.get_vocab().items() if i != unknown]

    def partial_fit(self, X: Any, y: Any = None) -> NoReturn:
        """Refuse: an external tokenizer learns from all sequences at once.

        Parameters
        ----------
        X, y : Ignored
            Present for the API of the tokenizers.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            "an ExternalTokenizer can't learn from chunks: fit it on a sample of the sequences, and put "
            "sklearn.frozen.FrozenEstimator(tokenizer) into the Pipeline"
        )

    def _make_vocabulary(self, count: Callable[[], dict[Any, int]]) -> Vocabulary:
        if self._is_trained_here and self.vocabulary is None:
            return Vocabulary(self._alphabet() or [])  # the training has counted
        return super()._make_vocabulary(count)

    def _split(self, sequences: list[Any]) -> Tokens:
        if self._text is not None:
            _check_characters(sequences)
        rows = list(map(split_at_unknown, sequences))
        cut = iter(self._cut([piece for row in rows for piece in row if piece != UNKNOWN_SYMBOL]))
        return Tokens.from_lists(
            [token for piece in row for token in ([piece] if piece == UNKNOWN_SYMBOL else next(cut))]
            for row in rows
        )

    @property
    def _text(self) -> str | None:
        """The JSON of a Hugging Face tokenizer, fitted or not; None for a function."""
        return self.json_ if hasattr(self, "json_") else _to_json(self.tokenizer)

    def _cut(self, pieces: list[str]) -> list[list[str]]:
        """The tokens of strings without unknown symbols; one for each token that the model doesn't know."""
        text = self._text
        if text is None:
            return [self._call(piece) for piece in pieces]
        if not hasattr(self, "json_"):
            if not _is_trained(text):
                check_is_fitted(self)
            text = _make_ready(text)
        tokenizer, unknown = _load(text)
        return [
            [UNKNOWN_SYMBOL if i == unknown else token for i, token in zip(one.ids, one.tokens, strict=True)]
            for one in tokenizer.encode_batch(pieces, add_special_tokens=False)
        ]

    def _call(self, piece: str) -> list[str]:
        tokens = self.tokenizer(piece)
        if not isinstance(tokens, (list, tuple)) or not all(isinstance(token, str) for token in tokens):
            raise TypeError(
                f"tokenizer returns {shorten(tokens)} for {shorten(piece)}, but a list of strings is "
                "expected: give a function from a string to its tokens"
            )
        return list(tokens)

    def _join(self, tokens: list[Any]) -> str:
        if self._lost is not None:
            row, text = self._lost
            raise ValueError(
                f"the tokens of row {row} of the training data, put together, are {shorten(text)}, which has "
                "other tokens: set decode to a function that puts tokens together, such as ' '.join, or give "
                "the tokenizer of Hugging Face a decoder"
            )
        return self._put_together(tokens)

    def _put_together(self, tokens: list[Any]) -> str:
        if self.decode is not None:
            return str(self.decode(tokens))
        decoder = None if self.json_ is None else _load(self.json_)[0].decoder
        return "".join(tokens) if decoder is None else decoder.decode(tokens)

    def _find_lost(self, sequences: list[str], tokens: Tokens) -> tuple[int, str] | None:
        """The first row whose tokens don't lead back to themselves, and the string that they lead to."""
        expected = tokens.to_lists()
        texts = list(map(self._put_together, expected))
        rows = [row for row, text in enumerate(texts) if text != sequences[row]]
        again = self._split([texts[row] for row in rows]).to_lists()
        return next(
            ((row, texts[row]) for row, found in zip(rows, again, strict=True) if found != expected[row]),
            None,
        )

    def _normalize(self, sequences: list[Any], name: str) -> list[Any]:
        """As they are: what a foreign tokenizer reads alike is not known."""
        return sequences


def _check_characters(sequences: list[str]) -> None:
    """Refuse halves of characters, which a tokenizer of Hugging Face can't be handed."""
    for row, sequence in enumerate(sequences):
        try:
            sequence.encode()
        except UnicodeEncodeError as error:
            raise InvalidSequenceError(
                f"row {row} has {sequence[error.start]!r} at position {error.start}, a surrogate without its "
                "other half, which is no character: read the text again with its right encoding, or take "
                "the symbol out"
            ) from None


def _to_json(tokenizer: Any) -> str | None:
    """The text of a Hugging Face tokenizer; None for a function."""
    if isinstance(tokenizer, str):
        return tokenizer
    if isinstance(tokenizer, type) and hasattr(tokenizer, "to_str"):
        raise TypeError(f"tokenizer is the class {tokenizer.__name__}: give an instance of it")
    tokenizer = getattr(tokenizer, "backend_tokenizer", tokenizer)  # of a fast one of transformers
    return str(tokenizer.to_str()) if hasattr(tokenizer, "to_str") else None


def _parse(text: str) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise ImportError(
            "Hugging Face tokenizers need the package tokenizers, which is not installed: "
            "pip install seqestimators[tokenizers]"
        ) from None
    try:
        return Tokenizer.from_str(text)
    except Exception as error:
        raise ValueError(
            f"tokenizer={shorten(text)} is no JSON of a Hugging Face tokenizer: {error}. Give the tokenizer, "
            "or the text of its to_str()"
        ) from None


@lru_cache(maxsize=8)
def _load(text: str) -> tuple[Any, int]:
    """The tokenizer that some JSON describes, and the id of what its model doesn't know."""
    tokenizer, model = _parse(text), json.loads(text)["model"]
    return tokenizer, model["unk_id"] if model["type"] == "Unigram" else tokenizer.token_to_id(
        model["unk_token"]
    )


def _is_trained(text: str) -> bool:
    """Whether the model knows any token, besides the unknown one of a new unigram model."""
    _parse(text)
    model = json.loads(text)["model"]
    return len(model["vocab"]) > (model["type"] == "Unigram")


def _train(text: str, sequences: list[str], min_frequency: int, max_tokens: int | None) -> str:
    tokenizer = _parse(text)
    trainer = tokenizer.model.get_trainer()
    trainer.show_progress = False
    if hasattr(trainer, "min_frequency"):
        trainer.min_frequency = min_frequency
    if max_tokens is not None:
        trainer.vocab_size = max_tokens
    tokenizer.train_from_iterator(sequences, trainer)
    return str(tokenizer.to_str())


def _make_ready(text: str) -> str:
    """Let a tokenizer cut off nothing, draw no numbers, and tell what it doesn't know."""
    settings = json.loads(text)
    model = settings["model"]
    settings["truncation"] = settings["padding"] = None
    if model["type"] == "Unigram":
        if model["unk_id"] is None:
            model["unk_id"] = len(model["vocab"])
            model["vocab"].append([SPECIAL_TOKENS[UNKNOWN], 0.0])
    else:
        model["dropout"] = None
        name = model.get("unk_token") or SPECIAL_TOKENS[UNKNOWN]
        model["unk_token"] = name
        ids = [*model["vocab"].values(), *(token["id"] for token in settings["added_tokens"])]
        model["vocab"].setdefault(name, max(ids, default=-1) + 1)
    return json.dumps(settings)
