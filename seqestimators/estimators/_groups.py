"""The parameters of network and input that several estimators have, each declared here and nowhere else."""

from typing import Any, ClassVar, Literal

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from .._sklearn import HasMethods, Integral, Interval, Real, StrOptions
from ..modules import ATTENTIONS, CELLS, POOLINGS, Attention, Cell, Pooling
from ..parameters import Counts, Registered, SubclassOf, parameter, with_parameters

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
