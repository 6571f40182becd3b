"""What each step contributes to the prediction, by gradients along a path from nothing to the sequence."""

import warnings
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning

from .._sklearn import Integral, Interval, Real, validate_params
from .._training import MAX_STEPS, SequenceDataset
from ..modules import Batch, SequenceNetwork
from ..sequences import N_PARTS, Sequences, mask_missing, object_array
from ._fitted import FittedModel, in_double_precision, unwrap

__all__ = ["integrated_gradients"]

MAX_HALVINGS = 20
"""How often a piece of the path is halved, at most."""


@validate_params(
    {
        "n_steps": [Interval(Integral, 1, None, closed="left")],
        "tolerance": [Interval(Real, 0, None, closed="neither")],
    }
)
def integrated_gradients(
    model: Any,
    X: Any,
    *,
    target: Any = None,
    baseline: Any = None,
    n_steps: int = 16,
    tolerance: float = 1e-3,
    column: Any = None,
) -> np.ndarray:
    r"""Return what every step of a sequence contributes to the prediction of a fitted network.

    The gradient of the prediction with respect to the vectors that the first
    recurrent layer reads is integrated along the straight line from a
    baseline to the sequence:

    .. math:: a_t = \sum_j (x_{tj} - b_j) \int_0^1
       \frac{\partial f(b + \alpha (x - b))}{\partial x_{tj}} \, d\alpha

    The prediction `f` is the log-odds of a class, ``log(p / (1 - p))``, or a
    prediction in the unit of y. The attributions of a sequence sum to
    ``f(sequence) - f(baseline)``.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        A RecurrentClassifier or RecurrentRegressor, or a Pipeline that ends in
        one.
    X : array-like of n sequences, or one sequence
        What the model predicts: strings for a Pipeline with a tokenizer.
    target : object, default=None
        Class to explain, as in `classes_`; index of a label or of a target.
        None takes the second of two classes, the likeliest of several for
        each sequence, or the only target.
    baseline : int, float, array-like of shape (d,) or None, default=None
        What stands at every step of the sequence without content: for tokens
        the id whose vector it is, None the zero vector, which is that of
        padding; for series a number or one a channel in the unit of X, None
        the mean of the training rows (0 if series are not standardized).
        Under ``missing="mask"`` all of it counts as observed, and a missing
        value is attributed what the network reads in its place.
    n_steps : int, default=16
        Points of the Gauss-Legendre rule on a piece of the line, at least 1.
        First the whole line is one piece.
    tolerance : float, default=1e-3
        How far the sum may be from ``f(sequence) - f(baseline)``, above 0; in
        log-odds, or in standard deviations that the target had in training.
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.
        The others, and the numbers, stay as they are in the baseline.

    Returns
    -------
    ndarray of shape (n,), dtype object, or ndarray of shape (T,) or (T, d)
        An array of shape (T,) for each sequence of tokens, of shape (T, d)
        for each series of values, as float64; the array alone for one
        sequence.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The model gives no single prediction for a sequence.
    ValueError
        There is no such target, baseline or column.

    Warns
    -----
    ConvergenceWarning
        The sum is further off than `tolerance` though pieces of the line were
        halved twenty times.

    See Also
    --------
    mutagenesis : Predictions for changed sequences.
    MoleculeAttributionDisplay : The picture of a molecule.

    Notes
    -----
    Where the pooling takes a maximum, the gradient jumps along the line. The
    exact sum over a piece of it is known, as the difference of the answers at
    both ends. Pieces whose sums are far off are halved, so that points gather
    where the gradient jumps. All is computed in double precision.

    References
    ----------
    .. [1] Sundararajan, M., A. Taly, Q. Yan, "Axiomatic Attribution for Deep
       Networks", ICML 2017.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import integrated_gradients
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(hidden_size=8, max_epochs=1, random_state=0)
    ... )
    >>> model = model.fit(["ACGT", "TT"], ["long", "short"])
    >>> integrated_gradients(model, "ACGTA", target="long").shape
    (5,)
    """
    fitted = FittedModel(model, column)
    margin = fitted.estimator.margin(target)
    rows = fitted.read(X)
    sequences = fitted.column_of(rows)
    network = fitted.copy_network().requires_grad_(False)
    device = fitted.estimator.net_.device
    embed = fitted.part_of(fitted.copy_network()).encoder.embed
    part = fitted.part_of(network)
    part.encoder = deepcopy(part.encoder)  # which other columns may share
    part.encoder.tokens = False  # it reads vectors where tokens stood
    origin = _read_baseline(baseline, fitted, sequences, embed)
    dataset = SequenceDataset(in_double_precision(rows), device=device)
    results, unfinished = [], []
    for row, steps in enumerate(sequences):
        if not len(steps):
            results.append(np.zeros(steps.shape))
            continue
        with torch.no_grad():
            vectors = embed(torch.from_numpy(steps).to(device)).double()  # (T, d)
        beside = _Beside(dataset.batch(np.array([row])), fitted.place)
        own_origin = _mask_as_observed(origin, len(vectors)) if sequences.is_masked else origin
        path = _Path(network, margin, vectors, own_origin, beside)
        attributions, is_done = path.integrate(n_steps, tolerance * margin.unit)
        if not is_done:
            unfinished.append(row)
        if sequences.is_masked:
            attributions = attributions.unflatten(1, (N_PARTS, -1)).sum(1)
        results.append((attributions.sum(1) if sequences.is_tokens else attributions).cpu().numpy())
    if unfinished:
        warnings.warn(
            f"the attributions of {len(unfinished)} of {len(sequences)} sequences, row {unfinished[0]} the "
            f"first, don't sum to the answer within tolerance={tolerance:g}: raise n_steps (now {n_steps}), "
            "or tolerance",
            ConvergenceWarning,
            stacklevel=2,
        )
    return unwrap(object_array(results), X)


