"""What the network is told of places, neighbours and strands."""

import pickle

import numpy as np
import pytest
from Bio.Seq import reverse_complement
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline

from seqestimators import (
    DNATokenizer,
    ProteinTokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentTagger,
)
from seqestimators.inspection import hidden_states, integrated_gradients, mutagenesis, numpy_forward
from seqestimators.preprocessing.dna import complement_ids

SMALL = {"hidden_size": 4, "embedding_dim": 3, "max_epochs": 2, "random_state": 0}
RAGGED, Y = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 6, np.array([0, 1, 1, 0] * 6)
ALIGNED = [[4, 5, 6, 7], [5, 5, 4, 4], [6, 4, 4, 5], [7, 7, 7, 4]] * 6


def draw_windows(n_rows, seed):
    """Windows of 60 nucleotides, half of each alike, whose class is an A at place 30."""
    windows = np.random.default_rng(seed).choice(list("ACGT"), size=(n_rows, 60))
    is_a = np.arange(n_rows) % 2 == 0
    windows[is_a, 30] = "A"
    windows[~is_a & (windows[:, 30] == "A"), 30] = "C"
    return ["".join(row) for row in windows], is_a


def test_a_task_that_is_impossible_without_positions_is_solved_with_them():
    X, y = draw_windows(400, seed=0)
    unseen, expected = draw_windows(200, seed=1)
    settings = {"hidden_size": 16, "max_epochs": 12, "lr": 0.01, "dropout": 0.0, "random_state": 0}
    scores = {}
    for positions in ("auto", False):
        model = make_pipeline(DNATokenizer(), RecurrentClassifier(positions=positions, **settings))
        scores[positions] = model.fit(X, y).score(unseen, expected)
    assert scores["auto"] > 0.95
    assert scores[False] < 0.75


@pytest.mark.parametrize("estimator", [RecurrentClassifier, RecurrentRegressor])
def test_auto_is_for_aligned_tokens_only(estimator):
    assert estimator(**SMALL).fit(ALIGNED, Y).n_positions_ == 4
    assert estimator(**SMALL).fit([[4], [5]] * 12, Y).n_positions_ == 0
    assert estimator(**SMALL).fit(np.random.default_rng(0).normal(size=(24, 3)), Y).n_positions_ == 0
    ragged = estimator(**SMALL).fit(RAGGED, Y)
    plain = estimator(positions=False, **SMALL).fit(RAGGED, Y)
    assert (ragged.n_positions_, ragged.n_parameters_) == (0, plain.n_parameters_)
    np.testing.assert_array_equal(ragged.predict(RAGGED), plain.predict(RAGGED))
    forced = estimator(positions=True, **SMALL).fit(RAGGED, Y)
    assert forced.n_parameters_ == plain.n_parameters_ + 4 * 3


def test_rows_of_other_lengths_than_those_of_fit_are_read():
    model = RecurrentClassifier(**SMALL).fit(ALIGNED, Y)
    together = model.predict_proba([[4, 5, 6, 7, 4, 5], [4], ALIGNED[0], []])
    alone = [model.predict_proba([row])[0] for row in ([4, 5, 6, 7, 4, 5], [4], ALIGNED[0], [])]
    np.testing.assert_allclose(together, alone, atol=1e-6)
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(restored.predict_proba(ALIGNED), model.predict_proba(ALIGNED))


def test_validation_rows_and_rows_of_weight_0_are_no_training_rows():
    rows = [*ALIGNED, [4] * 9]
    model = RecurrentClassifier(**SMALL).fit(rows, [*Y, 1], sample_weight=[*np.ones(24), 0])
    assert model.n_positions_ == 4


@pytest.mark.parametrize(
    "options", [{}, {"embedding_dim": None}, {"stem": (5, 3, 1)}, {"stem": (5, 3, 2)}], ids=str
)
def test_inspection_knows_positions_and_stems(options):
    model = RecurrentClassifier(**SMALL | {"lr": 0.1, "dtype": "float64"} | options).fit(ALIGNED, Y)
    assert model.net_.module_.encoder.positions.abs().max() > 0.01
    states = hidden_states(model, ALIGNED[0])
    np.testing.assert_allclose(numpy_forward(model, ALIGNED[0]), states, atol=1e-10)
    gains = model.decision_function(ALIGNED[:1]) - model.decision_function([[5] * 4])
    attributions = integrated_gradients(model, ALIGNED[0], baseline=5, tolerance=1e-6)
    assert attributions.shape == (4,)
    np.testing.assert_allclose(attributions.sum(), gains[0], atol=1e-5)
    change = model.decision_function([[4, 5, 6, 6]]) - model.decision_function(ALIGNED[:1])
    np.testing.assert_allclose(mutagenesis(model, ALIGNED[0]).loc[(3, "7"), "6"], change[0], atol=1e-8)


