"""Models for what is to be learned, the scores of it, and the baselines beside them."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import is_classifier, is_regressor
from sklearn.metrics import get_scorer
from sklearn.pipeline import Pipeline, make_pipeline

from .. import baselines, metrics
from ..estimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
)
from ..preprocessing import (
    CodonTokenizer,
    DNATokenizer,
    ProteinTokenizer,
    SelfiesTokenizer,
    SequenceColumns,
    SequenceTokenizer,
    SmilesTokenizer,
    WordTokenizer,
)

ESTIMATORS: dict[str, Any] = {
    "classification": RecurrentClassifier,
    "regression": RecurrentRegressor,
    "tagging": RecurrentTagger,
    "translation": RecurrentSeq2Seq,
    "language": RecurrentLanguageModel,
}
"""The estimator of each task."""
TOKENIZERS: dict[str, Any] = {
    "dna": DNATokenizer,
    "codon": CodonTokenizer,
    "protein": ProteinTokenizer,
    "smiles": SmilesTokenizer,
    "selfies": SelfiesTokenizer,
    "character": SequenceTokenizer,
    "words": WordTokenizer,
}


class _LogLikelihood:
    """Scorer of language models: the mean log-likelihood of a token."""

    def __call__(self, model: Any, X: Any, y: Any = None) -> float:
        return model.score(X)


class _Perplexity:
    """Scorer of language models that is less for better ones."""

    def __call__(self, model: Any, X: Any, y: Any = None) -> float:
        return float(np.exp(-model.score(X)))


OWN_SCORERS: dict[str, Any] = {
    "masked_accuracy": metrics.masked_accuracy_scorer,
    "masked_average_precision": metrics.masked_average_precision_scorer,
    "masked_roc_auc": metrics.masked_roc_auc_scorer,
    "token_accuracy": metrics.token_accuracy_scorer,
    "exact_match": metrics.exact_match_scorer,
    "edit_similarity": metrics.edit_similarity_scorer,
    "log_likelihood": _LogLikelihood(),
    "perplexity": _Perplexity(),
}
"""Scorers by names that scikit-learn doesn't have."""


class Score(NamedTuple):
    """A score by its name: what is printed of it, and what computes it."""

    name: str
    scorer: Any
    sign: int


def find_scores(names: list[str], task: str, y: Any) -> list[Score]:
    """Return the scores of a task.

    Parameters
    ----------
    names : list of str
        Those asked for, of this package or of scikit-learn; if empty, those
        that are usual for the task. An error, such as
        "neg_root_mean_squared_error", is printed as it is, without its sign.
    task : str
    y : ndarray or None

    Returns
    -------
    list of Score

    Raises
    ------
    ValueError
        There is no score of a name.
    """
    return [
        Score(
            name.removeprefix("neg_"),
            OWN_SCORERS.get(name) or _plain_scorer(name),
            1 - 2 * name.startswith("neg_"),
        )
        for name in names or _usual_scores(task, y)
    ]


def _plain_scorer(name: str) -> Any:
    try:
        return get_scorer(name)
    except ValueError:
        raise ValueError(
            f"there is no score {name!r}: take one of scikit-learn's, or {', '.join(OWN_SCORERS)}"
        ) from None


def _usual_scores(task: str, y: Any) -> list[str]:
    if task == "classification":
        if np.ndim(y) == 2:
            return ["masked_roc_auc"]
        return ["roc_auc" if len(np.unique(y)) == 2 else "f1_macro", "accuracy", "matthews_corrcoef"]
    return {
        "regression": ["r2", "neg_root_mean_squared_error", "neg_mean_absolute_error"],
        "tagging": ["token_accuracy"],
        "translation": ["exact_match", "edit_similarity"],
        "language": ["log_likelihood", "perplexity"],
    }[task]


def make_model(
    task: str, tokenizers: dict[str, str], numeric: list[str], parameters: dict[str, Any]
) -> Pipeline:
    """Make the pipeline of a task.

    Parameters
    ----------
    task : str
    tokenizers : dict of str to str
        The tokenizer of each column of sequences, by its name.
    numeric : list of str
        Columns of numbers.
    parameters : dict of str to object
        Of the estimator.

    Returns
    -------
    Pipeline

    Raises
    ------
    ValueError
        The task has one column of sequences and no others.
    """
    estimator = ESTIMATORS[task](**parameters)
    if len(tokenizers) == 1 and not numeric:
        [name] = tokenizers.values()
        return make_pipeline(TOKENIZERS[name](), estimator)
    if task in ("tagging", "translation") or (task == "language" and len(tokenizers) > 1):
        beside = "" if task == "language" else ", and no numbers beside them"
        raise ValueError(f"{task} takes one column of sequences{beside}")
    columns = {column: TOKENIZERS[name]() for column, name in tokenizers.items()}
    return make_pipeline(SequenceColumns(columns, numeric=numeric), estimator)


