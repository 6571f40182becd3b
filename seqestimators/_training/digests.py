"""What tells one fit from all others: a digest of everything that its result depends on."""

import hashlib
from typing import Any

import joblib
import numpy as np
import torch

__all__ = ["digest_of"]


def digest_of(content: Any) -> str:
    """Return a digest that is equal for equal content, in every process.

    Parameters
    ----------
    content : object
        Arrays, tensors, numbers, strings and containers of them count by their
        values, objects of this package by their attributes, all else as
        ``joblib.hash`` sees it: classes and functions by their names.

    Returns
    -------
    str
        32 hexadecimal digits.

    Raises
    ------
    TypeError
        There is a part which no other process could tell from others, such as a
        lambda.

    Examples
    --------
    >>> import numpy as np
    >>> from seqestimators._training.digests import digest_of
    >>> digest_of({"a": [1, 2.5], "b": "x"}) == digest_of({"b": "x", "a": (1, 2.5)})
    True
    >>> digest_of(np.array([1, 2])) == digest_of(np.array([1, 3]))
    False
    """
    digest = hashlib.blake2b(digest_size=16)
    _feed(digest, content)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        value = value.view(torch.int16) if value.dtype == torch.bfloat16 else value
        _feed(digest, value.numpy())
    elif isinstance(value, np.ndarray) and value.dtype != object:
        digest.update(f"array {value.dtype.str} {value.shape} ".encode())
        digest.update(np.ascontiguousarray(value).data.cast("B") if value.size else b"")
    elif isinstance(value, (np.ndarray, list, tuple)):
        digest.update(f"rows {len(value)} ".encode())
        for item in value:
            _feed(digest, item)
    elif isinstance(value, dict):
        digest.update(f"items {len(value)} ".encode())
        for name in sorted(value, key=repr):
            _feed(digest, (name, value[name]))
    elif value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic)):
        value = value.item() if isinstance(value, np.generic) else value
        digest.update(f"{type(value).__name__} {value!r} ".encode(errors="surrogatepass"))
    elif type(value).__module__.startswith("seqestimators.") and not isinstance(value, type):
        digest.update(f"object {type(value).__module__}.{type(value).__qualname__} ".encode())
        _feed(digest, vars(value))
    else:
        try:
            digest.update(f"other {joblib.hash(value)} ".encode())
        except Exception as error:  # which may be of any kind, of whoever wrote its class
            raise TypeError(
                f"{value!r} can't be told from others by another process ({error}): give a function or class "
                "of a module"
            ) from error
