"""Strings out of fitted pipelines, where a method of the last step gives or takes token ids."""

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Integral, Interval, validate_params
from ..exceptions import InvalidSequenceError
from ..preprocessing import SequenceColumns
from ..sequences import is_biological, is_missing, naming, shorten, unmask
from ._opening import open_model
from .language_model import RecurrentLanguageModel
from .seq2seq import RecurrentSeq2Seq

__all__ = ["predict_n_best", "sample"]


def predict_n_best(model: Any, X: Any, n: int = 5) -> np.ndarray:
    """Return several targets of every source, the best first, from a fitted pipeline.

    Parameters
    ----------
    model : Pipeline, RecurrentSeq2Seq, fitted search or FrozenEstimator
        Fitted; its last step is a RecurrentSeq2Seq.
    X : array-like of n_samples sequences
        What the model predicts from: strings for a pipeline.
    n : int, default=5
        Number of targets a source, at least 1.

    Returns
    -------
    ndarray of shape (n_samples,), dtype object
        Lists of at most n pairs (target, log-probability), as of
        :meth:`RecurrentSeq2Seq.predict_n_best`.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The last step isn't a RecurrentSeq2Seq.

    See Also
    --------
    seqestimators.metrics.top_n_accuracy_score : Score of such lists.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import RecurrentSeq2Seq, SequenceTokenizer, predict_n_best
    >>> model = make_pipeline(
    ...     SequenceTokenizer(), RecurrentSeq2Seq(hidden_size=8, random_state=0)
    ... )
    >>> model = model.fit(["ab", "ba", "b"] * 5, ["AB", "BA", "B"] * 5)
    >>> [len(targets) for targets in predict_n_best(model, ["ab", "b"], 3)]
    [3, 3]
    """
    steps, last = _open(model, RecurrentSeq2Seq)
    return last.predict_n_best(X if steps is None else steps.transform(X), n)


@validate_params({"n_samples": [Interval(Integral, 1, None, closed="left")]}, nested=True)
def sample(
    model: Any, n_samples: int = 1, *, prefix: Any = None, condition: Any = None, **options: Any
) -> np.ndarray:
    """Sample new sequences, as strings, from a fitted pipeline.

    Parameters
    ----------
    model : Pipeline, RecurrentLanguageModel, fitted search or FrozenEstimator
        Fitted; its last step is a RecurrentLanguageModel.
    n_samples : int, default=1
        Number of sequences, at least 1.
    prefix : str, array-like or None, default=None
        What the sequences begin with: a string for all of them, or `n_samples`
        strings; token ids where there is no tokenizer.
    condition : dict, DataFrame, array-like or None, default=None
        What the model is to go by, if it was fitted behind a SequenceColumns
        with numbers: the columns beside the sequences, by their names, each
        with one value for all sequences or `n_samples` values, in the units of
        fit. Without a pipeline, what
        :meth:`RecurrentLanguageModel.sample` takes.
    **options : dict
        Those of :meth:`RecurrentLanguageModel.sample`: `temperature`, `top_k`,
        `top_p`, `max_length`, `random_state`.

    Returns
    -------
    ndarray of shape (n_samples,), dtype object
        Strings, or what else the tokenizer was fitted on; token ids where
        there is none. They begin with the prefix.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    InvalidSequenceError
        The prefix can't be read, or has a token that training has not met.
    TypeError
        The last step isn't a RecurrentLanguageModel.
    ValueError
        The model was fitted without a condition, or needs another one.

    Warns
    -----
    TruncationWarning
        Sequences reached `max_length`; the message counts them.

    See Also
    --------
    seqestimators.metrics.generation_report : What sampled molecules are worth.

    Notes
    -----
    A prefix that is a SMILES by itself, its rings and branches closed, as
    ``c1ccccc1``, is a substructure of every molecule that it is continued to.
    A tokenizer that rewrites what it reads, as ``SmilesTokenizer(canonical=True)``
    does, rewrites the prefix as well.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import RecurrentLanguageModel, SequenceTokenizer, sample
    >>> model = make_pipeline(
    ...     SequenceTokenizer(), RecurrentLanguageModel(hidden_size=8, random_state=0)
    ... )
    >>> model = model.fit(["ab", "aabb", "aaabbb"] * 5)
    >>> drawn = sample(model, 3, prefix="aa", max_length=99, random_state=0)
    >>> [string[:2] for string in drawn]
    ['aa', 'aa', 'aa']
    """
    steps, last = _open(model, RecurrentLanguageModel)
    if steps is None:
        return last.sample(n_samples, prefix=prefix, condition=condition, **options)
    readers = []
    for _, step in steps.steps:
        is_table = isinstance(step, SequenceColumns)
        if is_table and condition is not None and step.column_transformer_ is not None:
            with naming("condition"):
                condition = step.transform_numbers(_tabulate(step, condition, n_samples))
        readers.append(next(iter(step.tokenizers_.values())) if is_table else step)
    readers = [reader for reader in readers if reader is not None]  # "passthrough" of token ids
    if prefix is not None and readers:
        prefix = [prefix] if _is_one(prefix, readers[0]) else prefix
        with naming("prefix"):
            for reader in readers:
                prefix = reader.transform(prefix)
    rows = last.sample(n_samples, prefix=prefix, condition=condition, **options)
    for reader in reversed(readers):
        rows = reader.inverse_transform(rows)
    return rows


