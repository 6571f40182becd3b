"""The recurrent cells, one class each: torch, the equations in numpy, names, state, initial weights.

A cell of one's own is a subclass of :class:`Cell`, entered in `CELLS`; nothing else knows of cells.
"""

import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .. import _native
from ._mixed_precision import is_mixed_precision, takes_bfloat16
from ._recurrences import ElmanStates, GRUStates, read_in_parts
from ._registry import Registry
from .batch import reverse_each
from .states import StatesAndEnd

__all__ = ["CELLS", "Cell"]

CELLS = Registry()
"""The cells by the name that the parameter `cell` takes."""

State = tuple[Tensor, ...]
Weights = Mapping[str, np.ndarray]
Step = dict[str, np.ndarray]


class OnnxOperator(NamedTuple):
    """The operator of ONNX that reads sequences as a cell of torch does.

    Parameters
    ----------
    name : str
    blocks : tuple of int
        Which block of torch's weights comes first, second, ... in those of
        the operator.
    attributes : dict of {str: int}
    """

    name: str
    blocks: tuple[int, ...]
    attributes: dict[str, int] = {}


class Cell(nn.Module):
    """Base of the recurrent cells, which read sequences forward in time.

    A subclass has a `forward`, which takes the input at all steps and the
    state before the first, and `equations`, the same for one step in numpy:
    what is computed on the way can be looked at, and both can be compared.

    Parameters
    ----------
    input_size : int
        Size of the input at each step.
    hidden_size : int
        Number of units.

    Attributes
    ----------
    computed : dict of {str: str}
        Class attribute: what a step computes, by the name that it has in the
        equations, and what a picture calls it. The state `h` comes last.
    gates : tuple of str
        Class attribute: which of these lie between 0, shut, and 1, open.
    parts : tuple of str
        Class attribute: which of these are the state that the next step
        reads, `h` first.
    onnx : OnnxOperator or None
        Class attribute: what computes the same in an ONNX file; None if
        nothing does. A subclass doesn't inherit it.

    Examples
    --------
    >>> import torch
    >>> from seqestimators.modules import CELLS
    >>> cell = CELLS["gru"](input_size=2, hidden_size=3)
    >>> states, last = cell(torch.zeros(4, 5, 2))
    >>> states.shape, [part.shape for part in last]
    (torch.Size([4, 5, 3]), [torch.Size([4, 3])])
    """

    computed: ClassVar[dict[str, str]] = {"h": "state h"}
    gates: ClassVar[tuple[str, ...]] = ()
    parts: ClassVar[tuple[str, ...]] = ("h",)
    onnx: ClassVar[OnnxOperator | None] = None

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Read sequences.

        Parameters
        ----------
        inputs : Tensor of shape (n, T, input_size)
        state : tuple of Tensors of shape (n, hidden_size), or None
            One for each of `parts`; None stands for zeros.

        Returns
        -------
        states : Tensor of shape (n, T, hidden_size)
            `h` after every step.
        state : tuple of Tensors of shape (n, hidden_size)
            After the last step.
        """
        raise NotImplementedError

    def read(self, inputs: Tensor, lengths: Tensor) -> StatesAndEnd:
        """Read padded sequences: a place for a cell that is faster where it knows the lengths.

        Parameters
        ----------
        inputs : Tensor of shape (n, T, input_size)
        lengths : Tensor of shape (n,), dtype int64

        Returns
        -------
        states : Tensor of shape (n, T, hidden_size)
            `h` after every step. What stands at padded steps means nothing.
        last : Tensor of shape (n, hidden_size) or None
            `h` after the last real step, 0 without any; None: not at hand.
        """
        return self(inputs)[0], None

    @property
    def reads_ids(self) -> bool:
        """Whether there is `read_ids`, which saves multiplying every step."""
        return False

    def read_ids(self, vectors: Tensor, ids: Tensor, lengths: Tensor, is_backward: bool) -> StatesAndEnd:
        """Read the vectors of token ids.

        Parameters
        ----------
        vectors : Tensor of shape (n_tokens, input_size)
        ids : Tensor of shape (n, T), dtype int64
        lengths : Tensor of shape (n,), dtype int64
        is_backward : bool
            Whether each sequence is read from its last real step to its first.

        Returns
        -------
        states : Tensor of shape (n, T, hidden_size)
        last : Tensor of shape (n, hidden_size) or None
            As `read` returns them.
        """
        raise NotImplementedError

    def read_part(
        self, inputs: Tensor, lengths: Tensor, state: State | None = None, ids: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read a part of padded sequences: a place for a cell that is faster where it knows lengths or ids.

        Parameters
        ----------
        inputs : Tensor of shape (n, T, input_size), or (n_tokens, input_size)
            What the steps read, or the vectors of all tokens.
        lengths : Tensor of shape (n,), dtype int64
            How many steps of this part are real.
        state : tuple of Tensors of shape (n, hidden_size), or None, default=None
            After the part before; None stands for zeros.
        ids : Tensor of shape (n, T), dtype int64, or None, default=None
            Of the tokens that the steps read.

        Returns
        -------
        states : Tensor of shape (n, T, hidden_size)
            `h` after every step.
        state : tuple of Tensors of shape (n, hidden_size)
            From which the next part goes on. What stands at padded steps, and
            the state of sequences that have ended, means nothing.
        """
        return self(inputs if ids is None else F.embedding(ids, inputs), state)

    @staticmethod
    def equations(weights: Weights, x: np.ndarray, before: Step) -> Step:
        """Take one step in numpy.

        Parameters
        ----------
        weights : dict of {str: ndarray}
            Of the cell, by the names of its parameters.
        x : ndarray of shape (input_size,)
            The input at this step.
        before : dict of {str: ndarray of shape (hidden_size,)}
            What the step before has returned; zeros before the first.

        Returns
        -------
        dict of {str: ndarray of shape (hidden_size,)}
            A value for each of `computed`.
        """
        raise NotImplementedError


