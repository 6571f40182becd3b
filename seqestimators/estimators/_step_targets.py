"""What estimators of every step share: the stride, the network's outputs, and the weights of steps."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ..modules import Batch, Ragged, RecurrentEncoder, StepNetwork
from ..sequences import Sequences, count_labels
from ._groups import Stride
from ._target_rows import WeightedRows


class StepTargets(Stride):
    """The part of an estimator that has a target for every step, or for every few."""

    net_: Any
    stem: tuple[int, int, int] | None
    dropout: float
    output_bias: bool
    read: Callable[[Any], Sequences]
    run: Callable[..., Any]
    _as_fitted: Callable[[], Any]

    def _count_targets(self, sequences: Sequences) -> np.ndarray:
        return count_labels(sequences, self._as_fitted().stride)

    def _weights_of_steps(self, target: Sequences, sample_weight: np.ndarray, y: Any) -> np.ndarray:
        """Return the weight of every target of all rows: that of the row times that of the step."""
        weight = np.repeat(sample_weight, target.lengths)
        if not isinstance(y, WeightedRows):
            return weight
        rows = zip(y.weights, target.lengths.tolist(), strict=True)  # y may be padded
        return weight * np.concatenate([of_steps[:n] for of_steps, n in rows])

    def _make_step_network(
        self, kind: type[StepNetwork], encoder: RecurrentEncoder, output_size: int
    ) -> StepNetwork:
        if self.stem is not None and self.stem[2] > 1:
            raise ValueError(
                f"stem={self.stem!r} joins {self.stem[2]} steps to one, but a target belongs to every step: "
                f"set stem=({self.stem[0]}, {self.stem[1]}, 1)"
            )
        return kind(
            encoder, output_size, stride=self.stride, dropout=self.dropout, output_bias=self.output_bias
        )

    def _run_steps(self, X: Any, function: Callable[[Ragged], torch.Tensor]) -> Sequences:
        """Return what a function makes of the outputs, a row for every target."""
        network = self.net_.module_
        sequences = self.read(X)
        count_labels(sequences, network.stride)

        def of_batch(batch: Batch) -> Ragged:
            outputs = network(batch)
            return Ragged(function(outputs), outputs.lengths)

        return self.run(sequences, of_batch)