def columns_of(model: Any) -> tuple[list[str], list[str]]:
    """Return the columns of sequences, and those of numbers, that a fitted model has learned from.

    Parameters
    ----------
    model : estimator

    Returns
    -------
    sequences, numeric : list of str
        Both empty if the model doesn't say.
    """
    first = model[0] if isinstance(model, Pipeline) else model
    if isinstance(first, SequenceColumns):
        return list(first.columns), list(first.numeric)
    return list(getattr(first, "feature_names_in_", [])), []


def target_names_of(model: Any) -> list[str]:
    """Return the columns of the target that a fitted model has learned from, where there are several.

    Parameters
    ----------
    model : estimator

    Returns
    -------
    list of str
        Empty if the model doesn't say.
    """
    return list(getattr(model[-1] if isinstance(model, Pipeline) else model, "target_names_", []))


def task_of(model: Any) -> str:
    """Return what a fitted model is for.

    Parameters
    ----------
    model : estimator

    Returns
    -------
    str

    Raises
    ------
    ValueError
        It answers nothing.
    """
    last = model[-1] if isinstance(model, Pipeline) else model
    for task, class_ in ESTIMATORS.items():
        if isinstance(last, class_):
            return task
    if is_classifier(last) or is_regressor(last):
        return "classification" if is_classifier(last) else "regression"
    raise ValueError(f"the file holds a {type(last).__name__}, which predicts nothing")


def find_baselines(task: str, tokenizer: str, y: Any, random_state: Any) -> dict[str, Any]:
    """Return the classical models that fit the data, by their names.

    Parameters
    ----------
    task : str
    tokenizer : str
        That of the sequences, by its name.
    y : ndarray
    random_state : int or None

    Returns
    -------
    dict of str to estimator

    Raises
    ------
    ValueError
        There are none for the task.
    """
    if task == "tagging":
        alone = make_pipeline(TOKENIZERS[tokenizer](), baselines.PositionwiseClassifier())
        return {"each step alone": alone}
    if task not in ("classification", "regression"):
        raise ValueError(
            f"there are no baselines for {task}: classification, regression and tagging have some"
        )
    majority = {"majority" if task == "classification" else "mean": baselines.make_majority(task=task)}
    if tokenizer == "smiles":
        forests = {
            "fingerprint + forest": baselines.make_ecfp_forest(task=task, random_state=random_state),
            "descriptors + forest": baselines.make_descriptor_forest(task=task, random_state=random_state),
        }
        return forests | majority
    if task == "regression":
        return majority
    return {"k-mers + logistic": baselines.make_kmer_logistic(), **majority}


def answers_of(model: Any, X: pd.DataFrame, task: str) -> pd.DataFrame:
    """Return what a model answers, in columns.

    Parameters
    ----------
    model : estimator
    X : DataFrame
    task : str

    Returns
    -------
    DataFrame
        With the index of X: "prediction", and of a classifier the
        probability of each class; of several targets "prediction_" with the
        name of each; of a language model "log_likelihood".
    """
    if task == "language":
        return pd.DataFrame({"log_likelihood": model.score_samples(X)}, index=X.index, dtype=object)
    predicted = model.predict(X)
    columns = {"prediction": predicted}
    if predicted.ndim == 2:
        targets = target_names_of(model) or range(predicted.shape[1])
        columns = {f"prediction_{name}": predicted[:, j] for j, name in enumerate(targets)}
    if task == "classification" and hasattr(model, "predict_proba"):
        probabilities = model.predict_proba(X)
        names = model.classes_ if predicted.ndim == 1 else targets
        columns |= {f"probability_{name}": probabilities[:, j] for j, name in enumerate(names)}
    if task == "tagging":
        columns["prediction"] = [
            one if isinstance(one, str) else " ".join(map(str, one)) for one in predicted
        ]
    return pd.DataFrame(columns, index=X.index, dtype=object)
