"""What would the model say of a changed sequence? Every single change, tried out."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from .._sklearn import StrOptions, validate_params
from .._training import MAX_HELD_STEPS
from ..sequences import BOS, EOS, PAD, UNKNOWN, Sequences, object_array
from ._fitted import FittedModel, unwrap

__all__ = ["change_each_token", "mutagenesis"]

WITHOUT = "without"
"""Name of the only column where steps are hidden, not substituted."""
GONE = -1
"""Stands for a token that is left out."""
HIDDEN = {"delete": GONE, "unknown": UNKNOWN, "zero": PAD}
"""What stands where a token was hidden."""


@validate_params(
    {
        "method": [StrOptions({"auto", "substitution", "occlusion"})],
        "occlusion": [StrOptions(set(HIDDEN))],
        "scale": [StrOptions({"log_odds", "probability"})],
    }
)
def mutagenesis(
    model: Any,
    X: Any,
    *,
    target: Any = None,
    method: str = "auto",
    occlusion: str = "delete",
    scale: str = "log_odds",
    column: Any = None,
) -> Any:
    """Return how the prediction of a fitted model changes with every single token.

    In-silico mutagenesis: each token is replaced by every other one of the
    alphabet, and the model is asked again. Where a substitution makes no
    sequence, as in SMILES, each token is hidden instead.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        A RecurrentClassifier or RecurrentRegressor of tokens, or a Pipeline
        that ends in one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer.
    target : object, default=None
        Class to explain, as in `classes_`; index of a label or of a target.
        None takes the second of two classes, the likeliest of several for
        each sequence, or the only target.
    method : {"auto", "substitution", "occlusion"}, default="auto"
        Whether tokens are substituted or hidden. "auto" hides those of
        SMILES, and k-mers that share letters with their neighbours, and
        substitutes all others.
    occlusion : {"delete", "unknown", "zero"}, default="delete"
        How a token is hidden: left out; replaced by the unknown token, whose
        vector means something only where training has met unknown tokens; or
        by the zero vector of padding, the baseline of integrated gradients.
    scale : {"log_odds", "probability"}, default="log_odds"
        Scale of a classifier's output. Log-odds, ``log(p / (1 - p))``, still tell
        changes apart where the model is certain and its probability stays
        near 0 or 1. The scale of a regressor is the unit of y.
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    DataFrame, or ndarray of shape (n,), dtype object
        One DataFrame for each sequence, alone for one sequence. Its values
        are the prediction for the changed sequence minus that for the sequence as
        it is. A row is a token, its index (position, token), counted from 0;
        marks of the ends have no row. Columns are the tokens of the alphabet
        that training has met, and the cell of the token that stands there is
        0; or the one column "without" where tokens are hidden.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The model gives no single prediction for a sequence.
    ValueError
        The model reads series of values, or there is no such target or column.

    See Also
    --------
    integrated_gradients : Contributions that sum to the prediction.
    MutagenesisDisplay : The picture.

    Notes
    -----
    A sequence of T tokens and an alphabet of A take ``T * (A - 1)``
    predictions, in batches whose memory doesn't grow with that number.

    References
    ----------
    .. [1] Zhou, J., O. G. Troyanskaya, "Predicting effects of noncoding
       variants with deep learning-based sequence model", Nature Methods 12
       (2015) 931-934.
    .. [2] Zeiler, M. D., R. Fergus, "Visualizing and Understanding
       Convolutional Networks", ECCV 2014 (occlusion).

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import mutagenesis
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(hidden_size=8, max_epochs=1, random_state=0)
    ... )
    >>> model = model.fit(["ACGT", "TT"], ["long", "short"])
    >>> changes = mutagenesis(model, "CAT", target="long")
    >>> changes.shape, list(changes.columns)
    ((3, 4), ['A', 'C', 'G', 'T'])
    >>> float(changes.loc[(0, "C"), "C"])
    0.0
    """
    fitted = FittedModel(model, column)
    results = change_each_token(fitted, fitted.read(X), target, method, occlusion, scale)
    return unwrap(object_array([changes for changes, _ in results]), X)


def change_each_token(
    fitted: FittedModel, sequences: Sequences, target: Any, method: str, occlusion: str, scale: str
) -> list[tuple[pd.DataFrame, str]]:
    """Try all single changes of some sequences.

    Parameters
    ----------
    fitted : FittedModel
    sequences : Sequences
        As its `read` returns them.
    target, method, occlusion, scale
        As in `mutagenesis`.

    Returns
    -------
    list of n tuples (DataFrame, str)
        What `mutagenesis` returns for a sequence, and the name of the number
        that changes.
    """
    margin = fitted.estimator.margin(target)
    if not fitted.column_of(sequences).is_tokens:
        raise ValueError(
            "mutagenesis substitutes tokens, but the model reads series of values: use integrated_gradients"
        )
    if _hides(fitted.tokenizer, method):
        letters, columns = np.array([HIDDEN[occlusion]]), [WITHOUT]
    else:
        letters, vocabulary = fitted.alphabet, fitted.vocabulary
        columns = [str(vocabulary[token]) for token in letters]

    def answer(sequences: Sequences, column: torch.Tensor | None = None) -> tuple[np.ndarray, torch.Tensor]:
        """Return what the model says, and of which class or target, by default of that to explain."""
        outputs = torch.from_numpy(fitted.estimator.run(sequences)).double()
        column = margin.choose(outputs) if column is None else column
        return margin.read(outputs, column.expand(len(outputs)), scale).numpy(), column

    results = []
    for row, names in enumerate(fitted.name_tokens(sequences)):
        sequence = sequences.take([row])
        tokens = fitted.column_of(sequence).values
        reference, column = answer(sequence)
        places = np.flatnonzero(~np.isin(tokens, (PAD, BOS, EOS)))
        changes = np.zeros((len(places), len(letters)))
        # the token that stands there already changes nothing
        cells = np.argwhere(tokens[places, None] != letters)
        n_rows = max(1, MAX_HELD_STEPS // max(1, len(tokens)))
        for begin in range(0, len(cells), n_rows):
            i, j = cells[begin : begin + n_rows].T
            answers, _ = answer(_change(sequence, fitted.place, places[i], letters[j]), column)
            changes[i, j] = answers - reference
        index = pd.MultiIndex.from_arrays(
            [np.arange(len(places)), [names[place] for place in places]], names=["position", "token"]
        )
        results.append((pd.DataFrame(changes, index, columns), margin.name(int(column), scale)))
    return results


def _hides(tokenizer: Any, method: str) -> bool:
    """Whether tokens are hidden, not substituted."""
    overlaps = tokenizer is not None and tokenizer.tokens_overlap
    if method == "substitution" and overlaps:
        raise ValueError(f'neighbouring tokens of {tokenizer} share letters: use method="occlusion"')
    if method == "auto":
        return overlaps or (tokenizer is not None and not tokenizer.is_substitutable)
    return method == "occlusion"


def _change(sequence: Sequences, column: int, places: np.ndarray, tokens: np.ndarray) -> Sequences:
    """Copies of a row, each with another token at one place of a column."""
    copies = sequence.take(np.zeros(len(places), dtype=np.int64))
    changed = (copies, *copies.others)[column]
    changed.values[changed.offsets[:-1] + places] = tokens
    changed = changed.keep(changed.values != GONE)
    if column == 0:
        return changed
    others = [changed if i == column else other for i, other in enumerate(copies.others, 1)]
    return replace(copies, others=tuple(others))
