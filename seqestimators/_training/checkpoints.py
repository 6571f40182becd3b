"""The state of a training in a file after every epoch, from which the same fit goes on."""

import json
import os
import secrets
import warnings
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED

import numpy as np
import torch
from skorch.callbacks import (
    Callback,
    EarlyStopping,
    EpochScoring,
    EpochTimer,
    LRScheduler,
    PassthroughScoring,
    PrintLog,
)

from ..exceptions import CheckpointWarning
from .callbacks import Clipping, EpochRecord, Progress, Unfreezing
from .epoch_tasks import EpochTasks

__all__ = ["Resuming", "generators_of"]

FORMAT = "seqestimators checkpoint 1"
KEPT: dict[type[Callback], tuple[str, ...]] = {
    EarlyStopping: ("misses_", "dynamic_threshold_", "best_epoch_", "best_model_weights_"),
    EpochScoring: ("best_score_",),
    LRScheduler: ("batch_idx_",),
    PassthroughScoring: ("best_score_",),
    Progress: ("n_done",),
    Unfreezing: ("epoch",),
}
"""The attributes that a callback gathers over the epochs."""
STATELESS = (Clipping, EpochRecord, EpochTasks, EpochTimer, PrintLog)


class Resuming(Callback):
    """Write the training into a file after every epoch; take it up where such a file is.

    It holds weights, optimizer, schedule, generators, the history, and the
    state of the callbacks: of those of this package and skorch's that decide
    on the training, and of others that have the methods `state_dict` and
    `load_state_dict`, as modules of torch do. A file is written anew beside
    the old one and takes its place in one step, so that there is a whole one
    at any moment. Nothing in it is run when it is read.

    Parameters
    ----------
    folder : Path
        Where the file stands; it is there.
    fit : str
        Digest of everything that the fit depends on, the name of the file.

    Attributes
    ----------
    is_finished : bool
        Whether the file was that of a fit that has come to its end.
    """

    def __init__(self, folder: Path, fit: str):
        self.folder = folder
        self.fit = fit
        self.is_finished = False

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / f"{self.fit}.npz"

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Take up the training of the file, if there is one; skorch calls this, after all others."""
        state = self._read()
        if state is None:
            return
        self.is_finished = state["finished"]
        try:
            _restore(net, state)
        except Exception as error:
            raise ValueError(f"{self.path} doesn't fit the network of its name: delete it") from error
        epochs = f"{len(net.history)} epochs of this fit stand in {self.path}"
        if net.verbose:
            print(epochs + (", which is finished" if self.is_finished else ": the training goes on"))
        if lost := [] if self.is_finished else _without_state(net):
            warnings.warn(
                f"{epochs}, but not what the callbacks {', '.join(lost)} gathered in them: they begin anew. "
                "Methods state_dict() and load_state_dict(state) let a callback keep its state",
                CheckpointWarning,
                stacklevel=2,
            )

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Write the file; skorch calls this, after all others."""
        self._write(net, finished=False)

    def finish(self, net: Any) -> None:
        """Write the file of a fit that has come to its end, unless it is there."""
        if self.is_finished:
            return
        self._write(net, finished=True)
        for leftover in self.folder.glob(f"{self.fit}.*.tmp"):  # of processes that were killed in writing
            leftover.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any] | None:
        """Return what is in the file, or None where there is none that can be used."""
        if not self.path.exists():
            return None
        try:
            with self.path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
                if any(entry.compress_type != ZIP_STORED for entry in archive.zip.infolist()):
                    raise ValueError("it is compressed")
                state = _unpack(json.loads(archive["state"].tobytes()), archive)
            if (state["format"], state["fit"]) != (FORMAT, self.fit):
                raise ValueError("it is of another fit")
            return state
        except PermissionError:
            raise
        except Exception as error:  # a damaged file can fail in any way
            warnings.warn(
                f"{self.path} is no checkpoint of this fit ({type(error).__name__}: {error}): the training "
                "begins anew, and replaces it",
                CheckpointWarning,
                stacklevel=2,
            )
            return None

    def _write(self, net: Any, finished: bool) -> None:
        arrays: dict[str, np.ndarray] = {}
        state = {"format": FORMAT, "fit": self.fit, "finished": finished, **_state_of(net, finished)}
        text = json.dumps(_pack(state, arrays))
        arrays["state"] = np.frombuffer(text.encode(), dtype=np.uint8)
        temporary = self.folder / f"{self.fit}.{secrets.token_hex(4)}.tmp"
        try:
            with temporary.open("xb") as stream:
                np.savez(stream, allow_pickle=False, **arrays)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self.path)
        except OSError as error:
            warnings.warn(
                f"the checkpoint of epoch {len(net.history)} can't be written ({error}): the training "
                f"goes on, and what stands in {self.path} is that of an earlier epoch, if there is one",
                CheckpointWarning,
                stacklevel=2,
            )
        finally:
            temporary.unlink(missing_ok=True)


