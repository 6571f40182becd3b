"""Learned vectors of tokens, and how alike they are."""

import numpy as np
import pytest
from scipy import stats
from sklearn.exceptions import NotFittedError
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.pipeline import make_pipeline

from seqestimators import (
    CodonTokenizer,
    DNATokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentSeq2Seq,
    SequenceTokenizer,
)
from seqestimators.inspection import token_contrast, token_embeddings, token_similarity

X, y = ["ACGTAC", "TT", "GATTACA", "C"], [0, 1, 0, 1]
SPECIAL = ["<pad>", "<unknown>", "<bos>", "<eos>"]


def make_model(tokenizer=None, **parameters):
    settings = {"hidden_size": 5, "embedding_dim": 3, "max_epochs": 2, "random_state": 0} | parameters
    return make_pipeline(tokenizer or DNATokenizer(), RecurrentClassifier(**settings))


@pytest.fixture(scope="module")
def models():
    return [make_model(random_state=seed).fit(X, y) for seed in range(4)]


def matrix_of(model):
    return model[-1].net_.module_.encoder.embedding.weight.detach().numpy()


def test_one_hot_vectors_times_the_table_are_what_the_network_reads(models):
    table = token_embeddings(models[0])
    assert list(table.index) == [*SPECIAL, "A", "C", "G", "T"]
    np.testing.assert_array_equal(table, matrix_of(models[0]))
    assert (table.loc["<pad>"] == 0).all()
    ids = models[0][0].transform(["GATTACA"])[0]
    np.testing.assert_array_equal(np.eye(8)[ids] @ table.to_numpy(), table.loc[list("GATTACA")])


def test_one_hot_models_read_the_identity():
    table = token_embeddings(make_model(embedding_dim=None).fit(X, y))
    expected = np.eye(8)
    expected[0, 0] = 0
    np.testing.assert_array_equal(table, expected)


def test_tokens_are_ids_without_a_tokenizer():
    model = RecurrentClassifier(embedding_dim=2, max_epochs=1).fit([np.array([4, 6]), np.array([5])], [0, 1])
    assert list(token_embeddings(model).index) == [*SPECIAL, 4, 5, 6]
    assert set(token_similarity(model, 4).index) == {5, 6}


def test_tokens_that_are_tuples_stay_whole():
    rows = [[(1, 2), (3, 4)], [(1, 2), (5, 6)]]
    model = make_model(SequenceTokenizer()).fit(rows, [0, 1])
    assert token_embeddings(model).index[4] == (1, 2)
    assert set(token_similarity([model, model], (1, 2)).index) == {(3, 4), (5, 6)}


def test_language_models_and_sources_of_sequence_to_sequence_have_embeddings_too():
    parameters = {"hidden_size": 4, "embedding_dim": 3, "max_epochs": 1}
    language = make_pipeline(DNATokenizer(), RecurrentLanguageModel(**parameters)).fit(X)
    translator = make_pipeline(DNATokenizer(), RecurrentSeq2Seq(**parameters)).fit(X, X)
    for model in (language, translator):
        np.testing.assert_array_equal(token_embeddings(model), matrix_of(model))


def test_similarity_is_the_cosine_and_falls(models):
    table = token_similarity(models[0], "A")
    vectors = matrix_of(models[0])[4:]
    expected = dict(zip("CGT", cosine_similarity(vectors)[0, 1:], strict=True))
    assert list(table.columns) == ["similarity"]
    assert table["similarity"].to_dict() == pytest.approx(expected, abs=1e-6)
    assert table["similarity"].is_monotonic_decreasing
    assert list(token_similarity(models[0], "A", others=["T"]).index) == ["T"]


def test_several_models_give_students_interval(models):
    table = token_similarity(models, "A", confidence=0.9)
    assert list(table.columns) == ["similarity", "low", "high", "n_models"]
    for token, row in table.iterrows():
        values = [token_similarity(model, "A").loc[token, "similarity"] for model in models]
        low, high = stats.t.interval(0.9, 3, np.mean(values), stats.sem(values))
        assert row.tolist() == pytest.approx([np.mean(values), low, high, 4], abs=1e-6)
    alone = token_similarity(models[:1], "A")
    assert alone[["low", "high"]].isna().all(axis=None)
    assert (alone["n_models"] == 1).all()


def test_a_token_that_some_models_lack_is_averaged_over_the_others(models):
    narrow = make_model().fit(["ACG", "C"], [0, 1])
    table = token_similarity([narrow, *models[:2]], "A")
    assert table["n_models"].to_dict() == {"C": 3, "G": 3, "T": 2}
    expected = token_similarity(models[:2], "A").loc["T", ["similarity", "low", "high"]]
    assert table.loc["T", ["similarity", "low", "high"]].tolist() == pytest.approx(expected.tolist())
    with pytest.raises(
        ValueError, match=r"models\[1\] has seen no token 'T' in fit: its tokens are 'A', 'C'"
    ):
        token_similarity([models[0], narrow], "A", others=["T"])
    with pytest.raises(ValueError, match=r"models\[0\] has seen no token 'T' in fit"):
        token_similarity([narrow, models[0]], "T")


def test_a_token_of_the_vocabulary_that_fit_never_saw_has_no_similarity():
    model = make_model(CodonTokenizer()).fit(["ATGTAA", "ATGTTTTGA"], [0, 1])
    assert set(token_similarity(model, "ATG").index) == {"TAA", "TTT", "TGA"}
    with pytest.raises(ValueError, match="the model has seen no token 'CCC' in fit"):
        token_similarity(model, "CCC")


def test_a_contrast_is_the_difference_of_two_mean_similarities(models):
    contrast = token_contrast(models, "A", ["G"], ["C", "T"])
    values = []
    for model in models:
        similarity = token_similarity(model, "A")["similarity"]
        values.append(similarity["G"] - (similarity["C"] + similarity["T"]) / 2)
    low, high = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    np.testing.assert_allclose(contrast.per_model["difference"], values, atol=1e-6)
    assert contrast[:3] == pytest.approx((np.mean(values), low, high), abs=1e-6)
    alone = token_contrast(models[0], "A", ["G"], ["C", "T"])
    assert alone.difference == pytest.approx(values[0], abs=1e-6)
    assert np.isnan(alone.low)
    assert np.isnan(alone.high)


def test_what_has_no_vectors_is_refused(models):
    with pytest.raises(NotFittedError):
        token_embeddings(make_model())
    numeric = RecurrentClassifier(max_epochs=1).fit([np.array([0.5]), np.array([-1.0])], [0, 1])
    with pytest.raises(TypeError, match="RecurrentClassifier reads numeric series, which have no tokens"):
        token_embeddings(numeric)
    with pytest.raises(ValueError, match="one-hot vectors, .* such as embedding_dim=32"):
        token_similarity(make_model(embedding_dim=None).fit(X, y), "A")
    with pytest.raises(ValueError, match="has seen no token '<pad>'"):
        token_similarity(models[0], "<pad>")
    with pytest.raises(ValueError, match="models is empty"):
        token_similarity([], "A")
    with pytest.raises(ValueError, match="second is empty"):
        token_contrast(models, "A", ["C"], [])
    with pytest.raises(ValueError, match="confidence"):
        token_similarity(models, "A", confidence=1)
