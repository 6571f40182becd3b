"""The device that a user names, or a message that says which there are."""

import torch

__all__ = ["find_device"]


def find_device(name: str | torch.device) -> torch.device:
    """Return the device on which to compute.

    Parameters
    ----------
    name : str or torch.device
        "auto" takes a GPU where there is one.

    Returns
    -------
    torch.device

    Raises
    ------
    ValueError
        There is no such device here; the message names those there are.

    Examples
    --------
    >>> from seqestimators._training import find_device
    >>> find_device("cpu")
    device(type='cpu')
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        if device.type != "cpu":
            torch.zeros(1, device=device).item()  # "meta" can't, nor a GPU that isn't there
    except (RuntimeError, AssertionError, NotImplementedError):
        present = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
        present += ["mps"] if torch.backends.mps.is_available() else []
        raise ValueError(
            f"device={str(name)!r} is not here: the devices of this machine are {', '.join(present)}; "
            '"auto" takes a GPU where there is one'
        ) from None
    if str(device) == "cuda":
        device = torch.device("cuda", torch.cuda.current_device())
    return device