def test_positions_of_tagger_and_sequence_to_sequence():
    tags = ["abca", "bbcc", "cabb", "aacc"] * 6
    tagger = RecurrentTagger(stem=(6, 3, 1), token_dropout=0.1, **SMALL).fit(ALIGNED, tags)
    assert tagger.n_positions_ == 4
    assert [*map(len, tagger.predict(RAGGED))] == [*map(len, RAGGED)]
    assert RecurrentSeq2Seq(**SMALL).fit(ALIGNED, tags).n_positions_ == 4
    with pytest.raises(ValueError, match=r"stem=\(6, 3, 2\) joins 2 steps to one.*set stem=\(6, 3, 1\)"):
        RecurrentTagger(stem=(6, 3, 2), **SMALL).fit(ALIGNED, tags)


@pytest.mark.parametrize("stem", [(0, 3, 1), (3, 3), "wide", 3, (2.5, 1, 1)])
def test_what_is_no_stem_is_refused(stem):
    message = "The 'stem' parameter of RecurrentClassifier must be a tuple of 3 whole numbers of at least 1"
    with pytest.raises(ValueError, match=message):
        RecurrentClassifier(stem=stem).fit(RAGGED, Y)


def test_positions_are_new_where_the_rest_is_pretrained():
    language = RecurrentLanguageModel(**SMALL).fit(ALIGNED)
    model = RecurrentClassifier(pretrained=language, max_epochs=1, random_state=0).fit(ALIGNED, Y)
    assert model.n_positions_ == 4
    with pytest.raises(ValueError, match=r"stem=\(3, 2, 1\), but the pretrained model has stem=None"):
        model.set_params(stem=(3, 2, 1)).fit(ALIGNED, Y)


def test_token_dropout_trains_the_vector_of_unknown_tokens():
    without = RecurrentClassifier(**SMALL).fit(RAGGED, Y)
    masked = RecurrentClassifier(token_dropout=0.3, **SMALL).fit(RAGGED, Y)
    vectors = [one.net_.module_.encoder.embedding.weight[1].detach().numpy() for one in (without, masked)]
    assert not vectors[0].any()
    assert vectors[1].all()
    again = RecurrentClassifier(token_dropout=0.3, **SMALL).fit(RAGGED, Y)
    np.testing.assert_array_equal(again.predict_proba(RAGGED), masked.predict_proba(RAGGED))


# Both strands


@pytest.mark.parametrize(
    "tokenizer", [DNATokenizer(), DNATokenizer(k=2), DNATokenizer(k=2, ambiguous="keep")]
)
@pytest.mark.parametrize("letters", ["ACGT", "ACGTACGTACGTNRY"])
def test_the_complement_of_ids_is_that_of_strings(tokenizer, letters):
    rng = np.random.default_rng(0)
    strings = ["".join(rng.choice(list(letters), size=length)) for length in (2, 15, 20)]
    table = complement_ids(tokenizer.fit(strings).n_tokens_)
    others = tokenizer.transform([reverse_complement(one) for one in strings])
    for row, other in zip(tokenizer.transform(strings), others, strict=True):
        np.testing.assert_array_equal(table[row][::-1], other)


STRANDS = ["ACGTTA", "GGC", "TTTACCAG", "A"] * 4
KINDS = np.array([0, 1, 1, 0] * 4)


@pytest.fixture(scope="module")
def stranded():
    options = {"stem": (5, 3, 2), "positions": True, "reverse_complement": True}
    return make_pipeline(
        DNATokenizer(add_bos=True, add_eos=True), RecurrentClassifier(**SMALL | options)
    ).fit(STRANDS, KINDS)


@given(st.lists(st.text("ACGTN", max_size=12), min_size=1, max_size=4))
@settings(max_examples=20)
def test_the_answer_is_the_same_for_both_strands(stranded, strings):
    others = [reverse_complement(one) for one in strings]
    for method in ("predict_proba", "decision_function"):
        answer = getattr(stranded, method)
        np.testing.assert_allclose(answer(strings), answer(others), atol=1e-6)


def test_both_strands_of_a_regressor_with_kmers():
    model = make_pipeline(DNATokenizer(k=3), RecurrentRegressor(reverse_complement=True, **SMALL))
    strings = ["ACGTTA", "GGCATTT", "TTTACCAG", "ACG"] * 4
    model.fit(strings, np.arange(16.0))
    others = [reverse_complement(one) for one in strings]
    np.testing.assert_allclose(model.predict(strings), model.predict(others), atol=1e-5)
    assert not model[-1].net_.module_.is_causal


def test_both_strands_are_for_dna():
    message = "reverse_complement=True takes the ids of a DNATokenizer with its whole alphabet, but there are"
    with pytest.raises(ValueError, match=message):
        make_pipeline(ProteinTokenizer(), RecurrentClassifier(reverse_complement=True, **SMALL)).fit(
            ["MKL", "MV"] * 4, [0, 1] * 4
        )
    with pytest.raises(ValueError, match="takes ids of a DNATokenizer, not series"):
        RecurrentClassifier(reverse_complement=True, **SMALL).fit([[0.5, 1.5], [2.5]] * 4, [0, 1] * 4)
