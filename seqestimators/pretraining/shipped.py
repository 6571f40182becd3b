"""The encoder of molecules that ships with the package."""

import io
from functools import cache
from importlib.resources import files

from sklearn.frozen import FrozenEstimator

from ._file import read_encoder, sha256_of

__all__ = ["load_molecule_encoder"]

FILE = "molecule_encoder.npz"
SHA256 = "963a62ce86d37791a3960aa0e4489db8ff689292fc6aa9d6f0207891066001ab"


def load_molecule_encoder() -> FrozenEstimator:
    """Load the encoder of molecules that ships with the package.

    A bidirectional LSTM of 128 units a direction that was taught, by
    :func:`pretrain_properties`, what RDKit computes of some 90,000 molecules:
    descriptors, MACCS keys and Morgan bits. It needs no training and no
    network; a SMILES takes about a millisecond of one core.

    Returns
    -------
    FrozenEstimator
        Around the fitted Pipeline of ``SmilesTokenizer(canonical=True,
        stereo=False)`` and a RecurrentRegressor. Its `transform` takes SMILES
        and returns the pooled states, ndarray of shape (n_molecules, 768),
        dtype float32: last state, maximum and mean of each direction. Its
        `predict` returns the descriptors. As a step of a Pipeline it is left
        as it is by fit and clone; as ``pretrained=`` of a recurrent estimator
        it is what that starts from.

    Raises
    ------
    OSError
        The file in the package is not the one that was shipped.
    ImportError
        RDKit isn't installed.

    See Also
    --------
    make_encoder_svm : This encoder and a support vector machine.
    pretrain_properties : An encoder of your own.

    Notes
    -----
    All SMILES of a molecule have one vector, since they are rewritten first.
    Stereochemistry is left out: stereoisomers have one vector, too.

    The molecules are 71,000 of PubChem's, as the package ``chemicals`` 1.5.2
    has them (MIT), 12,000 of ZINC (by the repository icml18-jtnn, MIT), and
    those of RDKit's files of NCI and of a screening library (BSD). Left out
    are all of BBBP, ESOL, FreeSolv, Lipophilicity, Tox21 and
    :func:`~seqestimators.datasets.load_molecule_activity`, compared without
    stereochemistry, atom maps and isotopes; but molecules much like theirs are
    among them. The file holds weights and no molecules, and is under the
    licence of this package. ``benchmarks/pretrain_molecule_encoder.py`` builds
    it.

    Examples
    --------
    >>> from seqestimators.pretraining import load_molecule_encoder
    >>> encoder = load_molecule_encoder()
    >>> states = encoder.transform(["CCO", "c1ccccc1O", "OCC"])
    >>> states.shape, states.dtype
    ((3, 768), dtype('float32'))
    >>> bool((states[0] == states[2]).all())
    True
    """
    return read_encoder(io.BytesIO(_read_file()))


@cache
def _read_file() -> bytes:
    content = (files(__package__) / FILE).read_bytes()
    if sha256_of(content) != SHA256:
        raise OSError(f"{FILE} in the package is not the file that was shipped: install seqestimators again")
    return content
