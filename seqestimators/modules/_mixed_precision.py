"""Training in bfloat16, where the hardware multiplies in it."""

from functools import cache

import torch

__all__ = ["has_bfloat16"]


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
