"""What a language model makes of mutants: how much less likely they are than the wild type."""

import warnings
from typing import Any

import numpy as np

from ..exceptions import UnknownSymbolsWarning
from ..sequences import UNKNOWN, naming, place_of, read_sequences, symbol_at
from ._fitted import FittedModel, is_single

__all__ = ["variant_effect"]


def variant_effect(model: Any, wild_type: Any, mutants: Any, *, normalize: bool = False) -> Any:
    """Return the log-likelihood of mutants minus that of the wild type.

    A language model of natural sequences has seen what selection has left
    over: a mutant that it finds much less likely than the wild type is more
    often a harmful one. No label is needed (zero-shot prediction).

    Parameters
    ----------
    model : fitted estimator or Pipeline
        A RecurrentLanguageModel, or a Pipeline that ends in one.
    wild_type : one sequence, or array-like of n sequences
        What the mutants are compared with: one for all of them, or one for
        each. Strings for a Pipeline with a tokenizer.
    mutants : one sequence, or array-like of n sequences
        Of any lengths: substitutions, insertions and deletions.
    normalize : bool, default=False
        Whether to compare means over the tokens, for mutants of other lengths
        than the wild type.

    Returns
    -------
    ndarray of shape (n,), or float
        In nats, negative where the mutant is less likely; a float for a single
        mutant.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The model is no language model.
    ValueError
        There are several sequences as wild types, but not one for each mutant.

    Warns
    -----
    UnknownSymbolsWarning
        Sequences hold tokens that training has not met; the message counts
        them, and names the first.

    See Also
    --------
    mutagenesis : All single changes of a sequence, by what a classifier says.

    References
    ----------
    .. [1] Riesselman, A. J., J. B. Ingraham, D. S. Marks, "Deep generative
       models of genetic variation capture the effects of mutations", Nature
       Methods 15 (2018) 816-822.
    .. [2] Hie, B. et al., "Learning the language of viral evolution and
       escape", Science 371 (2021) 284-288.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentLanguageModel
    >>> from seqestimators.inspection import variant_effect
    >>> model = make_pipeline(DNATokenizer(), RecurrentLanguageModel(random_state=0))
    >>> model = model.fit(["ATGTAA", "ATGGCATAA", "ATGGCGTAA"] * 10)
    >>> effects = variant_effect(model, "ATGGCATAA", ["ATGGCGTAA", "TTGGCATAA"])
    >>> bool(effects[0] > effects[1])
    True
    """
    fitted = FittedModel(model)
    if not hasattr(fitted.estimator, "score_samples"):
        raise TypeError(
            f"{type(fitted.estimator).__name__} gives no likelihood of a sequence: this needs a "
            "RecurrentLanguageModel"
        )

    def score(X: Any, name: str) -> np.ndarray:
        with naming(name):
            ids = fitted.prepare(X)
            scores = fitted.estimator.score_samples(ids, normalize=normalize).astype(np.float64)
        _warn_of_unknown(fitted, ids, name)
        return scores

    changed, original = score(mutants, "mutants"), score(wild_type, "wild_type")
    if len(original) not in (1, len(changed)):
        raise ValueError(
            f"wild_type has {len(original)} sequences, but there are {len(changed)} mutants: give one for "
            "all, or one for each"
        )
    effects = changed - original
    return float(effects[0]) if is_single(mutants) else effects


def _warn_of_unknown(fitted: FittedModel, ids: Any, name: str) -> None:
    """Warn of sequences with tokens that training has not met, and name the first of these."""
    given = read_sequences(ids, "tokens").without_ends()
    is_unknown = fitted.estimator.read(ids).without_ends().values == UNKNOWN
    if not is_unknown.any():
        return
    row, position = place_of(int(is_unknown.argmax()), given.offsets)
    token, known = int(given[row][position]), fitted.vocabulary
    if token == UNKNOWN:
        token = symbol_at(ids[row] if isinstance(ids, np.ndarray) else None, given[row], position)
    elif token < len(known):
        token = known[token]
    n_rows = len(np.unique(np.searchsorted(given.offsets, np.flatnonzero(is_unknown), side="right")))
    warnings.warn(
        f"{n_rows} of {len(given)} sequences of {name} hold tokens that training has not met, first "
        f"{token!r} in row {row}, position {position}: nothing is known of these, and "
        "the effect says little",
        UnknownSymbolsWarning,
        stacklevel=4,
    )
