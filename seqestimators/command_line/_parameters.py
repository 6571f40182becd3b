"""Options for the parameters of the estimators, made of their declarations."""

import argparse
import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

from .._files import load
from .._sklearn import HasMethods, Integral, Interval, StrOptions, make_constraint
from ..parameters import Counts, SubclassOf, descriptions_of, groups_of

NOT_AS_TEXT = {"callbacks", "warm_start"}
"""Parameters that need Python: objects, and the continuation of an earlier fit."""

DEFAULTS = {"random_state": 0}
"""Defaults that differ from the declared ones: a command that is given again makes the same model."""


def add_parameter_options(parser: argparse.ArgumentParser, classes: Iterable[type]) -> None:
    """Add an option for every parameter of some estimators, with what the declaration says of it.

    Parameters
    ----------
    parser : ArgumentParser
    classes : list of type
        Estimators. A parameter of several of them has one option, which takes
        what any of them takes.
    """
    groups: dict[str, Any] = {}
    options: dict[str, list[type]] = {}
    titles: dict[str, str] = {}
    for class_ in classes:
        for title, names in groups_of(class_).items():
            for name in names:
                options.setdefault(name, []).append(class_)
                titles.setdefault(name, title)
    for name, owners in options.items():
        if name not in NOT_AS_TEXT:
            title = titles[name]
            if title not in groups:
                groups[title] = parser.add_argument_group(f"parameters: {title.lower()}")
            _add_option(groups[title], name, owners)


def parameters_of(class_: type, options: dict[str, Any], all_classes: Iterable[type]) -> dict[str, Any]:
    """Return the parameters of an estimator that are among the options given.

    Parameters
    ----------
    class_ : type
        The estimator.
    options : dict of str to object
    all_classes : list of type
        All estimators whose parameters are options.

    Returns
    -------
    dict of str to object

    Raises
    ------
    ValueError
        A parameter is one of another estimator.
    """
    own = _names_of(class_)
    others = {name for one in all_classes for name in _names_of(one)} - own
    if foreign := sorted(others & options.keys()):
        raise ValueError(f"{class_.__name__} has no --{foreign[0].replace('_', '-')}")
    return {name: value for name, value in options.items() if name in own}


def _names_of(class_: type) -> set[str]:
    return {name for names in groups_of(class_).values() for name in names}


def _constraints_of(class_: Any, name: str) -> list[Any]:
    return class_._parameter_constraints[name]


def _add_option(group: Any, name: str, classes: list[type]) -> None:
    option = f"--{name.replace('_', '-')}"
    constraints = list(
        {str(one): one for class_ in classes for one in _constraints_of(class_, name)}.values()
    )
    described = descriptions_of(classes[0]).get(name, ("", ""))  # python -OO strips docstrings
    text = " ".join(described[1].split())
    sentence = re.split(r"(?<=[.:])\s", text, maxsplit=1)[0].rstrip(".:").replace("`", "")
    declared = [inspect.signature(class_).parameters[name].default for class_ in classes]
    defaults = [str(DEFAULTS.get(name, one)).lower() for one in declared]
    help_text = f"{sentence} (default: {' or '.join(dict.fromkeys(defaults))})".replace("%", "%%")
    if constraints == ["boolean"]:
        group.add_argument(option, action=argparse.BooleanOptionalAction, help=help_text)
        return
    checks = [make_constraint(one) for one in constraints]
    metavar = "|".join(dict.fromkeys(filter(None, map(_metavar_of, constraints)))) or "VALUE"
    group.add_argument(option, type=_reader_of(checks), metavar=metavar, help=help_text)


def _metavar_of(constraint: Any) -> str:
    if constraint is None:
        return "none"
    if isinstance(constraint, StrOptions):
        return "|".join(sorted(constraint.options))
    if isinstance(constraint, Counts):
        return ",".join("N" * constraint.n)
    if isinstance(constraint, Interval):
        return "N" if constraint.type is Integral else "X"
    if isinstance(constraint, HasMethods):
        return "FILE"
    named = {"boolean": "true|false", "random_state": "N|none", "verbose": "N", str: "TEXT"}
    return named.get(constraint, "") if isinstance(constraint, str | type) else ""


def _reader_of(checks: list[Any]) -> Callable[[str], Any]:
    """Return what makes of a text the value that the declaration allows."""

    def read(text: str) -> Any:
        for value in _values_of(text, checks):
            if any(check.is_satisfied_by(value) for check in checks):
                return value
        expected = [str(check) for check in checks if not isinstance(check, SubclassOf)]
        raise argparse.ArgumentTypeError(f"must be {' or '.join(expected)}, got {text!r}")

    return read


def _values_of(text: str, checks: list[Any]) -> Iterable[Any]:
    """Yield what a text may mean, from what is narrow to the text itself."""
    lower = text.lower()
    if lower in ("none", "true", "false"):
        yield {"none": None, "true": True, "false": False}[lower]
    for read in (int, float):
        try:
            yield read(text)
        except ValueError:
            continue
    if re.fullmatch(r"\d+(,\d+)+", text):
        yield tuple(map(int, text.split(",")))
    if any(isinstance(check, HasMethods) for check in checks) and lower != "none":
        yield load(text)
    yield text
