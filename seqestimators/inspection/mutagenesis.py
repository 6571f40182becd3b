"""What would the model say of a changed sequence? Every single change, tried out."""

from typing import Any

import numpy as np
import pandas as pd
import torch

from .._sklearn import StrOptions, validate_params
from .._training import MAX_HELD_STEPS
from ..sequences import BOS, EOS, PAD, SPECIAL_TOKENS, UNKNOWN, Sequences
from ._fitted import FittedModel, unwrap

__all__ = ["Mutagenesis", "mutagenesis"]

WITHOUT = "without"
"""Name of the only column where steps are hidden, not substituted."""

PARAMETERS = {
    "method": [StrOptions({"auto", "substitution", "occlusion"})],
    "occlusion": [StrOptions({"delete", "unknown", "zero"})],
    "scale": [StrOptions({"log_odds", "probability"})],
}


@validate_params(PARAMETERS, prefer_skip_nested_validation=True)
def mutagenesis(
    model: Any,
    X: Any,
    *,
    target: Any = None,
    method: str = "auto",
    occlusion: str = "delete",
    scale: str = "log_odds",
) -> Any:
    """Return how the answer of a fitted model changes with every single token.

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
        Of a classifier's answer. Log-odds, ``log(p / (1 - p))``, still tell
        changes apart where the model is certain and its probability stays
        near 0 or 1. A regressor answers in the unit of y.

    Returns
    -------
    DataFrame, or ndarray of shape (n,), dtype object
        One DataFrame for each sequence, alone for one sequence. Its values
        are the answer to the changed sequence minus that to the sequence as
        it is. A row is a token, its index (position, token), counted from 0;
        marks of the ends have no row. Columns are the tokens of the alphabet
        that training has met, and the cell of the token that stands there is
        0; or the one column "without" where tokens are hidden.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The model gives no single answer for a sequence.
    ValueError
        The model reads series of values, or there is no such target.

    See Also
    --------
    integrated_gradients : Contributions that sum to the answer.
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
    fitted = FittedModel(model)
    trial = Mutagenesis(fitted, target=target, method=method, occlusion=occlusion, scale=scale)
    sequences = fitted.read(X)
    names = fitted.name_tokens(sequences)
    results = np.empty(len(sequences), dtype=object)
    for row in range(len(sequences)):
        results[row], _ = trial.run(sequences.take([row]), names[row])
    return unwrap(results, X)


class Mutagenesis:
    """All single changes of a sequence and the answers to them.

    Parameters
    ----------
    fitted : FittedModel
    target, method, occlusion, scale
        As in `mutagenesis`.
    """

    def __init__(self, fitted: FittedModel, *, target: Any, method: str, occlusion: str, scale: str):
        self.estimator = fitted.estimator
        self.margin = fitted.estimator.margin(target)
        if self.estimator.input_ != "tokens":
            raise ValueError(
                "mutagenesis substitutes tokens, but the model reads series of values: use "
                "integrated_gradients"
            )
        tokenizer = fitted.tokenizer
        overlaps = tokenizer is not None and tokenizer.tokens_overlap
        if method == "auto":
            hides = overlaps or (tokenizer is not None and not tokenizer.is_substitutable)
            method = "occlusion" if hides else "substitution"
        elif method == "substitution" and overlaps:
            raise ValueError(
                f"k-mers of k={tokenizer.k} and stride={tokenizer.stride} share letters: "
                'use method="occlusion"'
            )
        self.occlusion = occlusion if method == "occlusion" else None
        self.scale = scale
        known = np.flatnonzero(self.estimator.known_tokens_)
        self.alphabet = known[known >= len(SPECIAL_TOKENS)]
        if tokenizer is None:
            self.letters = [str(token) for token in self.alphabet]
        else:
            self.letters = [str(tokenizer.vocabulary_.tokens[token]) for token in self.alphabet]

    def run(self, sequence: Sequences, names: list[str]) -> tuple[pd.DataFrame, str]:
        """Change one sequence everywhere.

        Parameters
        ----------
        sequence : Sequences
            Of a single row.
        names : list of str
            Names of its tokens.

        Returns
        -------
        changes : DataFrame
        answer : str
            What it is whose changes are told.
        """
        tokens = sequence.values
        reference = self._run(sequence)
        column = self.margin.choose(reference)
        answer = self._read(reference, column)
        places = np.flatnonzero(~np.isin(tokens, (PAD, BOS, EOS)))
        if self.occlusion:
            cells = np.stack([places, np.zeros_like(places)], axis=1)
        else:  # the token that stands there already changes nothing
            cells = np.argwhere(tokens[places, None] != self.alphabet)
            cells[:, 0] = places[cells[:, 0]]
        columns = [WITHOUT] if self.occlusion else self.letters
        values = np.zeros((len(tokens), len(columns)))
        n_rows = max(1, MAX_HELD_STEPS // max(1, len(tokens)))
        for begin in range(0, len(cells), n_rows):
            some = cells[begin : begin + n_rows]
            answers = self._read(self._run(self._change(sequence, *some.T)), column)
            values[some[:, 0], some[:, 1]] = (answers - answer).numpy()
        index = pd.MultiIndex.from_arrays(
            [np.arange(len(places)), [names[place] for place in places]], names=["position", "token"]
        )
        changes = pd.DataFrame(values[places], index=index, columns=columns)
        return changes, self.margin.name(int(column), self.scale)

    def _change(self, sequence: Sequences, places: np.ndarray, letters: np.ndarray) -> Sequences:
        """Copies of a sequence, each changed at one place."""
        copies = np.tile(sequence.values, (len(places), 1))
        rows = np.arange(len(places))
        if self.occlusion == "delete":
            stays = np.ones(copies.shape, dtype=bool)
            stays[rows, places] = False
            copies = copies[stays].reshape(len(places), -1)
        elif self.occlusion:
            copies[rows, places] = UNKNOWN if self.occlusion == "unknown" else PAD
        else:
            copies[rows, places] = self.alphabet[letters]
        features = None if sequence.features is None else np.repeat(sequence.features, len(places), axis=0)
        return Sequences(copies.ravel(), np.arange(len(places) + 1) * copies.shape[1], features)

    def _run(self, sequences: Sequences) -> torch.Tensor:
        return torch.from_numpy(self.estimator.run(sequences)).double()

    def _read(self, outputs: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
        return self.margin.read(outputs, column.expand(len(outputs)), self.scale)
