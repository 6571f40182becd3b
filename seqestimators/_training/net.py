"""The one skorch net: its batches, and the network's own loss."""

from typing import Any

import torch
from skorch import NeuralNet
from skorch.callbacks import Callback
from skorch.utils import TeeGenerator

from ..modules import Batch, SequenceNetwork
from .batching import BatchIterator, SequenceDataset
from .optimizers import OPTIMIZERS

__all__ = ["SequenceNet"]


class SequenceNet(NeuralNet):
    """A skorch net over length-bucketed batches, which asks its network for the loss.

    Parameters
    ----------
    network : SequenceNetwork
    order_generator : torch.Generator or None, default=None
        Shuffles the training rows.
    **kwargs
        Those of ``skorch.NeuralNet`` but for the criterion.
    """

    device: Any

    def __init__(
        self, module: SequenceNetwork, *, order_generator: torch.Generator | None = None, **kwargs: Any
    ):
        kwargs.setdefault("criterion", torch.nn.Identity)  # skorch wants one; the network has its own
        super().__init__(module, use_caching=False, **kwargs)  # EpochScoring reads rows, not batches
        self.order_generator = order_generator
        self.max_batch_tokens: int | None = None
        self.estimator: Any = None  # while it is trained: what skorch's scoring callbacks ask

    @property
    def is_training(self) -> bool:
        """Whether an estimator is training it now."""
        return self.estimator is not None

    def __getattr__(self, name: str) -> Any:
        """Answer as the estimator that is trained, where a net has no answer of its own."""
        if name in ("classes_", "decision_function") and self.__dict__.get("estimator") is not None:
            return getattr(self.estimator, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __sklearn_tags__(self) -> Any:
        return super().__sklearn_tags__() if self.estimator is None else self.estimator.__sklearn_tags__()

    def predict(self, X: Any) -> Any:
        """Answer as the estimator that is trained."""
        return super().predict(X) if self.estimator is None else self.estimator.predict(X)

    def predict_proba(self, X: Any) -> Any:
        """Answer as the estimator that is trained."""
        return super().predict_proba(X) if self.estimator is None else self.estimator.predict_proba(X)

    def score(self, X: Any, y: Any) -> float:
        """Answer as the estimator that is trained."""
        return self.estimator.score(X, y)

    def move_to(self, device: torch.device) -> None:
        """Go on another device, with the optimizer and what it has gathered."""
        if torch.device(self.device) == device:
            return
        self.device = device
        self.module_.to(device)
        self.optimizer_.load_state_dict(self.optimizer_.state_dict())  # its tensors follow the weights
        self.order_generator = None  # generators don't travel: training makes new ones

    def get_default_callbacks(self) -> list[tuple[str, Any]]:
        """Return skorch's, the table of epochs only where it is shown: it would be made all the same."""
        named: list[tuple[str, Any]] = super().get_default_callbacks()
        return named if self.verbose else [one for one in named if one[0] != "print_log"]

    def notify(self, method_name: str, **kwargs: Any) -> None:
        """Call the callbacks that do something at this event, in their order."""
        getattr(self, method_name)(self, **kwargs)
        nothing = getattr(Callback, method_name, None)
        for _, callback in self.callbacks_:
            method = getattr(callback, method_name)
            if getattr(method, "__func__", method) is not nothing:
                method(self, **kwargs)

    def get_iterator(self, dataset: SequenceDataset, training: bool = False) -> BatchIterator:
        """Return batches by length: shuffled for training, else of a size that is fast."""
        return BatchIterator(
            dataset,
            self.batch_size,
            self.order_generator if training else None,
            mixed=self.module_.compares_rows,
            max_steps=self.max_batch_tokens,
        )

    def run_single_epoch(
        self, iterator: Any, training: bool, prefix: str, step_fn: Any, **fit_params: Any
    ) -> None:
        """Compute one epoch, with one look into the history a batch: skorch's takes several."""
        if iterator is None:
            return
        n_batches = 0
        for batch in iterator:
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch, **fit_params)
            record = self.history[-1]["batches"][-1]
            record[f"{prefix}_loss"] = step["loss"].item()
            record[f"{prefix}_batch_size"] = len(batch[0])
            self.notify("on_batch_end", batch=batch, training=training, **step)
            n_batches += 1
        self.history.record(f"{prefix}_batch_count", n_batches)

    def train_step(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Take one step; optimizers given by name compute the gradients once, and need no closure for it."""
        if type(self.optimizer_) not in OPTIMIZERS.values():
            return super().train_step(batch, **fit_params)
        self.optimizer_.zero_grad()
        step = self.train_step_single(batch, **fit_params)
        named_parameters = TeeGenerator(self.get_all_learnable_params())
        self.notify("on_grad_computed", named_parameters=named_parameters, batch=batch, training=True)
        self.optimizer_.step()
        return step

    def train_step_single(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Compute loss and gradients of a batch, part by part if it comes in parts."""
        whole, _ = batch
        if isinstance(whole, Batch):
            return super().train_step_single(batch, **fit_params)
        self._set_training(True)
        total = torch.zeros((), device=self.device)
        for part in whole.parts:
            loss = self.get_loss(self.infer(part, **fit_params), part.target, X=part, training=True)
            loss.backward()
            total = total + loss.detach()
        return {"loss": total, "y_pred": None}

    def _set_training(self, training: bool = True) -> None:
        """Change the mode of the network where it is another: skorch walks through it at every batch."""
        if self.module_.training != training:
            super()._set_training(training)

    def infer(self, x: Batch, **fit_params: Any) -> Any:
        """Hand a batch to the network."""
        return self.module_(x, **fit_params)

    def get_loss(self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False) -> torch.Tensor:
        """Ask the network for the loss of a batch."""
        return self.module_.loss(X, y_pred)
