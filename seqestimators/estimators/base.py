"""What all recurrent estimators share: reading, training, running the network, state."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from .._training import MAX_STEPS, SequenceDataset, run_batches
from ..modules import Batch
from ..parameters import suggest_parameter, with_parameters
from ._fitting import Fitting

__all__ = ["BaseRecurrent"]


@with_parameters
class BaseRecurrent(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Fitting):
    """Base of all recurrent estimators.

    A subclass declares its parameters as fields, and supplies what its task
    needs: how y is read (`_read_target`), what is learned of it
    (`_learn_target`), how it becomes numbers (`_encode_target`), the network,
    which owns the loss (`_make_network`), and what predict makes of the
    network's outputs. None but `_learn_target` and `_learn_later_target`
    changes the estimator.

    Examples
    --------
    >>> from seqestimators import RecurrentTagger
    >>> from seqestimators.estimators import BaseRecurrent
    >>> issubclass(RecurrentTagger, BaseRecurrent)
    True
    """

    def set_params(self, **params: Any) -> Self:
        """Set parameters, by their names.

        Parameters
        ----------
        **params : dict
            Parameters of the estimator.

        Returns
        -------
        BaseRecurrent
            The estimator.

        Raises
        ------
        ValueError
            There is no such parameter; the message names what may have been
            meant.
        """
        known = self.get_params(deep=True)
        for name in params.keys() - known.keys():
            if question := suggest_parameter(name, known):
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}{question}")
        return super().set_params(**params)

    # Using the network: for predict, and for those who look inside

    def run(
        self,
        X: Any,
        function: Callable[[Batch], Any] | None = None,
        *,
        target: Any = None,
        max_steps: int = MAX_STEPS,
        min_rows: int | None = None,
    ) -> Any:
        """Run the fitted network over all rows of X, in batches of bounded size.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        function : callable or None, default=None
            Takes a :class:`~seqestimators.modules.Batch`; returns a Tensor
            with one row per sequence, a :class:`~seqestimators.modules.Ragged`, or
            a list with an item a sequence. None takes the network itself.
        target : ndarray, Sequences or None, default=None
            What the batches have as their target, as `encode_target` returns
            it.
        max_steps : int, default=2**14
            Padded steps of a batch, at most, unless it has no more than
            `min_rows` rows; `max_batch_tokens`, if it is less.
        min_rows : int or None, default=None
            At least 1; None takes `batch_size`. 1 under `max_batch_tokens`.

        Returns
        -------
        ndarray of shape (n, ...), Sequences, or ndarray of shape (n,), dtype object
            The results in the order of the rows.
        """
        sequences = self.read(X)
        device = self._device()
        if device != self.net_.device:
            self.net_.move_to(device)
        network = self.net_.module_
        if network.training:  # asked first, as eval() walks through the network
            network.eval()
        dataset = SequenceDataset(sequences, target, device=self.net_.device)
        if self.max_batch_tokens is not None:
            max_steps, min_rows = min(max_steps, self.max_batch_tokens), 1
        return run_batches(
            dataset,
            network if function is None else function,
            max_steps=max_steps,
            min_rows=self.net_.batch_size if min_rows is None else min_rows,
        )

    def encode_target(self, X: Any, y: Any) -> Any:
        """Return targets as the loss reads them; the estimator stays as it is.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.
        y : array-like of n targets
            As in fit.

        Returns
        -------
        ndarray of shape (n, ...) or Sequences
            One row per sequence, or any number of values per sequence.
        """
        check_is_fitted(self)
        sequences = self.read(X)
        check_consistent_length(sequences, y)
        return self._encode_target(self._read_target(y), sequences)

    def answer(self, outputs: np.ndarray) -> np.ndarray:
        """Return what outputs of the network say: probabilities of classes, or numbers.

        Parameters
        ----------
        outputs : ndarray of shape (n, n_outputs)

        Returns
        -------
        ndarray of shape (n, n_classes), (n,) or (n, n_targets)
        """
        raise self._gives_no_single_answer()

    def margin(self, target: Any = None) -> Any:
        """Return the one number of an answer that an explanation is about.

        Parameters
        ----------
        target : object, default=None
            Class to explain, as in `classes_`; index of a label or of a
            target. None takes the second of two classes, the likeliest of
            several, or the only target.

        Returns
        -------
        object
            With methods `choose(outputs)`, `read(outputs, columns, scale)` and
            `name(column, scale)`, and attributes `unit` and `column`.
        """
        raise self._gives_no_single_answer()

    def _gives_no_single_answer(self) -> TypeError:
        return TypeError(
            f"{type(self).__name__} gives no single prediction for a sequence: this needs a "
            "RecurrentClassifier or a RecurrentRegressor"
        )

    def transform(self, X: Any) -> np.ndarray:
        """Return the pooled hidden state of every sequence.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n, n_features_out), dtype `dtype`
            The vector the output layer reads, before batch norm and dropout.
        """
        check_is_fitted(self)
        return self.run(X, self.net_.module_.represent)

    @property
    def _n_features_out(self) -> int:
        return self.net_.module_.representation_size

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.three_d_array = True
        tags.input_tags.categorical = tags.input_tags.positive_only = self.input == "tokens"
        tags.input_tags.allow_nan = self.missing == "mask"
        tags.target_tags.required = True
        if tags.transformer_tags is not None:
            tags.transformer_tags.preserves_dtype = [self._number_type]
        return tags