def _state_of(net: Any, finished: bool) -> dict[str, Any]:
    """Return everything that the next epochs depend on."""
    callbacks = {name: _state_of_callback(one) for name, one in net.callbacks_}
    if finished:  # the best weights are those of the network
        for state in callbacks.values():
            state.pop("best_model_weights_", None)
    plain = (bool, int, float, str, np.generic)
    return {
        "epochs": [{name: one for name, one in row.items() if isinstance(one, plain)} for row in net.history],
        "module": dict(net.module_.state_dict()),
        "optimizer": net.optimizer_.state_dict(),
        "generators": [one.get_state() for one in generators_of(net)],
        "callbacks": callbacks,
    }


def _restore(net: Any, state: dict[str, Any]) -> None:
    net.module_.load_state_dict(state["module"])
    net.optimizer_.load_state_dict(state["optimizer"])
    weights = [one for group in net.optimizer_.param_groups for one in group["params"]]
    for index, content in state["optimizer"]["state"].items():  # torch has cast it to the type of the weights
        kept = net.optimizer_.state[weights[index]]
        for name, value in content.items():
            kept[name] = value.to(kept[name].device) if isinstance(value, torch.Tensor) else value
    for generator, content in zip(generators_of(net), state["generators"], strict=True):
        generator.set_state(content)
    for row in state["epochs"]:
        net.history.new_epoch()
        net.history[-1].update(row)
    for name, callback in net.callbacks_:
        content = state["callbacks"].get(name, {})
        if _keeps_itself(callback):
            callback.load_state_dict(content)
            continue
        if isinstance(callback, LRScheduler):
            callback.lr_scheduler_.load_state_dict(content.pop("scheduler"))
        vars(callback).update(content)


def _state_of_callback(callback: Callback) -> dict[str, Any]:
    if _keeps_itself(callback):
        return callback.state_dict()
    names = (name for kind, kept in KEPT.items() if isinstance(callback, kind) for name in kept)
    state = {name: getattr(callback, name) for name in names}
    if isinstance(callback, LRScheduler):
        state["scheduler"] = callback.lr_scheduler_.state_dict()
    return state


def _keeps_itself(callback: Callback) -> bool:
    return hasattr(callback, "state_dict") and hasattr(callback, "load_state_dict")


def _without_state(net: Any) -> list[str]:
    """Return the names of the callbacks of whose state nothing is known."""
    known = (*KEPT, *STATELESS, Resuming)
    return [name for name, one in net.callbacks_ if not _keeps_itself(one) and not isinstance(one, known)]


def generators_of(net: Any) -> list[torch.Generator]:
    """Return the generators of a skorch net and of all parts of its network, each once."""
    parts = [net, *net.module_.modules()]
    found = [one for part in parts for one in vars(part).values() if isinstance(one, torch.Generator)]
    return list({id(one): one for one in found}.values())


def _pack(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Return what JSON can hold for a value, and put its arrays apart."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        pairs = [[_pack(name, arrays), _pack(one, arrays)] for name, one in value.items()]
        return {"kind": "dict", "content": pairs}
    if isinstance(value, (list, tuple)):
        content = [_pack(one, arrays) for one in value]
        return {"kind": "tuple", "content": content} if isinstance(value, tuple) else content
    kind = "array"
    if isinstance(value, torch.Tensor):
        kind, value = "tensor", value.detach().cpu()
        if value.dtype == torch.bfloat16:  # which numpy doesn't have
            kind, value = "bfloat16", value.view(torch.int16)
        value = value.numpy()
    if not isinstance(value, np.ndarray) or value.dtype.hasobject:
        raise TypeError(
            f"a checkpoint holds arrays, numbers and strings, but the optimizer or a callback keeps a "
            f"{type(value).__name__}"
        )
    name = f"array{len(arrays)}"
    arrays[name] = value
    return {"kind": kind, "content": name}


def _unpack(value: Any, arrays: Any) -> Any:
    if isinstance(value, list):
        return [_unpack(one, arrays) for one in value]
    if not isinstance(value, dict):
        return value
    kind, content = value["kind"], value["content"]
    if kind == "dict":
        return {_unpack(name, arrays): _unpack(one, arrays) for name, one in content}
    if kind == "tuple":
        return tuple(_unpack(one, arrays) for one in content)
    array = arrays[content]
    if kind == "array":
        return array
    tensor = torch.from_numpy(array)
    return tensor.view(torch.bfloat16) if kind == "bfloat16" else tensor
