import json
import subprocess
import sys

import joblib
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from seqestimators import ExternalTokenizer, RecurrentClassifier, load, save
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.inspection import mutagenesis
from seqestimators.testing import parametrize_with_sequence_checks

X = ["ACGTACGTACGT", "CCCGGGTTTAAA", "GATTACAGATTACAGA", "TTTTT"]


def trained(model=None):
    tokenizer = Tokenizer(model or models.BPE())
    trainer = tokenizer.model.get_trainer()
    trainer.vocab_size, trainer.show_progress = 8, False
    tokenizer.train_from_iterator(X, trainer)
    return tokenizer


def halves(text):
    return [text[i : i + 2] for i in range(0, len(text), 2)]


@parametrize_with_sequence_checks(
    [
        ExternalTokenizer(halves),
        ExternalTokenizer(str.split, decode=" ".join),
        ExternalTokenizer(trained()),
        ExternalTokenizer(trained().to_str(), add_bos=True),
        ExternalTokenizer(Tokenizer(models.BPE()), max_tokens=8),
    ]
)
def test_checks(estimator, check):
    check(estimator)


def test_half_a_character_is_named():
    message = r"row 1 has '\\ud83d' at position 2, a surrogate without its other half"
    for tokenizer in (Tokenizer(models.BPE()), trained()):
        with pytest.raises(InvalidSequenceError, match=message):
            ExternalTokenizer(tokenizer).fit(["AC", "AC\ud83dG"])
        fitted = ExternalTokenizer(tokenizer).fit(X)
        with pytest.raises(InvalidSequenceError, match=message):
            fitted.transform(["AC", "AC\ud83dG"])
    with pytest.raises(InvalidSequenceError, match=message):
        ExternalTokenizer(trained()).tokenize(["AC", "AC\ud83dG"])
    assert ExternalTokenizer(list).fit_transform(["A\ud83d"])[0].size == 2


def test_a_new_tokenizer_is_trained_by_fit_and_stays_as_it_is():
    given = Tokenizer(models.BPE())
    tokenizer = ExternalTokenizer(given, max_tokens=6)
    with pytest.raises(NotFittedError):
        tokenizer.tokenize(X)
    tokenizer.fit(X)
    assert given.get_vocab_size() == 0
    assert set("ACGT") < set(tokenizer.vocabulary_)
    assert tokenizer.n_tokens_ == 4 + 6
    expected = trained_on(X, 6).encode_batch(X)
    assert list(tokenizer.tokenize(X)) == [one.tokens for one in expected]
    tokenizer.fit(["ABAB"])
    assert "AB" in tokenizer.vocabulary_
    assert "G" not in tokenizer.vocabulary_


