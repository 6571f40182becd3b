"""What a fitted estimator keeps in a file, and what of its parameters its weights mean."""

import warnings
from typing import Any

import numpy as np
import torch

from ..parameters import default_of
from ._pretraining import ARCHITECTURE, find_language_model

NOT_KEPT = ("pretrained", "callbacks")
"""Parameters that say nothing of the network, and may hold anything."""
RENAMED = {"_known": "known_tokens_"}
"""Fitted attributes by the names that they had before version 0.1."""


class FittedState:
    """The part of an estimator that is pickled, copied and cloned.

    The file of a fitted estimator holds its parameters, its weights in numpy
    and plain history. It holds no model that the training started from: read
    back, `pretrained` is None, and the parameters say what the network is.
    """

    net_: Any
    pretrained: Any = None  # a field of those that can start from another network
    _starts_untrained = False  # whether what has been read from a file was pretrained

    def _remember_parameters(self) -> None:
        """Keep the parameters of which the network is made, whatever `set_params` changes later."""
        kept = {name: value for name, value in self.get_params(deep=False).items() if name not in NOT_KEPT}  # type: ignore[attr-defined]
        if self.pretrained is not None:
            model = find_language_model(self.pretrained)
            kept |= {name: getattr(model, name) for name in ARCHITECTURE}
        self._network_params = kept
        self._starts_untrained = False

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
        other = super().__sklearn_clone__()  # type: ignore[misc]
        if self.pretrained is not None:  # a clone of it would have forgotten what it has learned
            other.pretrained = self.pretrained
        return other

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())  # type: ignore[call-overload]
        if "net_" in state:
            weights = state.pop("net_").module_.state_dict()
            state["_weights"] = {name: weight.cpu().numpy() for name, weight in weights.items()}
            if self.pretrained is not None:
                state |= self._without_pretrained()
        return state

    def _without_pretrained(self) -> dict[str, Any]:
        """Return the parameters that lead to the same network without the model that it started from."""
        transfer = ("pretrained", "gradual_unfreezing", "layer_decay")
        return (
            {name: default_of(self, name) for name in transfer}
            | {name: self._network_params[name] for name in ARCHITECTURE}
            | {"_starts_untrained": True}
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = {RENAMED.get(name, name): value for name, value in state.items()}
        weights = state.pop("_weights", None)
        super().__setstate__(state)  # type: ignore[misc]
        if weights is None:
            return
        if "pretrained" in self._network_params:
            self._adopt_old_state()
        self._make_net()  # type: ignore[attr-defined]
        self.net_.module_.load_state_dict(
            {
                name.replace("pooling.attention.", "pooling."): torch.from_numpy(np.array(weight))
                for name, weight in weights.items()
            }
        )

    def _adopt_old_state(self) -> None:
        """Take from a file of before version 0.1 what it says of a model that the training started from."""
        params = dict(self._network_params)
        pretrained = params["pretrained"]
        self._network_params = {name: value for name, value in params.items() if name not in NOT_KEPT}
        if pretrained is not None:
            model = find_language_model(pretrained)
            self._network_params |= {name: getattr(model, name) for name in ARCHITECTURE}
            self.__dict__ |= self._without_pretrained()
