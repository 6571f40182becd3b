"""Molecules as SELFIES, in which every sequence of symbols is a molecule."""

import re
from typing import Any

from ..domain import UNKNOWN_SYMBOL, normalize
from ..exceptions import InvalidSequenceError
from ..parameters import with_parameters
from .base import SequenceTokenizer
from .tokens import Tokens

__all__ = ["SelfiesTokenizer"]

_SYMBOL = re.compile(rf"\[[^\[\]]*\]|[.{UNKNOWN_SYMBOL}]")


@with_parameters
class SelfiesTokenizer(SequenceTokenizer):
    r"""Turn SMILES into ids of the symbols of their SELFIES.

    SELFIES describe molecules so that every sequence of symbols is one: what
    a language model samples, and a molecule with another symbol in the place
    of one, can always be read. `inverse_transform` gives SMILES back. Needs
    the package `selfies`.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Dictionary from symbol to id.
    n_tokens_ : int
        Number of ids, the four special ones included.
    sequence_type_ : str
        Always "string".

    Raises
    ------
    InvalidSequenceError
        A row is no SMILES that SELFIES can encode, or a symbol is unknown
        under ``unknown="error"``; the message names row and position, in
        symbols.
    ImportError
        The package `selfies` isn't installed.

    See Also
    --------
    SmilesTokenizer : Atoms and bonds of the SMILES itself.
    RegexTokenizer : With ``r"\[[^\]]*\]|\."``, reads strings that are SELFIES.

    Notes
    -----
    `inverse_transform` writes the SMILES that `selfies` decodes, without
    aromatic letters. A sequence with an unknown symbol is no molecule: it
    comes back as SELFIES, with the replacement character in the symbol's
    place, and is read as such. Which valences are allowed is a setting of
    `selfies` for the whole process, ``selfies.set_semantic_constraints``.

    References
    ----------
    .. [1] Krenn, M. et al., "Self-referencing embedded strings (SELFIES): a
       100% robust molecular string representation", Machine Learning: Science
       and Technology 1 (2020) 045024.

    Examples
    --------
    >>> from seqestimators import SelfiesTokenizer
    >>> tokenizer = SelfiesTokenizer()
    >>> ids = tokenizer.fit_transform(["CC(=O)O", "c1ccccc1"])
    >>> tokenizer.tokenize(["CC(=O)O"])[0]
    ['[C]', '[C]', '[=Branch1]', '[C]', '[=O]', '[O]']
    >>> list(tokenizer.inverse_transform(ids))
    ['CC(=O)O', 'C1=CC=CC=C1']
    """

    _reads_lists = False

    def _split(self, sequences: list[Any]) -> Tokens:
        return Tokens.from_lists(map(_SYMBOL.findall, self._encode_molecules(sequences, "X")))

    def _join(self, tokens: list[Any]) -> str:
        text = "".join(tokens)
        return text if UNKNOWN_SYMBOL in text else str(_require_selfies().decoder(text))

    def _normalize(self, sequences: list[Any], name: str) -> list[Any]:
        return [self._join(_SYMBOL.findall(text)) for text in self._encode_molecules(sequences, name)]

    def _encode_molecules(self, sequences: list[str], name: str) -> list[str]:
        """The SELFIES of SMILES; a string with an unknown symbol is one already."""
        selfies = _require_selfies()
        encoded = []
        for row, text in enumerate(normalize(sequences, "smiles", name=name)):
            if text and UNKNOWN_SYMBOL not in text:
                try:
                    text = selfies.encoder(text)
                except selfies.EncoderError as error:
                    reason = next((line for line in str(error).splitlines()), "")
                    raise InvalidSequenceError(
                        f"row {row} of {name}, {text!r}, is no SMILES that SELFIES can encode ({reason}): "
                        "correct it, drop the row, or use SmilesTokenizer, which reads any string"
                    ) from None
            elif "".join(_SYMBOL.findall(text)) != text:
                raise InvalidSequenceError(
                    f"row {row} of {name}, {text!r}, has an unknown symbol, but is no SELFIES: drop the row"
                )
            encoded.append(text)
        return encoded


def _require_selfies() -> Any:
    try:
        import selfies
    except ImportError:
        raise ImportError(
            "SelfiesTokenizer needs the package selfies, which is not installed: "
            "pip install seqestimators[selfies]"
        ) from None
    return selfies