def trained_on(rows, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.train_from_iterator(
        rows, trainers.BpeTrainer(vocab_size=size, min_frequency=1, show_progress=False)
    )
    return tokenizer


def test_a_trained_tokenizer_stays_as_it_is():
    given = trained()
    tokenizer = ExternalTokenizer(given).fit(["A"])
    assert set(tokenizer.vocabulary_.tokens[4:]) == set(given.get_vocab())
    assert list(ExternalTokenizer(given).tokenize(X)) == [one.tokens for one in given.encode_batch(X)]
    assert ExternalTokenizer(given, max_tokens=1).fit(["AAC"]).n_tokens_ == 5


@pytest.mark.parametrize(
    "model",
    [models.BPE(), models.BPE(unk_token="[UNK]"), models.WordPiece(unk_token="[UNK]"), models.Unigram()],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.parametrize("first", [True, False], ids=["trained before", "trained by fit"])
def test_what_the_model_does_not_know_is_unknown_and_never_left_out(model, first):
    tokenizer = ExternalTokenizer(trained(model) if first else Tokenizer(model)).fit(X)
    ids = tokenizer.transform(["ACNGT", "N", "ACGT"])
    assert 1 in ids[0]
    assert ids[1].tolist() == [1]
    assert 1 not in ids[2]
    with pytest.raises(InvalidSequenceError, match="row 1, .* is '\ufffd'"):
        clone(tokenizer).set_params(unknown="error").fit(X).transform(["A", "ANA"])


def test_padding_truncation_dropout_and_special_tokens_have_no_part():
    given = trained()
    text = json.loads(given.to_str())
    text["model"]["dropout"] = 0.9
    given = Tokenizer.from_str(json.dumps(text))
    given.enable_truncation(2)
    given.enable_padding(length=20)
    given.add_special_tokens(["[CLS]"])
    given.post_processor = processors.TemplateProcessing("[CLS] $A", special_tokens=[("[CLS]", 8)])
    assert list(ExternalTokenizer(given).tokenize(X)) == list(ExternalTokenizer(trained()).tokenize(X))


def test_decoders_and_blanks():
    given = Tokenizer(models.BPE())
    given.normalizer = normalizers.Lowercase()
    given.pre_tokenizer = pre_tokenizers.Metaspace()
    given.decoder = decoders.Metaspace()
    text = ["The cat sat", "a cat"]
    tokenizer = ExternalTokenizer(given)
    assert list(tokenizer.inverse_transform(tokenizer.fit_transform(text))) == ["the cat sat", "a cat"]
    for lossy in (str.split, Tokenizer(models.WordPiece(unk_token="[UNK]"))):
        tokenizer = ExternalTokenizer(lossy, max_tokens=8)
        ids = tokenizer.fit_transform(text)
        with pytest.raises(ValueError, match="row 0 of the training data, put together, .* set decode"):
            tokenizer.inverse_transform(ids)


def test_bad_tokenizers():
    with pytest.raises(ValueError, match="'tokenizer' parameter of ExternalTokenizer"):
        ExternalTokenizer(3).fit(X)
    with pytest.raises(TypeError, match="tokenizer is the class Tokenizer: give an instance"):
        ExternalTokenizer(Tokenizer).fit(["a"])
    with pytest.raises(ValueError, match="tokenizer='nonsense' is no JSON"):
        ExternalTokenizer("nonsense").fit(X)
    for function in (len, str.lower, lambda text: [1]):
        with pytest.raises(TypeError, match="a list of strings is expected"):
            ExternalTokenizer(function).fit(X)


def test_without_the_package(monkeypatch):
    text = trained().to_str()
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ImportError, match="pip install seqestimators.tokenizers"):
        ExternalTokenizer(text).fit(X)


TRAIN = """
from tokenizers import Tokenizer, models
from seqestimators import ExternalTokenizer
import random
rows = ["".join(random.Random(i).choices("ACDEFGHIKL", k=60)) for i in range(200)]
tokenizer = ExternalTokenizer(Tokenizer(models.BPE()), max_tokens=60).fit(rows)
ids = [row.tolist() for row in tokenizer.transform(rows)]
"""


def test_a_training_has_the_same_ids_in_every_process():
    here = {}
    exec(TRAIN, here)
    for _ in range(2):
        run = subprocess.run([sys.executable, "-c", TRAIN + "print(ids)"], capture_output=True, check=True)
        assert json.loads(run.stdout) == here["ids"]


def test_a_search_trains_inside_each_fold(tmp_path):
    y = [0, 1, 1, 0] * 3
    model = make_pipeline(
        ExternalTokenizer(Tokenizer(models.BPE())),
        RecurrentClassifier(hidden_size=2, max_epochs=1, random_state=0),
    )
    grid = {"externaltokenizer__max_tokens": [4, 8]}
    search = GridSearchCV(model, grid, cv=2).fit(X * 3, y)
    best = search.best_estimator_
    assert list(mutagenesis(best, X[3]).columns) == best[0].vocabulary_.tokens[4:]
    joblib.dump(best, tmp_path / "model.joblib")
    assert list(joblib.load(tmp_path / "model.joblib").predict(X)) == list(best.predict(X))


def test_files_hold_a_tokenizer_given_as_text_and_no_function(tmp_path):
    path = tmp_path / "tokenizer.skops"
    tokenizer = ExternalTokenizer(Tokenizer(models.BPE()).to_str(), max_tokens=6).fit(X)
    save(tokenizer, path)
    restored = load(path)
    assert [row.tolist() for row in restored.transform(X)] == [row.tolist() for row in tokenizer.transform(X)]
    for function in (subprocess.getoutput, eval):
        save(ExternalTokenizer(function), path)
        with pytest.raises(ValueError, match=f"not known here: .*{function.__name__}"):
            load(path)


def test_it_does_not_learn_from_chunks():
    with pytest.raises(TypeError, match="FrozenEstimator"):
        ExternalTokenizer(str.split).partial_fit(["a b"])
