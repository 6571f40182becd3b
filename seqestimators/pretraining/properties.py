"""pretrain_properties: an encoder of molecules that is taught what RDKit computes."""

from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.utils import check_random_state

from .._sklearn import Integral, Interval, Real, validate_params
from ..domain import parse_molecules
from ..estimators import RecurrentRegressor
from ..preprocessing import SmilesTokenizer
from ._labels import compute_labels, drop_rare_bits
from ._teacher import NewStrings, PropertyLearner

__all__ = ["pretrain_properties"]

_NETWORK: dict = {
    name: RecurrentRegressor._parameter_constraints[name]
    for name in (
        "cell",
        "hidden_size",
        "num_layers",
        "embedding_dim",
        "max_epochs",
        "lr",
        "batch_size",
        "device",
        "verbose",
    )
}


@validate_params(
    {
        **_NETWORK,
        "random_share": [Interval(Real, 0, 1, closed="both")],
        "min_frequency": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }
)
def pretrain_properties(
    smiles: Any,
    *,
    cell: Any = "lstm",
    hidden_size: int = 128,
    num_layers: int = 1,
    embedding_dim: int | None = 64,
    random_share: float = 0.5,
    min_frequency: int = 1,
    max_epochs: int = 10,
    lr: float = 0.003,
    batch_size: int = 128,
    device: Any = "auto",
    random_state: Any = None,
    verbose: int | bool = 0,
) -> FrozenEstimator:
    """Teach an encoder of molecules what RDKit computes of them.

    Measurements are expensive, but what can be computed from a structure costs
    nothing: some 120 descriptors as z-scores, MACCS keys and the bits of a
    Morgan fingerprint. A network that has learned to read all that from SMILES
    has hidden states that say much of a molecule, to a support vector machine
    (:func:`make_encoder_svm`) as to a network that starts from it
    (``pretrained=``).

    Parameters
    ----------
    smiles : array-like of shape (n_molecules,)
        SMILES or RDKit molecules, the more diverse the better; some ten
        thousand, each once.
    cell : {"rnn", "lstm", "gru"} or Cell class, default="lstm"
        Recurrent cell.
    hidden_size : int, default=128
        Number of units per layer and direction, at least 1.
    num_layers : int, default=1
        Number of recurrent layers, at least 1.
    embedding_dim : int or None, default=64
        Size of the learned vector of a token. None feeds one-hot vectors.
    random_share : float, default=0.5
        Share of the molecules, in [0, 1], that every epoch are written anew,
        as one of their many SMILES; the others are canonical.
    min_frequency : int, default=1
        Least number of times that a token occurs in the canonical SMILES to
        be known, at least 1. The rarer ones teach what an unknown one means.
    max_epochs : int, default=10
        Number of passes over the molecules, at least 1.
    lr : float, default=0.003
        Peak of the learning rate, larger than 0.
    batch_size : int or "all", default=128
        Number of molecules per step, at least 1.
    device : str or torch.device, default="auto"
        Where to compute; "auto" takes a GPU where there is one.
    random_state : int, RandomState instance or None, default=None
        Determines weights, strings and their order.
    verbose : int or bool, default=0
        Whether to print one line per epoch.

    Returns
    -------
    FrozenEstimator
        Around the fitted Pipeline of ``SmilesTokenizer(canonical=True,
        stereo=False)`` and a RecurrentRegressor of the descriptors. Its
        `transform` takes SMILES and returns the pooled states, ndarray of
        shape (n_molecules, 6 * hidden_size), dtype float32: last state,
        maximum and mean of each direction. Its `predict` returns the
        descriptors, in RDKit's units. As a step of a Pipeline it is left as
        it is by fit and clone.

    Raises
    ------
    InvalidSequenceError
        A SMILES can't be parsed; the message names its row.
    ImportError
        RDKit isn't installed.

    See Also
    --------
    load_molecule_encoder : One that was made by this function.
    seqestimators.RecurrentLanguageModel : Pretraining on sequences of any kind.

    Notes
    -----
    The loss of a molecule is the mean smooth L1 of its z-scores, clipped to 5,
    and twice the mean cross-entropy of its bits. Bits that less than one in a
    thousand of the molecules have, or lack, are left out. All labels are read
    from the pooled states by one linear layer.

    The labels of a molecule take 2 to 3 ms, and the molecules themselves are
    held in memory, some KB each.

    References
    ----------
    .. [1] Winter, R. et al., "Learning continuous and data-driven molecular
       descriptors by translating equivalent chemical representations",
       Chemical Science 10 (2019) 1692-1701.
    .. [2] Bjerrum, E. J., "SMILES Enumeration as Data Augmentation for Neural
       Network Modeling of Molecules", 2017, arXiv:1703.07076.
    .. [3] Fabian, B. et al., "Molecular representation learning with language
       models and domain-relevant auxiliary tasks", 2020, arXiv:2011.13230.

    Examples
    --------
    >>> from seqestimators.pretraining import pretrain_properties
    >>> molecules = ["CCO", "c1ccccc1O", "CC(=O)N", "CCCN", "OCC(N)C(=O)O"] * 4
    >>> encoder = pretrain_properties(
    ...     molecules, hidden_size=8, max_epochs=2, device="cpu", random_state=0
    ... )
    >>> encoder.transform(["OCC", "Oc1ccccc1"]).shape
    (2, 48)
    """
    generator = check_random_state(random_state)
    molecules = list(parse_molecules(smiles, "smiles"))
    labels = drop_rare_bits(compute_labels(molecules))
    tokenizer = SmilesTokenizer(canonical=True, stereo=False, min_frequency=min_frequency)
    ids = tokenizer.fit_transform(smiles)
    strings = NewStrings(
        molecules,
        ids,
        SmilesTokenizer(vocabulary=tokenizer.vocabulary_).fit(["C"]),
        random_share,
        seed=generator.randint(2**31 - 1),
    )
    learner = PropertyLearner(
        cell=cell,
        hidden_size=hidden_size,
        num_layers=num_layers,
        embedding_dim=embedding_dim,
        dropout=0.0,
        positions=False,
        input="tokens",
        max_epochs=max_epochs,
        lr=lr,
        batch_size=batch_size,
        callbacks=[strings],
        device=device,
        random_state=generator.randint(2**31 - 1),
        verbose=verbose,
        n_numbers=len(labels.names),
    )
    learner.fit(ids, np.concatenate([labels.numbers, labels.bits], axis=1))
    return FrozenEstimator(make_pipeline(tokenizer, learner.as_regressor()))
