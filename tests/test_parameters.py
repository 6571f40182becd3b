"""Parameters that are declared once: what a class gets of its fields, whatever its place in the package."""

import inspect

import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_pipeline
from sklearn.utils._param_validation import InvalidParameterError, StrOptions

from seqestimators import RecurrentClassifier
from seqestimators._sklearn import Integral, Interval, _fit_context
from seqestimators.parameters import Registered, default_of, groups_of, parameter, with_parameters


@with_parameters
class Oven:
    """Where it is baked.

    Parameters
    ----------
    heat : int
        In degrees.
    mode : {"fan", "grill"}
        How it is
        heated.
    """

    title = "Heat"
    heat: int = parameter(default=180, constraints=[Interval(Integral, 0, None, closed="left")])
    mode: str = parameter(default="fan", constraints=[StrOptions({"fan", "grill"})])


@with_parameters
class Cake(BaseEstimator, Oven):
    """A cake.

    It is sweet.

    Parameters
    ----------
    layers : int
        Their number.

    Attributes
    ----------
    weight_ : float
        In grams.
    """

    layers: int = parameter(default=1, constraints=[Interval(Integral, 1, None, closed="left")])

    @_fit_context
    def fit(self, X, y=None):
        """Bake."""
        return self


@with_parameters
class HotCake(Cake):
    """A hot cake.

    Attributes
    ----------
    colour_ : str
        Of the crust.
    <attributes>
    """

    heat: int = parameter(default=220)


def test_the_signature_has_all_fields_by_keyword_alone():
    parameters = inspect.signature(HotCake).parameters
    defaults = {name: one.default for name, one in parameters.items()}
    assert defaults == {"heat": 220, "mode": "fan", "layers": 1}
    assert {one.kind for one in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    with pytest.raises(TypeError, match="color"):
        HotCake(color="red")


def test_scikit_learn_reads_parameters_and_constraints():
    cake = clone(HotCake(layers=3)).set_params(mode="grill")
    assert cake.get_params() == {"heat": 220, "layers": 3, "mode": "grill"}
    assert repr(cake) == "HotCake(layers=3, mode='grill')"
    assert set(HotCake._parameter_constraints) == {"heat", "mode", "layers"}
    with pytest.raises(InvalidParameterError, match="'heat' parameter of HotCake must be an int"):
        HotCake(heat=-1).fit([])


def test_another_default_keeps_everything_else():
    assert HotCake._parameter_constraints["heat"] == Cake._parameter_constraints["heat"]
    assert (default_of(Cake(), "heat"), default_of(HotCake(), "heat")) == (180, 220)


def test_the_docstring_describes_all_parameters_with_their_defaults():
    assert inspect.cleandoc(Cake.__doc__) == inspect.cleandoc(
        """A cake.

        It is sweet.

        Parameters
        ----------
        layers : int, default=1
            Their number.
        heat : int, default=180
            In degrees.
        mode : {"fan", "grill"}, default="fan"
            How it is
            heated.

        Attributes
        ----------
        weight_ : float
            In grams.
        """
    )
    assert "heat : int, default=220\n    In degrees." in HotCake.__doc__


def test_attributes_of_the_base_stand_where_they_are_asked_for():
    assert HotCake.__doc__.rstrip().endswith(
        "colour_ : str\n    Of the crust.\nweight_ : float\n    In grams."
    )


def test_groups_have_the_title_of_the_class_that_declares_them():
    assert groups_of(Cake) == {"Task": ["layers"], "Heat": ["heat", "mode"]}
    assert groups_of(HotCake) == groups_of(Cake)
    assert groups_of(int) == {}


def test_a_name_that_is_registered_later_is_legal():
    registry = {"one": int}
    options = Registered(registry)
    assert not options.is_satisfied_by("two")
    registry["two"] = float
    assert options.is_satisfied_by("two")
    assert "'two'" in str(options)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("hidden_units", "hidden_size"),
        ("learning_rate", "lr"),
        ("n_layers", "num_layers"),
        ("epochs", "max_epochs"),
        ("batchsize", "batch_size"),
        ("patience", "n_iter_no_change"),
    ],
)
def test_a_misspelt_parameter_is_answered_by_what_may_be_meant(name, meant):
    with pytest.raises(
        TypeError, match=f"RecurrentClassifier has no parameter '{name}': did you mean {meant}"
    ):
        RecurrentClassifier(**{name: 3})
    with pytest.raises(
        ValueError, match=f"RecurrentClassifier has no parameter '{name}': did you mean {meant}"
    ):
        RecurrentClassifier().set_params(**{name: 3})
    with pytest.raises(ValueError, match=f"did you mean {meant}"):
        make_pipeline(RecurrentClassifier()).set_params(**{f"recurrentclassifier__{name}": 3})


def test_a_name_like_no_other_is_refused_plainly():
    with pytest.raises(TypeError, match="RecurrentClassifier has no parameter 'xyzzy'$"):
        RecurrentClassifier(xyzzy=1)
    with pytest.raises(ValueError, match="Invalid parameter 'xyzzy' for estimator RecurrentClassifier"):
        RecurrentClassifier().set_params(xyzzy=1)
