"""What the classifier and the regressor share: one vector per sequence."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from ..modules import Batch, PooledEncoder, PooledNetwork, Ragged, RecurrentEncoder
from ..parameters import parameter, with_parameters
from ..preprocessing.dna import complement_ids
from ..sequences import Sequences, names_of_columns
from ._groups import (
    AT_LEAST_1,
    Columns,
    DropoutSampling,
    Input,
    Motifs,
    Network,
    PoolingParameters,
    Positions,
    Pretraining,
)
from ._joined import JoinedInput, check_projections
from .base import BaseRecurrent

__all__ = ["BasePooled"]


@with_parameters
class BasePooled(
    JoinedInput,
    BaseRecurrent,
    Input,
    Pretraining,
    PoolingParameters,
    Columns,
    Motifs,
    Positions,
    DropoutSampling,
    Network,
):
    """Base of the estimators that read their answer from the pooled hidden states.

    A subclass says how many outputs its network has, what they are compared
    with the target by (`_criterion`, a callable that gives a loss for every
    row), and what they say (`answer`).

    Parameters
    ----------
    projection_dim : int, list of (int or None), or None
        Size of the vector that a linear layer makes of the values of a step
        before the recurrence, at least 1: for many channels, as embeddings of
        a protein language model have them. None reads the values as they are.
        A list has an item for each column of sequences, in their order; None
        for those of token ids, which are not projected.

    Examples
    --------
    >>> from seqestimators import RecurrentRegressor
    >>> from seqestimators.estimators import BasePooled
    >>> issubclass(RecurrentRegressor, BasePooled)
    True
    """

    projection_dim: int | list[int | None] | None = parameter(  # type: ignore[assignment]
        default=None, constraints=[AT_LEAST_1, list, tuple, None], unless=("input", "tokens")
    )

    _mask_seed = 0

    def _check_parameters(self) -> None:
        check_projections(self.projection_dim, self.shared_encoder)
        if self.n_dropout_samples:
            self._refuse_no_dropout(self.dropout)

    def _learn_names(self, y: Any) -> None:
        self.__dict__.pop("target_names_", None)  # of a fit before
        names = names_of_columns(y)
        if names is not None and not getattr(self, "bounded_targets", False):  # two columns of one target
            self.target_names_ = names

    def _make_net(self, generators: Any = None, max_weights: int | None = None) -> None:
        super()._make_net(generators, max_weights)
        if generators is not None:
            self._mask_seed = generators.split_seed

    def _refuse_no_dropout(self, dropout: float) -> None:
        if not dropout:
            raise ValueError(
                f"n_dropout_samples={self.n_dropout_samples} averages over dropped units, but dropout=0 "
                "drops none: fit with dropout above 0, or set n_dropout_samples=0"
            )

    def _run_samples(self, X: Any) -> np.ndarray:
        """Return the outputs of networks with units dropped, ndarray of shape (n, n_samples, n_outputs)."""
        check_is_fitted(self)
        self._refuse_no_dropout(self._network_params["dropout"])
        generator = torch.Generator()
        generator.manual_seed(self._mask_seed)
        seeds = torch.randint(2**62, (self.n_dropout_samples,), generator=generator).tolist()
        network = self.net_.module_
        return self.run(X, lambda batch: network.sample(batch, seeds))

    @abstractmethod
    def _n_outputs(self) -> int:
        """Return the number of outputs of the network."""

    @abstractmethod
    def _criterion(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        """Return the loss: a callable of outputs and target, (n, ...), that gives one number per row."""

    def _make_network(self, encoder: RecurrentEncoder) -> PooledNetwork:
        encoders = (
            encoder if self.shared_encoder else self._make_encoder_of(one, place)
            for place, one in enumerate(self.other_columns_, 1)
        )
        return PooledNetwork(
            encoder,
            self._n_outputs(),
            criterion=self._criterion(),
            pooling=self.pooling,
            n_features=self.n_numbers_,
            others=[PooledEncoder(one, self.pooling) for one in encoders],
            dropout=self.dropout,
            batch_norm=self.batch_norm,
            output_bias=self.output_bias,
            complement=torch.from_numpy(complement_ids(self.n_inputs_)) if self.reverse_complement else None,
        )

    def _learn_input(self, sequences: Sequences, sample_weight: np.ndarray) -> None:
        super()._learn_input(sequences, sample_weight)
        if self.reverse_complement:
            if not sequences.is_tokens:
                raise ValueError(
                    "reverse_complement=True reads DNA: it takes ids of a DNATokenizer, not series"
                )
            if sequences.others:
                raise ValueError(
                    "reverse_complement=True reads one column of DNA, but X has "
                    f"{1 + len(sequences.others)} columns of sequences"
                )
            # a token whose complement fit has met is known: it is read on the other strand
            self.known_tokens_ = self.known_tokens_ | self.known_tokens_[complement_ids(self.n_inputs_)]

    def attention_weights(self, X: Any) -> np.ndarray:
        """Return the weight of each step in the pooled state, of a network with ``pooling="attention"``.

        Parameters
        ----------
        X : array-like of n sequences
            As in fit.

        Returns
        -------
        ndarray of shape (n,), dtype object
            Arrays of shape (T,), dtype `dtype`, that sum to 1.

        Raises
        ------
        ValueError
            The network pools in another way.
        """
        check_is_fitted(self)
        network = self.net_.module_
        if not hasattr(network.pooling, "weights"):
            pooling = self._network_params["pooling"]
            raise ValueError(
                f'this {type(self).__name__} has no attention, but pooling="{pooling}": fit it with '
                'pooling="attention"'
            )

        def weigh(batch: Batch) -> Ragged:
            states = (network.encoder(*piece) for piece in batch.pieces)
            return Ragged.from_padded((network.pooling.weights(one), one.lengths) for one in states)

        return self.run(X, weigh, min_rows=1).to_list()
