"""Initial weights, drawn from a generator of one's own, none of them left to chance."""

import inspect
import math
from typing import Any, TypeVar

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from ..sequences import UNKNOWN

M = TypeVar("M", bound=nn.Module)

CONSTANT = {"constant_", "dirac_", "eye_", "ones_", "zeros_"}
"""Functions of torch.nn.init that draw no random numbers."""
RANDOM = {
    "bernoulli_",
    "cauchy_",
    "exponential_",
    "geometric_",
    "log_normal_",
    "normal_",
    "random_",
    "uniform_",
}
"""Methods of tensors that do."""
DRAWN = {"bernoulli", "multinomial", "normal", "poisson", "randint", "randperm"}
"""Functions whose result is random."""
STAND_INS = {
    "rand": torch.empty,
    "rand_like": torch.empty_like,
    "randn": torch.empty,
    "randn_like": torch.empty_like,
}
"""More of them, and what gives the same shape without drawing."""
NEW = {"empty", "empty_like", "new_empty", *DRAWN, *STAND_INS}
"""Functions whose result is random, or whatever was in memory."""

SIZED = {"empty", "full", "ones", "rand", "randn", "zeros"}
"""Functions that take a size."""


def _read_size(args: Any, kwargs: Any) -> list[int]:
    """Return the size that a function of `SIZED` is called with."""
    size = kwargs.get("size", args[0] if args and isinstance(args[0], (tuple, list)) else args)
    return [int(n) for n in size]


class Unfilled(TorchFunctionMode):
    """Make modules without drawing a random number: what would be random, or stays empty, is NaN.

    Whole numbers, which can't be NaN, are the same ones every time.
    :func:`initialize` fills it, or says what it can't fill. torch's own way
    to the same, the device "meta", takes a second of imports.

    Parameters
    ----------
    max_weights : int or None, default=None
        Numbers that may be allocated in all; more are a ValueError before
        they take memory.
    """

    def __init__(self, max_weights: int | None = None):
        super().__init__()
        self.n_left = max_weights

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Replace random numbers by NaN; torch calls this for each of its functions."""
        name, kwargs = func.__name__, kwargs or {}
        if self.n_left is not None and name in SIZED:
            self.n_left -= math.prod(_read_size(args, kwargs))
            if self.n_left < 0:
                raise ValueError("the network would be far larger than what it is to hold")
        is_filling = getattr(func, "__module__", "") == "torch.nn.init" and name not in CONSTANT
        if name in RANDOM or is_filling:
            tensor = args[0] if args else kwargs["tensor"]
            tensor.data.fill_(torch.nan)
            return tensor
        if name in STAND_INS:
            func, kwargs = STAND_INS[name], {key: kwargs[key] for key in kwargs if key != "generator"}
        elif name in DRAWN:
            kwargs = {"generator": torch.Generator(), **kwargs}
        result = func(*args, **kwargs)
        if name in NEW and result.is_floating_point():
            result.data.fill_(torch.nan)
        return result


def initialize(module: M, generator: torch.Generator) -> M:
    """Fill the weights of a module, in place.

    A module whose `reset_parameters` takes a generator, as a cell does, fills
    itself. Weights of linear layers and convolutions are Xavier uniform, their
    biases 0. Embeddings are standard normal; the vectors of padding and of
    unknown tokens start at 0, so that a token never met in training says
    nothing. All else begins as its own `reset_parameters` or constructor says,
    as long as that draws no random numbers.

    Parameters
    ----------
    module : torch.nn.Module
        Best made inside of :class:`Unfilled`.
    generator : torch.Generator
        On the device of the module. The same state gives the same weights.

    Returns
    -------
    torch.nn.Module
        The module itself.

    Raises
    ------
    TypeError
        A weight or a buffer has not been filled; the message names it.

    References
    ----------
    .. [1] Glorot, X., Y. Bengio, "Understanding the difficulty of training
       deep feedforward neural networks", AISTATS 2010.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import CELLS, initialize
    >>> lstm = initialize(CELLS["lstm"](2, 1), torch.Generator().manual_seed(0))
    >>> lstm.bias_ih_l0.tolist()
    [0.0, 1.0, 0.0, 0.0]
    """
    for part in module.modules():
        reset: Any = getattr(part, "reset_parameters", None)
        if isinstance(part, nn.Embedding):
            nn.init.normal_(part.weight, generator=generator)
            nn.init.zeros_(part.weight[: UNKNOWN + 1].detach())
        elif isinstance(part, nn.Linear | nn.Conv1d):
            nn.init.xavier_uniform_(part.weight, generator=generator)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif reset is not None and "generator" in inspect.signature(reset).parameters:
            reset(generator=generator)
        elif reset is not None:
            with Unfilled():
                reset()
    for name, values in (*module.named_parameters(), *module.named_buffers()):
        if values.isnan().any():
            raise TypeError(
                f"the weight {name!r} of {type(module).__name__} has no initial values: give the module that "
                "holds it a method reset_parameters(generator) that fills it, with random numbers from that "
                "generator only"
            )
    return module
