"""Which fit a checkpoint is of, and in which folder it stands."""

import os
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import torch

from .._training import Resuming, digest_of, generators_of
from .._version import find_version
from ._pretraining import find_pretrained

WITHOUT_EFFECT = {"callbacks", "device", "pretrained", "verbose", "warm_start"}
"""Parameters that don't change what a training leads to, or that count in another way."""


def open_folder(checkpoint: Any, random_state: Any) -> Path | None:
    """Return the folder of checkpoints, made if it isn't there, or None where there shall be none.

    Parameters
    ----------
    checkpoint : str, Path or None
    random_state : int, RandomState instance or None
        Of the estimator.

    Raises
    ------
    TypeError
        `checkpoint` is no path.
    ValueError
        There is no random_state that would lead to the same training again.
    NotADirectoryError
        It is the path of a file.
    """
    if checkpoint is None:
        return None
    if isinstance(checkpoint, list):  # scikit-learn indexes what is as long as X, a string too
        raise TypeError(
            "checkpoint is a list: a string that has as many characters as X has rows is cut by "
            "cross-validation as X is. Give a pathlib.Path"
        )
    if not isinstance(checkpoint, str | os.PathLike):
        raise TypeError(f"checkpoint is a {type(checkpoint).__name__}, but must be the path of a folder")
    if random_state is None:
        raise ValueError(
            "checkpoint needs a random_state other than None, with which every fit is another one that can't "
            "go on from a file: set an int"
        )
    folder = Path(checkpoint)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise NotADirectoryError(f"checkpoint={str(folder)!r} leads to a file: give a folder") from None
    return folder


def resume(folder: Path, estimator: Any, device: torch.device, goes_on: bool, **data: Any) -> Resuming:
    """Return the callback that writes the checkpoint of one fit, and reads it if it is there.

    Parameters
    ----------
    folder : Path
    estimator : BaseRecurrent
    device : torch.device
    goes_on : bool
        Whether the training begins with the present weights.
    **data : dict
        Everything that the fit was given, as it has been read.

    Raises
    ------
    TypeError
        A parameter can't be told from others by another process.
    """
    parameters = estimator.get_params(deep=False)
    digests = {}
    for name in sorted(parameters.keys() - WITHOUT_EFFECT):
        try:
            digests[name] = digest_of(parameters[name])
        except TypeError as error:
            raise TypeError(f"checkpoint names its file by all parameters, but {name}={error}") from error
    start: Any = None
    if goes_on:
        net = estimator.net_
        states = [one.get_state() for one in generators_of(net)]
        start = (dict(net.module_.state_dict()), net.optimizer_.state_dict(), states)
    elif estimator.pretrained is not None:
        model = find_pretrained(estimator.pretrained)
        start = (dict(model.net_.module_.encoder.state_dict()), getattr(model, "known_tokens_", None))
    content = {
        "class": f"{type(estimator).__module__}.{type(estimator).__qualname__}",
        "versions": (find_version(), torch.__version__),
        "device": device.type,
        "parameters": digests,
        "callbacks": [_digest_of_callback(one) for one in estimator.callbacks or []],
        "start": start,
        "data": data,
    }
    return Resuming(folder, digest_of(content))


def _digest_of_callback(callback: Any) -> list[str]:
    """Return the class of a callback, and its parameters as far as another process could know them."""
    callback = callback[1] if isinstance(callback, tuple) else callback
    if isinstance(callback, type):
        return [f"{callback.__module__}.{callback.__qualname__}"]
    digests = [f"{type(callback).__module__}.{type(callback).__qualname__}"]
    declared = signature(type(callback)).parameters
    takes_more = any(one.kind is Parameter.VAR_KEYWORD for one in declared.values())
    # what a callback gathers stands in attributes too; only where it takes any keyword, all may be parameters
    parameters = (
        callback.get_params() if takes_more else {name: getattr(callback, name, None) for name in declared}
    )
    for name, value in sorted(parameters.items()):
        try:
            digests.append(f"{name} {digest_of(value)}")
        except TypeError:  # an open file, a writer of logs
            digests.append(name)
    return digests
