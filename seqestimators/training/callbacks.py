"""The skorch callbacks of a fit: schedule, clipping, monitoring, early stopping."""

from skorch.callbacks import Callback, EarlyStopping, GradientNormClipping, LRScheduler
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

__all__ = ["EpochRecord", "make_callbacks"]


class EpochRecord(Callback):
    """Write the learning rate and the monitored scores of every epoch into the history.

    Parameters
    ----------
    scores : callable or None, default=None
        Called without arguments at the end of every epoch; gives a dict of
        what to record.

    Examples
    --------
    >>> from seqestimators.training import EpochRecord
    >>> EpochRecord(scores=lambda: {"train_accuracy": 1.0}).scores()
    {'train_accuracy': 1.0}
    """

    def __init__(self, scores=None):
        self.scores = scores

    def on_epoch_end(self, net, **kwargs):
        """Record one epoch; skorch calls this."""
        net.history.record("lr", net.optimizer_.param_groups[0]["lr"])
        for name, score in (self.scores() if self.scores is not None else {}).items():
            net.history.record(name, float(score))


def make_callbacks(
    *,
    lr,
    lr_schedule,
    n_batches,
    max_epochs,
    gradient_clip=None,
    scores=None,
    monitor=None,
    patience=None,
    extra=None,
):
    """Make the callbacks of one fit.

    Parameters
    ----------
    lr : float
        The learning rate, for "one_cycle" its peak.
    lr_schedule : {"one_cycle", "cosine", "constant"}
        "one_cycle" rises to `lr` over the first third of all batches and
        falls to nearly 0; "cosine" falls from `lr` to 0.
    n_batches : int
        Number of batches an epoch.
    max_epochs : int
        Number of epochs.
    gradient_clip : float or None, default=None
        Largest norm of the gradient.
    scores : callable or None, default=None
        See :class:`EpochRecord`.
    monitor : str or None, default=None
        Column of the history that stops the training early when it no longer
        improves: "valid_loss", the lower the better, or a score, the higher.
    patience : int or None, default=None
        Number of epochs without improvement after which to stop.
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

    Examples
    --------
    >>> from seqestimators.training import make_callbacks
    >>> callbacks = make_callbacks(lr=0.01, lr_schedule="constant", n_batches=5, max_epochs=2)
    >>> [name for name, _ in callbacks]
    ['record']
    """
    n_steps = n_batches * max_epochs
    callbacks = [("record", EpochRecord(scores))]
    if lr_schedule == "one_cycle" and n_steps > 1:  # a cycle of one step has no peak
        callbacks.append(
            ("schedule", LRScheduler(OneCycleLR, step_every="batch", max_lr=lr, total_steps=n_steps + 1))
        )
    elif lr_schedule == "cosine":
        callbacks.append(("schedule", LRScheduler(CosineAnnealingLR, step_every="batch", T_max=n_steps)))
    if gradient_clip is not None:
        callbacks.append(("clip", GradientNormClipping(gradient_clip)))
    if monitor is not None:
        stopping = EarlyStopping(
            monitor=monitor,
            patience=patience,
            lower_is_better=monitor == "valid_loss",  # all scores, neg_log_loss too, are higher the better
            threshold=0,
            load_best=True,
        )
        callbacks.append(("stopping", stopping))
    for i, callback in enumerate(extra or []):
        callbacks.append(callback if isinstance(callback, tuple) else (f"callback{i}", callback))
    return callbacks
