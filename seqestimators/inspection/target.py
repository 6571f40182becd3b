"""The one number of a model's answer that an explanation is about."""

import torch
from sklearn.base import is_classifier

from ..estimators.pooled import BasePooled

__all__ = ["Target"]


class Target:
    """A class of a classifier, or a target of a regressor, as a number that can be compared.

    Parameters
    ----------
    fitted : FittedModel
    target : object, default=None
        Label of a class, index of a label or of a target. None takes the
        second of two classes, the likeliest of several, or the only target.

    Attributes
    ----------
    unit : float
        What counts as 1 for an error: 1 for log-odds, else the standard
        deviation that the target had in training.

    Raises
    ------
    TypeError
        The model gives no single answer for a sequence.
    ValueError
        There is no such class or target, or one of several must be named.
    """

    def __init__(self, fitted, target=None):
        self.estimator = estimator = fitted.estimator
        if not isinstance(estimator, BasePooled):
            raise TypeError(
                f"{type(estimator).__name__} gives no single answer for a sequence: this needs a "
                "RecurrentClassifier or a RecurrentRegressor"
            )
        self.is_classifier = is_classifier(estimator)
        if self.is_classifier:
            choices = estimator.classes_.tolist()
            if target is None:
                self.column = 1 if estimator._is_binary() else None
            elif target in choices:
                self.column = choices.index(target)
            else:
                raise ValueError(f"target={target!r} is none of the classes {choices}")
        else:
            n_targets = estimator.n_outputs_
            if target is None and n_targets > 1:
                raise ValueError(f"the model predicts {n_targets} targets: name one by target=0 and so on")
            self.column = 0 if target is None else target
            if self.column not in range(n_targets):
                raise ValueError(f"target={target!r} is none of the targets 0 to {n_targets - 1}")
        self.unit = 1.0 if self.is_classifier else float(estimator._y_scale[self.column])

    def choose(self, outputs):
        """Return the class or target of every row, Tensor of shape (n,).

        Parameters
        ----------
        outputs : Tensor of shape (n, n_outputs)
            What the network says of the sequences as they are.
        """
        if self.column is None:
            return outputs.argmax(1)
        return torch.full((len(outputs),), self.column, device=outputs.device)

    def read(self, outputs, columns, scale="log_odds"):
        """Return the answers about the classes, or the targets in the unit of y.

        Parameters
        ----------
        outputs : Tensor of shape (n, n_outputs)
        columns : Tensor of shape (n,), dtype int64
            As `choose` returns them.
        scale : {"log_odds", "probability"}, default="log_odds"
            Of a classifier's answers.

        Returns
        -------
        Tensor of shape (n,)
        """
        if not self.is_classifier:
            mean = float(self.estimator._y_mean[self.column])
            return outputs[:, self.column] * self.unit + mean
        log_odds = self._log_odds(outputs, columns)
        return log_odds if scale == "log_odds" else log_odds.sigmoid()

    def _log_odds(self, outputs, columns):
        if self.estimator._is_binary():
            return outputs[:, 0] * (2 * columns - 1)
        chosen = outputs.gather(1, columns[:, None])[:, 0]
        if self.estimator._is_multilabel:
            return chosen
        others = outputs.scatter(1, columns[:, None], -torch.inf)
        return chosen - others.logsumexp(1)  # log(p / (1 - p)) of softmax

    def name(self, column, scale="log_odds"):
        """What a picture calls the number."""
        if self.is_classifier:
            what = "log-odds" if scale == "log_odds" else "probability"
            return f"{what} of {self.estimator.classes_[column]}"
        return "prediction" if self.estimator.n_outputs_ == 1 else f"prediction of target {column}"

    def name_of(self, sequence):
        """What a picture of one sequence calls the number."""
        outputs = torch.from_numpy(self.estimator._run(sequence))
        return self.name(int(self.choose(outputs)))
