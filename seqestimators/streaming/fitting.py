"""Training on chunks of rows, with a memory that doesn't grow with their number."""

from collections.abc import Callable, Iterable, Iterator
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import check_random_state, get_tags
from tqdm import tqdm

from .._sklearn import HasMethods, Integral, Interval, _safe_indexing, validate_params
from ..preprocessing.vocabulary import sort_tokens

__all__ = ["fit_chunks"]

IGNORED = -100
"""The number that masks the label of a step."""


@validate_params(
    {
        "model": [HasMethods(["fit"])],
        "chunks": [HasMethods(["__iter__"]), callable],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "classes": ["array-like", None],
        "shuffle_buffer": [Interval(Integral, 0, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }
)
def fit_chunks(
    model: Any,
    chunks: Iterable[Any] | Callable[[], Iterable[Any]],
    *,
    n_epochs: int = 1,
    classes: Any = None,
    shuffle_buffer: int = 10_000,
    random_state: Any = None,
    verbose: int | bool = 0,
) -> Any:
    """Fit a model to data that come in chunks, of which few are in memory at a time.

    A first pass over the chunks lets the steps before the estimator learn, as
    a tokenizer its vocabulary, and gathers the classes. Each epoch then hands
    chunks to `partial_fit` of the estimator, which trains on one for an epoch
    at a constant learning rate and keeps its optimizer.

    Parameters
    ----------
    model : estimator or Pipeline
        Its last step has `partial_fit`, as all recurrent estimators. Steps
        before it have `partial_fit`, as the tokenizers, or learn nothing, or
        are fitted, as ``FrozenEstimator(step)``. A clone is fitted; `model`
        stays as it is.
    chunks : iterable, or function that returns one
        Of pairs (X, y), as a :class:`SequenceFile` yields them, or of X alone.
        It is gone through `n_epochs` times and once before.
    n_epochs : int, default=1
        Passes for training, at least 1.
    classes : array-like of labels or None, default=None
        For estimators whose `partial_fit` takes them. None gathers them in the
        first pass.
    shuffle_buffer : int, default=10_000
        Rows from among which those of the next chunk are drawn, besides a
        chunk, at least 0. A file whose rows are in an order needs a buffer
        that is large against the stretches of it; 0 keeps the order of the
        chunks, whose rows the estimator shuffles among each other.
    random_state : int, RandomState instance or None, default=None
        Draws the rows; the estimator has its own.
    verbose : int or bool, default=0
        Whether to show the progress, with the loss of the last chunk.

    Returns
    -------
    estimator or Pipeline
        The fitted clone.

    Raises
    ------
    TypeError
        A step can't learn from chunks; or `chunks` can be gone through only
        once, as a generator.
    ValueError
        There is no row.

    See Also
    --------
    SequenceFile : Chunks of a file.

    Notes
    -----
    The estimator learns from the first chunk that it gets what `partial_fit`
    learns from its first: a regressor how targets are standardized, a network
    of series the mean and scale of channels.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import RecurrentClassifier, SequenceTokenizer
    >>> from seqestimators.streaming import fit_chunks
    >>> chunks = [(["ab", "ba"], [0, 1]), (["abc", "bb"], [0, 1])]
    >>> model = make_pipeline(SequenceTokenizer(), RecurrentClassifier(random_state=0))
    >>> fitted = fit_chunks(model, chunks, n_epochs=2, random_state=0)
    >>> fitted[0].n_tokens_, fitted.classes_.tolist()
    (7, [0, 1])
    """
    source = _Chunks(chunks)
    model = clone(model)
    *steps, (_, estimator) = model.steps if isinstance(model, Pipeline) else [("estimator", model)]
    if not hasattr(estimator, "partial_fit"):
        raise TypeError(
            f"{type(estimator).__name__} can't learn from chunks: it has no partial_fit, as the recurrent "
            "estimators have"
        )
    steps = [(name, step) for name, step in steps if step not in (None, "passthrough")]
    takes_classes = "classes" in signature(estimator.partial_fit).parameters
    n_rows, labels = _learn_first(
        steps, source, lambda y: _labels_of(y, estimator) if takes_classes and classes is None else ()
    )
    options = {"classes": sort_tokens(labels) or classes} if takes_classes else {}
    random = check_random_state(random_state)
    for epoch in range(n_epochs):
        name = f"epoch {epoch + 1} of {n_epochs}"
        with tqdm(total=n_rows, unit=" rows", desc=name, disable=not verbose) as progress:
            for X, y in _shuffle(source, shuffle_buffer, random):
                estimator.partial_fit(_transform(steps, X), y, **options)
                progress.update(len(X))
                if history := getattr(estimator, "history_", None):
                    progress.set_postfix(loss=f"{history[-1]['train_loss']:.4f}")
    return model


class _Chunks:
    """Pairs of X and y, as often as they are asked for."""

    def __init__(self, chunks: Any):
        if not callable(chunks) and iter(chunks) is chunks:
            raise TypeError(
                f"chunks is a {type(chunks).__name__}, which can be gone through only once: give a list, a "
                "SequenceFile, or the function that makes it"
            )
        self.open = chunks if callable(chunks) else lambda: chunks

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        for number, chunk in enumerate(self.open()):
            X, y = chunk if isinstance(chunk, tuple) and len(chunk) == 2 else (chunk, None)
            if y is not None and len(X) != len(y):
                raise ValueError(
                    f"chunk {number} has {len(X)} sequences, but {len(y)} targets: give one for each"
                )
            if len(X):
                yield X, y


def _learn_first(
    steps: list[Any], source: _Chunks, labels_of: Callable[[Any], Iterable[Any]]
) -> tuple[int, set[Any]]:
    """Let the steps learn, in a pass each; return the number of rows, and the labels that there are."""
    learners = [place for place, (name, step) in enumerate(steps) if _learns(name, step)]
    n_rows, labels = 0, set[Any]()
    for i in range(max(len(learners), 1)):
        for X, y in source:
            if i == 0:
                n_rows += len(X)
                labels.update(labels_of(y))
            if learners:
                steps[learners[i]][1].partial_fit(_transform(steps[: learners[i]], X))
    if not n_rows:
        raise ValueError("chunks has no rows: is the file empty?")
    return n_rows, labels


def _learns(name: str, step: Any) -> bool:
    """Whether a step learns from the data; an error if it can't from chunks of them."""
    if isinstance(step, FrozenEstimator) or not get_tags(step).requires_fit:
        return False
    if not hasattr(step, "partial_fit"):
        raise TypeError(
            f"the step {name!r} can't learn from chunks, since {type(step).__name__} has no partial_fit: fit "
            "it on a sample first, and put sklearn.frozen.FrozenEstimator(step) into the Pipeline"
        )
    return True


def _labels_of(y: Any, estimator: Any) -> set[Any]:
    """Return the labels of rows or, for a tagger, of steps; of a table, whose columns are classes, none."""
    if y is None or (is_classifier(estimator) and np.ndim(y) > 1 and np.shape(y)[1] > 1):
        return set()
    labels = np.ravel(y) if is_classifier(estimator) else [label for row in y for label in row]
    found = {label.item() if isinstance(label, np.generic) else label for label in labels}
    return found if is_classifier(estimator) else {one for one in found if one == one} - {None, IGNORED}


def _transform(steps: list[Any], X: Any) -> Any:
    for _, step in steps:
        X = step.transform(X)
    return X


def _shuffle(source: _Chunks, n_held: int, random: np.random.RandomState) -> Iterator[tuple[Any, Any]]:
    """Yield chunks whose rows are drawn from among so many more; the last rows are what is left."""
    if not n_held:
        yield from source
        return
    X: Any = None
    y: Any = None
    for more, labels in source:
        size = len(more)
        X, y = (more, labels) if X is None else (_join(X, more), _join(y, labels))
        while len(X) >= n_held + size:
            order = random.permutation(len(X))
            yield _take(X, order[:size]), _take(y, order[:size])
            X, y = _take(X, order[size:]), _take(y, order[size:])
    if X is not None:
        order = random.permutation(len(X))
        for begin in range(0, len(X), size):
            rows = order[begin : begin + size]
            yield _take(X, rows), _take(y, rows)


def _join(rows: Any, more: Any) -> Any:
    if rows is None:
        return None
    if hasattr(rows, "iloc"):
        return pd.concat([rows, more], ignore_index=True)
    if isinstance(rows, np.ndarray):
        return np.concatenate([rows, more])
    return [*rows, *more]


def _take(rows: Any, order: np.ndarray) -> Any:
    return None if rows is None else _safe_indexing(rows, order)
