"""Models in files: what comes back, from old files too, and what a crafted file can't do."""

import importlib.util
import io
import json
import pickle
import re
import struct
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.base import BaseEstimator
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from skops.io._trusted_types import NUMPY_UFUNC_TYPE_NAMES

import seqestimators
from seqestimators import (
    CodonTokenizer,
    DNATokenizer,
    Padder,
    ProteinTokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
    RegexTokenizer,
    SequenceColumns,
    SequenceTokenizer,
    SeriesScaler,
    SmilesTokenizer,
    WordTokenizer,
    _files,
    baselines,
    load,
    pretraining,
    save,
)
from seqestimators.augmentation import (
    AugmentedClassifier,
    AugmentedRegressor,
    ReverseComplement,
    SmilesRandomizer,
    make_seed_ensemble,
)
from seqestimators.baselines import MolecularDescriptors, PositionwiseClassifier
from seqestimators.exceptions import FileFormatWarning
from seqestimators.preprocessing import SelfiesTokenizer

SMALL = {"hidden_size": 2, "embedding_dim": 2, "max_epochs": 1, "random_state": 0}
DNA, KIND = ["ATGCCA", "ATGA", "CCATA", "GGCAC"] * 3, ["start", "start", "none", "none"] * 3
TEXTS = ["ab a", "b", "a b ab", "ba"] * 3
SMILES, ACTIVE = ["CCO", "CC", "CCN", "c1ccccc1", "CO", "CCCC"] * 2, [1, 0, 1, 0, 1, 0] * 2
OLD_FILES = sorted((Path(__file__).parent / "old_files").glob("*.skops"))
SERIES = [np.arange(3.0), np.arange(5.0)] * 3
TABLE = pd.DataFrame({"smiles": SMILES, "weight": np.arange(12.0)})
MOLECULES = (SMILES, ACTIVE)
PROTEINS, STRUCTURES = ["MKV", "KL"] * 3, ["HHE", "EE"] * 3