def _read_baseline(baseline: Any, fitted: FittedModel, sequences: Sequences, embed: Any) -> Any:
    """Vector of the baseline, Tensor of shape (d,)."""
    device = fitted.estimator.net_.device
    if sequences.is_tokens:
        ids = range(fitted.reader.n_inputs_)
        token = 0 if baseline is None else baseline
        if np.ndim(token) or token not in ids:
            raise ValueError(f"baseline={baseline!r} is none of the token ids 0 to {len(ids) - 1}")
        with torch.no_grad():
            return embed(torch.tensor(int(token), device=device))
    n_channels = fitted.reader.n_inputs_
    mean: Any = 0.0
    scale: Any = 1.0
    if sequences.is_standardized:
        mean, scale = fitted.reader.channel_mean_, fitted.reader.channel_scale_
    vector = np.asarray(mean if baseline is None else baseline, dtype=np.float64)
    if vector.shape not in ((), (n_channels,)) or not np.isfinite(vector).all():
        raise ValueError(f"baseline={baseline!r} is neither a finite number nor {n_channels} of them")
    vector = (vector - mean) / scale
    return torch.from_numpy(np.broadcast_to(vector, n_channels).copy()).to(device)


def _mask_as_observed(vector: torch.Tensor, n_steps: int) -> torch.Tensor:
    """Return what the network reads of a series of equal steps of which all is observed, (T, 3 d)."""
    steps = vector.expand(n_steps, -1).cpu().numpy()
    masked = mask_missing(Sequences(steps, np.array([0, n_steps]))).values
    return torch.from_numpy(masked).to(vector.device)


