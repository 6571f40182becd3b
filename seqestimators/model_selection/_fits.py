"""The fits of a comparison or a search for a minimum: in parallel, and with a progress bar."""

from typing import Any

from joblib import Parallel, delayed
from sklearn.model_selection import cross_validate
from tqdm import tqdm


def run_fits(
    jobs: list[tuple[Any, Any]], X: Any, y: Any, *, scoring: Any, n_jobs: int | None, verbose: bool
) -> list[dict[str, Any]]:
    """Fit and score estimators on a split each.

    Parameters
    ----------
    jobs : list of tuples (estimator, (train, test))
    X, y, scoring, n_jobs
        As in scikit-learn's ``cross_validate``.
    verbose : bool
        Whether to show a progress bar.

    Returns
    -------
    list of dict
        What ``cross_validate`` returns for each.
    """
    fits = (
        delayed(cross_validate)(estimator, X, y, cv=[split], scoring=scoring, error_score="raise")
        for estimator, split in jobs
    )
    if not verbose:  # a generator is more than some backends of joblib can do
        return Parallel(n_jobs=n_jobs)(fits)
    done = Parallel(n_jobs=n_jobs, return_as="generator")(fits)
    return list(tqdm(done, total=len(jobs), unit="fit"))
