"""Every parameter of the estimators, declared once: type, default, constraint and description.

A group of parameters is a class of annotated fields. An estimator inherits the groups that it has;
:func:`with_parameters` makes of their fields its signature, scikit-learn's constraints and its docstring.
"""

import dataclasses
import re
import textwrap
import warnings
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, TypeVar, dataclass_transform

from .._sklearn import Integral, Interval, StrOptions

__all__ = ["groups_of", "parameter", "with_parameters"]

T = TypeVar("T")


class Registered(StrOptions):
    """The names in a registry, those included that are entered later."""

    def __init__(self, registry: dict[str, Any]):
        super().__init__(set(registry))
        self.options = registry


def parameter(
    *,
    default: Any,
    constraints: Sequence[Any] | None = None,
    doc: str = "",
    kind: str = "",
    unless: tuple[str, Any] | None = None,
) -> Any:
    """Declare a parameter: a field of a class that :func:`with_parameters` decorates.

    Parameters
    ----------
    default : object
        Immutable.
    constraints : list or None, default=None
        As scikit-learn's ``_parameter_constraints`` has them. None takes them,
        and what else is not given here, from the base class that declares the
        parameter.
    doc : str, default=""
        What it does, and its legal range: whole sentences.
    kind : str, default=""
        Its type in the docstring; empty makes it of the constraints.
    unless : tuple (name, value) or None, default=None
        Another parameter, and the value of it with which this one has no
        effect, or a class of such values: then fit warns.

    Returns
    -------
    dataclasses.Field

    Examples
    --------
    >>> from sklearn.utils._param_validation import Interval
    >>> from numbers import Integral
    >>> from seqestimators import RecurrentClassifier
    >>> from seqestimators.estimators import parameter, with_parameters
    >>> @with_parameters
    ... class WideClassifier(RecurrentClassifier):
    ...     hidden_size: int = parameter(default=256)
    >>> WideClassifier().hidden_size
    256
    """
    declared = {"constraints": constraints, "doc": doc, "kind": kind, "unless": unless}
    return dataclasses.field(default=default, metadata=declared)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(parameter,))
def with_parameters(cls: type[T]) -> type[T]:
    """Give a class the constructor, constraints and documentation of its parameters.

    Parameters
    ----------
    cls : type
        Its annotated attributes are the parameters, and those of its bases.
        Where its docstring has no section "Parameters", it gets one.

    Returns
    -------
    type
        The class itself.

    Examples
    --------
    >>> from seqestimators import RecurrentTagger
    >>> from seqestimators.estimators import parameter, with_parameters
    >>> @with_parameters
    ... class CodonTagger(RecurrentTagger):
    ...     '''A tagger of three nucleotides a label.'''
    ...
    ...     stride: int = parameter(default=3)
    >>> CodonTagger(random_state=0)
    CodonTagger(random_state=0)
    """
    for name, field in vars(cls).items():
        if isinstance(field, dataclasses.Field) and field.metadata["constraints"] is None:
            inherited = next(base for base in cls.__mro__[1:] if name in _fields(base))
            said = {key: value for key, value in field.metadata.items() if value}
            field.metadata = MappingProxyType(dict(_fields(inherited)[name].metadata) | said)
    dataclasses.dataclass(kw_only=True, eq=False, repr=False)(cls)
    cls._parameter_constraints = {  # type: ignore[attr-defined]
        name: list(field.metadata["constraints"]) for name, field in _fields(cls).items()
    }
    if cls.__doc__ is not None and "Attributes\n" in cls.__doc__:  # python -OO strips docstrings
        cls.__doc__ = _fill_docstring(cls)
    return cls


def _fields(cls: type) -> dict[str, Any]:
    if not dataclasses.is_dataclass(cls):
        return {}
    return {field.name: field for field in dataclasses.fields(cls)}


def groups_of(cls: type) -> dict[str, list[str]]:
    """Return the parameters of an estimator, group by group.

    Parameters
    ----------
    cls : type
        Decorated by :func:`with_parameters`.

    Returns
    -------
    dict of {str: list of str}
        Title of each group, and the names in it, in the order of the
        documentation: first what is special to the estimator.

    Examples
    --------
    >>> from seqestimators import RecurrentTagger
    >>> from seqestimators.estimators import groups_of
    >>> list(groups_of(RecurrentTagger))[:2], groups_of(RecurrentTagger)["Task"]
    (['Task', 'Network'], ['stride'])
    """
    named: dict[str, list[str]] = {"Task": []}
    for name in _fields(cls):
        owner = next(base for base in reversed(cls.__mro__) if name in vars(base).get("__annotations__", {}))
        named.setdefault(vars(owner).get("title", "Task"), []).append(name)
    return {title: names for title, names in named.items() if names}


def warn_of_unused(estimator: Any) -> None:
    """Warn of each parameter that is set, but has no effect with the others as they are."""
    for name, field in _fields(type(estimator)).items():
        value = getattr(estimator, name)
        if field.metadata["unless"] is None or value == field.default:
            continue
        other, excluded = field.metadata["unless"]
        present = getattr(estimator, other)
        if isinstance(present, excluded) if isinstance(excluded, type) else present is excluded:
            warnings.warn(
                f"the parameter {name!r} of {type(estimator).__name__}, set to {value!r}, has no effect with "
                f"{other}={present!r}",
                UserWarning,
                stacklevel=5,
            )


def default_of(estimator: Any, name: str) -> Any:
    """Return the default of a parameter."""
    return _fields(type(estimator))[name].default


def _fill_docstring(cls: Any) -> str:
    """Put the section "Parameters" in, and the attributes that all estimators share."""
    doc = cls.__doc__
    if not re.search(r"^    Parameters\n", doc, re.MULTILINE):
        fields = _fields(cls)
        entries = [_describe(fields[name]) for names in groups_of(cls).values() for name in names]
        section = textwrap.indent("Parameters\n----------\n" + "\n".join(entries), "    ")
        doc = doc.replace("    Attributes\n", f"{section}\n\n    Attributes\n", 1)
    return doc.replace("    <attributes>", textwrap.indent(cls._shared_attributes, "    "))


def _describe(field: dataclasses.Field[Any]) -> str:
    """The entry of a parameter in numpydoc's form."""
    kind = field.metadata["kind"] or _join_or(_name_constraints(field.metadata["constraints"]))
    default = f'"{field.default}"' if isinstance(field.default, str) else repr(field.default)
    return f"{field.name} : {kind}, default={default}\n" + textwrap.indent(
        textwrap.fill(" ".join(field.metadata["doc"].split()), 70), "    "
    )


def _name_constraints(constraints: Sequence[Any]) -> list[str]:
    """What scikit-learn's constraints are called in a docstring."""
    names = []
    for constraint in constraints:
        if isinstance(constraint, StrOptions):
            options = [f'"{option}"' for option in constraint.options]
            if not isinstance(constraint, Registered):
                options.sort()
            names.append(f"{{{', '.join(options)}}}" if len(options) > 1 else options[0])
        elif isinstance(constraint, Interval):
            names.append("int" if constraint.type is Integral else "float")
        elif isinstance(constraint, str):
            names.append({"boolean": "bool"}[constraint])
        else:
            names.append("None" if constraint is None else getattr(constraint, "__name__", str(constraint)))
    return names


def _join_or(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" or " if len(names) > 1 else "") + names[-1]
