"""The compiled library: whether it is used, how it is loaded, what is handed to it."""

import ctypes
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import torch

__all__ = ["Call", "Library", "PoolingCall", "describe", "find_library", "loaded_library"]

VARIABLE = "SEQESTIMATORS_KERNEL"
"""The environment variable that decides: `torch`, `native`, or unset for native where it is there."""
FILE = Path(__file__).with_name("librecurrences.so")  # by this name on every system
SOURCE = Path(__file__).with_name("recurrences.cpp")
KINDS = ("rnn", "gru", "lstm")
LEVELS = ("baseline", "AVX2", "AVX-512")
MIN_ROWS = 8
MIN_PRODUCTS = 10**7
"""What a thread is worth: while it starts, in a tenth of a millisecond, a core multiplies about as often."""

_Pointer, _Int = ctypes.c_void_p, ctypes.c_int64


class Call(ctypes.Structure):
    """What one call is about, field by field as in recurrences.cpp."""

    read: Any  # tensors that it points to, kept with it
    _fields_ = [
        ("kind", _Int),
        ("steps", _Int),
        ("rows", _Int),
        ("units", _Int),
        ("lengths", _Pointer),
        ("part", _Int),
        ("n_parts", _Int),
        ("source", _Pointer),
        ("ids", _Pointer),
        ("id_step", _Int),
        ("id_row", _Int),
        ("n_ids", _Int),
        ("is_backward", _Int),
        ("has_first", _Int),
        ("u", _Pointer),
        ("d", _Pointer),
        ("states", _Pointer),
        ("last", _Pointer),
        ("memory", _Pointer),
        ("memory_step", _Int),
        ("gates", _Pointer),
        ("extra", _Pointer),
        ("gradient", _Pointer),
        ("of_last", _Pointer),
        ("carry", _Pointer),
        ("sums", _Pointer),
    ]


class PoolingCall(ctypes.Structure):
    """What one call of pooling is about, field by field as in recurrences.cpp."""

    _fields_ = [
        ("steps", _Int),
        ("rows", _Int),
        ("units", _Int),
        ("lengths", _Pointer),
        ("states", _Pointer),
        ("stride", _Int),
        ("pooled", _Pointer),
        ("counts", _Pointer),
        ("of_pooled", _Pointer),
        ("gradient", _Pointer),
    ]


class Library:
    """The functions of the compiled file.

    Parameters
    ----------
    path : Path
    level : int or None, default=None
        Which of `LEVELS` to use; None takes the highest that torch uses on
        this processor (``ATEN_CPU_CAPABILITY`` lowers it).

    Raises
    ------
    OSError
        The file can't be loaded, or was compiled from another source.
    """

    def __init__(self, path: Path, level: int | None = None):
        library = ctypes.CDLL(str(path))
        try:
            library.recurrence_source.restype = _Int
            is_other = library.recurrence_source() != zlib.crc32(SOURCE.read_bytes())
            self._functions = {
                name: getattr(library, f"recurrence_{name}")
                for name in ("forward", "backward", "collect", "pool", "unpool")
            }
        except AttributeError:
            is_other = True
        if is_other:
            raise OSError(f"{path} was compiled from another version of {SOURCE.name}")
        for function in self._functions.values():
            function.restype = _Int
            function.argtypes = [_Int, _Pointer]
        for name in ("backward", "collect"):
            self._functions[name].argtypes = [_Int, _Pointer, _Pointer, _Pointer]
        self.level = _find_level() if level is None else level

    def forward(self, call: Call) -> None:
        """Compute the states."""
        self._share(self._functions["forward"], call)

    def backward(self, call: Call, of_u: torch.Tensor | None, of_table: torch.Tensor | None) -> None:
        """Compute the gradients of the sums, and from them those of the weights of the state.

        The gradients of the sums are also added to those of the rows of a table
        that the sums have read.
        """
        addresses = [None if one is None else one.data_ptr() for one in (of_u, of_table)]
        n_parts = self._share(self._functions["backward"], call, *addresses)
        if n_parts > 1 and any(addresses):  # each part reads what all have computed
            self._share(self._functions["collect"], call, *addresses)

    def _share(self, function: Any, call: Call, *addresses: int | None) -> int:
        """Let threads, as many as torch uses, compute parts that don't need each other; return how many."""
        n_products = call.steps * call.rows * call.units**2
        n_parts = min(torch.get_num_threads(), call.rows // MIN_ROWS, n_products // MIN_PRODUCTS)
        if n_parts <= 1:
            self._check(function(self.level, ctypes.addressof(call), *addresses))
            return 1
        parts = [Call.from_buffer_copy(call) for _ in range(n_parts)]
        for i, part in enumerate(parts):
            part.part, part.n_parts = i, n_parts
        # started and ended here: threads that wait would not outlive a fork
        with ThreadPoolExecutor(n_parts) as pool:
            for problem in pool.map(
                lambda part: function(self.level, ctypes.addressof(part), *addresses), parts
            ):
                self._check(problem)
        return n_parts

    def pool(self, call: PoolingCall) -> None:
        """Compute last, greatest and mean state of each row."""
        self._check(self._functions["pool"](self.level, ctypes.addressof(call)))

    def unpool(self, call: PoolingCall) -> None:
        """Compute the gradient of the states."""
        self._check(self._functions["unpool"](self.level, ctypes.addressof(call)))

    @staticmethod
    def _check(problem: int) -> None:
        if problem == 1:
            raise MemoryError("no memory for the weights of a recurrent layer")
        if problem == 2:
            raise IndexError("a token id is outside of the vocabulary of the network")
        if problem == 3:
            raise ValueError("a length is negative, or greater than the number of steps")


def _find_level() -> int:
    name = torch.backends.cpu.get_cpu_capability()
    return {"AVX2": 1, "AVX512": 2}.get(name, 0)


@cache
def _load() -> Library | str:
    """Return the library, or why there is none."""
    if not FILE.exists():
        return "it was not compiled when seqestimators was installed"
    try:
        return Library(FILE)
    except OSError as error:
        return str(error)


def find_library() -> Library | None:
    """Return the library that recurrences run on, None where they run on torch.

    Raises
    ------
    ValueError
        The environment variable says neither `torch` nor `native`.
    ImportError
        It says `native`, and the library can't be loaded.
    """
    choice = os.environ.get(VARIABLE)
    if choice == "torch":
        return None
    if choice not in (None, "", "native"):
        raise ValueError(f"{VARIABLE} is {choice!r}: set it to 'torch' or 'native', or unset it")
    found = _load()
    if isinstance(found, Library):
        return found
    if choice:
        raise ImportError(
            f"{VARIABLE}=native, but the native kernel can't be loaded: {found}. Install a C++ compiler "
            f"(g++ or clang++) and then seqestimators again, or unset {VARIABLE} to run on torch."
        )
    return None


def loaded_library() -> Library:
    """Return the library, where :func:`find_library` has found one: without a look at the environment."""
    library = _load()
    assert isinstance(library, Library), "nobody has asked whether there is one"
    return library


def describe() -> str:
    """Say in a few words what recurrences run on."""
    library = find_library()
    if library is not None:
        return f"native ({LEVELS[library.level]})"
    reason = f"{VARIABLE}=torch" if os.environ.get(VARIABLE) == "torch" else _load()
    return f"torch ({reason})"
