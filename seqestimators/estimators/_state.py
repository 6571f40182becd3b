"""What a fitted estimator keeps in a file, and what of its parameters its weights mean."""

import inspect
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from numbers import Number
from typing import Any

import numpy as np
import torch

from .._sklearn import validate_parameter_constraints
from .._training import find_device
from .._version import find_version
from ..parameters import default_of, fixed_by_fit
from ._pretraining import ARCHITECTURE, architecture_of, find_pretrained, taken_over

NOT_KEPT = ("pretrained", "callbacks")
"""Parameters that say nothing of the network, and may hold anything."""
RENAMED = {"_known": "known_tokens_"}
"""Fitted attributes by the names that they had before version 0.1."""

SPARE_WEIGHTS = 2**20
"""Numbers that a network may hold beside twice its weights, before a file is refused that asks for more."""


class Interrupted(KeyboardInterrupt):
    """The user has stopped a training after at least one epoch; what it has learned is kept."""


class FittedState:
    """The part of an estimator that is pickled, copied and cloned.

    The file of a fitted estimator holds its parameters, its weights in numpy
    and plain history. It holds no model that the training started from: read
    back, `pretrained` is None, and the parameters say what the network is.
    """

    net_: Any
    history_: list[dict[str, Any]]
    _network_params: dict[str, Any]
    _pretrained: Any = None  # what the training started from
    pretrained: Any = None  # a field of those that can start from another network
    _starts_untrained = False  # whether what has been read from a file was pretrained

    def _remember_parameters(self) -> None:
        """Keep the parameters of which the network is made, whatever `set_params` changes later."""
        kept = {name: value for name, value in self.get_params(deep=False).items() if name not in NOT_KEPT}  # type: ignore[attr-defined]
        kept |= taken_over(self)
        # torch takes no whole numbers of numpy, which a grid may be made of
        self._network_params = {name: _plain(value) for name, value in kept.items()}
        self._pretrained = self.pretrained
        self._starts_untrained = False

    @contextmanager
    def _all_or_nothing(self, goes_on: bool) -> Iterator[None]:
        """Leave the estimator as it was if the block fails, the weights too if it goes on with them."""
        before = dict(vars(self))
        learned: Any = None
        if goes_on:
            parts = (self.net_.module_, self.net_.optimizer_)
            learned = [(part, _copy(part.state_dict())) for part in parts]
        try:
            yield
        except Interrupted:
            raise
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            for part, state in learned or ():
                part.load_state_dict(state)
            raise

    def _refuse_changes(self) -> None:
        """Raise an error that names the first parameter whose new value a training that goes on ignores."""
        for name in fixed_by_fit(self):
            present = getattr(self, name)
            fitted = self._pretrained if name == "pretrained" else self._network_params.get(name, present)
            if name in ARCHITECTURE and self._pretrained is not None:
                continue  # of the pretrained model
            if not _is_same(present, fitted):
                raise ValueError(
                    f"{name}={present!r}, but this {type(self).__name__} was fitted with {name}={fitted!r}, "
                    f"and its training can't go on with another: set {name} back, or fit a new estimator "
                    "(warm_start=False, or a clone)"
                )

    def _as_fitted(self) -> Any:
        """Return a twin that has the parameters of the fit, and everything else in common."""
        twin = object.__new__(type(self))
        twin.__dict__ = self.__dict__ | self._network_params
        return twin

    def _warn_if_untrained(self, stacklevel: int) -> None:
        if self._starts_untrained:
            warnings.warn(
                f"this {type(self).__name__} was fitted from a pretrained model, which its file doesn't "
                "hold: a clone of it, or a new fit, starts from random weights. Set `pretrained` again to "
                "start from the model",
                UserWarning,
                stacklevel=stacklevel,
            )

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "net_")  # a fit that failed has left attributes too

    def __sklearn_clone__(self) -> Any:
        self._warn_if_untrained(stacklevel=4)
        plain = object.__new__(type(self))
        plain.__dict__ = self.__dict__ | {name: None for name in NOT_KEPT if name in self.__dict__}
        other = super(FittedState, plain).__sklearn_clone__()  # type: ignore[misc]
        other.callbacks = deepcopy(self.callbacks)  # type: ignore[attr-defined]
        if self.pretrained is not None:  # a clone of it would have forgotten what it has learned
            other.pretrained = self.pretrained
        return other

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())  # type: ignore[call-overload]
        if "net_" in state:
            weights = state.pop("net_").module_.state_dict()
            state["_weights"] = {name: weight.cpu().numpy() for name, weight in weights.items()}
            state["_seqestimators_version"] = find_version()
            if self._pretrained is not None or self.pretrained is not None:
                state |= self._without_pretrained()
        return state

    def _without_pretrained(self) -> dict[str, Any]:
        """Return the parameters that lead to the same network without the model that it started from."""
        transfer = {
            name: default_of(self, name) for name in ("pretrained", "gradual_unfreezing", "layer_decay")
        }
        architecture = {name: self._network_params[name] for name in architecture_of(self)}
        kept = {name: value for name, value in transfer.items() if name not in NOT_KEPT}
        return {
            **transfer,
            **architecture,
            "_network_params": self._network_params | kept,
            "_pretrained": None,
            "_starts_untrained": True,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = {RENAMED.get(name, name): value for name, value in state.items()}
        self._refuse_strange_state(state)
        weights = state.pop("_weights", None)
        written_by = state.pop("_seqestimators_version", "an early version")
        super().__setstate__(state)  # type: ignore[misc]
        parameters = set(self._get_param_names())  # type: ignore[attr-defined]
        if weights is None:
            return
        if not isinstance(weights, dict) or not isinstance(state.get("_network_params"), dict):
            raise ValueError(
                f"the file, written by seqestimators {written_by}, lacks the weights or the parameters of "
                "its network: it is damaged"
            )
        for name in parameters - self._network_params.keys() - set(NOT_KEPT):
            self._network_params[name] = getattr(self, name)
        if "pretrained" in self._network_params:
            self._adopt_old_state()
        self._check_fitted_parameters()
        try:
            find_device(vars(self)["device"])
        except ValueError:  # of the machine that has written the file
            vars(self)["device"] = self._network_params["device"] = "auto"
        weights = {name.replace("pooling.attention.", "pooling."): weight for name, weight in weights.items()}
        n_weights = sum(np.size(weight) for weight in weights.values())
        try:
            if self._network_params.get("num_layers", 1) > len(weights):  # not one matrix for each
                raise ValueError("its layers have no weights")
            self._make_net(max_weights=2 * n_weights + SPARE_WEIGHTS)  # type: ignore[attr-defined]
            module = self.net_.module_
            module.load_state_dict({name: torch.from_numpy(np.array(one)) for name, one in weights.items()})
        except (RuntimeError, ValueError, TypeError) as error:
            raise ValueError(
                f"the file, written by seqestimators {written_by}, holds other weights than its parameters "
                f"say: it is damaged, or of a version that can't be read here ({error})"
            ) from None

    def _refuse_strange_state(self, state: dict[Any, Any]) -> None:
        """Raise an error that names the first entry of a file that would replace a part of the class."""
        for name in state.keys() - set(self._get_param_names()):  # type: ignore[attr-defined]
            if not isinstance(name, str) or name.startswith("__") or _is_code(type(self), name):
                raise ValueError(
                    f"the file sets {name!r}, which is no state of a {type(self).__name__}: no version of "
                    "seqestimators has written it"
                )

    def _check_fitted_parameters(self) -> None:
        """Check what a file says of the network before anything is made of it."""
        constraints = self._parameter_constraints  # type: ignore[attr-defined]
        known = {name: value for name, value in self._network_params.items() if name in constraints}
        validate_parameter_constraints(constraints, known, caller_name=type(self).__name__)
        self._network_params = known

    def _adopt_old_state(self) -> None:
        """Take from a file of before version 0.1 what it says of a model that the training started from."""
        params = dict(self._network_params)
        pretrained = params["pretrained"]
        self._network_params = {name: value for name, value in params.items() if name not in NOT_KEPT}
        if pretrained is not None:
            self._network_params |= architecture_of(find_pretrained(pretrained))
            self.__dict__ |= self._without_pretrained()


def _copy(state: Any) -> Any:
    """Copy the tensors of a state, in a fraction of the time of deepcopy."""
    if isinstance(state, torch.Tensor):
        return state.clone()
    if isinstance(state, dict):
        return {name: _copy(value) for name, value in state.items()}
    return [_copy(value) for value in state] if isinstance(state, list) else state


def _plain(value: Any) -> Any:
    """Return a number of Python for one of numpy, in a tuple too."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value.item() if isinstance(value, np.generic) else value


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values of a parameter mean the same."""
    if one is other or repr(_plain(one)) == repr(_plain(other)):
        return True
    return isinstance(one, Number) and isinstance(other, Number) and one == other


def _is_code(class_: type, name: str) -> bool:
    """Whether an attribute of a class is a method or a property, not data."""
    attribute = inspect.getattr_static(class_, name, None)
    return callable(attribute) or hasattr(attribute, "__get__")
