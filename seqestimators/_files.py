"""A model in a file that runs no code when it is opened."""

import io
import json
import math
import re
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
import skops.io

from ._version import find_version
from .exceptions import FileFormatWarning

__all__ = ["load", "save"]

OWN = frozenset(
    f"seqestimators.{name}"
    for name in (
        "augmentation.augmented.AugmentedClassifier",
        "augmentation.augmented.AugmentedRegressor",
        "augmentation.augmenters.ReverseComplement",
        "augmentation.augmenters.SmilesRandomizer",
        "augmentation.ensembles.SeedEnsembleRegressor",
        "baselines._labelwise.DummyClassifier",
        "baselines._labelwise.ExtraTreesClassifier",
        "baselines._labelwise.LogisticRegression",
        "baselines._labelwise.MLPClassifier",
        "baselines._labelwise.RandomForestClassifier",
        "baselines._labelwise.SVC",
        "baselines.molecules.MolecularDescriptors",
        "baselines.molecules.MorganFingerprint",
        "baselines.positionwise.PositionwiseClassifier",
        "baselines.strings.StringReader",
        "estimators.classifier.RecurrentClassifier",
        "estimators.language_model.RecurrentLanguageModel",
        "estimators.regressor.RecurrentRegressor",
        "estimators.seq2seq.RecurrentSeq2Seq",
        "estimators.step_regressor.RecurrentStepRegressor",
        "estimators.tagger.RecurrentTagger",
        "preprocessing.base.SequenceTokenizer",
        "preprocessing.codon.CodonTokenizer",
        "preprocessing.columns.SequenceColumns",
        "preprocessing.dna.DNATokenizer",
        "preprocessing.external.ExternalTokenizer",
        "preprocessing.padder.Padder",
        "preprocessing.protein.ProteinTokenizer",
        "preprocessing.regex.RegexTokenizer",
        "preprocessing.scaler.SeriesScaler",
        "preprocessing.selfies.SelfiesTokenizer",
        "preprocessing.smiles.SmilesTokenizer",
        "preprocessing.words.WordTokenizer",
        "pretraining._untrained.UntrainedEncoder",
    )
)
"""The estimators that a file may hold; whoever moves one keeps its old name opening."""
COLUMN_READER = "seqestimators.estimators._joined.ColumnReader"
VOCABULARY = "seqestimators.preprocessing.vocabulary.Vocabulary"
PLAIN = frozenset(
    {
        "numpy.dtype",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
        "sklearn.utils._bunch.Bunch",
    }
)
"""Types of other packages that skops doesn't trust by itself, and that are data and nothing else."""
TRUSTED = OWN | PLAIN | {COLUMN_READER, VOCABULARY}

VERSIONS = "versions.json"
PACKAGES = ("seqestimators", "scikit-learn", "torch", "skops")
ENTRY = re.compile(r"schema\.json|versions\.json|[0-9a-f-]+\.(npy|npz|bin)")
SUFFIXES = {"NdArrayNode": ".npy", "SparseMatrixNode": ".npz", "BytesNode": ".bin", "BytearrayNode": ".bin"}
HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

MAX_RATIO = 100
SPARE_BYTES = 2**26
"""A file may unpack to so many times its size, and so many bytes besides."""


def save(model: Any, path: str | Path) -> None:
    """Write an estimator or a pipeline into a file that :func:`load` opens without running code.

    The file is one of `skops <https://skops.readthedocs.io>`_, with the
    versions of this package, scikit-learn, torch and skops in it. It holds
    parameters, vocabularies and weights; pipelines are kept whole.

    Parameters
    ----------
    model : estimator
        Fitted or not, of this package or of scikit-learn, or a dictionary or
        list of such.
    path : str or Path
        Of the file, by custom ending in ``.skops``. One that is there already is
        replaced.

    Raises
    ------
    TypeError
        The model holds what can't be stored without pickle, such as a lambda.

    See Also
    --------
    load : Read the model back.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from sklearn.pipeline import make_pipeline
    >>> import seqestimators
    >>> from seqestimators import DNATokenizer, RecurrentClassifier
    >>> model = make_pipeline(DNATokenizer(), RecurrentClassifier(max_epochs=1))
    >>> model = model.fit(["ATG", "CCA"] * 4, [0, 1] * 4)
    >>> path = Path(mkdtemp()) / "model.skops"
    >>> seqestimators.save(model, path)
    >>> again = seqestimators.load(path)
    >>> bool((again.predict(["ATG", "GGA"]) == model.predict(["ATG", "GGA"])).all())
    True
    """
    file = io.BytesIO()
    try:
        skops.io.dump(model, file, compression=ZIP_DEFLATED)
        lost = [one for one in skops.io.get_untrusted_types(data=file.getvalue()) if "<" in one]
    except (AttributeError, RecursionError, TypeError, ValueError) as error:
        lost = [str(error)]
    if lost:
        raise TypeError(
            f"this {type(model).__name__} can't be saved, since no other process could rebuild a part of it: "
            f"{', '.join(lost)}. Replace it by a class or function of a module; joblib.dump keeps more kinds "
            "of objects, in a file that runs code when it is opened"
        )
    with ZipFile(file, "a", ZIP_DEFLATED) as archive:
        archive.writestr(VERSIONS, json.dumps({name: find_version(name) for name in PACKAGES}))
    Path(path).write_bytes(file.getbuffer())


