"""A graph of ONNX operators, written one after the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

__all__ = ["Graph"]

OPSET, IR_VERSION = 17, 8
"""Of 2022: what runs the file may be as old."""


class Graph:
    """Operators and the constants that they read.

    Parameters
    ----------
    onnx : module
        The package, which is optional.
    """

    def __init__(self, onnx: Any):
        self._onnx = onnx
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: Any) -> str:
        """Add a constant and return its name.

        Parameters
        ----------
        value : Tensor, ndarray, number, bool or list of int
            Whole numbers become int64, weights and other floats float32; an
            array of float64 keeps its type.
        """
        if isinstance(value, torch.Tensor):
            value = (value.float() if value.is_floating_point() else value).numpy(force=True)
        elif isinstance(value, float):
            value = np.float32(value)
        name = f"constant_{len(self._constants)}"
        self._constants.append(self._onnx.numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operator: str, *inputs: Any, **attributes: Any) -> str:
        """Add an operator and return the name of its output.

        Parameters
        ----------
        operator : str
            As the specification of ONNX names it.
        *inputs : str, or what `constant` takes
            Names of outputs, or constants; "" is an input left out.
        **attributes : object
        """
        return self.add_several(operator, 1, *inputs, **attributes)[0]

    def add_several(self, operator: str, n_outputs: int, *inputs: Any, **attributes: Any) -> list[str]:
        """Add an operator of several outputs and return their names."""
        names = [one if isinstance(one, str) else self.constant(one) for one in inputs]
        outputs = [f"{operator.lower()}_{len(self._nodes)}_{i}" for i in range(n_outputs)]
        self._nodes.append(self._onnx.helper.make_node(operator, names, outputs, **attributes))
        return outputs

    def size(self, name: str, axis: int) -> str:
        """Return the size of an axis of an output, of shape (1,)."""
        return self.add("Shape", name, start=axis, end=axis + 1)

    def write(
        self, inputs: dict[str, tuple[Any, list[Any]]], outputs: Sequence[tuple[str, str, Any, list[Any]]]
    ) -> Any:
        """Return the model, checked.

        Parameters
        ----------
        inputs : dict of {str: (dtype, shape)}
            A size that isn't fixed is a name.
        outputs : sequence of (str, str, dtype, shape)
            Their names outside and inside.
        """
        helper = self._onnx.helper
        for name, inside, *_ in outputs:
            self._nodes.append(helper.make_node("Identity", [inside], [name]))
        graph = helper.make_graph(
            self._nodes,
            "seqestimators",
            [self._describe(one, *what) for one, what in inputs.items()],
            [self._describe(name, *what) for name, _, *what in outputs],
            self._constants,
        )
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(
            graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name="seqestimators"
        )
        self._onnx.checker.check_model(model, full_check=True)
        return model

    def _describe(self, name: str, dtype: Any, shape: list[Any]) -> Any:
        kind = self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self._onnx.helper.make_tensor_value_info(name, kind, shape)
