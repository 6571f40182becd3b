"""How many random cases are tried: a few in the suite, many in `nox -s fuzz`."""

import os

import pytest


def pytest_generate_tests(metafunc):
    """Give a test the numbers of its cases, in chunks that several processes share."""
    for name, default in (("reading_cases", 400), ("fit_cases", 24)):
        if name in metafunc.fixturenames:
            n_cases = int(os.environ.get(f"SEQESTIMATORS_FUZZ_{name.upper()}", default))
            size = max(1, n_cases // 40)
            chunks = [range(start, min(start + size, n_cases)) for start in range(0, n_cases, size)]
            metafunc.parametrize(name, chunks, ids=[f"{one.start}-{one.stop - 1}" for one in chunks])


@pytest.fixture(autouse=True)
def warnings_are_answers(recwarn):
    """Let a case warn of whatever it likes: what counts is that it is right, or refused."""
    import warnings

    warnings.simplefilter("always")