# name: model, what it is fitted to, the method whose answers are compared
MODELS = {
    "classifier": (make_pipeline(DNATokenizer(), RecurrentClassifier(**SMALL)), (DNA, KIND), "predict_proba"),
    "several_labels": (
        make_pipeline(
            DNATokenizer(k=2), Padder(), RecurrentClassifier(**SMALL, pooling="attention", cell="lstm")
        ),
        (DNA, np.array([[0, 1], [1, np.nan]] * 6)),
        "predict_proba",
    ),
    "regressor": (
        make_pipeline(SeriesScaler(), RecurrentRegressor(**SMALL | {"embedding_dim": None})),
        (SERIES, [0.0, 1.0] * 3),
        "predict",
    ),
    "gaps_in_series": (
        RecurrentRegressor(**SMALL | {"embedding_dim": None}, missing="mask", loss="gaussian"),
        ([np.array([1.0, np.nan, 2.0]), np.array([np.nan, 0.5])] * 3, [0.0, 1.0] * 3),
        "predict",
    ),
    "quantiles": (
        make_pipeline(DNATokenizer(), RecurrentRegressor(**SMALL, loss="quantile", quantile=[0.1, 0.9])),
        (DNA, np.arange(12.0)),
        "predict",
    ),
    "tagger": (
        make_pipeline(ProteinTokenizer(), RecurrentTagger(**SMALL, transitions="observed")),
        (PROTEINS, STRUCTURES),
        "predict",
    ),
    "random_field": (
        make_pipeline(ProteinTokenizer(), RecurrentTagger(**SMALL, transitions="crf")),
        (PROTEINS, STRUCTURES),
        "predict_proba",
    ),
    "step_regressor": (
        make_pipeline(DNATokenizer(), RecurrentStepRegressor(**SMALL)),
        (["ACG", "TA"] * 3, [[0.5, 1, None], [2, 3]] * 3),
        "predict",
    ),
    "seq2seq": (
        make_pipeline(CodonTokenizer(), RecurrentSeq2Seq(**SMALL)),
        (["ATGAAA", "AAACCC"] * 3, ["MK", "KP"] * 3),
        "predict",
    ),
    "language_model": (
        make_pipeline(SmilesTokenizer(), RecurrentLanguageModel(**SMALL)),
        (SMILES, None),
        "score_samples",
    ),
    "outliers": (
        make_pipeline(SmilesTokenizer(), RecurrentLanguageModel(**SMALL, contamination=0.1)),
        (SMILES, None),
        "decision_function",
    ),
    "words": (make_pipeline(WordTokenizer(), RecurrentClassifier(**SMALL)), (TEXTS, KIND), "predict_proba"),
    "expressions": (
        make_pipeline(RegexTokenizer("[ab]+|."), RecurrentClassifier(**SMALL)),
        (TEXTS, KIND),
        "predict_proba",
    ),
    "letters": (make_pipeline(SequenceTokenizer(), RecurrentClassifier(**SMALL)), (DNA, KIND), "transform"),
    "columns": (
        make_pipeline(
            SequenceColumns({"smiles": SmilesTokenizer()}, numeric=["weight"]), RecurrentClassifier(**SMALL)
        ),
        (TABLE, ACTIVE),
        "predict_proba",
    ),
    "augmented": (
        AugmentedClassifier(
            make_pipeline(SmilesTokenizer(), RecurrentClassifier(**SMALL)), SmilesRandomizer(), n_copies=1
        ),
        (SMILES, ACTIVE),
        "predict_proba",
    ),
    "both_strands": (
        AugmentedRegressor(
            make_pipeline(DNATokenizer(), RecurrentRegressor(**SMALL)), ReverseComplement(), n_copies=1
        ),
        (DNA, np.arange(12.0)),
        "predict",
    ),
    "ensemble": (
        make_pipeline(DNATokenizer(), make_seed_ensemble(RecurrentClassifier(**SMALL), 2)),
        (DNA, KIND),
        "predict_proba",
    ),
    "ensemble_of_numbers": (
        make_pipeline(DNATokenizer(), make_seed_ensemble(RecurrentRegressor(**SMALL), 2)),
        (DNA, np.arange(12.0)),
        "predict",
    ),
    "positions": (
        make_pipeline(ProteinTokenizer(), PositionwiseClassifier(LogisticRegression(), window=3)),
        (PROTEINS, STRUCTURES),
        "predict_proba",
    ),
    "descriptors": (
        make_pipeline(MolecularDescriptors(), StandardScaler(), LogisticRegression()),
        (SMILES, ACTIVE),
        "predict_proba",
    ),
} | {
    recipe.__name__: (recipe().set_params(**params), data, "predict")
    for recipe, params, data in [
        (baselines.make_descriptor_forest, {"randomforestclassifier__n_estimators": 3}, MOLECULES),
        (baselines.make_ecfp_forest, {"randomforestclassifier__n_estimators": 3}, MOLECULES),
        (baselines.make_ecfp_logistic, {}, MOLECULES),
        (baselines.make_ecfp_mlp, {"mlpclassifier__max_iter": 3}, MOLECULES),
        (baselines.make_ecfp_svm, {}, MOLECULES),
        (baselines.make_kmer_logistic, {}, (DNA, KIND)),
        (baselines.make_kmer_window_vote, {}, (DNA, KIND)),
        (baselines.make_majority, {}, (DNA, KIND)),
        (baselines.make_onehot_logistic, {}, (DNA, KIND)),
        (baselines.make_window_logistic, {}, (DNA, KIND)),
        (pretraining.make_encoder_forest, {"extratreesclassifier__n_estimators": 3}, MOLECULES),
        (pretraining.make_encoder_network, {"recurrentclassifier__max_epochs": 1}, MOLECULES),
        (pretraining.make_encoder_svm, {}, MOLECULES),
        (pretraining.make_encoder_vote, {"network__recurrentclassifier__max_epochs": 1}, MOLECULES),
        (pretraining.make_joint_network, {"recurrentclassifier__max_epochs": 1}, MOLECULES),
        (pretraining.make_random_encoder_svm, {}, MOLECULES),
    ]
}
if importlib.util.find_spec("selfies"):
    selfies = make_pipeline(SelfiesTokenizer(), RecurrentClassifier(**SMALL))
    MODELS["selfies"] = (selfies, MOLECULES, "predict_proba")
