"""Classes by the names that users give them."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T", bound=type)


class Registry(dict[str, type]):
    """Dictionary from the name that a parameter takes to a class.

    A class of one's own is entered by ``@CELLS.register("name")``, and its
    name is then a legal value of the parameter.
    """

    def register(self, name: str) -> Callable[[T], T]:
        """Return a decorator that enters a class under a name."""

        def enter(kind: T) -> T:
            self[name] = kind
            return kind

        return enter

    def find(self, kind: str | type) -> type:
        """Return the class of a name; a class stands for itself."""
        return kind if isinstance(kind, type) else self[kind]

    def name_of(self, module: object) -> str:
        """Return the name of a module's class, or that of the class itself where it has not been entered."""
        return next((name for name, kind in self.items() if type(module) is kind), type(module).__name__)
