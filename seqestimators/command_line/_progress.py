"""The progress of a training as a bar with the time that is left."""

from typing import Any

from skorch.callbacks import Callback
from tqdm import tqdm


class ProgressBar(Callback):
    """One bar for all epochs of all fits, on standard error where that is a terminal.

    Parameters
    ----------
    n_fits : int
        Number of fits, one after the other.
    max_epochs : int
        Of each.
    """

    def __init__(self, n_fits: int, max_epochs: int):
        self._max_epochs = max_epochs
        self._n_fits_done = self._n_epochs_done = 0
        self._bar = tqdm(total=n_fits * max_epochs, desc="training", unit="epoch", disable=None)

    def __deepcopy__(self, memo: Any) -> "ProgressBar":
        """Return the bar itself, which all clones of an estimator share."""
        return self

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Move the bar; skorch calls this."""
        self._move_to(self._n_fits_done * self._max_epochs + len(net.history))

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        """Count the epochs that early stopping has left out; skorch calls this."""
        self._n_fits_done += 1
        self._move_to(self._n_fits_done * self._max_epochs)

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps of the bar: nothing, since the history says where it stands."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the bar of an earlier process."""

    def _move_to(self, n_epochs: int) -> None:
        self._bar.update(n_epochs - self._n_epochs_done)
        self._n_epochs_done = n_epochs

    def close(self) -> None:
        """End the line of the bar."""
        self._bar.close()
