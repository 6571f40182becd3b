"""The parameters of the training that several estimators have, each declared here and nowhere else."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import torch

from .._sklearn import Interval, Real, StrOptions
from .._training import OPTIMIZERS
from ..parameters import SubclassOf, parameter, with_parameters
from ._groups import ABOVE_0, AT_LEAST_0, AT_LEAST_1


@with_parameters
class Training:
    """The optimization.

    Parameters
    ----------
    max_epochs : int
        Number of passes over the training rows, at least 1.
    lr : float
        Learning rate, larger than 0; the peak of the schedule.
    batch_size : int or "all"
        Number of sequences per step, at least 1; "all" takes full batches.
    max_batch_tokens : int or None
        Steps of sequences, padding included, that are computed at once, at
        least 1. A batch of more is computed in parts whose gradients are
        summed, which bounds the memory that long sequences take; batch norm
        takes the statistics of each part. A longer sequence is a part of its
        own. None computes every batch at once. It acts on a fitted model too.
    truncate_gradient : int or None
        Greatest number of steps over which gradients flow back, at least 1:
        truncated backpropagation through time, for very long sequences. Every
        layer and direction is cut every so many steps from where it begins to
        read; the state is handed on, its gradient is not, and outputs don't
        change. Training then keeps the states of each layer only, and
        computes the rest twice. A few hundred steps are usual. The decoder of
        sequence to sequence is not cut. None lets gradients flow back to the
        first step.
    optimizer : {"adamw", "adam", "nadam", "radam", "rmsprop", "sgd"} or class
        Name, or a class of torch.optim, which is called with the weights
        and `lr` only.
    weight_decay : float
        Weight decay of an optimizer given by name, at least 0.
    gradient_clip : float or None
        Largest norm of the gradient, larger than 0; None doesn't clip.
    lr_schedule : {"one_cycle", "cosine", "constant"}
        How the learning rate moves in fit. `partial_fit` and a warm start
        keep it constant.
    """

    title: ClassVar[str] = "Training"

    max_epochs: int = parameter(default=30, constraints=[AT_LEAST_1], after_fit=True)
    lr: float = parameter(default=0.005, constraints=[ABOVE_0], after_fit=True)
    batch_size: int | Literal["all"] = parameter(
        default=32, constraints=[AT_LEAST_1, StrOptions({"all"})], after_fit=True
    )
    max_batch_tokens: int | None = parameter(default=None, constraints=[AT_LEAST_1, None], after_fit=True)
    truncate_gradient: int | None = parameter(default=None, constraints=[AT_LEAST_1, None], after_fit=True)
    optimizer: str | Callable[..., Any] = parameter(
        default="adamw",
        constraints=[
            StrOptions(set(OPTIMIZERS)),
            SubclassOf(torch.optim.Optimizer, but=(torch.optim.SparseAdam,)),
        ],
    )
    weight_decay: float = parameter(default=0.01, constraints=[AT_LEAST_0], unless=("optimizer", type))
    gradient_clip: float | None = parameter(default=1.0, constraints=[ABOVE_0, None], after_fit=True)
    lr_schedule: Literal["one_cycle", "cosine", "constant"] = parameter(
        default="one_cycle", constraints=[StrOptions({"one_cycle", "cosine", "constant"})], after_fit=True
    )


@with_parameters
class ClassWeight(Training):
    """The optimization, with weights of classes.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        Weight of every class in the loss, times `sample_weight`.
        "balanced" weighs all classes alike in sum; of several labels per
        row, yes and no of each label.
    """

    title: ClassVar[str] = "Training"

    class_weight: Any = parameter(
        default=None, constraints=[dict, StrOptions({"balanced"}), None], after_fit=True
    )


@with_parameters
class EarlyStopping:
    """Validation rows, and scores after every epoch.

    Parameters
    ----------
    early_stopping : bool
        Whether to set validation rows aside, to stop when they no longer
        improve, and to restore the best weights.
    validation_fraction : float
        Share of the training rows for validation under `early_stopping`,
        in (0, 1).
    n_iter_no_change : int
        Epochs without improvement after which to stop, at least 1.
    scoring : str, callable, list of str or None
        Scores to monitor on the training (and validation) rows after every
        epoch, written into `history_`. The first one decides on early
        stopping, and must be finite then; None leaves that to the loss. A
        callable may return a dict of several scores.
    """

    title: ClassVar[str] = "Early stopping and monitoring"

    early_stopping: bool = parameter(default=False, constraints=["boolean"], after_fit=True)
    validation_fraction: float = parameter(
        default=0.1,
        constraints=[Interval(Real, 0, 1, closed="neither")],
        unless=("early_stopping", False),
        after_fit=True,
    )
    n_iter_no_change: int = parameter(
        default=10, constraints=[AT_LEAST_1], unless=("early_stopping", False), after_fit=True
    )
    scoring: Any = parameter(default=None, constraints=[str, callable, list, None], after_fit=True)


@with_parameters
class Computation:
    """Where and how to compute, and what is seen of it.

    Parameters
    ----------
    dtype : {"float32", "float64", "bfloat16"}
        Type of the weights and of all results. "bfloat16" is mixed precision:
        weights and results are float32, and training multiplies in bfloat16
        where the hardware does, else in float32. Where that was measured, it
        moved probabilities by at most 0.02, and the gradient by 5 % of its
        norm.
    callbacks : list of skorch callbacks or None
        Handed to skorch as they are, so that they can be asked afterwards;
        ``clone`` copies them. A callback that monitors "valid_loss" needs
        `early_stopping`, which sets validation rows aside.
    device : str or torch.device
        Where to compute; "auto" takes a GPU where there is one. It acts on
        a fitted model too. A file whose device is not here is opened with
        "auto".
    warm_start : bool
        Whether fit continues from the weights of the last fit; with a new
        optimizer, if the estimator was read from a file in between. What
        the network is can't change on the way: other parameters of it are
        an error.
    random_state : int, RandomState instance or None
        Determines initial weights, dropout, shuffling and the validation
        rows. An int makes fits reproducible to the bit.
    verbose : int or bool
        Whether to show the progress, one line per epoch. It acts on a fitted model too.
    """

    title: ClassVar[str] = "Computation"

    dtype: Literal["float32", "float64", "bfloat16"] = parameter(
        default="float32", constraints=[StrOptions({"float32", "float64", "bfloat16"})]
    )
    callbacks: Any = parameter(default=None, constraints=[list, None], after_fit=True)
    device: str | torch.device = parameter(default="auto", constraints=[str, torch.device], after_fit=True)
    warm_start: bool = parameter(default=False, constraints=["boolean"], after_fit=True)
    random_state: Any = parameter(default=None, constraints=["random_state"], after_fit=True)
    verbose: int | bool = parameter(default=0, constraints=["verbose"], after_fit=True)
