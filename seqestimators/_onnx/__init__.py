"""A fitted network as an ONNX file, which runs without Python, torch and this package.

The graph is written operator by operator: torch's own exporter either is deprecated or fixes the number
of steps, and ONNX has recurrent operators that know the length of each row.
"""

from .export import to_onnx

__all__ = ["to_onnx"]