FOREIGN_TYPES = [
    "sklearn.tree._tree.Tree",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
]
"""Of forests and votes, which a user has to name."""
FRESH = """
import pickle, sys, warnings
warnings.simplefilter("error")
import seqestimators
from seqestimators.exceptions import TruncationWarning
warnings.simplefilter("ignore", TruncationWarning)  # of a network that has hardly learned
for path, trusted, X, method in pickle.load(sys.stdin.buffer):
    answers = getattr(seqestimators.load(path, trusted=trusted), method)(X)
    sys.stdout.buffer.write(pickle.dumps(answers))
"""


def assert_same(answers, expected):
    assert type(answers) is type(expected)
    for one, other in zip(answers, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the path, the types to trust, the input, the method and the answers of every saved model."""
    folder, files = tmp_path_factory.mktemp("models"), {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of trainings that have not converged
        for name, (model, data, method) in MODELS.items():
            model.fit(*data)
            save(model, folder / f"{name}.skops")
            trusted = FOREIGN_TYPES if name.endswith(("_forest", "_vote")) else []
            answers = getattr(model, method)(data[0])
            files[name] = (folder / f"{name}.skops", trusted, data[0], method, answers)
    return files


@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_back_to_the_bit(written, name):
    path, trusted, X, method, expected = written[name]
    assert_same(getattr(load(path, trusted=trusted), method)(X), expected)


def test_a_model_comes_back_to_the_bit_in_a_fresh_process(written):
    jobs = pickle.dumps([job[:-1] for job in written.values()])
    run = subprocess.run([sys.executable, "-c", FRESH], input=jobs, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    output = io.BytesIO(run.stdout)
    for *_, expected in written.values():
        assert_same(pickle.load(output), expected)


def test_a_model_that_is_not_fitted_and_several_in_one_file(tmp_path):
    models = {"tagger": RecurrentTagger(dropout=0.25), "tokenizers": [DNATokenizer(k=3), SmilesTokenizer()]}
    save(models, str(tmp_path / "models.skops"))
    again = load(str(tmp_path / "models.skops"))
    assert repr(again) == repr(models)


def test_an_object_that_occurs_twice_is_one_after_loading(tmp_path):
    model = make_pipeline(DNATokenizer(), VotingClassifier([("one", RecurrentClassifier(**SMALL))]))
    save(model.fit(DNA, KIND), tmp_path / "model.skops")
    vote = load(tmp_path / "model.skops")[-1]
    assert vote.named_estimators_["one"] is vote.estimators_[0]


def test_every_estimator_is_known_by_its_name():
    for name in _files.TRUSTED:
        module, _, class_name = name.rpartition(".")
        __import__(module)
        class_ = getattr(sys.modules[module], class_name)
        assert f"{class_.__module__}.{class_.__name__}" == name

    def concrete(class_):
        return not (class_.__name__.startswith(("Base", "_")) or getattr(class_, "__abstractmethods__", None))

    rooms = ("estimators", "preprocessing", "augmentation", "baselines")
    public = {
        thing
        for room in rooms
        for thing in vars(getattr(seqestimators, room)).values()
        if isinstance(thing, type) and issubclass(thing, BaseEstimator) and concrete(thing)
    }
    assert {f"{one.__module__}.{one.__name__}" for one in public} <= _files.OWN
    tried = {type(one) for model, *_ in MODELS.values() for one in (model, *model.get_params().values())}
    elsewhere = {seqestimators.preprocessing.ExternalTokenizer}  # whose own tests save it
    if "selfies" not in MODELS:
        elsewhere.add(SelfiesTokenizer)
    assert public <= tried | elsewhere
    recipes = {name for room in (baselines, pretraining) for name in room.__all__ if name.startswith("make_")}
    assert recipes <= MODELS.keys()


def test_versions_are_in_the_file(written):
    with zipfile.ZipFile(written["classifier"][0]) as archive:
        versions = json.loads(archive.read("versions.json"))
    assert list(versions) == ["seqestimators", "scikit-learn", "torch", "skops"]
    assert versions["seqestimators"] == seqestimators.__version__


@pytest.mark.parametrize("path", OLD_FILES, ids=lambda path: path.stem)
def test_files_of_earlier_releases_are_opened(path):
    """Release 0.1.0 had no `save`: skops wrote its file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of another scikit-learn, or defaults of parameters that came later
        content = load(path)
    models, expected = content["models"], content["expected"]
    close = {"rtol": 1e-5, "atol": 1e-6}
    np.testing.assert_allclose(models["classifier"].predict_proba(DNA[:4]), expected["classifier"], **close)
    np.testing.assert_allclose(models["regressor"].predict(SERIES[:2]), expected["regressor"], **close)
    np.testing.assert_allclose(models["tagger"].predict_proba(["MKV"])[0], expected["tagger"], **close)
    assert list(models["seq2seq"].predict(["ATGAAA", "AAACCC"])) == expected["seq2seq"]
    scores = models["language_model"].score_samples(["CCO", "CC"])
    np.testing.assert_allclose(scores, expected["language_model"], **close)


def test_what_no_file_can_hold_is_said_when_saving(tmp_path):
    path = tmp_path / "model.skops"
    path.write_bytes(b"an earlier one")
    with pytest.raises(TypeError, match="this Pipeline can't be saved.*<lambda>.*joblib.dump"):
        save(make_pipeline(DNATokenizer(), RecurrentClassifier(callbacks=[lambda net: None])), path)
    with pytest.raises(TypeError, match="this generator can't be saved"):
        save((row for row in DNA), path)
    assert path.read_bytes() == b"an earlier one"


def test_an_unknown_type_is_named_with_the_remedy(tmp_path):
    path = tmp_path / "tree.skops"
    tree = DecisionTreeClassifier().fit([[0.0], [1.0]], [0, 1])
    save(tree, path)
    with pytest.raises(
        ValueError, match=re.escape("load(path, trusted=['sklearn.tree._tree.Tree'])")
    ) as raised:
        load(path)
    assert f"seqestimators {seqestimators.__version__}" in str(raised.value)
    for trusted in (["sklearn.tree._tree.Tree"], [type(tree.tree_)], "sklearn.tree._tree.Tree"):
        assert load(path, trusted=trusted).predict([[1.0]]) == [1]
    with pytest.raises(TypeError, match="no file is trusted as a whole"):
        load(path, trusted=True)


def test_files_that_are_none_of_ours(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nowhere.skops")
    path = tmp_path / "model.skops"
    joblib.dump(RecurrentClassifier(), path)
    with pytest.raises(ValueError, match="written by an unknown version.*opened by joblib.load"):
        load(path)


# What a crafted file can't do. Each attempt changes the file of a small pipeline.


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Return the entries of a small model's file."""
    path = tmp_path_factory.mktemp("small") / "model.skops"
    save(make_pipeline(DNATokenizer(), RecurrentClassifier(**SMALL)).fit(DNA, KIND), path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def state_of(schema, step):
    """Return what the schema says of the state of a step."""
    return schema["content"]["content"]["steps"]["content"][step]["content"][1]["content"]["content"]


def write(folder, parts, schema=None, **options):
    """Write entries into a file, with another schema if one is given."""
    if schema is not None:
        parts = parts | {"schema.json": json.dumps(schema).encode()}
    path = folder / "model.skops"
    with zipfile.ZipFile(path, "w", **{"compression": zipfile.ZIP_DEFLATED} | options) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return path


def node(name, loader, **content):
    module, _, class_name = name.rpartition(".")
    return {"__module__": module, "__class__": class_name, "__loader__": loader, **content}


def text(value):
    return node("builtins.str", "JsonNode", content=json.dumps(value))


def listed(*nodes, name="builtins.list", loader="ListNode", **more):
    return node(name, loader, content=list(nodes), **more)


def mapping(name="builtins.dict", key_types=("builtins.str",), **content):
    types = listed(*(node(one, "TypeNode") for one in key_types))
    return node(name, "DictNode", content=content, key_types=types)


RUN = text("raise SystemExit('the file has run its code')")
EMPTY = mapping(key_types=())
ARGUMENTS = listed(RUN, name="builtins.tuple", loader="TupleNode")
CLASSIFIER = "seqestimators.estimators.classifier.RecurrentClassifier"

FOREIGN = {
    "a function": node("posix.system", "FunctionNode"),
    "a type": node("builtins.eval", "TypeNode"),
    "an object": node("subprocess.Popen", "ObjectNode", content=mapping(args=RUN)),
    "an object without content": node("antigravity.Anything", "ObjectNode"),
    "a constructor": node("builtins.exec", "ConstructorFromReduceNode", content=ARGUMENTS),
    "a constructor of our own": node(CLASSIFIER, "ConstructorFromReduceNode", content=EMPTY),
    "a list of our own": listed(RUN, name=CLASSIFIER),
    "our vocabulary by reduce": node(_files.VOCABULARY, "ConstructorFromReduceNode", content=ARGUMENTS),
    "reduce of a loss": node("builtins.exec", "LossNode", content=EMPTY, __reduce__={"args": ARGUMENTS}),
    "reduce of a tree": node(
        "sklearn.tree._tree.Tree", "TreeNode", content=EMPTY, __reduce__={"args": ARGUMENTS}
    ),
    "a partial": node(
        "functools.partial",
        "PartialNode",
        content={
            "func": node("builtins.exec", "TypeNode"),
            "args": ARGUMENTS,
            "kwds": EMPTY,
            "namespace": text(None),
        },
    ),
    "a method of ours": node(
        CLASSIFIER,
        "MethodNode",
        content={"func": "fit", "obj": node(CLASSIFIER, "ObjectNode", content=EMPTY)},
    ),
    "a method of another object": node(
        CLASSIFIER, "MethodNode", content={"func": "system", "obj": node("builtins.str", "TypeNode")}
    ),
    "a methodcaller": node("operator.methodcaller", "OperatorFuncNode", attrs=ARGUMENTS),
    "an operator of another module": node("os.system", "OperatorFuncNode", attrs=ARGUMENTS),
    "a list that is none": listed(RUN, name="builtins.exec"),
    "a set that is none": listed(RUN, name="builtins.exec", loader="SetNode"),
    "a tuple that is none": listed(RUN, name="builtins.exec", loader="TupleNode"),
    "a dictionary that is none": mapping("os._Environ"),
    "types of keys": mapping(key_types=["builtins.exec"], key=text(1)),
    "a default factory": node(
        "collections.defaultdict",
        "DefaultDictNode",
        content={"main": EMPTY, "default_factory": node("builtins.exec", "TypeNode")},
    ),
    "a random generator": node(
        "numpy.random._generator.Generator",
        "RandomGeneratorNode",
        content={"bit_generator": mapping(bit_generator=text("seed")), "seed_seq": EMPTY},
    ),
    "another name of our package": node("seqestimators.datasets.fetch_tox21", "FunctionNode"),
    "a module of our package": node("seqestimators._files.sys", "TypeNode"),
    "a name with our prefix": node("seqestimators_evil.RecurrentClassifier", "ObjectNode"),
    "an unknown loader": node("builtins.str", "PickleNode", content="x"),
    "a function of the old protocol": node(
        "builtins.exec", "FunctionNode", content={"module_path": "builtins", "function": "exec"}
    ),
    "an id that nobody has": node("builtins.str", "CachedNode", __id__=1234),
    "no node at all": {"content": "x"},
    "an array of an unknown kind": node("numpy.ndarray", "NdArrayNode", type="pickle", content=[]),
    "an array that is a sparse matrix": node("numpy.ndarray", "NdArrayNode", type="numpy", file="0.npz"),
    "an array outside of the file": node("numpy.ndarray", "NdArrayNode", type="numpy", file="../../x.npy"),
}


@pytest.mark.parametrize("attempt", FOREIGN)
def test_foreign_types_are_refused(parts, tmp_path, attempt):
    before = set(sys.modules)
    for protocol in (2, 0):
        schema = json.loads(parts["schema.json"])
        state_of(schema, 1)["verbose"] = FOREIGN[attempt]
        with pytest.raises(ValueError, match="can't be read|not known here"):
            load(write(tmp_path, parts, schema | {"protocol": protocol}))
        with pytest.raises(ValueError, match="can't be read|not known here"):
            load(write(tmp_path, parts, FOREIGN[attempt] | {"protocol": protocol}))
    assert "antigravity" not in set(sys.modules) - before


def array(**header):
    """Return an array's entry whose header says what it likes."""
    text = str({"descr": "<f8", "fortran_order": False, "shape": (2,)} | header).encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text + b"\n" + bytes(16)


def pickled():
    content = io.BytesIO()
    np.save(content, np.array([print], dtype=object), allow_pickle=True)
    return content.getvalue()


def sparse(**entries):
    content = io.BytesIO()
    scipy.sparse.save_npz(content, scipy.sparse.eye_array(2, format="csr"))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, part in entries.items():
            archive.writestr(f"{name}.npy", part)
    return content.getvalue()


ENTRIES = {
    "an array of a terabyte": {"0.npy": array(shape=(2**37,))},
    "a negative shape": {"0.npy": array(shape=(-1, -2))},
    "items without a size": {"0.npy": array(descr="|V0", shape=(10**12,))[:-16]},
    "a pickle in an array": {"0.npy": pickled()},
    "a bare pickle": {"0.npy": pickle.dumps([1])},
    "a header that is code": {"0.npy": array(descr="__import__('os')")},
    "an array that is an archive": {"0.npy": sparse()},
    "an array cut short": {"0.npy": array()[:-1]},
    "a pickle in a sparse matrix": {"0.npz": sparse(more=pickled())},
    "a terabyte in a sparse matrix": {"0.npz": sparse(more=array(shape=(2**37,)))},
    "a sparse matrix that is none": {"0.npz": b"PK"},
    "a path upwards": {"../../evil.npy": array()},
    "an absolute path": {"/tmp/evil.npy": array()},
    "a path of another system": {"C:\\evil.npy": array()},
    "a program": {"evil.py": b"raise SystemExit"},
    "versions that are none": {"versions.json": b"[1]"},
    "a schema that is none": {"schema.json": b"\xff"},
    "an empty schema": {"schema.json": b"{}"},
    "a schema of another kind": {"schema.json": b"[]"},
    "an endlessly nested schema": {"schema.json": b"[" * 100_000},
}


@pytest.mark.parametrize("attempt", ENTRIES)
def test_strange_entries_are_refused(parts, tmp_path, attempt):
    with pytest.raises(ValueError, match="can't be read"):
        load(write(tmp_path, parts | ENTRIES[attempt]))
    assert [path.name for path in tmp_path.iterdir()] == ["model.skops"]


@pytest.mark.parametrize("protocol", [99, -1, True, "2", None])
def test_protocols_that_skops_does_not_have_are_refused(parts, tmp_path, protocol):
    with pytest.raises(ValueError, match="can't be read"):
        load(write(tmp_path, parts, json.loads(parts["schema.json"]) | {"protocol": protocol}))


def lie_about_size(path):
    """Let the archive say that its first entry is one byte long."""
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 1)
    path.write_bytes(content)


@pytest.mark.parametrize("how", ["a long entry", "an entry in a matrix", "many readings", "a lie"])
def test_what_a_file_unpacks_to_is_bounded(parts, tmp_path, monkeypatch, how):
    monkeypatch.setattr(_files, "SPARE_BYTES", 10**6)
    schema, zeros = json.loads(parts["schema.json"]), array(shape=(2 + 2**20,)) + bytes(2**23)
    if how == "a long entry":
        parts = parts | {"0.npy": zeros}
    elif how == "an entry in a matrix":
        parts = parts | {"0.npz": sparse(more=zeros)}
    else:
        parts = parts | {"0.npy": array(shape=(2 + 2**12,)) + bytes(2**15)}
        one = node("numpy.ndarray", "NdArrayNode", type="numpy", file="0.npy")
        state_of(schema, 1)["verbose"] = listed(*[one] * 300)
    path = write(tmp_path, parts, schema)
    if how == "a lie":
        lie_about_size(path)
    with pytest.raises(ValueError, match="Bad CRC-32" if how == "a lie" else "more than 100 times its size"):
        load(path)


def test_few_objects_can_not_stand_for_many(parts, tmp_path):
    """Lists of lists, each level ten times the one before, in a schema of a few lines."""
    schema, laugh = json.loads(parts["schema.json"]), text("ha") | {"__id__": 1}
    for level in range(2, 12):
        laugh = listed(laugh, *[{"__id__": laugh["__id__"]}] * 9, __id__=level)
    state_of(schema, 1)["verbose"] = laugh
    with pytest.raises(ValueError, match="the same id"):
        load(write(tmp_path, parts, schema))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_kinds_of_compression_are_refused(parts, tmp_path, method):
    with pytest.raises(ValueError, match="packed as save packs none"):
        load(write(tmp_path, parts, compression=method))


def test_a_second_entry_of_one_name_is_refused(parts, tmp_path):
    path = write(tmp_path, parts)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("schema.json", parts["schema.json"])
    with pytest.raises(ValueError, match="packed as save packs none"):
        load(path)


def test_damaged_files_are_refused(parts, tmp_path):
    path = write(tmp_path, parts)
    whole = path.read_bytes()
    middle = len(whole) // 2
    damaged = [whole[:n] for n in (0, 1, 30, middle, len(whole) - 1)]
    damaged += [whole[middle:], whole[:200] + bytes(50) + whole[250:], b"PK\x05\x06" + bytes(18)]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(ValueError, match="can't be read"):
            load(path)


A_FUNCTION = min(NUMPY_UFUNC_TYPE_NAMES)  # skops trusts it; its name depends on the version of numpy
STATES = {
    "a network of a billion units": {"hidden_size": text(10**9)},
    "another network than its weights": {"hidden_size": text(3)},
    "a million layers": {"num_layers": text(10**6)},
    "a parameter of a wrong type": {"hidden_size": text("two")},
    "no parameters": {"_network_params": text(None)},
    "weights that are none": {"_weights": text([1, 2])},
    "a method": {"predict": node(A_FUNCTION, "FunctionNode")},
    "a private method": {"_make_net": text(1)},
    "a dunder": {"__class__": text("x")},
}


@pytest.mark.parametrize("attempt", STATES)
def test_strange_states_are_refused(parts, tmp_path, attempt):
    schema = json.loads(parts["schema.json"])
    state = state_of(schema, 1)
    for name, one in STATES[attempt].items():
        if name in state["_network_params"]["content"]:
            state["_network_params"]["content"][name] = one
        state[name] = one
    key_types = schema["content"]["content"]["steps"]["content"][1]["content"][1]["content"]["key_types"]
    key_types["content"] += [node("builtins.str", "TypeNode")] * len(STATES[attempt])
    with pytest.raises(ValueError, match="can't be read"):
        load(write(tmp_path, parts, schema))


def test_a_parameter_that_is_newer_than_the_file_has_its_default(parts, tmp_path):
    schema = json.loads(parts["schema.json"])
    for step, name in ((0, "unknown"), (1, "token_dropout")):
        state = schema["content"]["content"]["steps"]["content"][step]["content"][1]["content"]
        del state["content"][name]
        del state["key_types"]["content"][0]
    del state_of(schema, 1)["_network_params"]["content"]["token_dropout"]
    del state_of(schema, 1)["_network_params"]["key_types"]["content"][0]
    path = write(tmp_path, parts, schema)
    with pytest.warns(
        FileFormatWarning, match="RecurrentClassifier has defaults for token_dropout"
    ) as caught:
        model = load(path)
    assert "DNATokenizer has defaults for unknown" in str(caught[0].message)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert (model[0].unknown, model[1].token_dropout) == (DNATokenizer().unknown, 0.0)
    whole = load(write(tmp_path, parts))
    np.testing.assert_array_equal(model.predict_proba(DNA), whole.predict_proba(DNA))


def test_a_file_of_a_newer_version_is_read_with_a_note(parts, tmp_path):
    versions = json.dumps({"seqestimators": "99.1"}).encode()
    with pytest.warns(FileFormatWarning, match="written by seqestimators 99.1: this is"):
        load(write(tmp_path, parts | {"versions.json": versions}))


def test_a_file_of_skops_itself_is_read_too(parts, tmp_path):
    path = write(tmp_path, {name: part for name, part in parts.items() if name != "versions.json"})
    assert load(path).predict(DNA[:1]).shape == (1,)
