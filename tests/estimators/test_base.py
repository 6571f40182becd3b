"""What all estimators share once they are fitted: they run, read and encode, and stay as they are."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from seqestimators import (
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
)
from seqestimators.estimators import BaseRecurrent
from seqestimators.modules import Ragged
from seqestimators.sequences import Sequences

SMALL = {"hidden_size": 4, "embedding_dim": 4, "max_epochs": 1, "batch_size": 8, "random_state": 0}
X = [[4, 5, 6], [5], [6, 6, 4, 5], [4, 4]] * 4
TAGS = ["".join("abc"[token - 4] for token in row) for row in X]
TARGETS = {
    RecurrentClassifier: [0, 1, 1, 0] * 4,
    RecurrentRegressor: [0.5, 1.5, 7.0, 2.0] * 4,
    RecurrentTagger: TAGS,
    RecurrentStepRegressor: [[float(token) for token in row] for row in X],
    RecurrentSeq2Seq: TAGS,
    RecurrentLanguageModel: None,
}

each_kind = pytest.mark.parametrize("kind", TARGETS, ids=lambda kind: kind.__name__)


@pytest.fixture(scope="module")
def model_of():
    return {kind: kind(**SMALL).fit(X, y) for kind, y in TARGETS.items()}


def everything_in(model):
    """All that a model holds: its attributes, weights and the states of its generators."""
    attributes = {name: pickle.dumps(value) for name, value in vars(model).items() if name != "net_"}
    network = model.net_.module_
    weights = {name: weight.tolist() for name, weight in network.state_dict().items()}
    dropout = [getattr(part, "generator", None) for part in network.modules()]
    generators = [model.net_.order_generator, *dropout]
    return attributes, weights, [one.get_state().tolist() for one in generators if one is not None]


def use_score(model, y):
    model.score(X, y)


def use_encode_target(model, y):
    if isinstance(model, RecurrentLanguageModel):
        with pytest.raises(
            TypeError, match="RecurrentLanguageModel has no loss of a sequence and its target"
        ):
            model.encode_target(X, y)
        return
    model.encode_target(X, y)
    if isinstance(model, RecurrentSeq2Seq):  # far longer than in fit
        model.encode_target(X, ["ab" * 150] * len(X))


def use_predict(model, y):
    for name in ("predict", "predict_proba", "score_samples", "predict_next", "predict_n_best", "transform"):
        if hasattr(model, name):
            getattr(model, name)(X)
    if isinstance(model, RecurrentSeq2Seq):
        model.attention_weights(X, ["ab" * 150] * len(X))
    if isinstance(model, RecurrentLanguageModel):
        model.sample(2, max_length=99, random_state=0)
    model.read([[4, 99], [5]])


@each_kind
@pytest.mark.parametrize("use", [use_encode_target, use_score, use_predict])
def test_using_a_model_changes_nothing_in_it(kind, use, model_of):
    model = model_of[kind]
    before = everything_in(model)
    use(model, TARGETS[kind])
    assert everything_in(model) == before


@each_kind
def test_an_unfitted_estimator_says_so(kind):
    for use in ("run", "transform"):
        with pytest.raises(NotFittedError):
            getattr(kind(), use)(X)


@each_kind
def test_encoded_targets_have_a_row_a_sequence(kind, model_of):
    if kind is RecurrentLanguageModel:
        return
    target = model_of[kind].encode_target(X, TARGETS[kind])
    assert len(target) == len(X)
    assert isinstance(target, Sequences) == (
        kind in (RecurrentTagger, RecurrentStepRegressor, RecurrentSeq2Seq)
    )
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model_of[kind].encode_target(X, TARGETS[kind][1:])


@each_kind
def test_run_gives_what_a_function_makes_of_the_batches_in_the_order_of_the_rows(kind, model_of):
    model = model_of[kind]
    lengths = model.read(X).lengths
    for max_steps in (1, 2**14):
        options = {"max_steps": max_steps, "min_rows": 1}
        np.testing.assert_array_equal(model.run(X, lambda batch: batch.lengths[0], **options), lengths)
        ragged = model.run(X, lambda batch: Ragged.from_padded(batch.pieces), **options)
        np.testing.assert_array_equal(ragged.values, model.read(X).values)
        rows = model.run(X, lambda batch: [len(batch)] * len(batch), **options)
        assert rows.shape == (len(X),)
        assert (rows[0] == 1) == (max_steps == 1)
    targets = model.run(X, lambda batch: batch.target[:, 0], target=np.arange(len(X))[:, None])
    assert targets.tolist() == list(range(len(X)))
    assert not model.net_.module_.training


def test_an_answer_is_what_the_outputs_say(model_of):
    classifier, regressor = model_of[RecurrentClassifier], model_of[RecurrentRegressor]
    np.testing.assert_array_equal(classifier.answer(classifier.run(X)), classifier.predict_proba(X))
    np.testing.assert_array_equal(regressor.answer(regressor.run(X)), regressor.predict(X))
    assert classifier.margin(0).column == 0
    assert regressor.margin().unit == pytest.approx(np.std(TARGETS[RecurrentRegressor]))


@pytest.mark.parametrize(
    "kind", [RecurrentTagger, RecurrentStepRegressor, RecurrentSeq2Seq, RecurrentLanguageModel]
)
def test_many_answers_are_no_single_one(kind, model_of):
    for use in (model_of[kind].answer, model_of[kind].margin):
        with pytest.raises(TypeError, match=f"{kind.__name__} gives no single prediction for a sequence"):
            use(np.zeros((1, 1)))


@each_kind
def test_the_base_is_the_same_and_transform_names_its_columns(kind, model_of):
    model = model_of[kind]
    assert isinstance(model, BaseRecurrent)
    vectors = model.transform(X)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(X), len(model.get_feature_names_out()))
    assert model.get_feature_names_out()[0] == f"{kind.__name__.lower()}0"


@each_kind
def test_eight_threads_get_the_answers_of_one(kind, model_of):
    model = model_of[kind]
    requests = [X[i : i + 1 + i % 3] * (1 + i % 4) for i in range(12)] * 4
    expected = [model.transform(one) for one in requests]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(model.transform, requests))
    for answer, alone in zip(answers, expected, strict=True):
        np.testing.assert_array_equal(answer, alone)
