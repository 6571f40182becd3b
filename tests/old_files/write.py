"""Write the file that is kept of a release, with the models that test_files.py asks again.

`python tests/old_files/write.py` writes release_VERSION.skops beside it.
"""

from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline

import seqestimators as sq

SMALL = {"hidden_size": 2, "embedding_dim": 2, "max_epochs": 1, "random_state": 0}


def write():
    dna, kind = ["ATGCCA", "ATGA", "CCATA", "GGCAC"], ["a", "a", "b", "b"]
    series = [np.arange(3.0), np.arange(5.0)]
    models = {
        "classifier": make_pipeline(sq.DNATokenizer(), sq.RecurrentClassifier(**SMALL)).fit(
            dna * 2, kind * 2
        ),
        "regressor": make_pipeline(
            sq.SeriesScaler(), sq.RecurrentRegressor(**SMALL | {"embedding_dim": None})
        ).fit(series * 3, [0.0, 1.0] * 3),
        "tagger": make_pipeline(sq.ProteinTokenizer(), sq.RecurrentTagger(**SMALL)).fit(
            ["MKV", "KL"] * 3, ["HHE", "EE"] * 3
        ),
        "seq2seq": make_pipeline(sq.CodonTokenizer(), sq.RecurrentSeq2Seq(**SMALL)).fit(
            ["ATGAAA", "AAACCC"] * 3, ["MK", "KP"] * 3
        ),
        "language_model": make_pipeline(sq.SmilesTokenizer(), sq.RecurrentLanguageModel(**SMALL)).fit(
            ["CCO", "CC"] * 3
        ),
    }
    expected = {
        "classifier": models["classifier"].predict_proba(dna),
        "regressor": models["regressor"].predict(series),
        "tagger": models["tagger"].predict_proba(["MKV"])[0],
        "seq2seq": list(models["seq2seq"].predict(["ATGAAA", "AAACCC"])),
        "language_model": models["language_model"].score_samples(["CCO", "CC"]),
    }
    path = Path(__file__).parent / f"release_{sq.__version__}.skops"
    sq.save({"models": models, "expected": expected}, path)


if __name__ == "__main__":
    write()
