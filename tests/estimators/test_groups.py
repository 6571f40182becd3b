"""The parameters of the estimators: declared once, so that signature, constraints and documentation agree."""

import inspect
import re

import pytest
import torch
from numpydoc.docscrape import ClassDoc
from sklearn.base import clone

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
)
from seqestimators.parameters import groups_of, parameter, with_parameters

ESTIMATORS = [
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
]
SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_epochs": 1, "random_state": 0}
X, Y = [[4, 5], [5], [4, 4], [5, 5]] * 5, [0, 1, 0, 1] * 5

each_estimator = pytest.mark.parametrize("cls", ESTIMATORS, ids=lambda cls: cls.__name__)


@each_estimator
def test_signature_constraints_and_documentation_agree(cls):
    given = inspect.signature(cls).parameters
    assert {one.kind for one in given.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert inspect.Parameter.empty not in {one.default for one in given.values()}
    assert set(given) == set(cls._parameter_constraints)
    described = {one.name: one for one in ClassDoc(cls)["Parameters"]}
    assert set(described) == set(given)
    for name, one in described.items():
        default = re.search(r", default=(.*)$", one.type)[1]
        assert default.strip('"') == str(given[name].default), name
        assert " ".join(one.desc).strip(), name
    cls()._validate_params()  # defaults are legal


@each_estimator
def test_every_parameter_is_in_one_group(cls):
    names = [name for group in groups_of(cls).values() for name in group]
    assert len(names) == len(set(names))
    assert set(names) == set(inspect.signature(cls).parameters)
    assert [one.name for one in ClassDoc(cls)["Parameters"]] == names  # in the order of the documentation
    assert "Network" in groups_of(cls)


@each_estimator
def test_the_attributes_that_all_share_are_described(cls):
    described = {one.name for one in ClassDoc(cls)["Attributes"]}
    assert {"net_", "history_", "known_tokens_", "n_parameters_"} <= described
    assert "<attributes>" not in cls.__doc__


@each_estimator
def test_parameters_are_those_of_scikit_learn(cls):
    defaults = {name: one.default for name, one in inspect.signature(cls).parameters.items()}
    model = cls()
    assert list(model.get_params().items()) == sorted(defaults.items())
    assert repr(model) == f"{cls.__name__}()"
    changed = clone(model.set_params(cell="gru", lr=0.25))
    assert (changed.cell, changed.lr) == ("gru", 0.25)
    assert repr(changed) == f"{cls.__name__}(cell='gru', lr=0.25)"
    with pytest.raises(ValueError, match="Invalid parameter 'size' for estimator"):
        model.set_params(size=3)
    with pytest.raises(TypeError, match="size"):
        cls(size=3)
    with pytest.raises(TypeError, match="positional"):
        cls("gru")


@each_estimator
def test_a_subclass_changes_a_default_in_one_line(cls):
    @with_parameters
    class Wide(cls):
        hidden_size: int = parameter(default=7)

    assert Wide().hidden_size == 7
    assert (repr(Wide()), repr(Wide(hidden_size=8))) == ("Wide()", "Wide(hidden_size=8)")
    assert list(Wide().get_params()) == list(cls().get_params())
    assert Wide._parameter_constraints["hidden_size"] == cls._parameter_constraints["hidden_size"]
    assert groups_of(Wide) == groups_of(cls)
    assert cls().hidden_size != 7
    with pytest.raises(ValueError, match="'hidden_size' parameter of Wide must be an int"):
        Wide(hidden_size=0).fit(X, Y)


def test_a_parameter_of_a_subclass_s_own_stands_with_those_of_the_task():
    @with_parameters
    class Noisy(RecurrentClassifier):
        """A classifier of noise.

        Parameters
        ----------
        noise : bool
            Whether there is some.
        """

        noise: bool = parameter(default=True, constraints=["boolean"])

    task = [*groups_of(RecurrentClassifier)["Task"], "noise"]
    assert groups_of(Noisy)["Task"] == task
    assert Noisy(noise=False, lr=0.1).get_params()["noise"] is False
    described = {one.name: one for one in ClassDoc(Noisy)["Parameters"]}
    assert list(described)[: len(task)] == task
    assert described["noise"].desc == ["Whether there is some."]
    assert described["noise"].type == "bool, default=True"
    assert described["lr"].desc
    with pytest.raises(ValueError, match="'noise' parameter of Noisy must be an instance of 'bool'"):
        Noisy(noise="some").fit(X, Y)


UNUSED = [
    (RecurrentClassifier, {"layer_decay": 2.0}, {"pretrained": None}),
    (RecurrentTagger, {"gradual_unfreezing": True}, {"pretrained": None}),
    (RecurrentSeq2Seq, {"length_penalty": 0.5}, {"beam_width": 1}),
    (RecurrentRegressor, {"validation_fraction": 0.2}, {"early_stopping": False}),
    (RecurrentLanguageModel, {"n_iter_no_change": 3}, {"early_stopping": False}),
    (RecurrentClassifier, {"weight_decay": 0.1}, {"optimizer": torch.optim.SGD}),
]
ROWS = [(row, "".join("ab"[token % 2] for token in row)) for row in X]


def fit(model):
    target = [tags for _, tags in ROWS] if isinstance(model, RecurrentTagger | RecurrentSeq2Seq) else Y
    return model.fit(X, target)


@pytest.mark.parametrize(("cls", "unused", "because"), UNUSED, ids=lambda one: str(one))
def test_a_parameter_without_effect_is_told_once_a_fit(cls, unused, because):
    ((name, value),), ((other, present),) = unused.items(), because.items()
    model = cls(**SMALL, **unused, **because)
    for _ in range(2):
        with pytest.warns(UserWarning, match="has no effect") as caught:
            fit(model)
        (one,) = caught
        assert str(one.message) == (
            f"the parameter {name!r} of {cls.__name__}, set to {value!r}, has no effect with "
            f"{other}={present!r}"
        )


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_each_warning_points_at_the_line_that_fits(method):
    train = getattr(RecurrentClassifier(**SMALL, layer_decay=2.0, validation_fraction=0.2), method)
    with pytest.warns(UserWarning, match="has no effect") as caught:
        train(X, Y)
    assert [one.filename for one in caught] == [__file__] * 2


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"early_stopping": True, "validation_fraction": 0.2, "n_iter_no_change": 3},
        {"optimizer": "sgd", "weight_decay": 0.1},
        {"optimizer": torch.optim.SGD},
    ],
    ids=str,
)
def test_what_has_an_effect_is_not_told(parameters):
    RecurrentClassifier(**SMALL, **parameters).fit(X, Y)  # pytest makes errors of warnings


def test_penalties_of_a_beam_and_of_layers_have_an_effect():
    fit(RecurrentSeq2Seq(**SMALL, beam_width=2, length_penalty=0.5))
    language_model = RecurrentLanguageModel(**SMALL).fit(X)
    transfer = {"layer_decay": 2.0, "gradual_unfreezing": True, "max_epochs": 1}
    RecurrentClassifier(pretrained=language_model, **transfer).fit(X, Y)
