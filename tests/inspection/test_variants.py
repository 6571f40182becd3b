"""The effect of variants: differences of log-likelihoods."""

import numpy as np
import pytest
from sklearn.pipeline import Pipeline, make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier, RecurrentLanguageModel
from seqestimators.exceptions import InvalidSequenceError, UnknownSymbolsWarning
from seqestimators.inspection import variant_effect

DNA = ["ATGGCATAA", "ATGGCGTAA", "ATGTAA"]


@pytest.fixture(scope="module")
def model():
    network = RecurrentLanguageModel(hidden_size=6, max_epochs=2, random_state=0, dtype="float64")
    return make_pipeline(DNATokenizer(), network).fit(DNA * 4)


def test_effects_are_differences_of_log_likelihoods(model):
    scores = model.score_samples(DNA)
    np.testing.assert_allclose(variant_effect(model, DNA[0], DNA), scores - scores[0], atol=1e-12)
    np.testing.assert_allclose(variant_effect(model, DNA[::-1], DNA), scores - scores[::-1], atol=1e-12)
    effect = variant_effect(model, DNA[0], DNA[1])
    assert isinstance(effect, float)
    assert effect == pytest.approx(scores[1] - scores[0])
    mean = scores / [10, 10, 7]
    np.testing.assert_allclose(variant_effect(model, DNA[0], DNA, normalize=True), mean - mean[0], atol=1e-12)
    ids = model[0].transform(DNA)
    np.testing.assert_allclose(variant_effect(model[-1], ids[0], ids), scores - scores[0], atol=1e-12)


def test_what_does_not_fit_is_refused(model):
    with pytest.raises(ValueError, match="wild_type has 2 sequences, but there are 3 mutants"):
        variant_effect(model, DNA[:2], DNA)
    classifier = make_pipeline(DNATokenizer(), RecurrentClassifier(hidden_size=3, max_epochs=1))
    with pytest.raises(TypeError, match="RecurrentClassifier gives no likelihood of a sequence"):
        variant_effect(classifier.fit(DNA, [0, 1, 1]), DNA[0], DNA)


def test_tokens_that_training_has_not_met_are_warned_of(model):
    with pytest.warns(UnknownSymbolsWarning, match="2 of 3 sequences of mutants .* .N. in row 1, position 3"):
        variant_effect(model, DNA[0], [DNA[0], "ATGNNA", "N"])
    with pytest.warns(UnknownSymbolsWarning, match="1 of 1 sequences of wild_type .* first 'N' in row 0"):
        variant_effect(model, "NA", DNA)
    partial = make_pipeline(DNATokenizer(), RecurrentLanguageModel(hidden_size=3, max_epochs=1))
    with pytest.warns(UnknownSymbolsWarning, match="first 'T' in row 0, position 1:"):
        variant_effect(partial.fit(["ACG", "GGC"]), "ACG", "ATG")
    with pytest.raises(InvalidSequenceError, match="row 1 of mutants is missing"):
        variant_effect(model, DNA[0], [DNA[0], None])


def test_steps_of_outer_pipelines_are_not_lost(model):
    nested = Pipeline([("tokenizer", model[0]), ("rest", make_pipeline("passthrough", model[-1]))])
    assert variant_effect(nested, DNA[0], DNA[1]) == variant_effect(model, DNA[0], DNA[1])
