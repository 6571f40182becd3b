"""The one number of a model's answer that an explanation is about."""

from typing import Any

import numpy as np
import torch


class ClassMargin:
    """The log-odds, or the probability, of a class.

    Parameters
    ----------
    classes : list
    n_outputs : int
        Of the network; 1 tells two classes apart.
    is_multilabel : bool
        Whether each output is a label of its own.
    target : object
        One of the classes. None takes the second of two, the likeliest of
        several for each sequence.

    Attributes
    ----------
    unit : float
        What counts as 1 for an error: 1 of log-odds.
    column : int or None
        Of the target among the classes; None if each sequence has its own.

    Raises
    ------
    ValueError
        There is no such class.
    """

    unit = 1.0

    def __init__(self, classes: list[Any], n_outputs: int, is_multilabel: bool, target: Any):
        self.classes = classes
        self.is_multilabel = is_multilabel
        self.is_binary = n_outputs == 1 and not is_multilabel
        if target is not None and target not in classes:
            raise ValueError(f"target={target!r} is none of the classes {classes}")
        self.column: int | None = (1 if self.is_binary else None) if target is None else classes.index(target)

    def choose(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return the class of every row, Tensor of shape (n,).

        Parameters
        ----------
        outputs : Tensor of shape (n, n_outputs)
            What the network says of the sequences as they are.
        """
        if self.column is None:
            return outputs.argmax(1)
        return torch.full((len(outputs),), self.column, device=outputs.device)

    def read(self, outputs: torch.Tensor, columns: torch.Tensor, scale: str = "log_odds") -> torch.Tensor:
        """Return what the outputs say of the classes.

        Parameters
        ----------
        outputs : Tensor of shape (n, n_outputs)
        columns : Tensor of shape (n,), dtype int64
            As `choose` returns them.
        scale : {"log_odds", "probability"}, default="log_odds"

        Returns
        -------
        Tensor of shape (n,)
        """
        if self.is_binary:
            log_odds = outputs[:, 0] * (2 * columns - 1)
        else:
            log_odds = outputs.gather(1, columns[:, None])[:, 0]
            if not self.is_multilabel:
                others = outputs.scatter(1, columns[:, None], -torch.inf)
                log_odds = log_odds - others.logsumexp(1)  # log(p / (1 - p)) of softmax
        return log_odds if scale == "log_odds" else log_odds.sigmoid()

    def name(self, column: int, scale: str = "log_odds") -> str:
        """What a picture calls the number."""
        return f"{'log-odds' if scale == 'log_odds' else 'probability'} of {self.classes[column]}"


class NumberMargin:
    """A predicted number, in the unit of y.

    Parameters
    ----------
    mean, scale : ndarray of shape (n_targets,)
        Of the targets in training; the network's outputs are standardized.
    target : int or None
        Index of a target; None takes the only one.
    prefix : str, default=""
        What the name of the number begins with.

    Attributes
    ----------
    unit : float
        What counts as 1 for an error: the standard deviation that the target
        had in training.
    column : int
        Index of the target.

    Raises
    ------
    ValueError
        There is no such target, or one of several must be named.
    """

    def __init__(self, mean: np.ndarray, scale: np.ndarray, target: int | None, prefix: str = ""):
        self.n_targets = len(mean)
        self.prefix = prefix
        if target is None and self.n_targets > 1:
            raise ValueError(f"the model predicts {self.n_targets} targets: name one by target=0 and so on")
        self.column = 0 if target is None else target
        if self.column not in range(self.n_targets):
            raise ValueError(f"target={target!r} is none of the targets 0 to {self.n_targets - 1}")
        self.mean, self.unit = float(mean[self.column]), float(scale[self.column])

    def choose(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return the index of the target for every row of (n, n_outputs), Tensor of shape (n,)."""
        return torch.full((len(outputs),), self.column, device=outputs.device)

    def read(self, outputs: torch.Tensor, columns: torch.Tensor, scale: str = "log_odds") -> torch.Tensor:
        """Return the predicted numbers, Tensor of shape (n,); `scale` is for classes."""
        return outputs[:, self.column] * self.unit + self.mean

    def name(self, column: int, scale: str = "log_odds") -> str:
        """What a picture calls the number."""
        return self.prefix + ("prediction" if self.n_targets == 1 else f"prediction of target {column}")
