"""The file of a training: whole at any moment, read without running anything in it."""

import errno
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from seqestimators import RecurrentClassifier
from seqestimators._training import SequenceNet, generators_of
from seqestimators._training.checkpoints import _pack, _unpack
from seqestimators.exceptions import CheckpointWarning

X = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 3
Y = [0, 1, 1, 0] * 3


def model(**parameters):
    options = {"hidden_size": 2, "embedding_dim": 2, "max_epochs": 3, "batch_size": 4, "random_state": 0}
    return RecurrentClassifier(**options | parameters)


def weights_of(fitted):
    return torch.cat([one.flatten() for one in fitted.net_.module_.state_dict().values()]).tolist()


@pytest.fixture(scope="module")
def whole():
    return weights_of(model().fit(X, Y))


@pytest.fixture
def only_two_epochs(monkeypatch):
    """Return a function that lets the next fits break off in their third epoch."""

    def breaks():
        step, n_steps = SequenceNet.train_step, []

        def train_step(net, *args, **kwargs):
            n_steps.append(1)
            if len(n_steps) > 7:
                raise RuntimeError("broken off")
            return step(net, *args, **kwargs)

        monkeypatch.setattr(SequenceNet, "train_step", train_step)
        return monkeypatch.undo

    return breaks


class Full(Exception):
    pass


@pytest.mark.parametrize("damage", ["truncated", "empty", "pickle", "compressed", "other", "text", "array"])
def test_a_file_that_is_none_is_named_and_replaced(damage, tmp_path, whole):
    model().fit(X, Y, checkpoint=tmp_path)
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    if damage == "compressed":
        with np.load(path) as archive:
            arrays = dict(archive)
        np.savez_compressed(path, **arrays)
    elif damage == "other":
        model(random_state=1).fit(X, Y, checkpoint=tmp_path)
        (other,) = set(tmp_path.iterdir()) - {path}
        other.replace(path)
    elif damage == "array":
        with path.open("wb") as stream:
            np.save(stream, np.zeros(3))
    else:
        bad = {
            "truncated": content[: len(content) // 2],
            "empty": b"",
            "pickle": pickle.dumps(Full()),
            "text": b"x",
        }
        path.write_bytes(bad[damage])
    with pytest.warns(CheckpointWarning, match=f"{path.name} is no checkpoint of this fit"):
        assert weights_of(model().fit(X, Y, checkpoint=tmp_path)) == whole
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert zipfile.is_zipfile(path)


def test_an_object_in_a_file_is_never_made(tmp_path):
    made = tmp_path / "made"

    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(made),)

    model().fit(X, Y, checkpoint=tmp_path)
    (path,) = tmp_path.iterdir()
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **arrays | {"array0": np.array([Trap()], dtype=object)})
    with pytest.warns(CheckpointWarning, match="allow_pickle"):
        model().fit(X, Y, checkpoint=tmp_path)
    assert not made.exists()


def test_arrays_of_another_network_are_refused_by_the_name_of_the_file(tmp_path):
    model().fit(X, Y, checkpoint=tmp_path)
    (path,) = tmp_path.iterdir()
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **arrays | {"array0": np.zeros((7, 7))})
    with pytest.raises(ValueError, match=f"{path.name} doesn't fit the network"):
        model().fit(X, Y, checkpoint=tmp_path)


def test_a_full_disk_costs_no_earlier_checkpoint(tmp_path, monkeypatch, whole, only_two_epochs):
    undo = only_two_epochs()
    with pytest.raises(RuntimeError, match="broken off"):
        model().fit(X, Y, checkpoint=tmp_path)
    undo()
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()

    def savez(stream, **arrays):
        stream.write(b"begun")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", savez)
    with pytest.warns(CheckpointWarning, match="epoch 3 can't be written .*No space left"):
        assert weights_of(model().fit(X, Y, checkpoint=tmp_path)) == whole
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_a_process_killed_in_writing_leaves_the_checkpoint_before(tmp_path, monkeypatch, whole):
    replace, n_written = Path.replace, []

    class Killed(BaseException):
        pass

    def replace_twice(path, target):
        n_written.append(path)
        if len(n_written) == 3:
            raise Killed
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", replace_twice)
    monkeypatch.setattr(Path, "unlink", lambda *args, **kwargs: None)  # a killed process tidies nothing up
    with pytest.raises(Killed):
        model().fit(X, Y, checkpoint=tmp_path)
    monkeypatch.undo()
    assert sorted(one.suffix for one in tmp_path.iterdir()) == [".npz", ".tmp"]
    resumed = model().fit(X, Y, checkpoint=tmp_path)
    assert weights_of(resumed) == whole
    assert [one.suffix for one in tmp_path.iterdir()] == [".npz"]


class Counter(Callback):
    def on_train_begin(self, net, **kwargs):
        self.n_epochs = 0

    def on_epoch_end(self, net, **kwargs):
        self.n_epochs += 1


class KeptCounter(Counter):
    def state_dict(self):
        return {"n": (self.n_epochs, np.arange(2), [True, None])}

    def load_state_dict(self, state):
        self.n_epochs = state["n"][0]


def test_callbacks_keep_their_state_or_are_named(tmp_path, only_two_epochs):
    callbacks = [("mine", Counter()), KeptCounter()]
    undo = only_two_epochs()
    with pytest.raises(RuntimeError, match="broken off"):
        model(callbacks=callbacks).fit(X, Y, checkpoint=tmp_path)
    undo()
    with pytest.warns(CheckpointWarning, match="callbacks mine gathered") as caught:
        model(callbacks=callbacks).fit(X, Y, checkpoint=tmp_path)
    assert len(caught) == 1
    assert (callbacks[0][1].n_epochs, callbacks[1].n_epochs) == (1, 3)


def test_a_state_is_the_same_in_the_file():
    state = {
        "a": [1, 2.5, None, True, "x", (1, (2,))],
        3: {"t": torch.arange(3), "b": torch.ones(2, dtype=torch.bfloat16), "z": np.float64(1e-300)},
        "nan": float("inf"),
    }
    arrays = {}
    back = _unpack(_pack(state, arrays), arrays)
    assert back["a"] == state["a"]
    assert back["nan"] == float("inf")
    assert list(back) == ["a", 3, "nan"]
    assert torch.equal(back[3]["t"], state[3]["t"])
    assert torch.equal(back[3]["b"], state[3]["b"])
    assert back[3]["z"] == 1e-300
    with pytest.raises(TypeError, match="keeps a set"):
        _pack({"a": {1}}, arrays)


def test_the_generators_of_a_net_are_found_once_each():
    fitted = model(num_layers=2, token_dropout=0.1).fit(X, Y)
    assert len(generators_of(fitted.net_)) == 2


def test_progress_is_told(tmp_path, capsys):
    model(verbose=1).fit(X, Y, checkpoint=tmp_path)
    capsys.readouterr()
    model(verbose=1).fit(X, Y, checkpoint=tmp_path)
    assert "3 epochs of this fit stand in" in (said := capsys.readouterr().out)
    assert "finished" in said