def load(path: str | Path, *, trusted: Iterable[str | type] = ()) -> Any:
    """Read a model from a file of :func:`save`.

    Nothing in the file is run. It is checked before anything is made of it:
    its size when unpacked, the shapes of its arrays, and the types it names.
    Known are the estimators of this package, those of scikit-learn that skops
    trusts, numpy's types and Python's containers; any other is an error that
    names it.

    Parameters
    ----------
    path : str or Path
        Of the file.
    trusted : iterable of str or type, default=()
        Further types, by name, as the error lists them, or themselves. A
        trusted function may be called with arguments of the file.

    Returns
    -------
    estimator
        The model, on the best device of this machine if its `device` is
        "auto".

    Warns
    -----
    FileFormatWarning
        The file is older than a parameter, which takes its default, or newer
        than this package.

    Raises
    ------
    ValueError
        The file is damaged, none of `save`, or holds a type that isn't known.
    FileNotFoundError
        There is no such file.

    See Also
    --------
    save : Write such a file; an example stands there.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from seqestimators import DNATokenizer, load, save
    >>> path = Path(mkdtemp()) / "tokenizer.skops"
    >>> save(DNATokenizer(), path)
    >>> load(path)
    DNATokenizer()
    """
    known = TRUSTED | _names_of(trusted)
    packed = Path(path).read_bytes()
    written_by = "an unknown version"
    try:
        archive = _Archive(packed)
        stated = json.loads(archive.parts.pop(VERSIONS, b"{}"))
        versions = {name: str(version) for name, version in stated.items()}
        written_by = (
            ", ".join(f"{name} {versions[name]}" for name in PACKAGES if name in versions) or written_by
        )
        states = archive.check_schema()
        content = archive.pack()
        unknown = sorted(set(skops.io.get_untrusted_types(data=content)) - known)
        model = None if unknown else skops.io.loads(content, trusted=sorted(known))
    except Warning:  # which the user has made an error
        raise
    except Exception as error:
        raise ValueError(
            f"{path}, written by {written_by}, can't be read ({type(error).__name__}: {error}). It was not "
            "written by `save`, or has been damaged since; a file of joblib or pickle is opened by "
            "joblib.load, which runs the code in it"
        ) from error
    if unknown:
        raise ValueError(
            f"{path}, written by {written_by}, holds types that are not known here: {', '.join(unknown)}. If "
            f"you know them all and trust the author of the file, name them: load(path, trusted={unknown})"
        )
    _note_other_version(path, versions.get("seqestimators", ""), states)
    return model


def _names_of(types: Any) -> set[str]:
    """Return the names of types, as they stand in a file."""
    if isinstance(types, bool):
        raise TypeError("trusted is a list of types or of their names: no file is trusted as a whole")
    listed = [types] if isinstance(types, str | type) else types
    return {one if isinstance(one, str) else f"{one.__module__}.{one.__qualname__}" for one in listed}


