"""The vectors that a network has learned for its tokens, and which of them are alike."""

from typing import Any, NamedTuple

import pandas as pd
import torch
from scipy import stats
from sklearn.metrics.pairwise import cosine_similarity

from .._sklearn import Interval, Real, validate_params
from ._fitted import FittedModel

__all__ = ["TokenContrast", "token_contrast", "token_embeddings", "token_similarity"]

_CONFIDENCE: dict = {"confidence": [Interval(Real, 0, 1, closed="neither")]}


def token_embeddings(model: Any, *, column: Any = None) -> Any:
    """Return the vector by which a fitted network reads each token.

    The vectors of a sequence are its one-hot vectors times this table.

    Parameters
    ----------
    model : fitted estimator or Pipeline
        Any recurrent estimator of tokens, or a Pipeline that ends in one. Of
        a RecurrentSeq2Seq, the tokens of the source are shown.
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    DataFrame of shape (n_tokens, embedding_dim)
        The learned matrix. Rows are in the order of the ids: the special
        tokens ``"<pad>"``, ``"<unknown>"``, ``"<bos>"`` and ``"<eos>"``, then
        the tokens of the tokenizer, or the ids themselves without one. The row
        of padding is zero. With ``embedding_dim=None`` the rows are the
        one-hot vectors that such a network reads.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        The model reads numeric series.
    ValueError
        There is no such column.

    See Also
    --------
    token_similarity : Which vectors are alike.

    Notes
    -----
    A token of the vocabulary that fit never saw is read as unknown. Its row,
    if there is one, still has the random numbers of the beginning.

    References
    ----------
    .. [1] Bengio, Y. et al., "A Neural Probabilistic Language Model", Journal
       of Machine Learning Research 3 (2003) 1137-1155.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import token_embeddings
    >>> model = make_pipeline(
    ...     DNATokenizer(), RecurrentClassifier(embedding_dim=3, max_epochs=1, random_state=0)
    ... )
    >>> table = token_embeddings(model.fit(["ACGT", "TT"], [0, 1]))
    >>> table.shape, table.loc["<pad>"].tolist()
    ((8, 3), [0.0, 0.0, 0.0])
    """
    return _read_embeddings(FittedModel(model, column))


@validate_params(_CONFIDENCE)
def token_similarity(
    models: Any, token: Any, *, others: Any = None, confidence: float = 0.95, column: Any = None
) -> Any:
    """Return the cosine similarity of one token's learned vector to those of others.

    Parameters
    ----------
    models : fitted estimator or Pipeline, or list of them
        Networks with an embedding. A list of the same model fitted with
        several seeds shows which similarities are more than chance.
    token : str or other hashable
        As the tokenizer names it; the token id without a tokenizer.
    others : list of tokens or None, default=None
        Whom to compare with, each known to all models; None takes all but the
        token itself and the special ones.
    confidence : float, default=0.95
        Confidence level of the interval around the mean of several models,
        in (0, 1).
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    DataFrame of shape (n_others, 1) or (n_others, 4)
        A row for each other token, the most similar first. Column
        "similarity" is in [-1, 1], for a list of models the mean over those
        that have seen the token in fit. A list adds "low" and "high", the
        limits of Student's interval of the mean (NaN with fewer than two
        models), and "n_models", the number of models averaged over.

    Raises
    ------
    NotFittedError
        A model isn't fitted.
    TypeError
        A model reads numeric series.
    ValueError
        A model has not seen the token, or one of `others`, in fit; a model has
        no embedding, or no such column; or the list is empty.

    See Also
    --------
    token_contrast : Whether one group of tokens is nearer than another.
    TokenSimilarityDisplay : Their picture.

    Notes
    -----
    A token that was rare in fit has hardly moved from the random vector of its
    beginning: one model alone shows similarities that the next doesn't repeat.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import token_similarity
    >>> models = [
    ...     make_pipeline(
    ...         DNATokenizer(), RecurrentClassifier(max_epochs=1, random_state=seed)
    ...     ).fit(["ACGT", "TT"], [0, 1])
    ...     for seed in (0, 1)
    ... ]
    >>> table = token_similarity(models, "A")
    >>> sorted(table.index), list(table.columns)
    (['C', 'G', 'T'], ['similarity', 'low', 'high', 'n_models'])
    """
    per_model = _similarities(models, token, others, column)
    similarity, margin = per_model.mean(), _margin(per_model, confidence)
    table = similarity.to_frame("similarity")
    if isinstance(models, (list, tuple)):
        table = table.assign(low=similarity - margin, high=similarity + margin, n_models=per_model.count())
    return table.sort_values("similarity", ascending=False, kind="stable")


