"""The file of an encoder of molecules: its weights, its vocabulary and what it is, and no code."""

import hashlib
import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from ..estimators import RecurrentRegressor
from ..preprocessing import SmilesTokenizer

OF_THIS_MACHINE = {"device": "auto", "verbose": 0}
"""Parameters that say nothing of the encoder, and what stands in the file."""


def write_encoder(encoder: FrozenEstimator, path: str | Path, **about: Any) -> str:
    """Write an encoder into a file, its weights as float16.

    Parameters
    ----------
    encoder : FrozenEstimator
        As :func:`pretrain_properties` returns it.
    path : str or Path
        Of the file, which ends in .npz.
    **about : dict
        What JSON can hold, to stand in the file too.

    Returns
    -------
    str
        The sha256 sum of the file.
    """
    tokenizer, regressor = encoder[0], encoder[-1]
    state = regressor.__getstate__() | OF_THIS_MACHINE
    state["_network_params"] = state["_network_params"] | OF_THIS_MACHINE
    weights = {f"weights/{name}": one.astype(np.float16) for name, one in state.pop("_weights").items()}
    arrays = {name: state.pop(name) for name in list(state) if isinstance(state[name], np.ndarray)}
    tokens = tokenizer.vocabulary_.tokens[4:]
    text = json.dumps({"about": about, "tokens": tokens, "state": state})
    np.savez_compressed(path, description=np.array(text), **arrays, **weights)
    return sha256_of(Path(path).read_bytes())


def sha256_of(content: bytes) -> str:
    """Return the sha256 sum of a file's content."""
    return hashlib.sha256(content).hexdigest()


def read_encoder(path: str | Path | BinaryIO) -> FrozenEstimator:
    """Read the encoder that :func:`write_encoder` has written.

    Parameters
    ----------
    path : str or Path or file

    Returns
    -------
    FrozenEstimator
    """
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    description = json.loads(arrays.pop("description").item())
    state = description["state"]
    state["fingerprint_"] = tuple(state["fingerprint_"])
    weights = {name for name in arrays if name.startswith("weights/")}
    state |= {name: one for name, one in arrays.items() if name not in weights}
    state["_weights"] = {name.removeprefix("weights/"): arrays[name].astype(np.float32) for name in weights}
    regressor = object.__new__(RecurrentRegressor)
    regressor.__setstate__(state)
    tokenizer = SmilesTokenizer(canonical=True, stereo=False, vocabulary=description["tokens"]).fit(["C"])
    tokenizer.set_params(vocabulary=None)  # it has learned them, as the one that was written
    return FrozenEstimator(make_pipeline(tokenizer, regressor))
