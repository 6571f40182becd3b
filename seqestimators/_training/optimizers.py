"""torch's optimizers by their names, without the compiler that torch loads for them."""

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer

__all__ = ["OPTIMIZERS"]


def _uncompiled(class_: type[Optimizer]) -> type[Optimizer]:
    """Return a subclass of an optimizer that computes the same, and never loads torch's compiler.

    torch wraps these methods so that they can stand inside of ``torch.compile``, and the first call of one
    imports the compiler for it: a thousand modules, and more time than a small fit takes.
    """
    names = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")
    methods: dict[str, Any] = {name: inspect.unwrap(getattr(class_, name)) for name in names}
    take_step = inspect.unwrap(class_.step)

    def step(self: Optimizer, closure: Callable[[], Any] | None = None) -> Any:
        """Change the weights by their gradients, and return what `closure` returns."""
        with torch.no_grad():
            return take_step(self, closure)

    return type(class_.__name__, (class_,), {**methods, "step": step, "__module__": __name__})


Adam = _uncompiled(torch.optim.Adam)
AdamW = _uncompiled(torch.optim.AdamW)
NAdam = _uncompiled(torch.optim.NAdam)
RAdam = _uncompiled(torch.optim.RAdam)
RMSprop = _uncompiled(torch.optim.RMSprop)
SGD = _uncompiled(torch.optim.SGD)

OPTIMIZERS = {one.__name__.lower(): one for one in (Adam, AdamW, NAdam, RAdam, RMSprop, SGD)}
"""The optimizers by the name that the parameter `optimizer` takes."""
