"""The skorch callbacks of a fit: schedule, clipping, monitoring, early stopping."""

from typing import Any

import torch
from skorch.callbacks import Callback, EarlyStopping, LRScheduler
from torch.nn.utils import clip_grad_norm_
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from .epoch_tasks import EpochTasks

__all__ = ["Clipping", "EpochRecord", "Progress", "Unfreezing", "make_callbacks"]


class Clipping(Callback):
    """Scale the gradient of all weights where its norm is larger than it may be.

    On a CPU, it takes a fraction of the time of torch's function, which skorch's callback of this purpose
    calls for each weight of a walk through the network.

    Parameters
    ----------
    max_norm : float
        Greatest norm of the gradients of all weights, as one vector.
    """

    def __init__(self, max_norm: float):
        self.max_norm = max_norm

    def on_grad_computed(self, net: Any, named_parameters: Any = None, **kwargs: Any) -> None:
        """Scale the gradients of a batch; skorch calls this."""
        weights = [one for group in net.optimizer_.param_groups for one in group["params"]]
        if not all(one.is_cpu for one in weights):
            clip_grad_norm_(weights, self.max_norm)
            return
        gradients = [one.grad for one in weights if one.grad is not None]
        if not gradients:
            return
        norm = float(torch.linalg.vector_norm(torch.cat([one.ravel() for one in gradients])))
        if norm > self.max_norm:
            torch._foreach_mul_(gradients, self.max_norm / (norm + 1e-6))


class EpochRecord(Callback):
    """Write the learning rate and the monitored scores of every epoch into the history.

    Parameters
    ----------
    scores : callable or None, default=None
        Called without arguments at the end of every epoch; gives a dict of
        what to record.
    stopping : EarlyStopping or None, default=None
        What the first score of the validation rows decides on; `scores` has
        its name as `first`.
    """

    def __init__(self, scores: Any = None, stopping: EarlyStopping | None = None):
        self.scores = scores
        self.stopping = stopping

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Record one epoch; skorch calls this."""
        net.history.record("lr", net.optimizer_.param_groups[-1]["lr"])
        for name, score in (self.scores() if self.scores is not None else {}).items():
            net.history.record(name, float(score))
        if self.scores is not None and self.stopping is not None:
            self.stopping.monitor = self.scores.first


class Progress(Callback):
    """Tell the network before each batch which share of the training is over, and 1 outside of it.

    Parameters
    ----------
    n_steps : int
        Number of batches of the whole training, at least 1.
    """

    def __init__(self, n_steps: int):
        self.n_steps = n_steps

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Start counting; skorch calls this."""
        self.n_done = 0

    def on_batch_begin(self, net: Any, training: bool = False, **kwargs: Any) -> None:
        """Set the progress; skorch calls this."""
        if training:
            net.module_.progress = self.n_done / self.n_steps
            self.n_done += 1

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        """Set the progress to 1; skorch calls this."""
        net.module_.progress = 1.0


class Unfreezing(Callback):
    """Train the output first, then, epoch by epoch, one more group of layers below it.

    Parameters
    ----------
    groups : list of lists of torch.nn.Parameter
        From the output down. The first is trained from the start, the second
        from the second epoch on, ...

    References
    ----------
    .. [1] Howard, J., S. Ruder, "Universal Language Model Fine-tuning for Text
       Classification", ACL 2018.
    """

    def __init__(self, groups: Any):
        self.groups = groups

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Start counting; skorch calls this."""
        self.epoch = 0

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        """Free the groups that this epoch trains; skorch calls this."""
        for i, group in enumerate(self.groups):
            for weight in group:
                weight.requires_grad_(i <= self.epoch)
        self.epoch += 1

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        """Leave nothing frozen; skorch calls this."""
        for group in self.groups:
            for weight in group:
                weight.requires_grad_(True)


def make_callbacks(
    *,
    lr: Any,
    lr_schedule: str,
    n_batches: int,
    max_epochs: int,
    cycle_momentum: bool = True,
    gradient_clip: float | None = None,
    scores: Any = None,
    patience: int | None = None,
    tasks: EpochTasks | None = None,
    extra: Any = None,
) -> Any:
    """Make the callbacks of one fit.

    Parameters
    ----------
    lr : float or list of float
        The learning rate, for "one_cycle" its peak; of each group of weights
        that the optimizer has, if it is a list.
    lr_schedule : {"one_cycle", "cosine", "constant"}
        "one_cycle" rises to `lr` over the first third of all batches and
        falls to nearly 0; "cosine" falls from `lr` to 0.
    n_batches : int
        Number of batches an epoch.
    max_epochs : int
        Number of epochs.
    cycle_momentum : bool, default=True
        Whether "one_cycle" lowers the momentum, from 0.95 to 0.85, while the
        rate is high; of optimizers that have one.
    gradient_clip : float or None, default=None
        Largest norm of the gradient.
    scores : callable or None, default=None
        See :class:`EpochRecord`.
    patience : int or None, default=None
        Number of epochs without improvement after which to stop: of the first
        score of the validation rows or, without scores, of their loss. None
        doesn't stop early.
    tasks : EpochTasks or None, default=None
        Tells scikit-learn's callbacks of every epoch.
    extra : list or None, default=None
        Callbacks of the user, behind all others.

    Returns
    -------
    list of (str, skorch.callbacks.Callback)

    References
    ----------
    .. [1] Smith, L. N., N. Topin, "Super-Convergence: Very Fast Training of
       Neural Networks Using Large Learning Rates", arXiv:1708.07120, 2017.
    .. [2] Pascanu, R., T. Mikolov, Y. Bengio, "On the difficulty of training
       recurrent neural networks", ICML 2013 (clipping).
    """
    n_steps = n_batches * max_epochs
    stopping = None
    if patience is not None:  # all scores, neg_log_loss too, are the higher the better
        stopping = EarlyStopping(
            "valid_loss", patience=patience, lower_is_better=scores is None, threshold=0, load_best=True
        )
    named: dict[str, Any] = {"record": EpochRecord(scores, stopping), "progress": Progress(n_steps)}
    if lr_schedule == "one_cycle" and n_steps > 1:  # a cycle of one step has no peak
        named["schedule"] = LRScheduler(
            OneCycleLR, step_every="batch", max_lr=lr, total_steps=n_steps + 1, cycle_momentum=cycle_momentum
        )
    elif lr_schedule == "cosine":
        named["schedule"] = LRScheduler(CosineAnnealingLR, step_every="batch", T_max=n_steps)
    if gradient_clip is not None:
        named["clip"] = Clipping(gradient_clip)
    if tasks is not None:
        named["tasks"] = tasks
    if stopping is not None:
        named["stopping"] = stopping
    named_by_user = [
        one if isinstance(one, tuple) else (f"callback{i}", one) for i, one in enumerate(extra or [])
    ]
    return [*named.items(), *named_by_user]
