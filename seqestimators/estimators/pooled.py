"""What the classifier and the regressor share: one vector per sequence."""

from abc import abstractmethod

from .._sklearn import StrOptions
from ..modules import PooledNetwork
from ..modules.pooling import POOLINGS
from .base import BaseRecurrent

__all__ = ["BasePooled"]


class BasePooled(BaseRecurrent):
    """Base of the estimators that read their answer from the pooled hidden states."""

    _parameter_constraints = {
        **BaseRecurrent._parameter_constraints,
        **BaseRecurrent._pretraining_constraints,
        "pooling": [StrOptions(set(POOLINGS))],
        "batch_norm": ["boolean"],
    }

    @abstractmethod
    def _n_outputs(self):
        """Return the number of outputs of the network."""

    @abstractmethod
    def _answer(self, outputs):
        """Return what the network's outputs (n, n_outputs) say: probabilities of classes, or numbers."""

    def _make_network(self, encoder, factory):
        return PooledNetwork(
            encoder,
            self._n_outputs(),
            pooling=self.pooling,
            dropout=self.dropout,
            batch_norm=self.batch_norm,
            output_bias=self.output_bias,
            **factory,
        )

    @property
    def _n_features_out(self):
        return self.net_.module_.pooling.output_size
