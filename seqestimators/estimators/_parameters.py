"""The description of the parameters that all recurrent estimators share, written once."""

NETWORK = """cell : {"rnn", "lstm", "gru"}, default="lstm"
        Recurrent cell: Elman network with tanh, long short-term memory, or
        gated recurrent unit.
    hidden_size : int, default=64
        Number of units per layer and direction, at least 1.
    num_layers : int, default=1
        Number of recurrent layers, at least 1.
    bidirectional : bool, default=True
        Whether a second network reads every sequence from its end.
    embedding_dim : int or None, default=32
        Size of the learned vector of a token, at least 1. None feeds one-hot
        vectors. Not used for numeric series."""

POOLING = """pooling : {"concat", "last", "mean", "max", "attention"}, default="concat"
        How the hidden states of a sequence become one vector; "concat" joins
        last, max and mean.
    dropout : float, default=0.2
        Probability of a unit to be dropped, between layers and before the
        output layer, in [0, 1).
    batch_norm : bool, default=False
        Whether the pooled vector is normalized over the batch.
    output_bias : bool, default=True
        Whether the output layer has a bias."""

PRETRAINING = """pretrained : RecurrentLanguageModel, FrozenEstimator or None, default=None
        A fitted language model whose embedding and layers to start from; cell,
        hidden_size, num_layers, bidirectional and embedding_dim are then its
        own, whatever these parameters say. It stays fitted under ``clone``.
        The tokenizer before this estimator takes the `vocabulary_` of the one
        before the language model.
    gradual_unfreezing : bool, default=False
        Whether a pretrained network is trained from the output down, one more
        layer each epoch.
    layer_decay : float, default=1.0
        Learning rate of a pretrained layer over that of the one below, at
        least 1; 2.6 in ULMFiT."""

INPUT = """input : {"auto", "tokens", "values"}, default="auto"
        What X holds. "auto" decides in fit: non-negative integers are token
        ids, all else is numeric series."""

OPTIMIZATION = """max_epochs : int, default=30
        Number of passes over the training rows, at least 1.
    lr : float, default=0.005
        Learning rate, larger than 0; the peak of the schedule.
    batch_size : int or "all", default=32
        Number of sequences per step, at least 1; "all" takes full batches.
    optimizer : {"adamw", "adam", "nadam", "radam", "rmsprop", "sgd"} or class, \
default="adamw"
        Name, or a class of torch.optim, which is called with the weights and
        `lr` only.
    weight_decay : float, default=0.01
        Weight decay of an optimizer given by name, at least 0.
    gradient_clip : float or None, default=1.0
        Largest norm of the gradient, larger than 0; None doesn't clip.
    lr_schedule : {"one_cycle", "cosine", "constant"}, default="one_cycle"
        How the learning rate moves in fit. `partial_fit` and a warm start
        keep it constant.
    early_stopping : bool, default=False
        Whether to set validation rows aside, to stop when they no longer
        improve, and to restore the best weights.
    validation_fraction : float, default=0.1
        Share of the training rows for validation under `early_stopping`, in
        (0, 1).
    n_iter_no_change : int, default=10
        Epochs without improvement after which to stop, at least 1.
    scoring : str, callable, list of str or None, default=None
        Scores to monitor on the training (and validation) rows after every
        epoch, written into `history_`. The first one decides on early
        stopping; None leaves that to the loss.
    dtype : {"float32", "float64"}, default="float32"
        Type of the weights and of all results.
    callbacks : list of skorch callbacks or None, default=None
        Handed to skorch, as copies.
    device : str or torch.device, default="auto"
        Where to compute; "auto" takes a GPU where there is one.
    warm_start : bool, default=False
        Whether fit goes on from the weights of the last fit; with a new
        optimizer, if the estimator was read from a file in between.
    random_state : int, RandomState instance or None, default=None
        Determines initial weights, dropout, shuffling and the validation
        rows. An int makes fits repeatable to the bit.
    verbose : int or bool, default=0
        Whether to print a line an epoch."""

TRAINING = f"{INPUT}\n    {OPTIMIZATION}"

ATTRIBUTES = """net_ : skorch.NeuralNet
        The fitted net, with the torch module in `net_.module_`.
    history_ : list of dict
        One row an epoch: epoch, train_loss, valid_loss under early stopping,
        monitored scores, lr and duration in seconds.
        ``pandas.DataFrame(model.history_)`` is a table of it.
    n_iter_ : int
        Number of epochs run.
    n_parameters_ : int
        Number of trained weights.
    input_ : {"tokens", "values"}
        What X was in fit.
    n_inputs_ : int
        Number of token ids, special ones included, or of channels.
    n_features_in_ : int
        Number of columns of X, only if fit saw a 2-D array.
    feature_names_in_ : ndarray of str
        Names of the columns of X, only if fit saw a data frame."""


def shared_parameters(cls):
    """Fill the shared parts into the docstring of an estimator class."""
    if cls.__doc__ is not None:  # python -OO strips docstrings
        for name in ("NETWORK", "POOLING", "PRETRAINING", "TRAINING", "OPTIMIZATION", "ATTRIBUTES"):
            cls.__doc__ = cls.__doc__.replace(f"<{name.lower()}>", globals()[name])
    return cls
