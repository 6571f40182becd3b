"""What each step contributes to the prediction, by gradients along a path from nothing to the sequence."""

import warnings
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning

from .._sklearn import Integral, Interval, Real, validate_params
from .._training import MAX_STEPS
from ..modules import Batch, SequenceNetwork
from ..sequences import Sequences, object_array
from ._fitted import FittedModel, unwrap

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
    n_steps : int, default=16
        Points of the Gauss-Legendre rule on a piece of the line, at least 1.
        First the whole line is one piece.
    tolerance : float, default=1e-3
        How far the sum may be from ``f(sequence) - f(baseline)``, above 0; in
        log-odds, or in standard deviations that the target had in training.

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
        There is no such target or baseline.

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
    fitted = FittedModel(model)
    margin = fitted.estimator.margin(target)
    sequences = fitted.read(X)
    network = fitted.copy_network().requires_grad_(False)
    device = fitted.estimator.net_.device
    embed = fitted.copy_network().encoder.embed
    network.encoder.tokens = False  # it reads vectors where tokens stood
    origin = _read_baseline(baseline, fitted, sequences, embed)
    features = None if sequences.features is None else torch.from_numpy(sequences.features).double()
    results, unfinished = [], []
    for row, steps in enumerate(sequences):
        if not len(steps):
            results.append(np.zeros(steps.shape))
            continue
        with torch.no_grad():
            vectors = embed(torch.from_numpy(steps).to(device)).double()  # (T, d)
        own_features = None if features is None else features[row].to(device)
        path = _Path(network, margin, vectors, origin, own_features)
        attributions, is_done = path.integrate(n_steps, tolerance * margin.unit)
        if not is_done:
            unfinished.append(row)
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
        ids = range(fitted.estimator.n_inputs_)
        token = 0 if baseline is None else baseline
        if np.ndim(token) or token not in ids:
            raise ValueError(f"baseline={baseline!r} is none of the token ids 0 to {len(ids) - 1}")
        with torch.no_grad():
            return embed(torch.tensor(int(token), device=device))
    n_channels = sequences.values.shape[1]
    mean: Any = 0.0
    scale: Any = 1.0
    if sequences.is_standardized:
        mean, scale = fitted.estimator.channel_mean_, fitted.estimator.channel_scale_
    vector = np.asarray(mean if baseline is None else baseline, dtype=np.float64)
    if vector.shape not in ((), (n_channels,)) or not np.isfinite(vector).all():
        raise ValueError(f"baseline={baseline!r} is neither a finite number nor {n_channels} of them")
    vector = (vector - mean) / scale
    return torch.from_numpy(np.broadcast_to(vector, n_channels).copy()).to(device)


@dataclass(eq=False)
class _Path:
    """The straight line from a baseline to one sequence, both of shape (T, d), and the answers on it."""

    network: SequenceNetwork
    margin: Any
    vectors: torch.Tensor
    origin: torch.Tensor
    features: torch.Tensor | None

    def __post_init__(self) -> None:
        self.difference = self.vectors - self.origin
        with torch.no_grad():
            self.column = self.margin.choose(self._run(self.vectors[None]))

    def _run(self, inputs: Any) -> Any:
        lengths = torch.full((len(inputs),), inputs.shape[1], device=inputs.device)
        features = None if self.features is None else self.features.expand(len(inputs), -1)
        return self.network(Batch(inputs, lengths, features=features))

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
