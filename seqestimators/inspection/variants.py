"""What a language model makes of mutants: how much less likely they are than the wild type."""

from typing import Any

import numpy as np

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

    def score(X: Any) -> np.ndarray:
        return fitted.estimator.score_samples(fitted.prepare(X), normalize=normalize).astype(np.float64)

    changed, original = score(mutants), score(wild_type)
    if len(original) not in (1, len(changed)):
        raise ValueError(
            f"wild_type has {len(original)} sequences, but there are {len(changed)} mutants: give one for "
            "all, or one for each"
        )
    effects = changed - original
    return float(effects[0]) if is_single(mutants) else effects
