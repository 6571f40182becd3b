"""The parameters that several estimators have, in groups, each of them declared here and nowhere else."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import torch
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from .._sklearn import HasMethods, Integral, Interval, Real, StrOptions
from .._training import OPTIMIZERS
from ..modules import ATTENTIONS, CELLS, POOLINGS, Attention, Cell, Pooling
from ..parameters import Counts, Registered, SubclassOf, parameter, with_parameters

DTYPES = {"float32": torch.float32, "float64": torch.float64}

AT_LEAST_1 = Interval(Integral, 1, None, closed="left")
AT_LEAST_0 = Interval(Real, 0, None, closed="left")
ABOVE_0 = Interval(Real, 0, None, closed="neither")
SHARE = Interval(Real, 0, 1, closed="left")
"""A share of less than 1."""


@with_parameters
class Network:
    """The encoder and the output layer.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"} or Cell class
        Recurrent cell: Elman network with tanh, long short-term memory, or
        gated recurrent unit; or a class of your own.
    hidden_size : int
        Number of units per layer and direction, at least 1.
    num_layers : int
        Number of recurrent layers, at least 1.
    bidirectional : bool
        Whether a second network reads every sequence from its end.
    embedding_dim : int or None
        Size of the learned vector of a token, at least 1. None feeds one-hot
        vectors. Not used for numeric series.
    dropout : float
        Probability of a unit to be dropped, between layers and before the
        output layer, in [0, 1).
    output_bias : bool
        Whether the output layer has a bias.
    """

    title: ClassVar[str] = "Network"

    cell: str | type[Cell] = parameter(default="lstm", constraints=[Registered(CELLS), SubclassOf(Cell)])
    hidden_size: int = parameter(default=64, constraints=[AT_LEAST_1])
    num_layers: int = parameter(default=1, constraints=[AT_LEAST_1])
    bidirectional: bool = parameter(default=True, constraints=["boolean"])
    embedding_dim: int | None = parameter(default=32, constraints=[AT_LEAST_1, None])
    dropout: float = parameter(default=0.2, constraints=[SHARE])
    output_bias: bool = parameter(default=True, constraints=["boolean"])


@with_parameters
class Stride:
    """Which steps a target belongs to.

    Parameters
    ----------
    stride : int
        Number of steps per target, at least 1; it divides the length of every
        sequence. The ids of beginning and end have no target.
    """

    title: ClassVar[str] = "Task"

    stride: int = parameter(default=1, constraints=[AT_LEAST_1])


@with_parameters
class Positions:
    """Where a step stands.

    Parameters
    ----------
    positions : bool or "auto"
        Whether every position, counted from the beginning, has a learned
        vector that is added to that of the step, so that the network can
        tell where in an aligned sequence it is. Positions beyond the longest
        training row have none. "auto" does so where all training rows are
        token ids of one length of at least 2.
    """

    title: ClassVar[str] = "Network"

    positions: bool | Literal["auto"] = parameter(
        default="auto", constraints=["boolean", StrOptions({"auto"})]
    )


@with_parameters
class Motifs:
    """What is read of a step and its neighbours before the recurrence.

    Parameters
    ----------
    stem : (n_filters, width, pool) or None
        A convolution before the recurrence: so many filters, each over
        `width` steps, and the maximum over every `pool` of them; each at
        least 1. It finds motifs wherever they stand, as in binding sites.
    token_dropout : float
        Probability of a token to be read as unknown in training, in [0, 1).
    """

    title: ClassVar[str] = "Network"

    stem: tuple[int, int, int] | None = parameter(default=None, constraints=[Counts(3), None])
    token_dropout: float = parameter(default=0.0, constraints=[SHARE])


@with_parameters
class Columns:
    """How several columns of sequences are read.

    Parameters
    ----------
    shared_encoder : bool
        Whether one encoder reads all columns of sequences, so that they share
        its weights: for columns of one kind, as two proteins that may
        interact. They must be ids of one vocabulary, or series of as many
        channels. Otherwise each column has an encoder of its own.
    """

    title: ClassVar[str] = "Network"

    shared_encoder: bool = parameter(default=False, constraints=["boolean"])


@with_parameters
class PoolingParameters:
    """From the hidden states to one vector.

    Parameters
    ----------
    pooling : {"concat", "last", "mean", "max", "attention"} or Pooling class
        How the hidden states of a sequence become one vector; "concat"
        joins last, max and mean. A class of your own is accepted too.
    batch_norm : bool
        Whether the pooled vector is normalized over the batch. Batches are
        then random samples instead of sequences of similar length, which
        costs time where lengths differ.
    reverse_complement : bool
        Whether DNA is read on both strands, and the mean of both pooled
        vectors taken: the answer for a sequence is then that for its reverse
        complement. It takes the ids of a DNATokenizer, and twice the time.
    """

    title: ClassVar[str] = "Pooling"

    pooling: str | type[Pooling] = parameter(
        default="concat", constraints=[Registered(POOLINGS), SubclassOf(Pooling)]
    )
    batch_norm: bool = parameter(default=False, constraints=["boolean"])
    reverse_complement: bool = parameter(default=False, constraints=["boolean"])


@with_parameters
class DropoutSampling:
    """Predictions under dropout.

    Parameters
    ----------
    n_dropout_samples : int
        Number of networks with units dropped whose predictions are averaged
        (Monte Carlo dropout), at least 0; 0 predicts with all units once. Each
        drops the same units for all rows, and `random_state` determines which:
        a prediction depends on nothing else. It needs `dropout` above 0, and
        acts on a fitted model too.
    """

    title: ClassVar[str] = "Prediction"

    n_dropout_samples: int = parameter(
        default=0, constraints=[Interval(Integral, 0, None, closed="left")], after_fit=True
    )


@with_parameters
class Pretraining:
    """Transfer learning: the start from a fitted model.

    Parameters
    ----------
    pretrained : recurrent estimator, Pipeline, FrozenEstimator or None
        Any fitted recurrent estimator, or a fitted Pipeline that ends in one,
        whose embedding and layers to start from; cell, hidden_size,
        num_layers, bidirectional, embedding_dim, projection_dim and stem are
        then its own, and set to another value they are an error. It stays
        fitted under ``clone``. The tokenizer before this estimator takes the `vocabulary_`
        of the one before the pretrained model; ids of another vocabulary are
        an error. The file of a fitted estimator doesn't hold it: read back,
        `pretrained` is None, and these parameters say what the network is.
    gradual_unfreezing : bool
        Whether a pretrained network is trained from the output down, one
        more layer each epoch.
    layer_decay : float
        Learning rate of a pretrained layer over that of the one below, at
        least 1; 2.6 in ULMFiT.
    """

    title: ClassVar[str] = "Pretraining"

    pretrained: Any = parameter(
        default=None, constraints=[HasMethods(["fit", "transform"]), Pipeline, FrozenEstimator, None]
    )
    gradual_unfreezing: bool = parameter(default=False, constraints=["boolean"], unless=("pretrained", None))
    layer_decay: float = parameter(
        default=1.0,
        constraints=[Interval(Real, 1, None, closed="left")],
        unless=("pretrained", None),
        after_fit=True,
    )


@with_parameters
class Decoding:
    """The targets of sequence to sequence, and the search for them.

    Parameters
    ----------
    target_tokenizer : tokenizer or None
        Turns targets into token ids and back; a clone is fitted on y. None
        takes a SequenceTokenizer: characters of strings, items of lists.
    attention : {"dot", "additive", "monotonic"} or Attention class
        Attention of the decoder to the source. Dot-product and additive
        attention compare states and allow any order; monotonic attention only
        moves forward, which works at lengths far beyond those of training.
    decoder_layers : int
        Number of layers of the decoder, at least 1.
    beam_width : int
        Number of beginnings that are kept in the search for the target, at
        least 1; 1 is greedy. It acts on a fitted model too.
    length_penalty : float
        Beam search ranks by log-probability over length to this power, at
        least 0. Above 0, longer targets are favoured. It acts on a fitted
        model too.
    max_length_ratio : float or None
        Greatest length of a predicted target, as a multiple of the length
        of its source, larger than 0; ten more tokens are granted. None
        takes one and a half times the largest ratio in fit. No target has
        more than 10,000 tokens (or ten times the longest in fit, or two a
        step of the source, if that is more). It acts on a fitted model too.
    label_smoothing : float
        Share of the probability that training spreads over all tokens, in
        [0, 1).
    copy_unknown : bool
        Whether a target may have symbols of its source that the tokenizers
        don't know: where the decoder writes an unknown token, it is the
        unknown one of the source that attention looks at most. Training needs
        unknown tokens in both, as by ``min_frequency=2``. It acts on a fitted
        model too.
    """

    title: ClassVar[str] = "Decoder and search"

    target_tokenizer: Any = parameter(
        default=None, constraints=[HasMethods(["fit", "transform", "inverse_transform"]), None]
    )
    attention: str | type[Attention] = parameter(
        default="dot", constraints=[Registered(ATTENTIONS), SubclassOf(Attention)]
    )
    decoder_layers: int = parameter(default=1, constraints=[AT_LEAST_1])
    beam_width: int = parameter(default=1, constraints=[AT_LEAST_1], after_fit=True)
    length_penalty: float = parameter(
        default=0.0, constraints=[AT_LEAST_0], unless=("beam_width", 1), after_fit=True
    )
    max_length_ratio: float | None = parameter(default=None, constraints=[ABOVE_0, None], after_fit=True)
    label_smoothing: float = parameter(default=0.0, constraints=[SHARE])
    copy_unknown: bool = parameter(default=False, constraints=["boolean"], after_fit=True)


@with_parameters
class Input:
    """What X is read as.

    Parameters
    ----------
    input : {"auto", "tokens", "values"}
        What X holds. "auto" decides in fit: non-negative integers are
        token ids, all else is numeric series.
    standardize : bool
        Whether each channel of numeric series is brought to mean 0 and
        standard deviation 1, as the training rows have them with their
        weights. Not used for token ids.
    channels_first : bool
        Whether numeric series of several channels have the shape (d, T), and
        an array of them (n, d, T), instead of (T, d) and (n, T, d). Not used
        for token ids.
    missing : {"error", "mask"}
        What NaN inside a numeric series is. "error" refuses it, and reads
        steps of NaN behind the end of a series as padding. "mask" reads it
        as missing: the network is given the value observed before it (at the
        beginning 0, the mean of standardized channels), and two more channels
        for each one, whether it was observed and how long ago it was before,
        see :func:`~seqestimators.sequences.mask_missing`. Steps of NaN at the end
        are padding in an array; in a list each series has its own end, and
        they are steps. Not used for token ids.
    projection_dim : int or None
        Size of the vector that a linear layer makes of the values of a step
        before the recurrence, at least 1: for many channels, as embeddings of
        a protein language model have them. None reads the values as they are.
        Not used for token ids.
    """

    title: ClassVar[str] = "Input"

    input: Literal["auto", "tokens", "values"] = parameter(
        default="auto", constraints=[StrOptions({"auto", "tokens", "values"})]
    )
    standardize: bool = parameter(default=True, constraints=["boolean"], unless=("input", "tokens"))
    channels_first: bool = parameter(default=False, constraints=["boolean"], unless=("input", "tokens"))
    missing: Literal["error", "mask"] = parameter(
        default="error", constraints=[StrOptions({"error", "mask"})], unless=("input", "tokens")
    )
    projection_dim: int | None = parameter(
        default=None, constraints=[AT_LEAST_1, None], unless=("input", "tokens")
    )


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
    dtype : {"float32", "float64"}
        Type of the weights and of all results.
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

    dtype: Literal["float32", "float64"] = parameter(default="float32", constraints=[StrOptions(set(DTYPES))])
    callbacks: Any = parameter(default=None, constraints=[list, None], after_fit=True)
    device: str | torch.device = parameter(default="auto", constraints=[str, torch.device], after_fit=True)
    warm_start: bool = parameter(default=False, constraints=["boolean"], after_fit=True)
    random_state: Any = parameter(default=None, constraints=["random_state"], after_fit=True)
    verbose: int | bool = parameter(default=0, constraints=["verbose"], after_fit=True)
