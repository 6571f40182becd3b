"""Augmenters: a string to another one that means the same."""

import re
from abc import ABCMeta, abstractmethod
from hashlib import blake2b
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils import check_random_state

from .._sklearn import _fit_context
from ..domain import normalize, parse_molecules, reverse_complement
from ..exceptions import InvalidSequenceError
from ..parameters import parameter, with_parameters
from ..preprocessing.base import StringInput
from ..sequences import check_sequences, object_array

__all__ = ["Augmenter", "ReverseComplement", "SmilesRandomizer"]

_MAX_SEED = 2**31 - 2  # the greatest that RDKit's generator tells from others
_NO_NUCLEOTIDE = re.compile("[EFIJLOPQZ]")


class Augmenter(TransformerMixin, StringInput, metaclass=ABCMeta, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Base class of augmenters: one other string for every string.

    An augmenter of your own overrides one method, ``_vary(sequences,
    seeds)``. It gets a list of strings and a list of ints, one for each, and
    returns a list of strings of the same length. Whatever is random in a row
    is to come from its seed, so that the answer doesn't depend on the rows
    beside it.

    Attributes
    ----------
    kind : {"dna", "rna", "protein", "smiles"} or None
        Of a class: what its strings are. They come to `_vary` in the
        :func:`normal form <seqestimators.domain.normalize>` of the kind. None
        leaves them as they are, and lets rows be lists of symbols, too.
    n_variants : int or None
        Of a class: how many other strings a string has; None where there are
        many.

    See Also
    --------
    AugmentedClassifier : Trains a classifier on the other strings too.
    AugmentedRegressor : Trains a regressor on them.

    Examples
    --------
    >>> from seqestimators.augmentation import Augmenter
    >>> class RandomFrame(Augmenter):
    ...     def _vary(self, sequences, seeds):
    ...         return [row[seed % 3 :] for row, seed in zip(sequences, seeds)]
    >>> RandomFrame().augment(["ACGTACGT"], random_state=0)[0] in "ACGTACGT"
    True
    """

    kind: ClassVar[str | None] = None
    n_variants: ClassVar[int | None] = None

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {}

    @abstractmethod
    def _vary(self, sequences: list[Any], seeds: list[int]) -> list[Any]:
        """Return another string for each: the one hook of a new augmenter.

        Parameters
        ----------
        sequences : list of str
        seeds : list of int
            From 1 to 2147483646, one for each string.

        Returns
        -------
        list of str
        """

    @_fit_context
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters and the input; there is nothing to learn.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            Strings, in any container that
            :func:`~seqestimators.sequences.check_sequences` reads.
        y : Ignored
            Present for scikit-learn's API.

        Returns
        -------
        self : object
            The augmenter itself.
        """
        read_strings(X, self)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return another string for each, by the parameter `random_state`.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Strings.
        """
        return self.augment(X, getattr(self, "random_state", None))

    def augment(self, X: Any, random_state: Any = None) -> np.ndarray:
        """Return another string for each.

        Parameters
        ----------
        X : array-like of shape (n,) or (n, 1)
            As in fit.
        random_state : int, RandomState instance or None, default=None
            Where one random number is drawn from. With the same number, a
            string gets the same other one, whatever the rows beside it.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Strings.

        Raises
        ------
        InvalidSequenceError
            A row can't be read as what the augmenter takes; the message names
            it.
        """
        sequences = read_strings(X, self)
        key = int(check_random_state(random_state).randint(2**31 - 1)).to_bytes(4, "little")
        varied = self._vary(sequences, [_seed_of(row, key) for row in sequences])
        if len(varied) != len(sequences):
            raise ValueError(
                f"{type(self).__name__}._vary made {len(varied)} rows of {len(sequences)}: "
                "return one for each"
            )
        return object_array(varied)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


def read_strings(X: Any, augmenter: Any) -> list[Any]:
    """Read X as an augmenter does: in the normal form of its kind, if it has one."""
    kind = getattr(augmenter, "kind", None)
    return check_sequences(X, lists=True) if kind is None else normalize(X, kind)


def _seed_of(row: Any, key: bytes) -> int:
    text = row if isinstance(row, str) else repr(row)
    digest = blake2b(text.encode("utf-8", "surrogatepass"), key=key, digest_size=8).digest()
    return 1 + int.from_bytes(digest, "little") % _MAX_SEED


@with_parameters
class SmilesRandomizer(Augmenter):
    """Another SMILES of the same molecule, drawn by RDKit.

    The walk over the molecule begins at a random atom and takes random
    branches first.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        What `transform` draws by: with an int, a SMILES leads to the same
        other one each time. :class:`AugmentedClassifier` draws by its own.

    Raises
    ------
    InvalidSequenceError
        A SMILES has no normal form, as where a name stands behind it, or RDKit
        can't parse it. The message names its row.

    See Also
    --------
    AugmentedClassifier : Trains a classifier on such SMILES.
    seqestimators.SmilesTokenizer : ``canonical=True`` takes all SMILES of a molecule for one.

    Notes
    -----
    A small molecule has few SMILES, so that the drawn one may be the one
    given. Isotopes, charges, atom maps and stereochemistry stay. Don't train
    on random SMILES behind a tokenizer with ``canonical=True``, which undoes
    them.

    References
    ----------
    .. [1] Bjerrum, E. J., "SMILES enumeration as data augmentation for neural
       network modeling of molecules", arXiv:1703.07076 (2017).
    .. [2] Arús-Pous, J. et al., "Randomized SMILES strings improve the quality
       of molecular generative models", Journal of Cheminformatics 11 (2019) 71.

    Examples
    --------
    >>> from rdkit.Chem import CanonSmiles
    >>> from seqestimators.augmentation import SmilesRandomizer
    >>> other = SmilesRandomizer(random_state=0).fit_transform(["CC(=O)Oc1ccccc1C(=O)O"])
    >>> CanonSmiles(other[0])
    'CC(=O)Oc1ccccc1C(=O)O'
    """

    kind: ClassVar[str | None] = "smiles"

    random_state: Any = parameter(default=None, constraints=["random_state"])

    def _vary(self, sequences: list[str], seeds: list[int]) -> list[str]:
        molecules = parse_molecules(sequences)
        from rdkit.Chem import MolToRandomSmilesVect  # where it lacks, the line above has said what to do

        return [
            MolToRandomSmilesVect(molecule, 1, randomSeed=seed)[0]
            for molecule, seed in zip(molecules, seeds, strict=True)
        ]


class ReverseComplement(Augmenter):
    """The other strand of DNA or RNA, read from its own beginning.

    For labels that belong to both strands, such as the binding of a protein
    that may lie either way round.

    Raises
    ------
    InvalidSequenceError
        A letter is no nucleotide, nor an IUPAC letter for several. The message
        names row and position.

    See Also
    --------
    AugmentedClassifier : With ``n_averaged=1`` its answer is the same for both strands.
    seqestimators.model_selection.leakage_report : Finds equal sequences on either strand.

    Notes
    -----
    Sequences are given back in normal form: in capitals, and with T for U. The
    IUPAC letters for two or three nucleotides have complements; N stays, as do
    X, gaps and other signs that are no letters.

    References
    ----------
    .. [1] Cornish-Bowden, A., "Nomenclature for incompletely specified bases in
       nucleic acid sequences: recommendations 1984", Nucleic Acids Research
       13 (1985) 3021-3030.

    Examples
    --------
    >>> from seqestimators.augmentation import ReverseComplement
    >>> ReverseComplement().fit_transform(["AACG", "acgrn"]).tolist()
    ['CGTT', 'NYCGT']
    """

    kind: ClassVar[str | None] = "dna"
    n_variants: ClassVar[int | None] = 1

    def _vary(self, sequences: list[str], seeds: list[int]) -> list[str]:
        for row, sequence in enumerate(sequences):
            if found := _NO_NUCLEOTIDE.search(sequence):
                raise InvalidSequenceError(
                    f"row {row}, position {found.start()} of X is {found[0]!r}, which is no nucleotide and "
                    "has no complement: correct it, or leave the row out if it is a protein"
                )
        return list(map(reverse_complement, sequences))
