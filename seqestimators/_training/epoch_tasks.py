"""A fit and its epochs, as scikit-learn's callbacks know them."""

from collections.abc import Callable
from typing import Any

from skorch.callbacks import Callback

__all__ = ["EpochTasks"]


class EpochTasks(Callback):
    """Tell scikit-learn's callbacks when a fit and each of its epochs begin and end.

    Parameters
    ----------
    estimator : BaseRecurrent
        A `sklearn.callback.CallbackSupportMixin`.
    max_epochs : int
    X, y, sample_weight : object
        As fit was given them.

    Attributes
    ----------
    has_stopped : bool
        Whether a callback has stopped the training before its last epoch.
    describe : callable
        Takes the skorch net, returns a dict of attributes that the estimator
        would have if the training ended here.
    """

    describe: Callable[[Any], dict[str, Any]]

    def __init__(self, estimator: Any, max_epochs: int, X: Any, y: Any, sample_weight: Any):
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self.data = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
        self.has_stopped = self.shall_stop = False
        self.fit_task = estimator._init_callback_context(max_subtasks=max_epochs)
        self.fit_task.call_on_fit_task_begin(**self.data)

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        """Begin an epoch, or stop if a callback has asked for it in the last one; skorch calls this."""
        if self.shall_stop:
            self.has_stopped = True
            raise KeyboardInterrupt  # by which skorch's own callbacks stop
        self.epoch_task = self.fit_task.subcontext(task_name="epoch")
        self.epoch_task.call_on_fit_task_begin(**self.data)

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """End an epoch; skorch calls this."""
        self.shall_stop = self.epoch_task.call_on_fit_task_end(
            **self.data, reconstruction_attributes=lambda: self.describe(net)
        )

    def end(self) -> None:
        """End the fit."""
        self.fit_task.call_on_fit_task_end(**self.data, reconstruction_attributes={})
