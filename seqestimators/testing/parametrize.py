"""One test of pytest a check."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..preprocessing import SequenceTokenizer
from .estimator_checks import estimator_checks
from .tokenizer_checks import tokenizer_checks

__all__ = ["parametrize_with_sequence_checks"]


def parametrize_with_sequence_checks(
    estimators: Iterable[Any],
    *,
    sequences: Sequence[Any] | None = None,
    expected_failed_checks: Callable[[Any], dict[str, str]] | None = None,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make one test of pytest of every check of estimators and tokenizers.

    The checks are those of :func:`check_sequence_estimator` and
    :func:`check_sequence_tokenizer`, of which one that fails hides the others.

    Parameters
    ----------
    estimators : iterable of estimator objects
        Estimators and tokenizers, as instances. They are cloned, never fitted
        themselves.
    sequences : list of str, list of lists, or None, default=None
        What the tokenizers read, as in :func:`check_sequence_tokenizer`.
    expected_failed_checks : callable or None, default=None
        Called with an estimator, it returns a dictionary from the names of the
        checks that the estimator may fail to the reasons. They are marked as
        `xfail`.

    Returns
    -------
    decorator : pytest.MarkDecorator
        For a test of two arguments, `estimator` and `check`.

    Raises
    ------
    TypeError
        One of `estimators` is a class.

    See Also
    --------
    sklearn.utils.estimator_checks.parametrize_with_checks : The checks of matrices.

    Examples
    --------
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> from seqestimators.testing import parametrize_with_sequence_checks
    >>> @parametrize_with_sequence_checks([DNATokenizer(k=3), RecurrentClassifier()])
    ... def test_sequences(estimator, check):
    ...     check(estimator)
    """
    import pytest  # here, so that the other checks can be run without it

    cases = []
    for estimator in estimators:
        if isinstance(estimator, type):
            raise TypeError(f"{estimator.__name__} is a class: give an instance, {estimator.__name__}()")
        if isinstance(estimator, SequenceTokenizer):
            checks = tokenizer_checks(estimator, sequences)
        else:
            checks = estimator_checks(estimator)
        reasons = expected_failed_checks(estimator) if expected_failed_checks is not None else {}
        # without addresses, which differ from process to process: pytest-xdist compares the names
        name = re.sub(r" at 0x[0-9a-f]+|(?<=\s)\s+", "", re.sub(r"\s", " ", str(estimator)))
        for check in checks:
            reason = reasons.get(check.__name__)
            marks = [] if reason is None else [pytest.mark.xfail(reason=reason)]
            cases.append(pytest.param(estimator, check, marks=marks, id=f"{name}-{check.__name__}"))
    return pytest.mark.parametrize(("estimator", "check"), cases)
