"""How the room is built: it asks estimators by their public names, and changes none of them."""

import ast
import builtins
import importlib
import inspect as python_inspect
import pickle
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline

import seqestimators
from seqestimators import (
    CodonTokenizer,
    DNATokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
    SmilesTokenizer,
    inspection,
)

ROOM = Path(inspection.__file__).parent
FILES = sorted(ROOM.rglob("*.py"))
PACKAGE = Path(seqestimators.__file__).parent
KINDS = ("is_classifier", "is_regressor", "is_clusterer", "is_outlier_detector", "get_tags")

SMALL = {"hidden_size": 4, "embedding_dim": 3, "max_epochs": 1, "random_state": 0}
DNA, LABELS = ["ACGTAC", "TT", "GATTACA", "C"], ["a", "b", "a", "b"]
GENES, PROTEINS = ["ATGGCATAA", "ATGATG", "TTTTAA"], ["MA*", "MM", "F*"]
LONG = "ABABABABAB" * 30


def name_of(path):
    return path.relative_to(ROOM).as_posix()


def nodes_of(path, kind):
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kind)]


def private_reads(source):
    """Return the attributes with one underscore in front that are read of anything but an object itself."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    ]


def test_private_attributes_are_found():
    source = "self._own; cls._own; x.__class__; model._read(X); self.estimator._known[0]; super()._plot()"
    assert private_reads(source) == ["model._read", "self.estimator._known", "super()._plot"]


def test_no_private_attribute_of_another_object_is_read():
    read = {name_of(path): private_reads(path.read_text(encoding="utf-8")) for path in FILES}
    assert {name: found for name, found in read.items() if found} == {}


def test_no_private_attribute_is_read_by_its_name():
    """Nor by getattr and the like, or an attrgetter."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        for node in nodes_of(path, ast.Call)
        if ast.unparse(node.func).split(".")[-1] in ("getattr", "hasattr", "attrgetter", "methodcaller")
        for given in node.args
        if isinstance(given, ast.Constant)
        and str(given.value).startswith("_")
        and not str(given.value).startswith("__")
    ]
    assert found == []


