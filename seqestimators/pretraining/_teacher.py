"""The network while it is taught: numbers and bits as targets, other strings of each molecule every epoch."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from skorch.callbacks import Callback
from torch.nn import functional as F

from ..estimators import RecurrentRegressor
from ..parameters import parameter, with_parameters
from ..preprocessing import SmilesTokenizer
from ..sequences import read_sequences

BITS_WEIGHT = 2.0
"""Weight of the bits in the loss; the numbers weigh 1."""
TAIL = 1e-3
"""Share of the numbers at either end that doesn't count for their scale."""
LARGEST_SCORE = 5.0
"""z-scores are clipped there."""


def property_loss(outputs: torch.Tensor, target: torch.Tensor, n_numbers: int) -> torch.Tensor:
    """Return smooth L1 of the first columns, which are z-scores, and cross-entropy of the others, bits.

    Parameters
    ----------
    outputs, target : Tensors of shape (n, n_numbers + n_bits)
    n_numbers : int

    Returns
    -------
    Tensor of shape (n,)
    """
    numbers = F.smooth_l1_loss(outputs[:, :n_numbers], target[:, :n_numbers], reduction="none")
    bits = F.binary_cross_entropy_with_logits(outputs[:, n_numbers:], target[:, n_numbers:], reduction="none")
    return numbers.mean(1) + BITS_WEIGHT * bits.sum(1) / max(bits.shape[1], 1)  # there may be none


@with_parameters
class PropertyLearner(RecurrentRegressor):
    """A regressor whose first targets are numbers, and the others bits.

    Parameters
    ----------
    n_numbers : int
        How many targets are numbers.
    """

    n_numbers: int = parameter(default=1, constraints=[int])

    def _read_target(self, y: Any) -> np.ndarray:
        return y

    def _learn_target(self, y: Any, sequences: Any, sample_weight: np.ndarray, classes: Any = None) -> None:
        self.n_outputs_, self._y_is_1d = y.shape[1], False
        numbers = y[:, : self.n_numbers]
        numbers = numbers.clip(*np.quantile(numbers, [TAIL, 1 - TAIL], axis=0))
        rest = y.shape[1] - self.n_numbers
        self._y_mean = np.append(numbers.mean(0, dtype=np.float64), np.zeros(rest))
        scale = numbers.std(0, dtype=np.float64)
        self._y_scale = np.append(np.where(scale > 0, scale, 1), np.ones(rest))

    def _encode_target(self, y: Any, sequences: Any) -> np.ndarray:
        scores = (y - self._y_mean.astype(y.dtype)) / self._y_scale.astype(y.dtype)
        return scores.clip(-LARGEST_SCORE, LARGEST_SCORE)

    def _criterion(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        return partial(property_loss, n_numbers=self.n_numbers)

    def as_regressor(self) -> RecurrentRegressor:
        """Return the same network as a regressor of the numbers alone."""
        state = self.__getstate__()
        state["n_outputs_"] = n = state.pop("n_numbers")
        state["_network_params"] = {k: v for k, v in state["_network_params"].items() if k != "n_numbers"}
        state["callbacks"] = None
        for name in ("_y_mean", "_y_scale"):
            state[name] = state[name][:n]
        weights = state["_weights"]
        state["_weights"] = weights | {name: weights[name][:n] for name in ("output.weight", "output.bias")}
        regressor = object.__new__(RecurrentRegressor)
        regressor.__setstate__(state)
        return regressor


class NewStrings(Callback):
    """Writes molecules anew before every epoch, as one of the many SMILES that each has.

    Parameters
    ----------
    molecules : list of rdkit.Chem.Mol
    canonical : ndarray of shape (n_molecules,), dtype object
        Token ids of their canonical SMILES.
    tokenizer : SmilesTokenizer
        Of the same vocabulary, which takes SMILES as they are.
    random_share : float
        Probability of a molecule to be written anew; the others are canonical.
    seed : int
    """

    def __init__(
        self,
        molecules: list[Any],
        canonical: np.ndarray,
        tokenizer: SmilesTokenizer,
        random_share: float,
        seed: int,
    ):
        self.molecules = molecules
        self.canonical = canonical
        self.tokenizer = tokenizer
        self.random_share = random_share
        self.generator = np.random.default_rng(seed)

    def on_epoch_begin(self, net: Any, dataset_train: Any = None, **kwargs: Any) -> None:
        """Put other strings in the place of those of the last epoch; skorch calls this."""
        rows = np.flatnonzero(self.generator.random(len(self.molecules)) < self.random_share)
        seeds = self.generator.integers(1, 2**31, size=len(rows)).tolist()
        ids = self.canonical.copy()
        if len(rows):
            anew = map(write_randomly, [self.molecules[row] for row in rows], seeds)
            ids[rows] = self.tokenizer.transform(list(anew))
        dataset_train.read_instead(read_sequences(ids, input="tokens"))


def write_randomly(molecule: Any, seed: int) -> str:
    """Return a SMILES of a molecule, without stereochemistry, that begins and turns anywhere."""
    from rdkit.Chem import MolToRandomSmilesVect

    return MolToRandomSmilesVect(molecule, 1, randomSeed=seed, isomericSmiles=False)[0]