class _Archive:
    """The entries of a file, unpacked and checked.

    What skops reads is an archive made of them, so that it meets no entry that
    wasn't checked.
    """

    def __init__(self, packed: bytes):
        self.bytes_left = SPARE_BYTES + MAX_RATIO * len(packed)
        self.parts = self._unpack(packed)

    def _unpack(self, packed: bytes) -> dict[str, bytes]:
        parts: dict[str, bytes] = {}
        with ZipFile(io.BytesIO(packed)) as archive:
            for entry in archive.infolist():
                if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or entry.filename in parts:
                    raise ValueError(f"its entry {entry.filename!r} is packed as save packs none")
                self._count(entry.file_size)
                with archive.open(entry) as stream:  # with a size it never unpacks more, as read() does
                    parts[entry.filename] = stream.read(entry.file_size)
        return parts

    def _count(self, n_bytes: int) -> None:
        self.bytes_left -= n_bytes
        if self.bytes_left < 0:
            raise ValueError(f"it unpacks to more than {MAX_RATIO} times its size")

    def check_schema(self) -> list[tuple[str, set[str]]]:
        """Check every entry, and return the name and the state's keys of each estimator of this package."""
        for name, part in self.parts.items():
            if not ENTRY.fullmatch(name):
                raise ValueError(f"it has an entry {name!r}, which save doesn't write")
            if name.endswith(".npy"):
                _check_array(part)
            if name.endswith(".npz"):
                inner = self._unpack(part)
                for array in inner.values():
                    _check_array(array)
                self.parts[name] = _pack(inner)
        self._states: list[tuple[str, set[str]]] = []
        self._digests: dict[Any, int] = {}
        self._visit(json.loads(self.parts["schema.json"]))
        return self._states

    def _visit(self, value: Any) -> int:
        """Check a part of the schema, and return a number that tells it from others."""
        if isinstance(value, list):
            return hash(tuple(map(self._visit, value)))
        if not isinstance(value, dict):
            return hash((type(value).__name__, value))
        if isinstance(value.get("__loader__"), str):
            self._check_node(value)
        own = {"__id__", "file"}  # of the writing, not of what is written; as keys of a user they hold nodes
        content = {
            name: self._visit(one)
            for name, one in value.items()
            if name not in own or isinstance(one, dict | list)
        }
        digest = hash(frozenset(content.items()))
        key = value.get("__id__")
        # skops makes one object of equal ids; if few bytes could stand for a large part, a short file would
        # be read as an endless one
        if isinstance(key, int | float | str) and self._digests.setdefault(key, digest) != digest:
            raise ValueError("two of its objects have the same id")
        return digest

    def _check_node(self, node: dict[str, Any]) -> None:
        loader, name = node["__loader__"], f"{node['__module__']}.{node['__class__']}"
        if (name in OWN | {COLUMN_READER} and loader != "ObjectNode") or (
            name == VOCABULARY and loader != "DictNode"
        ):
            raise ValueError(f"it makes a {name} in a way that save doesn't, a {loader}")
        if isinstance(node.get("file"), str):
            if not node["file"].endswith(SUFFIXES[loader]):
                raise ValueError(f"a {loader} reads {node['file']!r}")
            self._count(len(self.parts[node["file"]]))
        if name in OWN:
            self._states.append((name, set(node["content"]["content"])))

    def pack(self) -> bytes:
        """Return the archive of the checked entries."""
        return _pack(self.parts)


def _pack(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def _check_array(content: bytes) -> None:
    """Refuse an array that isn't numbers or strings, or that holds more of them than there are."""
    stream = io.BytesIO(content)
    shape, _, dtype = HEADERS[np.lib.format.read_magic(stream)](stream)
    size = math.prod(shape)
    if dtype.hasobject or min(shape, default=0) < 0 or size * dtype.itemsize != len(content) - stream.tell():
        raise ValueError(f"an array of shape {shape} and type {dtype} doesn't fit its entry")
    if size and not dtype.itemsize:
        raise ValueError(f"an array of shape {shape} has no content")


def _note_other_version(path: str | Path, version: str, states: list[tuple[str, set[str]]]) -> None:
    """Warn if the file is newer than this package, or older than a parameter of its models."""
    notes = []
    if _numbers_of(version) > _numbers_of(find_version()):
        notes.append(f"this is {find_version()}: what is newer in the file has no effect")
    for name, keys in states:
        module, _, class_name = name.rpartition(".")
        class_ = getattr(sys.modules.get(module), class_name, None)
        lacks = sorted(set(class_._get_param_names()) - keys) if class_ else []
        if lacks:
            notes.append(f"{class_name} has defaults for {', '.join(lacks)}, which are newer than the file")
    if notes:
        warnings.warn(
            f"{path} was written by seqestimators {version or 'of an unknown version'}: "
            + "; ".join(dict.fromkeys(notes)),
            FileFormatWarning,
            stacklevel=3,
        )


def _numbers_of(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]