@dataclass(eq=False)
class _Beside:
    """A row, and which of its columns is replaced by others."""

    row: Batch
    place: int

    def batch(self, inputs: torch.Tensor) -> Batch:
        """Return the row once for each of some inputs, (n, T, d), in the place of the column."""
        n = len(inputs)
        lengths = torch.full((n,), inputs.shape[1], device=inputs.device)
        features = None if self.row.features is None else self.row.features.expand(n, -1)
        others = [(distinct, index.expand(n)) for distinct, index in self.row.others]
        if self.place == 0:
            return Batch(inputs, lengths, features=features, others=others)
        others[self.place - 1] = Batch(inputs, lengths), torch.arange(n, device=inputs.device)
        ((first, length),) = self.row.pieces
        return Batch(first.expand(n, *first.shape[1:]), length.expand(n), features=features, others=others)


@dataclass(eq=False)
class _Path:
    """The straight line from a baseline to one sequence, both of shape (T, d), and the answers on it."""

    network: SequenceNetwork
    margin: Any
    vectors: torch.Tensor
    origin: torch.Tensor
    beside: _Beside

    def __post_init__(self) -> None:
        self.difference = self.vectors - self.origin
        with torch.no_grad():
            self.column = self.margin.choose(self._run(self.vectors[None]))

    def _run(self, inputs: Any) -> Any:
        return self.network(self.beside.batch(inputs))

    def _answer(self, points: torch.Tensor) -> Any:
        """Inputs at the given parts of the line, and the answers to them."""
        inputs = (self.origin + points[:, None, None] * self.difference).requires_grad_()
        return inputs, self.margin.read(self._run(inputs), self.column.expand(len(points)))

    def _chunks(self, n_points: int) -> Any:
        n_rows = max(1, MAX_STEPS // max(1, len(self.difference)))
        return [slice(begin, begin + n_rows) for begin in range(0, n_points, n_rows)]

    def answers(self, points: torch.Tensor) -> Any:
        with torch.no_grad():
            return torch.cat([self._answer(points[chunk])[1] for chunk in self._chunks(len(points))])

    def integrate_pieces(self, begins: torch.Tensor, widths: torch.Tensor, rule: Any) -> Any:
        """Integral over each piece of the line, Tensor of shape (n_pieces, T, d)."""
        nodes, weights = rule
        points = (begins[:, None] + widths[:, None] * nodes).flatten()
        factors = (widths[:, None] * weights).flatten()
        piece = torch.arange(len(begins), device=begins.device).repeat_interleave(len(nodes))
        result = self.difference.new_zeros(len(begins), *self.difference.shape)
        for chunk in self._chunks(len(points)):
            inputs, answers = self._answer(points[chunk])
            (gradients,) = torch.autograd.grad(answers.sum(), inputs)
            result.index_add_(0, piece[chunk], factors[chunk, None, None] * gradients)
        return result * self.difference

    def integrate(self, n_steps: int, tolerance: float) -> Any:
        """Integral over the line, Tensor of shape (T, d), and whether its sum is within the tolerance."""
        total = torch.zeros_like(self.difference)
        nodes, weights = np.polynomial.legendre.leggauss(n_steps)
        rule = [torch.from_numpy(numbers).to(total) for numbers in ((nodes + 1) / 2, weights / 2)]
        begins, widths = total.new_zeros(1), total.new_ones(1)
        allowance = tolerance / 2 / (MAX_HALVINGS + 1)  # what each round may leave as it is
        off = 0.0  # how far the sum over the pieces that are kept is from the gain on them
        for halving in count():
            pieces = self.integrate_pieces(begins, widths, rule)
            errors = pieces.sum((1, 2)) - (self.answers(begins + widths) - self.answers(begins))
            is_done = abs(off + float(errors.sum())) <= tolerance
            if is_done or halving == MAX_HALVINGS:
                return total + pieces.sum(0), is_done
            order = errors.abs().argsort()
            n_kept = int((errors[order].abs().cumsum(0) <= allowance).sum())  # the best; others are halved
            total += pieces[order[:n_kept]].sum(0)
            off += float(errors[order[:n_kept]].sum())
            begins, widths = begins[order[n_kept:]], widths[order[n_kept:]] / 2
            begins, widths = torch.cat([begins, begins + widths]), widths.repeat(2)
