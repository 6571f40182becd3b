"""The network of the classifier and the regressor: encoder, pooling, output layer."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._losses import sum_at_once
from ._number_losses import squared_error
from .batch import Batch, Ragged, reverse_each
from .dropout import Dropout, share_masks
from .encoder import RecurrentEncoder
from .network import SequenceNetwork
from .pooling import POOLINGS, Pooling

__all__ = ["PooledEncoder", "PooledNetwork"]


def _read_and_pool(encoder: RecurrentEncoder, pooling: Pooling, inputs: Tensor, lengths: Tensor) -> Tensor:
    """Return the pooled states, of long sequences without holding them all at once."""
    if encoder.reads_in_parts(inputs) and pooling.can_pool_parts(1 + encoder.bidirectional):
        return pooling.pool_parts(states for _, states in encoder.read_parts(inputs, lengths))
    return pooling(encoder(inputs, lengths))


class PooledEncoder(nn.Module):
    """An encoder and its pooling: one vector per sequence.

    Parameters
    ----------
    encoder : RecurrentEncoder
    pooling : str or Pooling class, default="concat"
        One of `POOLINGS`: "concat", "last", "mean", "max" or "attention".

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch, PooledEncoder, RecurrentEncoder
    >>> column = PooledEncoder(RecurrentEncoder(10, hidden_size=3), "last")
    >>> column(Batch(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1]))).shape
    torch.Size([2, 3])
    """

    def __init__(self, encoder: RecurrentEncoder, pooling: str | type[Pooling] = "concat"):
        super().__init__()
        self.encoder = encoder
        self.pooling = POOLINGS.find(pooling)(encoder.output_size)

    @property
    def output_size(self) -> int:
        """Size of the vector."""
        return self.pooling.output_size

    def forward(self, batch: Batch) -> Tensor:
        """Return the pooled states of one batch, Tensor of shape (n, output_size)."""
        return torch.cat([_read_and_pool(self.encoder, self.pooling, *piece) for piece in batch.pieces])


class PooledNetwork(SequenceNetwork):
    r"""One output vector per sequence.

    .. math:: y = W \,\mathrm{dropout}(\mathrm{norm}(\mathrm{pool}(\mathrm{encoder}(x)))) + b

    Further sequences, and numbers, are joined to the pooled vector:

    .. math:: [\mathrm{pool}(\mathrm{encoder}(x)), \mathrm{pool}'(\mathrm{encoder}'(x')), \ldots,
       \max(0, U \,\mathrm{dropout}(z) + c)]

    Parameters
    ----------
    encoder : RecurrentEncoder
        Reads the sequences.
    output_size : int
        Number of outputs.
    criterion : callable, default=squared error
        Takes outputs and target of shape (n, ...), returns a loss for every
        row, Tensor of shape (n,). Where the targets of a row have weights of
        their own it takes them too, a Tensor of the shape of the target.
    pooling : str or Pooling class, default="concat"
        One of `POOLINGS`: "concat", "last", "mean", "max" or "attention".
    n_features : int, default=0
        Number of `Batch.features`. What a linear layer of as many units as
        the encoder has, and the positive part, make of them stands beside the
        pooled vector.
    others : sequence of PooledEncoder, default=()
        Read the further sequences of each row, `Batch.others`, a column each.
    dropout : float, default=0.0
        Probability of an input of the output layer to be dropped, in [0, 1).
    batch_norm : bool, default=False
        Whether the pooled vector is normalized over the batch.
    output_bias : bool, default=True
        Whether the output layer has the bias `b`.
    complement : Tensor of shape (input_size,), dtype int64, or None, default=None
        The id of the reverse complement of every token: both strands are read
        then, and the mean of their pooled vectors is taken.

    References
    ----------
    .. [1] Ioffe, S., C. Szegedy, "Batch Normalization: Accelerating Deep
       Network Training by Reducing Internal Covariate Shift", ICML 2015.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import Batch, PooledNetwork, RecurrentEncoder
    >>> network = PooledNetwork(RecurrentEncoder(10, hidden_size=3), output_size=2)
    >>> network(Batch(torch.tensor([[4, 5, 6], [7, 0, 0]]), torch.tensor([3, 1]))).shape
    torch.Size([2, 2])
    """

    complement: Tensor | None

    def __init__(
        self,
        encoder: RecurrentEncoder,
        output_size: int,
        *,
        criterion: Callable[[Tensor, Tensor], Tensor] = squared_error,
        pooling: str | type[Pooling] = "concat",
        n_features: int = 0,
        others: Sequence[PooledEncoder] = (),
        dropout: float = 0.0,
        batch_norm: bool = False,
        output_bias: bool = True,
        complement: Tensor | None = None,
    ):
        super().__init__(encoder)
        self.register_buffer("complement", complement, persistent=False)
        self.criterion = criterion
        self.pooling = POOLINGS.find(pooling)(encoder.output_size)
        self.others = nn.ModuleList(others)
        self.feature_layer = nn.Linear(n_features, encoder.hidden_size) if n_features else None
        size = self.pooling.output_size + sum(other.output_size for other in others)
        if self.feature_layer is not None:
            size += self.feature_layer.out_features
        self.norm = nn.BatchNorm1d(size) if batch_norm else None
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(size, output_size, bias=output_bias)

    @property
    def is_causal(self) -> bool:
        """Whether the answer on a prefix is a function of the states up to its end."""
        return self.encoder.is_causal and self.pooling.is_causal and self.complement is None

    @property
    def compares_rows(self) -> bool:
        """Whether there is batch norm: batches of one length would hide what the length says."""
        return self.norm is not None

    @property
    def representation_size(self) -> int:
        """Size of the vector that the output layer reads."""
        return self.output.in_features

    def represent(self, batch: Batch) -> Tensor:
        """Return the vector that the output layer reads, before batch norm and dropout.

        Parameters
        ----------
        batch : Batch

        Returns
        -------
        Tensor of shape (n, representation_size)
            The pooled hidden states, those of further columns and the
            features, as their layer shows them, behind.
        """
        pooled = [self._pool(*piece) for piece in batch.pieces]
        joined = pooled[0] if len(pooled) == 1 else torch.cat(pooled)
        beside = self._read_beside(batch)
        return torch.cat([joined, *beside], dim=1) if beside else joined

    def _read_beside(self, batch: Batch) -> list[Tensor]:
        """Return what stands beside the pooled vector, Tensors with one row per sequence."""
        columns = zip(self.others, batch.others, strict=True)
        pooled = [read(distinct)[index] for read, (distinct, index) in columns]
        if self.feature_layer is None:
            return pooled
        return [*pooled, torch.relu(self.feature_layer(self.dropout(batch.features)))]

    def _pool(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        pooled = _read_and_pool(self.encoder, self.pooling, inputs, lengths)
        if self.complement is None:
            return pooled
        other_strand = reverse_each(self.complement[inputs], lengths)
        return (pooled + _read_and_pool(self.encoder, self.pooling, other_strand, lengths)) / 2

    def forward(self, batch: Batch) -> Tensor:
        """Return the outputs for one batch, Tensor of shape (n, output_size)."""
        return self.read_out(self.represent(batch))

    def read_out(self, vectors: Tensor) -> Tensor:
        """Return the outputs for what `represent` returns, Tensor of shape (n, output_size)."""
        if self.norm is not None:
            vectors = _normalize(self.norm, vectors)
        return self.output(self.dropout(vectors))  # (n, output_size)

    def row_losses(self, outputs: Tensor, batch: Batch) -> Tensor:  # type: ignore[override]
        """Return what the criterion makes of outputs and target, Tensor of shape (n,)."""
        return self.criterion(outputs, batch.target)  # type: ignore[arg-type]

    def loss(self, batch: Batch, outputs: object = None) -> Tensor:
        """Return what training minimizes.

        Parameters
        ----------
        batch : Batch
            With its target, and a weight for every row or for every target.
        outputs : Tensor of shape (n, output_size) or None, default=None
            What `forward` has returned for the batch; None calls it.

        Returns
        -------
        Tensor of shape ()
            The sum of the losses, each times its weight.
        """
        given: Any = self(batch) if outputs is None else outputs
        target: Any = batch.target
        if batch.weight is None:
            return super().loss(batch, given)
        if batch.weight.ndim > 1:
            weighted: Callable[..., Tensor] = self.criterion
            return weighted(given, target, batch.weight).sum()
        total = None
        if type(self).row_losses is PooledNetwork.row_losses:
            total = sum_at_once(self.criterion, given, target, batch.weight)
        return super().loss(batch, given) if total is None else total

    def sample(self, batch: Batch, seeds: Sequence[int]) -> Tensor:
        """Return the outputs of networks that dropout makes of this one.

        Parameters
        ----------
        batch : Batch
        seeds : sequence of int
            Each determines which units are dropped, the same for all rows.

        Returns
        -------
        Tensor of shape (n, n_seeds, output_size)
        """
        vectors, masks_below, outputs = None, 0, []
        for seed in seeds:
            with share_masks(self, seed) as masks:
                if vectors is None or masks_below:
                    vectors = self.represent(batch)
                    masks_below = masks.n_drawn  # without any the vectors are the same for all
                outputs.append(self.read_out(vectors))
        return torch.stack(outputs, dim=1)

    def trace(self, batch: Batch) -> Ragged:
        """Return the outputs for every prefix of a sequence, of a causal network.

        Parameters
        ----------
        batch : Batch

        Returns
        -------
        Ragged of shape (n_steps, output_size)
        """
        states = [self.encoder(*piece) for piece in batch.pieces]
        # the last state of a prefix is that at its last step
        values, lengths = Ragged.from_padded((one.join(), one.lengths) for one in states)
        beside = [one.repeat_interleave(lengths, dim=0) for one in self._read_beside(batch)]
        values = torch.cat([values, *beside], dim=1)
        return Ragged(self.read_out(values), lengths)


def _normalize(norm: nn.BatchNorm1d, pooled: Tensor) -> Tensor:
    if norm.training and len(pooled) == 1:  # a single row has no variance: the running one serves
        return F.batch_norm(pooled, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps)
    return norm(pooled)