def kinds_told_apart(path):
    """Return the estimators of this package that a file compares with by isinstance or issubclass."""
    package = ".".join(("seqestimators", *path.relative_to(PACKAGE).with_suffix("").parts))
    module = importlib.import_module(package.removesuffix(".__init__"))
    found = []
    for node in nodes_of(path, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass"):
            given = node.args[1]
            for one in given.elts if isinstance(given, ast.Tuple) else [given]:
                kind = eval(ast.unparse(one), vars(builtins) | vars(module))
                if issubclass(kind, BaseEstimator) and kind.__module__.startswith("seqestimators."):
                    found.append(kind.__name__)
    return found


def test_kinds_of_estimators_are_told_apart_at_one_gate():
    told_apart = {name_of(path): found for path in FILES if (found := kinds_told_apart(path))}
    # Of a tokenizer, atoms ask whether it reads SMILES: it is no model
    assert told_apart == {"_fitted.py": ["BaseRecurrent"], "atoms.py": ["SmilesTokenizer"]}
    named = {
        f"{name_of(path)}: {ast.unparse(node)}"
        for path in FILES
        for node in nodes_of(path, (ast.Name, ast.Attribute))
        if getattr(node, "id", getattr(node, "attr", None)) in KINDS
    }
    assert named == set()


MODELS = {
    "classifier": lambda: make_pipeline(
        DNATokenizer(), RecurrentClassifier(**SMALL, pooling="attention")
    ).fit(DNA, LABELS),
    "regressor": lambda: make_pipeline(DNATokenizer(), RecurrentRegressor(**SMALL)).fit(DNA, [1.0, 2, 4, 7]),
    "tagger": lambda: make_pipeline(CodonTokenizer(), RecurrentTagger(**SMALL)).fit(GENES, PROTEINS),
    "seq2seq": lambda: make_pipeline(CodonTokenizer(), RecurrentSeq2Seq(**SMALL)).fit(GENES, PROTEINS),
    "language model": lambda: make_pipeline(DNATokenizer(), RecurrentLanguageModel(**SMALL)).fit(DNA),
    "molecules": lambda: make_pipeline(
        SmilesTokenizer(), RecurrentClassifier(**SMALL, pooling="attention")
    ).fit(["CCO", "C=N", "CC"], ["a", "b", "b"]),
}
"""Each with one sequence and its target."""
ONE = {
    "classifier": ("GATTA", "b"),
    "regressor": ("GATTA", 7.0),
    "tagger": ("ATGTTT", "FF"),
    "seq2seq": ("ATGTTT", LONG),
    "language model": ("GATTA", None),
    "molecules": ("CC=O", "a"),
}
TWO_ANSWERS = ("classifier", "regressor")
WITH_TARGET = (*TWO_ANSWERS, "tagger", "seq2seq")
CODED = ("tagger", "seq2seq")
ALL = tuple(MODELS)

# What takes a model: with which of the models it is called, and how, with one sequence and its target.
LOOKS = {
    "atom_alignment": (("molecules",), lambda f, model, x, y: f(model, x)),
    "attention_weights": (("classifier",), lambda f, model, x, y: f(model, [x, x])),
    "codon_table": (CODED, lambda f, model, x, y: f(model, n_contexts=1, length=4)),
    "decision_trace": (TWO_ANSWERS, lambda f, model, x, y: f(model, x)),
    "gate_trace": (ALL, lambda f, model, x, y: f(model, x)),
    "gradient_flow": (WITH_TARGET, lambda f, model, x, y: f(model, x, y)),
    "hidden_states": (ALL, lambda f, model, x, y: f(model, x)),
    "integrated_gradients": (TWO_ANSWERS, lambda f, model, x, y: f(model, x)),
    "mutagenesis": (TWO_ANSWERS, lambda f, model, x, y: f(model, x)),
    "numpy_forward": (ALL, lambda f, model, x, y: f(model, x)),
    "token_contrast": (("classifier",), lambda f, model, x, y: f(model, "A", ["C"], ["G"])),
    "token_embeddings": (ALL, lambda f, model, x, y: f(model)),
    "token_similarity": (("classifier",), lambda f, model, x, y: f([model, model], "A")),
    "variant_effect": (("language model",), lambda f, model, x, y: f(model, x, [x])),
    "AttentionDisplay.from_estimator": (("seq2seq", "classifier"), lambda f, model, x, y: f(model, x, y)),
    "CodonTableDisplay.from_estimator": (
        CODED, lambda f, model, x, y: f(model, n_contexts=1, length=4, kind="cells"),
    ),
    "DecisionTraceDisplay.from_estimator": (TWO_ANSWERS, lambda f, model, x, y: f(model, x)),
    "DecisionTraceDisplay.from_estimators": (TWO_ANSWERS, lambda f, model, x, y: f({"a": model}, [x])),
    "GateDisplay.from_estimator": (("classifier",), lambda f, model, x, y: f(model, x, kind="mean")),
    "GradientFlowDisplay.from_estimator": (WITH_TARGET, lambda f, model, x, y: f(model, [x], [y])),
    "GradientFlowDisplay.from_estimators": (WITH_TARGET, lambda f, model, x, y: f({"a": model}, [x], [y])),
    "HiddenStateDisplay.from_estimator": (ALL, lambda f, model, x, y: f(model, x, kind="norm")),
    "MoleculeAttributionDisplay.from_estimator": (
        ("molecules",),
        lambda f, model, x, y: [
            f(model, x, attribution=one) for one in ("integrated_gradients", "occlusion", "attention")
        ],
    ),
    "MutagenesisDisplay.from_estimator": (("classifier",), lambda f, model, x, y: f(model, x)),
    "TokenSimilarityDisplay.from_estimator": (("classifier",), lambda f, model, x, y: f(model, "A")),
    "TokenSimilarityDisplay.from_estimators": (("classifier",), lambda f, model, x, y: f([model] * 2, "A")),
    "TrainingHistoryDisplay.from_estimator": (ALL, lambda f, model, x, y: f(model)),
    "TrainingHistoryDisplay.from_estimators": (ALL, lambda f, model, x, y: f({"a": model, "b": [model]})),
}  # fmt: skip


def names_that_take_a_model():
    for name in inspection.__all__:
        public = getattr(inspection, name)
        if not python_inspect.isclass(public):
            yield name
        for maker in ("from_estimator", "from_estimators"):
            if hasattr(public, maker):
                yield f"{name}.{maker}"


def test_every_public_name_that_takes_a_model_is_tried():
    assert sorted(LOOKS) == sorted(names_that_take_a_model())


@pytest.fixture(scope="module")
def model_of():
    fitted = {}

    def find(name):
        if name not in fitted:
            fitted[name] = MODELS[name]()
        return fitted[name]

    return find


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", LOOKS)
def test_looking_at_a_model_leaves_it_as_it_was(name, model_of):
    names, look = LOOKS[name]
    public, _, maker = name.partition(".")
    function = getattr(inspection, public)
    function = getattr(function, maker) if maker else function
    for one in names:
        model, (x, y) = model_of(one), ONE[one]
        if one == "classifier" and name == "AttentionDisplay.from_estimator":
            y = None  # for models that write targets only
        before = pickle.dumps(model), pickle.dumps(model[-1].net_.module_.state_dict())
        look(function, model, x, y)
        assert pickle.dumps(model) == before[0], one
        assert pickle.dumps(model[-1].net_.module_.state_dict()) == before[1], one
    plt.close("all")


def test_a_long_target_to_look_at_makes_no_prediction_longer(model_of):
    model = model_of("seq2seq")
    ratio, before = model[-1].max_length_ratio_, model.predict(GENES).tolist()
    inspection.AttentionDisplay.from_estimator(model, "ATGTTT", LONG)
    plt.close("all")
    assert model[-1].max_length_ratio_ == ratio
    assert model.predict(GENES).tolist() == before
