"""SequenceColumns: a data frame with sequences in its columns, as one container."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from .._sklearn import HasMethods, LinkedEstimator, _BaseComposition, _fit_context, _safe_indexing
from ..sequences import (
    Sequences,
    is_missing,
    mean_and_scale,
    naming,
    object_array,
    open_rows,
    read_sequences,
)
from ._column_numbers import (
    is_number,
    list_names,
    name_numbers,
    plain_name,
    refuse_missing,
    refuse_missing_cell,
)

__all__ = ["SequenceColumns"]

NUMERIC = "numeric"
"""Name of the block of the numeric columns."""


class SequenceColumns(TransformerMixin, LinkedEstimator, _BaseComposition):
    """Read a data frame with columns of sequences, numbers and blocks of features.

    Each column of sequences gets token ids from a tokenizer; numbers, and
    blocks of features that other transformers compute, stand beside them. The
    result is one container, which a RecurrentClassifier or RecurrentRegressor
    behind it reads as a whole: an encoder for each column of sequences, whose
    pooled states are joined to what a layer makes of the numbers. A
    RecurrentLanguageModel takes the numbers as the condition of its samples.

    Parameters
    ----------
    columns : dict of column to transformer
        For each column of sequences, by its name (or by its number in an
        array), a tokenizer; "passthrough" for token ids or numeric series. At
        least one.
    numeric : list of columns, default=()
        Columns of numbers, each standardized by the rows of fit.
    blocks : list of (name, transformer, columns), default=()
        Further features, as of
        :class:`~sklearn.compose.ColumnTransformer`: a name, a transformer or
        "passthrough", and what it is given: a column as a string for one of
        strings, a list of columns for a table. The columns may be those of
        `columns`, too. A block is centred, and scaled as a whole: its columns
        keep their sizes relative to each other, so that a rare substructure
        of a fingerprint doesn't outweigh all others.

    Attributes
    ----------
    tokenizers_ : dict of column to transformer
        The fitted tokenizers; None for "passthrough".
    column_transformer_ : ColumnTransformer or None
        Fitted; computes the numbers. None without `numeric` and `blocks`.
    number_names_ : ndarray of shape (n_numbers,), dtype object
        Names of the numbers, that of their block before each.
    mean_, scale_ : ndarray of shape (n_numbers,), dtype float64
        What is subtracted from each number, and what it is divided by then.

    Raises
    ------
    ValueError
        X lacks a column, or two parts have one name; a number is missing, or
        none. The message names row, column and value.
    TypeError
        X is no table where several columns are needed.
    InvalidSequenceError
        A tokenizer can't read a sequence; the message names its row.

    See Also
    --------
    seqestimators.pretraining.make_joint_network : For molecules, a ready pipeline.
    sklearn.compose.ColumnTransformer : The same for models of tables.

    Notes
    -----
    With a single column of sequences and no numeric ones, X may be that column
    alone: a list or an array of strings.

    Columns of a block that have units of their own are standardized in it, as
    by ``make_pipeline(MolecularDescriptors(), StandardScaler())``; missing
    values are filled in there, too, by ``SimpleImputer()``.

    Several columns of sequences share all parameters of the estimator behind,
    and one encoder under ``shared_encoder=True``. In all columns but the first
    a batch computes the states of each distinct sequence once: the column of
    proteins belongs behind that of their ligands.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier, SequenceColumns
    >>> X = pd.DataFrame({"dna": ["ACGT", "TTA", "GG"] * 4, "pH": [7.0, 6.5, 8.0] * 4})
    >>> model = make_pipeline(
    ...     SequenceColumns({"dna": DNATokenizer()}, numeric=["pH"]),
    ...     RecurrentClassifier(max_epochs=2, random_state=0),
    ... )
    >>> model.fit(X, [0, 1, 1] * 4).predict_proba(X).shape
    (12, 2)
    >>> model[0].transform(X).shape, model[0].number_names_
    ((12,), array(['numeric__pH'], dtype=object))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "columns": [dict],
        "numeric": ["array-like"],
        "blocks": [list, tuple],
    }

    def __init__(self, columns: dict[Any, Any], numeric: Any = (), blocks: Any = ()):
        self.columns = columns
        self.numeric = numeric
        self.blocks = blocks

    # Parameters of the parts, by their names

    @property
    def _parts(self) -> list[tuple[str, Any]]:
        return [
            *((str(name), part) for name, part in self.columns.items()),
            *(block[:2] for block in self.blocks),
        ]

    @_parts.setter
    def _parts(self, parts: list[tuple[str, Any]]) -> None:
        changed = dict(parts)
        self.columns = {name: changed[str(name)] for name in self.columns}
        self.blocks = [(name, changed[name], columns) for name, _, columns in self.blocks]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters.

        Parameters
        ----------
        deep : bool, default=True
            Whether to add those of tokenizers and blocks, as
            ``name__parameter``.

        Returns
        -------
        dict
        """
        return self._get_params("_parts", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set parameters, by their names.

        Parameters
        ----------
        **params : dict
            Also tokenizers and blocks by their names, and their parameters as
            ``name__parameter``.

        Returns
        -------
        SequenceColumns
            The transformer.
        """
        self._set_params("_parts", **params)
        return self

    def set_output(self, *, transform: Any = None) -> Self:
        """Do nothing: the result is a container of its own, never a table.

        Parameters
        ----------
        transform : object, default=None
            Present for scikit-learn's API.

        Returns
        -------
        SequenceColumns
            The transformer.
        """
        return self

    # Fitting and transforming

    @_fit_context
    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit tokenizers and blocks, and learn what brings the numbers to one scale.

        Parameters
        ----------
        X : data frame or array of shape (n, n_columns), or array-like of shape (n,)
            The table; of a single column, its values alone.
        y : array-like of shape (n,) or None, default=None
            Given to tokenizers and blocks.

        Returns
        -------
        SequenceColumns
            The fitted transformer.
        """
        self._check_parts()
        table = self._open(X)
        tokenizers, inputs = {}, {}
        for name, tokenizer in self.columns.items():
            column = _take(table, name)
            with naming(f"X[{name!r}]"):
                fitted = None if tokenizer == "passthrough" else clone(tokenizer).fit(column, y)
                inputs[name] = "tokens" if _read_column(column, fitted, "auto").is_tokens else "values"
            tokenizers[name] = fitted
        transformer: Any = None
        names, mean, scale = np.empty(0, dtype=object), np.empty(0), np.empty(0)
        if len(self.numeric) or len(self.blocks):
            from sklearn.compose import ColumnTransformer  # here, or tokenizers would load slowly

            numeric = [(NUMERIC, "passthrough", self._numeric())] if len(self.numeric) else []
            transformer = ColumnTransformer([*numeric, *self.blocks], sparse_threshold=0)
            numbers = self._compute_numbers(table, lambda table: transformer.fit_transform(table, y))
            names = name_numbers(transformer, numbers.shape[1])
            refuse_missing(numbers, names)
            mean, scale = mean_and_scale(numbers)
            for name, place in getattr(transformer, "output_indices_", {}).items():
                if name not in (NUMERIC, "remainder"):
                    centred = numbers[:, place] - mean[place]
                    scale[place] = np.sqrt(np.mean(np.square(centred, dtype=np.float64))) or 1.0
            if not len(names):  # as of a block that a search drops
                transformer = None
        # at the end: after an error the fit before still stands
        self.tokenizers_: dict[Any, Any] = tokenizers
        self._inputs: dict[Any, str] = inputs
        self.column_transformer_: Any = transformer
        self.number_names_, self.mean_, self.scale_ = names, mean, scale
        return self

    def transform(self, X: Any) -> Sequences:
        """Return the columns of sequences, and the numbers beside them.

        Parameters
        ----------
        X : data frame or array of shape (n, n_columns), or array-like of shape (n,)
            As in fit.

        Returns
        -------
        Sequences
            The first column; the others and the numbers are its attributes
            `others` and `features`. It can be indexed by rows.
        """
        check_is_fitted(self)
        table = self._open(X)
        columns = []
        for name, tokenizer in self.tokenizers_.items():
            column = _take(table, name)
            with naming(f"X[{name!r}]"):
                columns.append(_read_column(column, tokenizer, self._inputs[name]))
        first, *others = columns
        features = None if self.column_transformer_ is None else self.transform_numbers(table)
        return replace(first, features=features, others=tuple(others))

    def transform_numbers(self, X: Any) -> np.ndarray:
        """Return the numbers alone, as they stand beside the sequences.

        Parameters
        ----------
        X : data frame or array of shape (n, n_columns)
            As in fit, but that columns of sequences may lack.

        Returns
        -------
        ndarray of shape (n, n_numbers)
            Standardized by the rows of fit; no columns without `numeric` and
            `blocks`.
        """
        check_is_fitted(self)
        if self.column_transformer_ is None:
            return np.empty((len(X), 0))
        numbers = self._compute_numbers(X, self.column_transformer_.transform)
        refuse_missing(numbers, self.number_names_)
        return ((numbers - self.mean_) / self.scale_).astype(numbers.dtype)

    def take_column(self, X: Any, name: Any) -> Any:
        """Return one column as the table has it.

        Parameters
        ----------
        X : data frame or array of shape (n, n_columns), or array-like of shape (n,)
            As in fit.
        name : column
            As in `columns`.

        Returns
        -------
        array-like of shape (n,)
            What the tokenizer of the column is given.
        """
        return _take(self._open(X), name)

    @property
    def named_transformers_(self) -> dict[str, Any]:
        """The fitted tokenizers and blocks by their names."""
        blocks = {} if self.column_transformer_ is None else self.column_transformer_.named_transformers_
        return {**{str(name): one for name, one in self.tokenizers_.items() if one is not None}, **blocks}

    # Checks

    def _check_parts(self) -> None:
        if not self.columns:
            raise ValueError("columns is empty: name at least one column of sequences, with its tokenizer")
        for name, tokenizer in self.columns.items():
            is_reader = HasMethods(["fit", "transform"]).is_satisfied_by(tokenizer)
            if tokenizer != "passthrough" and (not is_reader or isinstance(tokenizer, type)):
                raise TypeError(
                    f"columns[{name!r}] is {tokenizer!r}, but must be a tokenizer, or 'passthrough' for "
                    "token ids or numeric series"
                )
        for block in self.blocks:
            if not isinstance(block, tuple) or len(block) != 3 or not isinstance(block[0], str):
                raise ValueError(f"a block is (name, transformer, columns), but blocks has {block!r}")
        numeric = self._numeric()
        if len(set(numeric)) < len(numeric):
            twice = next(name for name in numeric if numeric.count(name) > 1)
            raise ValueError(f"numeric has {twice!r} twice: name each column once")
        names = [*map(str, self.columns), *(block[0] for block in self.blocks)]
        reserved = {NUMERIC, "columns", "blocks"}
        for i, name in enumerate(names):
            if name in names[:i] or (name in reserved and i >= len(self.columns)):
                raise ValueError(
                    f"the name {name!r} stands for more than one part of SequenceColumns: give the block "
                    "another"
                )

    def _numeric(self) -> list[Any]:
        """The numeric columns, in types of Python."""
        return list(map(plain_name, self.numeric))

    def _open(self, X: Any) -> Any:
        """Return X as a table."""
        if isinstance(X, Mapping):
            raise TypeError("X is a dictionary: give pandas.DataFrame(X)")
        if hasattr(X, "column") and hasattr(X, "to_pandas"):  # pyarrow, which scikit-learn can't index
            X = X.to_pandas()
        if len(getattr(X, "shape", ())) == 2:
            return X
        X = open_rows(X, "X")
        if len(self.columns) > 1 or len(self.numeric):
            names = [*self.columns, *self.numeric]
            remedy = "give a data frame"
            if set(names) <= set(getattr(X, "axes", [()])[0]):  # a row taken out of one
                remedy += ", as table.iloc[[i]] is for a single row"
            raise TypeError(
                f"X is one column, but SequenceColumns reads {', '.join(map(repr, names))}: {remedy}"
            )
        import pandas as pd  # here, or tokenizers would load slowly

        (name,) = self.columns
        return pd.DataFrame({name: X if isinstance(X, pd.Series) else object_array(X)})

    def _compute_numbers(self, table: Any, compute: Callable[[Any], Any]) -> np.ndarray:
        of_blocks = [name for _, _, columns in self.blocks for name in list_names(columns)]
        columns = {name: _take(table, name) for name in [*self._numeric(), *of_blocks]}
        try:
            numbers = np.asarray(compute(table))
        except (TypeError, ValueError) as error:
            for name, column in columns.items() if re.search("NaN|nan|None|NA|missing", str(error)) else ():
                refuse_missing_cell(column, name, error)
            error.args = (f"in a block of SequenceColumns: {error}",)
            raise
        if numbers.dtype.kind == "f":
            return numbers
        if numbers.dtype.kind == "O":  # None and NA are missing, as NaN is
            values = [np.nan if is_missing(value) else value for value in numbers.flat]
            numbers = object_array(values, numbers.size).reshape(numbers.shape)
        try:
            if numbers.dtype.kind in "mMc":
                raise TypeError
            return numbers.astype(np.float64)
        except (TypeError, ValueError):
            row, number = next(place for place in np.ndindex(numbers.shape) if not is_number(numbers[place]))
            name = self._numeric()[number] if number < len(self.numeric) else f"number {number}"
            raise ValueError(
                f"row {row} of X has {numbers[row, number]!r} as {name!r}, which is no number: give "
                "categories as a block with OneHotEncoder(), and dates or times as numbers, such as the "
                "days between them"
            ) from None


def _take(table: Any, name: Any) -> Any:
    try:
        return _safe_indexing(table, plain_name(name), axis=1)
    except (KeyError, ValueError, IndexError):
        present = getattr(table, "columns", range(table.shape[1]))
        raise ValueError(
            f"X has no column {name!r}: it has {', '.join(map(repr, list(present)[:10]))}"
        ) from None


def _read_column(column: Any, tokenizer: Any, kind: str) -> Sequences:
    ids = column if tokenizer is None else tokenizer.transform(column)
    return read_sequences(ids, kind, dtype=None, missing="keep")  # the estimator says what NaN is
