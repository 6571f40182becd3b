"""Write the object inventories that the site falls back on where no network is.

Each holds only the names our pages refer to. After adding a name here, run this
file; the format is version 2 of Sphinx's objects.inv.
"""

import zlib
from pathlib import Path

# project: (version, [(name, role, address below the project's base)])
INVENTORIES = {
    "python": (
        "3",
        [
            ("OSError", "py:exception", "library/exceptions.html#OSError"),
            ("TypeError", "py:exception", "library/exceptions.html#TypeError"),
            (
                "UserWarning",
                "py:exception",
                "library/exceptions.html#UserWarning",
            ),
            (
                "ValueError",
                "py:exception",
                "library/exceptions.html#ValueError",
            ),
            ("pickle", "py:module", "library/pickle.html#module-pickle"),
            ("re.finditer", "py:function", "library/re.html#re.finditer"),
        ],
    ),
    "numpy": (
        "2",
        [
            (
                "numpy.ndarray",
                "py:class",
                "reference/generated/numpy.ndarray.html#numpy.ndarray",
            ),
            (
                "numpy.random.RandomState",
                "py:class",
                "reference/random/legacy.html#numpy.random.RandomState",
            ),
        ],
    ),
    "pandas": (
        "",
        [
            (
                "pandas.DataFrame",
                "py:class",
                "reference/api/pandas.DataFrame.html#pandas.DataFrame",
            ),
            (
                "pandas.Series",
                "py:class",
                "reference/api/pandas.Series.html#pandas.Series",
            ),
        ],
    ),
    "sklearn": (
        "1",
        [
            (
                f"sklearn.{name}",
                f"py:{role}",
                f"modules/generated/sklearn.{name}.html#sklearn.{name}",
            )
            for name, role in [
                ("base.BaseEstimator", "class"),
                ("ensemble.RandomForestClassifier", "class"),
                ("feature_extraction.text.CountVectorizer", "class"),
                ("model_selection.GridSearchCV", "class"),
                ("model_selection.HalvingGridSearchCV", "class"),
                ("model_selection.cross_val_score", "function"),
                ("neural_network.MLPClassifier", "class"),
                ("neural_network.MLPRegressor", "class"),
                ("pipeline.Pipeline", "class"),
                ("pipeline.make_pipeline", "function"),
                ("preprocessing.OneHotEncoder", "class"),
                ("utils.Bunch", "class"),
            ]
        ]
        + [  # scikit-learn's own docstrings, inherited, refer to these
            (
                "accuracy_score",
                "std:label",
                "modules/model_evaluation.html#accuracy-score",
            ),
            (
                "r2_score",
                "std:label",
                "modules/model_evaluation.html#r2-score",
            ),
        ],
    ),
    "skorch": (
        "",
        [
            (
                "skorch.callbacks.Callback",
                "py:class",
                "callbacks.html#skorch.callbacks.Callback",
            ),
            (
                "skorch.classifier.NeuralNetClassifier",
                "py:class",
                "classifier.html",
            ),
            (
                "skorch.net.NeuralNet",
                "py:class",
                "net.html#skorch.net.NeuralNet",
            ),
        ],
    ),
    "torch": (
        "2",
        [
            (
                f"torch.{name}",
                f"py:{role}",
                f"generated/torch.{name}.html#torch.{name}",
            )
            for name, role in [
                ("Generator", "class"),
                ("nn.GRU", "class"),
                ("nn.LSTM", "class"),
                ("nn.Module", "class"),
                ("nn.RNN", "class"),
                ("nn.utils.rnn.pack_padded_sequence", "function"),
                ("optim.AdamW", "class"),
                ("optim.lr_scheduler.OneCycleLR", "class"),
            ]
        ],
    ),
}


def main():
    for project, (version, names) in INVENTORIES.items():
        head = (
            f"# Sphinx inventory version 2\n# Project: {project}\n# Version: {version}\n"
            "# The remainder of this file is compressed using zlib.\n"
        )
        # name, role, priority, address, and "-" for a title that is the name
        lines = "".join(
            f"{name} {role} 1 {address} -\n"
            for name, role, address in sorted(names)
        )
        path = Path(__file__).with_name(f"{project}.inv")
        path.write_bytes(head.encode() + zlib.compress(lines.encode(), 9))


if __name__ == "__main__":
    main()