def _open(model: Any, kind: type) -> tuple[Pipeline | None, Any]:
    """Return the steps before the last, None if there is none, and the last one, which must be of a kind."""
    steps, last = open_model(model)
    if not isinstance(last, kind):
        raise TypeError(
            f"{type(last).__name__} is no {kind.__name__}: give a fitted one, or a fitted Pipeline that "
            "ends in one"
        )
    check_is_fitted(last)
    return steps, last


def _is_one(prefix: Any, reader: Any) -> bool:
    """Whether a prefix is one sequence: a string, or a list of symbols where the tokenizer reads lists."""
    if isinstance(prefix, (str, bytes, bytearray)) or is_biological(prefix):
        return True
    reads_lists = getattr(reader, "sequence_type_", "string") == "list" and hasattr(prefix, "__iter__")
    return reads_lists and not any(isinstance(one, list | tuple | np.ndarray) for one in prefix)


def _tabulate(columns: SequenceColumns, condition: Any, n_samples: int) -> Any:
    """Return a condition as a table of the columns beside the sequences, a row for each sample."""
    import pandas as pd

    if not isinstance(condition, dict | pd.DataFrame):
        names = ", ".join(map(repr, columns.numeric)) or "those of its blocks"
        raise TypeError(
            f"condition is {shorten(condition)}, but must be a dict or a data frame of the columns that the "
            f"model was fitted on beside the sequences: {names}"
        )
    transformer = columns.column_transformer_
    present = getattr(transformer, "feature_names_in_", np.arange(transformer.n_features_in_))
    needed: dict[Any, None] = {}
    for _, part, asked in transformer.transformers_:
        if part != "drop":  # of no use to the model
            needed |= dict.fromkeys(_name_columns(asked, present))
    if own := [name for name in columns.columns if name in needed]:
        raise ValueError(
            f"a block of SequenceColumns reads {own[0]!r}, the sequences that are yet to be sampled: give "
            "its numbers to `sample` of the last step"
        )
    if set(needed) != set(condition):
        raise ValueError(
            f"condition has {', '.join(map(repr, condition)) or 'no columns'}, but the model was fitted on "
            f"{', '.join(map(repr, needed))} beside the sequences: give each of these, and no other"
        )
    table = {}
    for name in needed:
        values = unmask(condition[name], name=f"condition[{name!r}]")
        try:
            values = np.asarray(values)
        except ValueError:
            raise ValueError(
                f"condition[{name!r}] is {shorten(values)}, but must be one value for all "
                "samples, or one for each"
            ) from None
        if values.shape not in {(), (1,), (n_samples,)}:
            raise ValueError(
                f"condition[{name!r}] has shape {values.shape}, but n_samples={n_samples}: give one value "
                "for all, or one for each"
            )
        missing = [is_missing(value) for value in np.atleast_1d(values)]
        if any(missing) and name in list(columns.numeric):  # a block may fill it in
            row = missing.index(True)
            raise InvalidSequenceError(
                f"row {row} of condition has {np.atleast_1d(values)[row]} as {name!r}: give a number"
            )
        table[name] = np.broadcast_to(values, n_samples)
    if all(isinstance(name, str) for name in needed):  # blocks may ask for columns by their places
        return pd.DataFrame({name: table.get(name) for name in present}, index=range(n_samples))
    matrix = np.empty((n_samples, len(present)), dtype=object)
    for name, values in table.items():
        matrix[:, name] = values
    return matrix


def _name_columns(asked: Any, present: np.ndarray) -> list[Any]:
    """Return the names of columns that a ColumnTransformer is told by name, number, slice or mask."""
    if not isinstance(asked, slice):
        asked = np.atleast_1d(asked)
        if asked.dtype.kind not in "iub":
            return asked.tolist()
    return present[asked].tolist()
