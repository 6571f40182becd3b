"""Parameters that are declared once: type, default, constraint and description.

A group of parameters is a class of annotated fields, described in its docstring. An estimator inherits the
groups that it has; :func:`with_parameters` makes of them its signature, scikit-learn's constraints and its
docstring.
"""

import dataclasses
import difflib
import functools
import inspect
import re
import warnings
from collections.abc import Collection, Sequence
from typing import Any, TypeVar, dataclass_transform

from ._sklearn import Integral, Options, StrOptions

__all__ = ["groups_of", "parameter", "with_parameters"]

T = TypeVar("T")

SECTION = r"^{}\n-+\n(.*?)(?=^\S[^\n]*\n-{{3,}}$|\Z)"
"""A section of a dedented docstring, by its title."""
ENTRY = re.compile(r"^(\w+) : ([^\n]*)\n((?: +[^\n]*\n|\n)*)", re.MULTILINE)
"""Name, type and description of a parameter in it."""

FOREIGN_NAMES = {
    "alpha": "weight_decay",
    "bias": "output_bias",
    "clip_norm": "gradient_clip",
    "embed_dim": "embedding_dim",
    "embedding_size": "embedding_dim",
    "epochs": "max_epochs",
    "hidden_dim": "hidden_size",
    "hidden_layer_sizes": "hidden_size",
    "input_type": "input",
    "l2": "weight_decay",
    "learning_rate": "lr",
    "learning_rate_init": "lr",
    "max_iter": "max_epochs",
    "n_epochs": "max_epochs",
    "n_layers": "num_layers",
    "output_dim": "embedding_dim",
    "patience": "n_iter_no_change",
    "rnn_type": "cell",
    "seed": "random_state",
    "solver": "optimizer",
    "tokenizer": "target_tokenizer",
    "units": "hidden_size",
    "validation_split": "validation_fraction",
}
"""What Keras, torch, skorch and scikit-learn call parameters that have other names here."""


class Registered(StrOptions):
    """The names in a registry, those included that are entered later."""

    def __init__(self, registry: dict[str, Any]):
        super().__init__(set(registry))
        self.options = registry


class SubclassOf(Options):
    """The classes that are derived from another, but for some."""

    def __init__(self, base: type, *, but: tuple[type, ...] = ()):
        super().__init__(type, set())
        self.base = base
        self.but = but

    def is_satisfied_by(self, value: Any) -> bool:
        """Whether a value is such a class; scikit-learn calls this."""
        return isinstance(value, type) and issubclass(value, self.base) and not issubclass(value, self.but)

    def __str__(self) -> str:
        return f"a subclass of {self.base.__module__}.{self.base.__qualname__}"


class Counts(Options):
    """Tuples of a given number of whole numbers, each at least 1."""

    def __init__(self, n: int):
        super().__init__(tuple, set())
        self.n = n

    def is_satisfied_by(self, value: Any) -> bool:
        """Whether a value is such a tuple; scikit-learn calls this."""
        return (
            isinstance(value, (tuple, list))
            and len(value) == self.n
            and all(isinstance(count, Integral) and count >= 1 for count in value)
        )

    def __str__(self) -> str:
        return f"a tuple of {self.n} whole numbers of at least 1"


def parameter(
    *,
    default: Any = dataclasses.MISSING,
    constraints: Sequence[Any] | None = None,
    unless: tuple[str, Any] | None = None,
    after_fit: bool = False,
    kw_only: bool = True,
) -> Any:
    """Declare a parameter: a field of a class that :func:`with_parameters` decorates.

    Parameters
    ----------
    default : object, optional
        Immutable. A parameter without one has to be given.
    constraints : list or None, default=None
        As scikit-learn's ``_parameter_constraints`` has them. None takes
        everything but the default from the base class that declares the
        parameter.
    unless : tuple (name, value) or None, default=None
        Another parameter, and the value of it with which this one has no
        effect, or a class of such values: then fit warns.
    after_fit : bool, default=False
        Whether another value acts on an estimator that is fitted already: in
        its predictions, or when the training goes on under `warm_start` or
        `partial_fit`, which refuse all other changes.
    kw_only : bool, default=True
        Whether the constructor takes it by its name only.

    Returns
    -------
    dataclasses.Field

    Examples
    --------
    >>> from seqestimators import RecurrentClassifier
    >>> from seqestimators.parameters import parameter, with_parameters
    >>> @with_parameters
    ... class WideClassifier(RecurrentClassifier):
    ...     hidden_size: int = parameter(default=256)
    >>> WideClassifier().hidden_size
    256
    """
    metadata = {"constraints": constraints, "unless": unless, "after_fit": after_fit}
    return dataclasses.field(default=default, kw_only=kw_only, metadata=metadata)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(parameter,))
