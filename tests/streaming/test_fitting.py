import numpy as np
import pandas as pd
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seqestimators import (
    DNATokenizer,
    Padder,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentTagger,
    SequenceTokenizer,
)
from seqestimators.streaming import SequenceFile, fit_chunks
from seqestimators.streaming.fitting import _Chunks, _shuffle

SMALL = {"hidden_size": 3, "embedding_dim": 3, "random_state": 0}
STRINGS = ["ab", "ba", "bb", "aab", "cab", "b"]
LABELS = [0, 1, 1, 0, 2, 1]
CHUNKS = [(STRINGS[i : i + 2], LABELS[i : i + 2]) for i in (0, 2, 4)]


def pipeline(kind=RecurrentClassifier, **parameters):
    return make_pipeline(SequenceTokenizer(), kind(**SMALL | parameters))


def test_a_pipeline_learns_from_chunks():
    model = pipeline()
    fitted = fit_chunks(model, CHUNKS, n_epochs=2, shuffle_buffer=0)
    assert not hasattr(model[1], "net_")
    assert fitted[0].vocabulary_ == SequenceTokenizer().fit(STRINGS).vocabulary_
    assert fitted.classes_.tolist() == [0, 1, 2]
    assert fitted[1].n_iter_ == 6
    ids = fitted[0].transform(STRINGS)
    alone = RecurrentClassifier(**SMALL)
    for i in (0, 2, 4, 0, 2, 4):
        alone.partial_fit(ids[i : i + 2], LABELS[i : i + 2], classes=[0, 1, 2])
    np.testing.assert_array_equal(fitted.predict_proba(STRINGS), alone.predict_proba(ids))


@pytest.mark.parametrize("kind", [RecurrentTagger, RecurrentRegressor, RecurrentLanguageModel])
def test_every_kind_of_target_comes_in_chunks(kind):
    chunks = {
        RecurrentTagger: [
            (STRINGS[:3], [list("xy"), list("yx"), list("yy")]),
            (STRINGS[3:], [["x", "z", None], ["x"] * 3, ["y"]]),
        ],
        RecurrentRegressor: CHUNKS,
        RecurrentLanguageModel: [STRINGS[:4], STRINGS[4:]],
    }[kind]
    fitted = fit_chunks(pipeline(kind), chunks, random_state=0)
    assert fitted.transform(STRINGS).shape[0] == 6
    if kind is RecurrentTagger:
        assert fitted.classes_.tolist() == ["x", "y", "z"]


def test_several_labels_a_row_need_no_classes():
    fitted = fit_chunks(pipeline(), [(STRINGS, np.array([LABELS, LABELS]).T.clip(max=1))])
    assert fitted.predict(STRINGS).shape == (6, 2)


def test_a_file_and_steps_that_learn_nothing(tmp_path, capsys):
    path = tmp_path / "genes.fa"
    path.write_text(">a\nacgt\n>b\nggca\n>c\nta\n")
    upper = FunctionTransformer(lambda rows: [row.upper() for row in rows])
    model = make_pipeline(upper, "passthrough", DNATokenizer(), RecurrentLanguageModel(**SMALL))
    fitted = fit_chunks(model, SequenceFile(path, chunk_size=2), verbose=1)
    assert np.isfinite(fitted.score_samples(["ACG"])).all()
    assert "epoch 1 of 1: 100%" in capsys.readouterr().err


def test_what_was_fitted_before_stays():
    frozen = FrozenEstimator(SequenceTokenizer().fit(["abcd"]))
    fitted = fit_chunks(make_pipeline(frozen, RecurrentClassifier(**SMALL)), lambda: iter(CHUNKS))
    assert fitted[0].n_tokens_ == 8


@pytest.mark.parametrize(
    ("model", "chunks", "error", "message"),
    [
        (pipeline(), iter(CHUNKS), TypeError, "is a list_iterator, which can be gone through only once"),
        (pipeline(), [], ValueError, "chunks has no rows"),
        (pipeline(), [([], [])], ValueError, "chunks has no rows"),
        (pipeline(), [*CHUNKS, (["ab", "b"], [0])], ValueError, "chunk 3 has 2 sequences, but 1 targets"),
        (pipeline(early_stopping=True), CHUNKS, ValueError, "supports no early_stopping=True"),
        (LogisticRegression(), CHUNKS, TypeError, "LogisticRegression can't learn from chunks"),
        (
            make_pipeline(SequenceTokenizer(), Padder(), RecurrentClassifier()),
            CHUNKS,
            TypeError,
            "the step 'padder' can't learn from chunks, .*FrozenEstimator",
        ),
    ],
)
def test_what_cannot_be_trained_is_named(model, chunks, error, message):
    with pytest.raises(error, match=message):
        fit_chunks(model, chunks)


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, lambda rows: pd.DataFrame({"x": rows})])
@pytest.mark.parametrize("n_held", [0, 1, 5, 100])
def test_rows_are_drawn_from_a_window(kind, n_held):
    chunks = [(kind(list(range(i, i + 4))), list(range(i, i + 4))) for i in range(0, 18, 4)]
    drawn = list(_shuffle(_Chunks(chunks), n_held, np.random.RandomState(0)))
    rows = [list(X["x"] if isinstance(X, pd.DataFrame) else X) for X, _ in drawn]
    assert rows == [list(y) for _, y in drawn]
    flat = [row for chunk in rows for row in chunk]
    assert sorted(flat) == list(range(20))
    assert (flat == list(range(20))) == (n_held == 0)
    assert max(map(len, rows)) == 4
    latest = np.maximum.accumulate(flat)
    assert (latest <= np.arange(20) // 4 * 4 + 2 * 4 + n_held).all()  # none came before it was read
