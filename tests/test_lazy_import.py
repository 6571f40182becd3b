"""What an import loads, watched in a fresh interpreter."""

import subprocess
import sys

HEAVY = {"Bio", "matplotlib", "rdkit", "skorch", "torch"}
COMPILER = {"sympy", "torch._dynamo", "torch.onnx"}


def heavy_packages_loaded_by(code):
    report = f"import sys; print(*sorted({HEAVY | COMPILER} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_the_package_alone_loads_nothing_heavy():
    code = "import sys, seqestimators; assert not {'numpy', 'sklearn'} & set(sys.modules)"
    assert heavy_packages_loaded_by(code) == set()


def test_tokenizing_and_padding_load_nothing_heavy():
    examples = {
        "SequenceTokenizer": "abc",
        "DNATokenizer": "ACGT",
        "CodonTokenizer": "ATGTAA",
        "ProteinTokenizer": "MKL",
        "SmilesTokenizer": "c1ccccc1O",
        "WordTokenizer": "the end",
    }
    code = [f"seqestimators.{name}().fit_transform(['{text}'])" for name, text in examples.items()]
    code.append("seqestimators.Padder().fit_transform([[4, 5], [6]])")
    assert heavy_packages_loaded_by("; ".join(["import seqestimators", *code])) == set()


def test_rooms_beside_the_networks_load_no_torch():
    rooms = ("baselines", "datasets", "metrics", "model_selection", "plotting")
    code = "import " + ", ".join(f"seqestimators.{room}" for room in rooms)
    assert not heavy_packages_loaded_by(code) & {"torch", "skorch", "matplotlib"}


def test_estimators_load_no_plotting():
    assert "matplotlib" not in heavy_packages_loaded_by("from seqestimators import RecurrentClassifier")


def test_a_fit_loads_no_compiler():
    code = """
import numpy as np
from seqestimators import RecurrentClassifier
X, y = np.random.default_rng(0).integers(4, 8, (20, 5)), np.arange(20) % 2
model = RecurrentClassifier(hidden_size=2, max_epochs=1, early_stopping=True, warm_start=True, random_state=0)
model.fit(X, y).fit(X, y).predict(X)
for optimizer in ("adam", "nadam", "radam", "rmsprop", "sgd"):
    RecurrentClassifier(cell="gru", hidden_size=2, max_epochs=1, optimizer=optimizer).fit(X, y)
"""
    assert not heavy_packages_loaded_by(code) & COMPILER
