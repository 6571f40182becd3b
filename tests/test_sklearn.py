"""The helpers taken from inside scikit-learn still do what this package needs of them."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import InvalidParameterError

import seqestimators
from seqestimators import _sklearn
from seqestimators._sklearn import (
    Integral,
    Interval,
    StrOptions,
    _check_sample_weight,
    _check_y,
    _fit_context,
    validate_params,
)

ROOT = Path(__file__).parents[1]


def test_no_helper_is_kept_that_no_room_imports():
    imported = set()
    for path in Path(seqestimators.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "_sklearn":
                imported |= {alias.name for alias in node.names}
    kept = set()
    body = ast.parse(Path(_sklearn.__file__).read_text(encoding="utf-8")).body
    # what one version of scikit-learn has is imported in a try
    tried = [inner for node in body if isinstance(node, ast.Try) for inner in node.body]
    for node in [*body, *tried]:
        if isinstance(node, ast.ImportFrom):
            kept |= {alias.name for alias in node.names if alias.asname == alias.name}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            kept.add(node.name)
    assert imported == kept


class Halver(BaseEstimator):
    """The smallest estimator with constraints."""

    _parameter_constraints = {"n": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, n=1):
        self.n = n

    @_fit_context
    def fit(self, X, y=None):
        return self


def test_fit_names_the_parameter_that_breaks_its_constraint():
    assert Halver(n=2).fit([]).n == 2
    with pytest.raises(InvalidParameterError, match="'n' parameter of Halver .* Got 0 instead"):
        Halver(n=0).fit([])


def test_functions_are_validated_alike():
    @validate_params({"kind": [StrOptions({"line", "bar"})]})
    def draw(kind):
        return kind

    assert draw("bar") == "bar"
    with pytest.raises(InvalidParameterError, match="'kind' parameter of .*draw must be a str among"):
        draw("pie")


def test_weights_and_targets_are_checked():
    assert _check_sample_weight(None, np.zeros((3, 1))).tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="NaN"):
        _check_y(np.array([1.0, np.nan]), y_numeric=True)


def test_the_box_of_every_estimator_links_to_its_page():
    pages = (ROOT / "docs" / "api").glob("*.rst")
    reference = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for room in ("preprocessing", "estimators", "baselines", "augmentation"):
        module = importlib.import_module(f"seqestimators.{room}")
        for name in module.__all__:
            one = getattr(module, name)
            is_estimator = isinstance(one, type) and issubclass(one, BaseEstimator)
            if not is_estimator or inspect.isabstract(one):
                continue
            link = one._doc_link_template.format(**one._doc_link_url_param_generator(object.__new__(one)))
            assert link.endswith(f"/api/generated/seqestimators.{room}.{name}.html")
            assert re.search(rf"\b{name}$", reference, re.MULTILINE), name