def with_parameters(class_: type[T]) -> type[T]:
    """Give a class the constructor, constraints and documentation of its parameters.

    Parameters
    ----------
    class_ : type
        Its annotated attributes are the parameters, and those of its bases.
        Its docstring describes those that it declares itself; afterwards it
        describes all, each with its default.

    Returns
    -------
    type
        The class itself.

    Examples
    --------
    >>> from seqestimators import RecurrentTagger
    >>> from seqestimators.parameters import parameter, with_parameters
    >>> @with_parameters
    ... class CodonTagger(RecurrentTagger):
    ...     '''A tagger of three nucleotides a label.'''
    ...
    ...     stride: int = parameter(default=3)
    >>> CodonTagger(random_state=0)
    CodonTagger(random_state=0)
    """
    for name, field in vars(class_).items():
        if isinstance(field, dataclasses.Field) and field.metadata["constraints"] is None:
            inherited = next(base for base in class_.__mro__[1:] if name in _fields(base))
            field.metadata = _fields(inherited)[name].metadata
    dataclasses.dataclass(kw_only=True, eq=False, repr=False)(class_)
    described: Any = class_
    described.__init__ = _naming_misspelt(class_, described.__init__)
    described._parameter_constraints = {
        name: list(field.metadata["constraints"]) for name, field in _fields(class_).items()
    }
    if class_.__doc__ is not None:  # python -OO strips docstrings
        _describe(described)
    return class_


def _naming_misspelt(class_: type, init: Any) -> Any:
    """Let a constructor say which parameter may have been meant by one that it doesn't have."""

    @functools.wraps(init)
    def checked(self: Any, *args: Any, **parameters: Any) -> None:
        for name in parameters.keys() - inspect.signature(init).parameters.keys():
            raise TypeError(
                f"{class_.__name__} has no parameter {name!r}{suggest_parameter(name, _fields(class_))}"
            )
        init(self, *args, **parameters)

    return checked


def suggest_parameter(name: str, known: Collection[str]) -> str:
    """Return a question after what may have been meant by a name, or nothing."""
    meant = FOREIGN_NAMES.get(name, "")
    close = [meant] if meant in known else difflib.get_close_matches(name, list(known), n=1, cutoff=0.65)
    return f": did you mean {close[0]}?" if close else ""


def _fields(class_: type) -> dict[str, Any]:
    if not dataclasses.is_dataclass(class_):
        return {}
    return {field.name: field for field in dataclasses.fields(class_)}


def groups_of(class_: type) -> dict[str, list[str]]:
    """Return the parameters of an estimator, group by group.

    Parameters
    ----------
    class_ : type
        Decorated by :func:`with_parameters`.

    Returns
    -------
    dict of {str: list of str}
        Title of each group, and the names in it, in the order of the
        documentation: first what is special to the estimator.

    Examples
    --------
    >>> from seqestimators import RecurrentTagger
    >>> from seqestimators.parameters import groups_of
    >>> list(groups_of(RecurrentTagger))[:2], groups_of(RecurrentTagger)["Task"]
    (['Task', 'Network'], ['stride', 'transitions'])
    """
    named: dict[str, list[str]] = {"Task": []}
    for name in _fields(class_):
        owner = next(
            base for base in reversed(class_.__mro__) if name in vars(base).get("__annotations__", {})
        )
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
        if isinstance(present, excluded) if isinstance(excluded, type) else present == excluded:
            warnings.warn(
                f"the parameter {name!r} of {type(estimator).__name__}, set to {value!r}, has no effect with "
                f"{other}={present!r}",
                UserWarning,
                stacklevel=6,  # where fit is called, through its wrapper for validation
            )


def fixed_by_fit(estimator: Any) -> list[str]:
    """Return the names of the parameters that mean nothing to a fitted estimator."""
    return [name for name, field in _fields(type(estimator)).items() if not field.metadata["after_fit"]]


def default_of(estimator: Any, name: str) -> Any:
    """Return the default of a parameter."""
    return _fields(type(estimator))[name].default


def descriptions_of(class_: type) -> dict[str, tuple[str, str]]:
    """Return the type and the description of each parameter, as the docstring has them."""
    described: dict[str, tuple[str, str]] = {}
    for base in reversed(class_.__mro__):
        described |= vars(base).get("_described", {})
    return described


def _describe(class_: Any) -> None:
    """Write all parameters into the docstring of a class, and the attributes that its bases share."""
    doc = inspect.cleandoc(class_.__doc__) + "\n"
    parameters, attributes = (
        re.compile(SECTION.format(title), re.MULTILINE | re.DOTALL) for title in ("Parameters", "Attributes")
    )
    class_._described = {
        name: (kind, text.rstrip()) for name, kind, text in ENTRY.findall("".join(parameters.findall(doc)))
    }
    described = descriptions_of(class_)
    fields, entries = _fields(class_), []
    for name in (name for names in groups_of(class_).values() for name in names):
        kind, text = described.get(name, ("object", ""))
        default = fields[name].default
        if default is not dataclasses.MISSING:
            kind += f', default="{default}"' if isinstance(default, str) else f", default={default!r}"
        entries.append(f"{name} : {kind}\n{text}\n")
    section = "Parameters\n----------\n" + "".join(entries) + "\n"
    summary = re.split(r"^\S[^\n]*\n-{3,}$", doc, maxsplit=1, flags=re.MULTILINE)[0]
    doc = f"{summary.rstrip()}\n\n{section}{parameters.sub('', doc.removeprefix(summary))}"
    shared = [attributes.search(base.__doc__ or "") for base in class_.__mro__[1:]]
    class_.__doc__ = doc.replace("<attributes>", next((found[1].rstrip() for found in shared if found), ""))