class _TorchCell(Cell):
    """A cell that torch brings along; its weights are blocks of `hidden_size` rows, one for each gate."""

    torch_class: ClassVar[type[nn.RNNBase]]
    n_blocks: ClassVar[int]
    _kind: ClassVar[str]
    recurrence: ClassVar[type[torch.autograd.Function] | None] = None
    """What is faster than torch's class where gradients are needed, on a CPU."""

    def __init__(self, input_size: int, hidden_size: int):
        self.torch_class.__init__(self, input_size, hidden_size, batch_first=True)  # type: ignore[call-arg, arg-type]

    @property
    def _weights(self) -> Any:
        return self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        cls._kind = cls.torch_class.__name__.lower()

    @property
    def _is_plain(self) -> bool:
        """Whether no subclass has a `forward` of its own."""
        return type(self).forward is _TorchCell.forward

    def _native_weights(self, *given: Tensor) -> Any:
        """Return the weights where the native kernel computes with them and with what is given, else None."""
        weights = self._weights
        return weights if self._is_plain and _native.can_run(self._kind, *given, *weights) else None

    def _run(self, weights: Any, x: Tensor, state: State | None, reading: Any = None) -> tuple[Tensor, State]:
        """Return what the native kernel makes of inputs or vectors with the time first, as `read_part`."""
        states, last, memory = _native.run(self._kind, x, state, weights, reading)
        return states.transpose(0, 1), (last,) if memory is None else (last, memory)

    def _recur(self, x: Tensor, first: Tensor | None, ids: Tensor | None = None) -> Tensor:
        """Return what `recurrence` makes of inputs, or of vectors and ids, with the time first."""
        n = x.shape[1] if ids is None else ids.shape[1]
        first = x.new_zeros(n, self.hidden_size) if first is None else first
        return self.recurrence.apply(x, first, *self._weights, ids).transpose(0, 1)  # type: ignore[union-attr]

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        is_mixed = is_mixed_precision(inputs.device)
        if is_mixed:  # a layer below may have answered in bfloat16
            inputs = inputs.to(self._weights[0].dtype)
        if inputs.shape[1] > 1 and inputs.device.type == "cpu":  # a single step is as fast in torch's own
            if weights := self._native_weights(inputs, *(state or ())):
                return self._run(weights, inputs.transpose(0, 1), state)
            if self.recurrence is not None and torch.is_grad_enabled():
                states = self._recur(inputs.transpose(0, 1), None if state is None else state[0])
                return states, (states[:, -1],)
        given = None if state is None else tuple(part[None].contiguous() for part in state)
        with torch.autocast(inputs.device.type, enabled=False) if is_mixed else nullcontext():
            if is_mixed and takes_bfloat16(inputs):
                return self._forward_in_bfloat16(inputs, given)
            read = partial(self.torch_class.forward, self)
            if len(self.parts) == 1:
                states, last = read(inputs, given[0] if given else None)
                return states, (last[0],)
            states, (last, memory) = read_in_parts(read, inputs, given, self.hidden_size)
            return states, (last[0], memory[0])

    def _forward_in_bfloat16(self, inputs: Tensor, given: State | None) -> tuple[Tensor, State]:
        """Compute the whole layer in bfloat16, as cuDNN can: torch's autocast would hand it float16."""
        run: Any = {"rnn": torch.rnn_tanh, "gru": torch.gru, "lstm": torch.lstm}[self._kind]
        given = given or (inputs.new_zeros(1, len(inputs), self.hidden_size),) * len(self.parts)
        first = [part.bfloat16() for part in given]
        weights = [weight.bfloat16() for weight in self._weights]
        # with biases, one layer, no dropout, one direction, the batch first
        flags = (True, 1, 0.0, self.training, False, True)
        with warnings.catch_warnings():  # rounded for this call, weights don't lie side by side
            warnings.filterwarnings("ignore", "RNN module weights are not part of single contiguous chunk")
            states, *last = run(inputs.bfloat16(), first if len(first) > 1 else first[0], weights, *flags)
        return states, tuple(part[0] for part in last)

    def read(self, inputs: Tensor, lengths: Tensor) -> StatesAndEnd:
        weights = None if inputs.shape[1] == 1 else self._native_weights(inputs)
        if weights is None:
            return super().read(inputs, lengths)
        states, state = self._run(weights, inputs.transpose(0, 1), None, _native.Reading(lengths))
        return states, state[0]

    @property
    def reads_ids(self) -> bool:
        is_on_cpu = self.weight_ih_l0.device.type == "cpu"
        recurs = self._is_plain and self.recurrence is not None and torch.is_grad_enabled() and is_on_cpu
        return recurs or self._native_weights() is not None

    def read_ids(self, vectors: Tensor, ids: Tensor, lengths: Tensor, is_backward: bool) -> StatesAndEnd:
        weights = self._native_weights(vectors)
        if weights is None:
            in_order = reverse_each(ids, lengths) if is_backward else ids
            return self._recur(vectors, None, in_order.transpose(0, 1)), None
        states, state = self._run(weights, vectors, None, _native.Reading(lengths, ids, is_backward))
        return states, state[0]

    def read_part(
        self, inputs: Tensor, lengths: Tensor, state: State | None = None, ids: Tensor | None = None
    ) -> tuple[Tensor, State]:
        if ids is not None and (ids.numel() < len(inputs) or not self.reads_ids):
            inputs, ids = F.embedding(ids.t(), inputs).transpose(0, 1), None
        if weights := self._native_weights(inputs, *(state or ())):
            x = inputs.transpose(0, 1) if ids is None else inputs
            return self._run(weights, x, state, _native.Reading(lengths, ids))
        if ids is None:
            return self(inputs, state)
        states = self._recur(inputs, None if state is None else state[0], ids.t())
        return states, (states[:, -1],)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Fill the weights: orthogonal of the state, Xavier uniform of the input, block by block; biases 0.

        Parameters
        ----------
        generator : torch.Generator or None, default=None
            On the device of the cell; None draws from torch's global one.

        References
        ----------
        .. [1] Saxe, A. M., J. L. McClelland, S. Ganguli, "Exact solutions to
           the nonlinear dynamics of learning in deep linear neural networks",
           ICLR 2014.
        """
        for name, weight in self.named_parameters():
            if name.startswith("bias"):
                nn.init.zeros_(weight)
                continue
            fill = nn.init.orthogonal_ if name.startswith("weight_hh") else nn.init.xavier_uniform_
            for block in weight.chunk(self.n_blocks):
                fill(block.detach(), generator=generator)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * x)  # exp(-x) could overflow


@CELLS.register("rnn")
class ElmanCell(_TorchCell, nn.RNN):  # type: ignore[misc]
    r"""Elman's network with tanh.

    .. math:: h_t = \tanh(W x_t + b + U h_{t-1} + d)

    References
    ----------
    .. [1] Elman, J. L., "Finding Structure in Time", Cognitive Science 14, 1990.
    """

    torch_class = nn.RNN
    n_blocks = 1
    recurrence = ElmanStates
    onnx = OnnxOperator("RNN", (0,))

    @staticmethod
    def equations(weights: Weights, x: np.ndarray, before: Step) -> Step:
        W, U, b, d = weights.values()
        return {"h": np.tanh(W @ x + b + U @ before["h"] + d)}


@CELLS.register("lstm")
class LSTMCell(_TorchCell, nn.LSTM):  # type: ignore[misc]
    r"""Long short-term memory.

    .. math::
       i_t &= \sigma(W_i x_t + b_i + U_i h_{t-1} + d_i) \\
       f_t &= \sigma(W_f x_t + b_f + U_f h_{t-1} + d_f) \\
       g_t &= \tanh(W_g x_t + b_g + U_g h_{t-1} + d_g) \\
       o_t &= \sigma(W_o x_t + b_o + U_o h_{t-1} + d_o) \\
       c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
       h_t &= o_t \odot \tanh(c_t)

    The bias of the forget gate starts at 1 (in one of torch's two biases,
    which add up).

    References
    ----------
    .. [1] Hochreiter, S., J. Schmidhuber, "Long Short-Term Memory", Neural
       Computation 9, 1997.
    .. [2] Jozefowicz, R., W. Zaremba, I. Sutskever, "An Empirical Exploration
       of Recurrent Network Architectures", ICML 2015 (bias of the forget gate).
    """

    torch_class = nn.LSTM
    n_blocks = 4
    onnx = OnnxOperator("LSTM", (0, 3, 1, 2))  # i, o, f, g
    parts = ("h", "c")
    gates = ("i", "f", "o")
    computed: ClassVar[dict[str, str]] = {
        "i": "input gate i",
        "f": "forget gate f",
        "g": "candidate g",
        "o": "output gate o",
        "c": "memory c",
        "h": "state h",
    }

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Fill the weights, see above."""
        super().reset_parameters(generator)
        nn.init.ones_(self.get_parameter("bias_ih_l0").chunk(4)[1].detach())

    @staticmethod
    def equations(weights: Weights, x: np.ndarray, before: Step) -> Step:
        W, U, b, d = weights.values()
        i, f, g, o = np.split(W @ x + b + U @ before["h"] + d, 4)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        c = f * before["c"] + i * g
        return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": o * np.tanh(c)}


