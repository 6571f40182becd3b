"""RecurrentStepRegressor: a number, or several, for every step of a sequence."""

from typing import Any, Self

import numpy as np
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from .._sklearn import _fit_context
from ..modules import Ragged, RecurrentEncoder, StepNetwork, StepRegressionNetwork
from ..parameters import with_parameters
from ..sequences import Sequences, join_numbers, mean_and_scale, read_step_numbers, read_weights
from ._groups import Input, Motifs, Network, Positions, Pretraining
from ._step_targets import StepTargets
from ._target_rows import WeightedRows
from .base import BaseRecurrent
from .regressor import LARGEST, MAX_OFFSET, SMALLEST, score_r2

__all__ = ["RecurrentStepRegressor"]


@with_parameters
class RecurrentStepRegressor(StepTargets, BaseRecurrent, Input, Pretraining, Motifs, Positions, Network):
    """Recurrent network that predicts a number, or several, for every step of a sequence.

    Disorder or flexibility of every residue, a signal at every base, the next
    value of a series: each number belongs to one step, or to `stride` steps,
    and is read from their hidden states; with both directions these have read
    the whole sequence. Numbers are standardized inside, with their weights,
    and predictions transformed back; the loss is the squared error.

    Attributes
    ----------
    n_outputs_ : int
        Number of numbers a step.
    <attributes>

    See Also
    --------
    RecurrentTagger : Labels instead of numbers.
    RecurrentRegressor : Numbers for a whole sequence.

    Notes
    -----
    The loss is the mean over all steps of a batch: long sequences count for
    more than short ones.

    References
    ----------
    .. [1] Graves, A., J. Schmidhuber, "Framewise phoneme classification with
       bidirectional LSTM and other neural network architectures", Neural
       Networks 18, 2005.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentStepRegressor
    >>> X = ["ACGT", "GGC", "TTACA"] * 10
    >>> y = [[float(base in "GC") for base in row] for row in X]
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentStepRegressor(hidden_size=8, random_state=0)
    ... )
    >>> [numbers.shape for numbers in model.fit(X, y).predict(["ACG", "T"])]
    [(3,), (1,)]
    """

    @_fit_context
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        groups: Any = None,
        step_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        checkpoint: Any = None,
    ) -> Self:
        """Fit the network to sequences and the numbers of their steps.

        Parameters
        ----------
        X : array-like of n sequences
            Token ids or numeric series. See
            :func:`~seqestimators.sequences.read_sequences`.
        y : array-like of n rows
            Lists or arrays of numbers, of shape (T,), or (T, n_outputs) for
            several a step, with T = ``len(X[i]) // stride``, beginning and end
            not counted; or an array of shape (n, T) or (n, T, n_outputs). A
            number that is NaN or None is not known: it has no loss, and no
            place in the score. NaN behind the end of a row is padding.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0; 0 means absent.
        groups : array-like of shape (n,) or None, default=None
            Rows of one group stay on one side of the validation split.
        step_weight : array-like of n rows, or None, default=None
            Weight of every step, at least 0, in rows as long as those of y; it
            multiplies that of the row. 0 means that its numbers are not known.
        X_val : array-like of sequences or None, default=None
            Validation rows for early stopping, as X, in place of a share of
            the rows of X. It needs `early_stopping`.
        y_val : array-like or None, default=None
            Their targets, as y.
        checkpoint : str, Path or None, default=None
            A folder in which to keep the training, in a file a fit, written
            after every epoch. The same fit, called again, goes on from there;
            a finished one is not trained again. It needs a `random_state`.

        Returns
        -------
        RecurrentStepRegressor
            The fitted estimator.

        Raises
        ------
        InvalidSequenceError
            A row of X or y can't be read, or the stride doesn't divide its
            length, or it has another number of steps than it should; the
            message names the row.
        ValueError
            y has another number of rows than X, or no number that is known, in
            all or in a column.
        TypeError
            X holds strings: a tokenizer must come first. Or y holds one number
            for each sequence.
        """
        return self._fit(
            X,
            y,
            sample_weight,
            groups,
            X_val=X_val,
            y_val=y_val,
            checkpoint=checkpoint,
            step_weight=step_weight,
        )

    @_fit_context
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, step_weight: Any = None) -> Self:
        """Run one epoch over a chunk of data, at a constant learning rate.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit. New token ids are learned as they come, as far as the
            tokenizer of the first call knows them; without one, up to the
            largest id of that call. A warning counts those beyond.
        y : array-like of n rows
            Numbers, as in fit. The first call decides how they are
            standardized.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row, at least 0.
        step_weight : array-like of n rows, or None, default=None
            Weight of every step, as in fit.

        Returns
        -------
        RecurrentStepRegressor
            The estimator.
        """
        return self._partial_fit(X, y, sample_weight, step_weight=step_weight)

    def _read_target(self, y: Any, step_weight: Any = None) -> Any:
        rows = read_step_numbers(y)
        return rows if step_weight is None else WeightedRows(rows, step_weight)

    def _join_numbers(self, y: Any, sequences: Sequences) -> Sequences:
        rows: Any = y.rows if isinstance(y, WeightedRows) else y
        return join_numbers(rows, self._count_targets(sequences), stride=self._as_fitted().stride)

    def _learn_target(self, y: Any, sequences: Any, sample_weight: np.ndarray, classes: Any = None) -> None:
        numbers = self._join_numbers(y, sequences)
        table = numbers.values
        self.n_outputs_ = table.shape[1]
        self._y_is_1d = not any(row.ndim > 1 for row in y[:])
        weight = self._weights_of_steps(numbers, sample_weight, y)
        known = ~np.isnan(table) & (weight > 0)[:, None]
        if not known.any(axis=0).all():
            column = "" if self._y_is_1d else f" in column {int(np.argmin(known.any(axis=0)))}"
            raise ValueError(f"no number of y{column} is known: give at least one that isn't NaN")
        self._y_mean, self._y_scale = mean_and_scale(table, weight[:, None] * known)

    def _encode_target(self, y: Any, sequences: Sequences) -> Sequences:
        numbers = self._join_numbers(y, sequences)
        if len(numbers.values):
            self._refuse_other_width(numbers.values)
        scaled = (numbers.values - self._y_mean) / self._y_scale
        return Sequences(scaled.astype(self._as_fitted()._number_type), numbers.offsets)

    def _refuse_other_width(self, table: np.ndarray) -> None:
        if table.shape[1] != self.n_outputs_:
            raise ValueError(
                f"y has {table.shape[1]} numbers a step, but the model was fitted on {self.n_outputs_}"
            )

    def _row_weights(self, target: Sequences, sample_weight: np.ndarray, y: Any) -> Sequences:
        weight = self._weights_of_steps(target, sample_weight, y)
        return Sequences(np.where(np.isnan(target.values).all(axis=1), 0, weight), target.offsets)

    def _make_network(self, encoder: RecurrentEncoder) -> StepNetwork:
        return self._make_step_network(StepRegressionNetwork, encoder, self.n_outputs_)

    def predict(self, X: Any) -> np.ndarray:
        """Return the predicted numbers of every step.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Arrays of shape (T,) or (T, n_outputs), in the unit of y, dtype
            `dtype`, or float64 where float32 can't hold them: very large or
            small ones, or of an offset of more than 10,000 standard
            deviations.
        """
        check_is_fitted(self)
        outputs = self._run_steps(X, _values)
        numbers = outputs.values.astype(np.float64) * self._y_scale + self._y_mean
        numbers = numbers.astype(self._answer_dtype())
        return Sequences(numbers[:, 0] if self._y_is_1d else numbers, outputs.offsets).to_list()

    def _answer_dtype(self) -> str:
        """Type of answers: that of the network, unless float32 would lose their differences."""
        mean, scale = np.abs(self._y_mean), self._y_scale
        is_held = (mean <= MAX_OFFSET * scale) & (scale >= SMALLEST) & (np.maximum(mean, scale) <= LARGEST)
        return self._as_fitted()._number_type if is_held.all() else "float64"

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R², the share of the variance of y over all steps that the model explains.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of n rows
            True numbers; those that are NaN or None don't count.
        sample_weight : array-like of shape (n,) or None, default=None
            Weight of every row.

        Returns
        -------
        float
            At most 1; the mean over the numbers of a step, if there are
            several.

        Raises
        ------
        InvalidSequenceError
            A row has another number of steps than X asks for.
        ValueError
            No number is known.
        """
        predicted = self.predict(X)
        rows = read_step_numbers(y)
        check_consistent_length(predicted, rows)
        lengths = np.fromiter(map(len, predicted), np.int64, len(predicted))
        true = join_numbers(rows, lengths, stride=self._as_fitted().stride).values
        if len(true):
            self._refuse_other_width(true)
        found = np.concatenate([row.reshape(len(row), self.n_outputs_) for row in predicted])
        weight = read_weights(sample_weight, len(predicted))
        return score_r2(true, found, np.repeat(weight, lengths))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags._skip_test = True  # scikit-learn's checks know one number per row
        return tags


def _values(outputs: Ragged) -> Any:
    return outputs.values