class TokenContrast(NamedTuple):
    """Whether a token is more like one group of tokens than like another.

    It is what :func:`token_contrast` returns.

    Parameters
    ----------
    difference : float
        Mean similarity to the first group less that to the second, averaged
        over the models.
    low, high : float
        Limits of Student's interval of `difference`; NaN for one model.
    per_model : DataFrame of shape (n_models, 3)
        The mean similarity to either group, "first" and "second", and their
        "difference", a row for each model.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqestimators.inspection import TokenContrast
    >>> values = pd.DataFrame({"first": [0.5], "second": [0.25], "difference": [0.25]})
    >>> TokenContrast(0.25, float("nan"), float("nan"), values).difference
    0.25
    """

    difference: float
    """Mean over the models."""
    low: float
    """Lower limit of its interval."""
    high: float
    """Upper limit of its interval."""
    per_model: pd.DataFrame
    """Shape (n_models, 3): "first", "second" and "difference" of each model."""


@validate_params(_CONFIDENCE)
def token_contrast(
    models: Any, token: Any, first: Any, second: Any, *, confidence: float = 0.95, column: Any = None
) -> Any:
    """Compare the similarity of a token to two groups of tokens.

    Parameters
    ----------
    models : fitted estimator or Pipeline, or list of them
        Networks with an embedding; several seeds of one for an interval.
    token : str or other hashable
        As the tokenizer names it; the token id without a tokenizer.
    first, second : list of tokens
        Two groups without the token itself, each of at least one.
    confidence : float, default=0.95
        Confidence level of the interval around the mean of several models,
        in (0, 1).
    column : object, default=None
        Column of sequences to look at, of a model that reads several, as
        :class:`~seqestimators.SequenceColumns` names it.

    Returns
    -------
    TokenContrast
        The mean cosine similarity to the first group less that to the second:
        above 0 where the token is nearer to the first.

    Raises
    ------
    NotFittedError
        A model isn't fitted.
    TypeError
        A model reads numeric series.
    ValueError
        A group is empty, or holds a token that a model has not seen in fit; or
        there is no such column.

    See Also
    --------
    token_similarity : The similarity to each token.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.inspection import token_contrast
    >>> models = [
    ...     make_pipeline(
    ...         DNATokenizer(), RecurrentClassifier(max_epochs=1, random_state=seed)
    ...     ).fit(["ACGT", "TT"], [0, 1])
    ...     for seed in (0, 1)
    ... ]
    >>> contrast = token_contrast(models, "A", ["G"], ["C", "T"])
    >>> contrast.low < contrast.difference < contrast.high
    True
    """
    first, second = list(first), list(second)
    for name, group in (("first", first), ("second", second)):
        if not group:
            raise ValueError(f"{name} is empty: give at least one token")
    per_model = _similarities(models, token, list(dict.fromkeys(first + second)), column)
    means = pd.DataFrame({"first": per_model[first].mean(axis=1), "second": per_model[second].mean(axis=1)})
    means["difference"] = means["first"] - means["second"]
    difference = float(means["difference"].mean())
    margin = float(_margin(means["difference"], confidence))
    return TokenContrast(difference, difference - margin, difference + margin, means)


def _read_embeddings(fitted: FittedModel) -> pd.DataFrame:
    fitted.require_column()
    if not fitted.encoder.tokens:
        raise TypeError(
            f"this {type(fitted.estimator).__name__} reads numeric series, which have no tokens: give a "
            "model of token ids"
        )
    names = pd.Index(fitted.vocabulary, dtype=object, name="token", tupleize_cols=False)
    with torch.inference_mode():
        ids = torch.arange(len(names), device=fitted.estimator.net_.device)
        return pd.DataFrame(fitted.encoder.embed(ids).cpu().numpy(), index=names)


def _similarities(models: Any, token: Any, others: Any, column: Any) -> Any:
    """Similarity of each model, DataFrame of shape (n_models, n_others); NaN where a model lacks a token."""
    is_list = isinstance(models, (list, tuple))
    if is_list and not models:
        raise ValueError("models is empty: give at least one fitted model")
    rows = []
    for i, model in enumerate(models if is_list else [models]):
        place = f"models[{i}]" if is_list else "the model"
        fitted = FittedModel(model, column)
        vectors = _read_embeddings(fitted).iloc[fitted.alphabet]
        if fitted.encoder.embedding is None:
            raise ValueError(
                f"{place} reads one-hot vectors, which are all equally far apart: fit it with an embedding, "
                "such as embedding_dim=32"
            )
        for name in [token] if others is None else [token, *others]:
            if name not in vectors.index:
                raise ValueError(
                    f"{place} has seen no token {name!r} in fit: its tokens are "
                    f"{', '.join(map(repr, vectors.index))}"
                )
        values = pd.Series(cosine_similarity(vectors.loc[[token]], vectors)[0], index=vectors.index)
        rows.append(values.drop(token) if others is None else values.loc[list(others)])
    return pd.DataFrame(rows).reset_index(drop=True)


def _margin(per_model: Any, confidence: float) -> Any:
    """Half the width of Student's interval of the mean over models; NaN of fewer than two."""
    return per_model.sem() * stats.t.ppf((1 + confidence) / 2, per_model.count() - 1)