@CELLS.register("gru")
class GRUCell(_TorchCell, nn.GRU):  # type: ignore[misc]
    r"""Gated recurrent unit.

    .. math::
       r_t &= \sigma(W_r x_t + b_r + U_r h_{t-1} + d_r) \\
       z_t &= \sigma(W_z x_t + b_z + U_z h_{t-1} + d_z) \\
       n_t &= \tanh(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + d_n)) \\
       h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}

    References
    ----------
    .. [1] Cho, K. et al., "Learning Phrase Representations using RNN
       Encoder-Decoder for Statistical Machine Translation", EMNLP 2014.
    """

    torch_class = nn.GRU
    n_blocks = 3
    recurrence = GRUStates
    onnx = OnnxOperator("GRU", (1, 0, 2), {"linear_before_reset": 1})  # z, r, n
    gates = ("r", "z")
    computed: ClassVar[dict[str, str]] = {
        "r": "reset gate r",
        "z": "update gate z",
        "n": "candidate n",
        "h": "state h",
    }

    @staticmethod
    def equations(weights: Weights, x: np.ndarray, before: Step) -> Step:
        W, U, b, d = weights.values()
        of_input, of_state = np.split(W @ x + b, 3), np.split(U @ before["h"] + d, 3)
        r, z = _sigmoid(of_input[0] + of_state[0]), _sigmoid(of_input[1] + of_state[1])
        n = np.tanh(of_input[2] + r * of_state[2])
        return {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * before["h"]}
