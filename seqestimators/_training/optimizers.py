"""torch's optimizers by their names, without the compiler that torch loads for them."""

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer, optimizer

__all__ = ["OPTIMIZERS"]

Step = Callable[[Any, Callable[[], Any] | None], Any]


def _uncompiled(class_: type[Optimizer], fuse: Callable[[Step], Step] = lambda step: step) -> type[Optimizer]:
    """Return a subclass of an optimizer that computes the same, and never loads torch's compiler.

    torch wraps these methods so that they can stand inside of ``torch.compile``, and the first call of one
    imports the compiler for it: a thousand modules, and more time than a small fit takes.
    """
    names = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")
    methods: dict[str, Any] = {name: inspect.unwrap(getattr(class_, name)) for name in names}
    take_step, fill_with_zero = fuse(inspect.unwrap(class_.step)), methods["zero_grad"]

    def step_alone(self: Any, closure: Callable[[], Any] | None = None) -> Any:
        with torch.no_grad():
            return take_step(self, closure)

    step_with_hooks = Optimizer.profile_hook_step(step_alone)

    def step(self: Any, closure: Callable[[], Any] | None = None) -> Any:
        """Change the weights by their gradients, and return what `closure` returns."""
        own = self._optimizer_step_pre_hooks or self._optimizer_step_post_hooks
        has_hooks = own or optimizer._global_optimizer_pre_hooks or optimizer._global_optimizer_post_hooks
        return (step_with_hooks if has_hooks else step_alone)(self, closure)

    step.hooked = True  # type: ignore[attr-defined]  # or torch would look for hooks and a profiler each time

    def zero_grad(self: Optimizer, set_to_none: bool = True) -> None:
        """Remove the gradients of all weights, or make them 0."""
        if not set_to_none:
            fill_with_zero(self, set_to_none=False)
        for group in self.param_groups if set_to_none else ():
            for weight in group["params"]:
                weight.grad = None

    methods |= {"step": step, "zero_grad": zero_grad, "__module__": __name__}
    return type(class_.__name__, (class_,), methods)


def _in_one_call(kernel: Callable[..., Any]) -> Callable[[Step], Step]:
    """Return what makes a step of Adam one call of a kernel, on a CPU: torch's own takes ten times as long.

    What torch does for each weight and step is to look after its count of steps, a tensor; here that is a
    number.
    """

    def fuse(take_step: Step) -> Step:
        def step(self: Optimizer, closure: Callable[[], Any] | None) -> Any:
            groups = self.param_groups
            if not all(
                group["fused"] and not group["amsgrad"] and all(one.is_cpu for one in group["params"])
                for group in groups
            ):
                return take_step(self, closure)
            with torch.enable_grad():
                loss = None if closure is None else closure()
            counts: dict[int, torch.Tensor] = {}
            for group in groups:
                rows = []
                for weight in group["params"]:
                    if (gradient := weight.grad) is None:  # it is frozen
                        continue
                    state = self.state[weight]
                    if not state:
                        state |= {"step": 0, "exp_avg": torch.zeros_like(weight)}
                        state["exp_avg_sq"] = torch.zeros_like(weight)
                    state["step"] = n = int(state["step"]) + 1
                    if n not in counts:
                        counts[n] = torch.scalar_tensor(n)
                    rows.append((weight, gradient, state["exp_avg"], state["exp_avg_sq"], counts[n]))
                if not rows:
                    continue
                weights, gradients, averages, squares, steps = map(list, zip(*rows, strict=True))
                kernel(
                    weights,
                    gradients,
                    averages,
                    squares,
                    [],
                    steps,
                    lr=group["lr"],
                    beta1=group["betas"][0],
                    beta2=group["betas"][1],
                    weight_decay=group["weight_decay"],
                    eps=group["eps"],
                    amsgrad=False,
                    maximize=group["maximize"],
                )
            return loss

        return step

    return fuse


Adam = _uncompiled(torch.optim.Adam, _in_one_call(torch._fused_adam_))
AdamW = _uncompiled(torch.optim.AdamW, _in_one_call(torch._fused_adamw_))
NAdam = _uncompiled(torch.optim.NAdam)
RAdam = _uncompiled(torch.optim.RAdam)
RMSprop = _uncompiled(torch.optim.RMSprop)
SGD = _uncompiled(torch.optim.SGD)

OPTIMIZERS = {one.__name__.lower(): one for one in (Adam, AdamW, NAdam, RAdam, RMSprop, SGD)}
"""The optimizers by the name that the parameter `optimizer` takes."""
