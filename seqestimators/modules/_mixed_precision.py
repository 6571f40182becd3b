"""Training in bfloat16, where the hardware multiplies in it."""

from functools import cache

import torch
from torch import Tensor

__all__ = ["has_bfloat16", "is_mixed_precision", "takes_bfloat16"]


@cache
def has_bfloat16(device_type: str) -> bool:
    """Say whether products of bfloat16 are worth their rounding: elsewhere they take many times as long.

    Parameters
    ----------
    device_type : str
        As in torch.device.
    """
    if device_type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    try:
        return device_type == "cpu" and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    except (AttributeError, RuntimeError):  # a PyTorch without oneDNN
        return False


def is_mixed_precision(device: torch.device) -> bool:
    """Whether autocast to bfloat16 is on: oneDNN may refuse such a layer, and cuDNN takes float16.

    Parameters
    ----------
    device : torch.device
    """
    kind = device.type
    is_on = kind in ("cpu", "cuda") and torch.is_autocast_enabled(kind)
    return is_on and torch.get_autocast_dtype(kind) == torch.bfloat16


def takes_bfloat16(inputs: Tensor) -> bool:
    """Whether torch would hand such inputs in bfloat16 to cuDNN: only late versions of both do.

    Parameters
    ----------
    inputs : Tensor
    """
    return inputs.is_cuda and torch.cudnn_is_acceptable(inputs.new_zeros(1, dtype=torch.bfloat16))
