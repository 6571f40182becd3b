"""A script as a user would write it, with every everyday name; `mypy --strict` must find nothing in it.

It is read by mypy alone, never run: `nox -s typing` and continuous integration do.
"""

from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

import seqestimators
from seqestimators import (
    CodonTokenizer,
    DNATokenizer,
    ExternalTokenizer,
    Padder,
    ProteinTokenizer,
    RecurrentClassifier,
    RecurrentLanguageModel,
    RecurrentRegressor,
    RecurrentSeq2Seq,
    RecurrentStepRegressor,
    RecurrentTagger,
    RegexTokenizer,
    SelfiesTokenizer,
    SequenceTokenizer,
    SmilesTokenizer,
    WordTokenizer,
)
from seqestimators.baselines import (
    MorganFingerprint,
    PositionwiseClassifier,
    make_ecfp_forest,
    make_ecfp_mlp,
    make_kmer_logistic,
    make_onehot_logistic,
)
from seqestimators.datasets import (
    fetch_bbbp,
    fetch_splice,
    load_molecule_activity,
    make_coding_sequences,
    make_marker,
    read_coding_sequences,
    read_fasta,
)
from seqestimators.exceptions import InvalidSequenceError
from seqestimators.inspection import (
    AttentionDisplay,
    CodonTableDisplay,
    DecisionTraceDisplay,
    GateDisplay,
    GradientFlowDisplay,
    HiddenStateDisplay,
    MoleculeAttributionDisplay,
    MutagenesisDisplay,
    TokenSimilarityDisplay,
    TrainingHistoryDisplay,
    attention_weights,
    codon_table,
    decision_trace,
    gate_trace,
    gradient_flow,
    hidden_states,
    integrated_gradients,
    mutagenesis,
    numpy_forward,
    token_embeddings,
    token_similarity,
)
from seqestimators.metrics import (
    edit_similarity_score,
    exact_match_score,
    exact_match_scorer,
    perplexity,
    token_accuracy_score,
)
from seqestimators.model_selection import (
    ComparisonDisplay,
    MinimumDisplay,
    ScaffoldSplit,
    SequenceClusterSplit,
    compare,
    leakage_report,
    minimum_capacity,
    minimum_samples,
)
from seqestimators.modules import CELLS, Batch, RecurrentEncoder
from seqestimators.parameters import groups_of, parameter, with_parameters
from seqestimators.sequences import check_sequences, read_sequences
from seqestimators.testing import (
    check_sequence_estimator,
    check_sequence_tokenizer,
    parametrize_with_sequence_checks,
)


@with_parameters
class WideClassifier(RecurrentClassifier):
    """A classifier of another width, and with a parameter of its own.

    Parameters
    ----------
    n_words : int
        Number of words.
    """

    hidden_size: int = parameter(default=256)
    n_words: int = parameter(default=5, constraints=[int])


def classify(smiles: list[str], labels: list[int]) -> float:
    """Fit, search and score."""
    classifier = RecurrentClassifier(cell="gru", hidden_size=32, early_stopping=True, random_state=0)
    model = make_pipeline(SmilesTokenizer(canonical=True), classifier)
    search = GridSearchCV(model, {"recurrentclassifier__cell": ["lstm", CELLS["gru"]]})
    cross_val_score(search, smiles, labels, cv=ScaffoldSplit(n_splits=3))
    ids = SmilesTokenizer().fit_transform(smiles)
    fitted = classifier.fit(ids, labels).partial_fit(ids, labels)
    fitted.predict(ids), fitted.predict_proba(ids), fitted.decision_function(ids), fitted.transform(ids)
    print(fitted.read(ids).lengths, fitted.run(ids), fitted.margin().name(0), fitted.n_iter_)
    print(WideClassifier(n_words=3, max_epochs=1), groups_of(WideClassifier))
    return fitted.score(ids, labels)


def other_tasks() -> None:
    """All estimators and tokenizers."""
    dna, protein = make_coding_sequences(20, length=(5, 9), random_state=0)
    codons = CodonTokenizer().fit(dna)
    tokenizers = [RegexTokenizer(r"\w+|\W"), WordTokenizer(), SelfiesTokenizer()]
    ExternalTokenizer(str.split, decode=" ".join, max_tokens=100).fit(tokenizers[1].normalize(dna))
    profile = RecurrentStepRegressor(stride=1).fit([[4, 5]], [[0.5, None]], step_weight=[[1, 1]])
    print(profile.predict([[4]])[0], profile.score([[4, 5]], [[0.5, 1.0]]))
    tagger = RecurrentTagger(stride=1, transitions="crf").fit(codons.transform(dna), protein)
    print(tagger.predict(codons.transform(dna)), tagger.score(codons.transform(dna), protein))
    writer = RecurrentSeq2Seq(target_tokenizer=ProteinTokenizer(), attention="monotonic", beam_width=2)
    writer.fit(DNATokenizer(k=3, stride=3).fit_transform(dna), protein)
    print(writer.predict_n_best(dna, n=2), writer.attention_weights(dna))
    model = RecurrentLanguageModel(bidirectional=True).fit(SequenceTokenizer().fit_transform(dna))
    print(model.sample(3, temperature=0.5), model.score_samples(dna), model.perplexity(dna))
    print(RecurrentRegressor(pretrained=model, layer_decay=2.6).fit(dna, [1.0]).predict(dna))
    print(Padder(length=9).fit_transform(codons.transform(dna)), codons.inverse_transform([[4]]))
    print(codons.tokenize(dna), codons.tokens_overlap, codons.is_substitutable, codons.vocabulary_)
    print(check_sequences(dna), read_sequences([[4, 5]]), perplexity(model.score_samples(dna), dna))
    series, labels = make_marker(10, random_state=0)
    print(RecurrentClassifier().fit(series, labels), RecurrentEncoder(10), Batch)


def rivals_and_data(path: str) -> None:
    """Baselines, data and comparisons."""
    smiles, activity = load_molecule_activity(return_X_y=True)
    fetch_bbbp(), fetch_splice(), read_fasta(path), read_coding_sequences(path)
    MorganFingerprint().fit(smiles).transform(smiles)
    PositionwiseClassifier(None).fit([[4]], ["a"])
    models = {"forest": make_ecfp_forest(task="classification"), "mlp": make_ecfp_mlp(task="classification")}
    models |= {"words": make_kmer_logistic(), "places": make_onehot_logistic()}
    comparison = compare(models, smiles, activity, cv=5, scoring="roc_auc")
    ComparisonDisplay.from_comparison(comparison).plot()
    smallest = minimum_samples(models["mlp"], smiles, activity, train_sizes=[9], threshold=0.9)
    MinimumDisplay.from_results({"a": smallest})
    print(minimum_capacity, SequenceClusterSplit(), leakage_report(smiles, smiles))
    print(token_accuracy_score(["a"], ["a"]), exact_match_score(["a"], ["a"]), exact_match_scorer)
    print(edit_similarity_score(["a"], ["b"]))


def look_inside(model: RecurrentClassifier, x: str) -> None:
    """Numbers and pictures."""
    for function in (hidden_states, numpy_forward, gate_trace, decision_trace, attention_weights):
        function(model, x)
    gradient_flow(model, x, 1), mutagenesis(model, x), integrated_gradients(model, x)
    token_embeddings(model), token_similarity(model, "A"), codon_table(model)
    HiddenStateDisplay.from_estimator(model, x).plot()
    GateDisplay.from_estimator(model, x, kind="mean").plot()
    DecisionTraceDisplay.from_estimator(model, [x]).plot()
    GradientFlowDisplay.from_estimator(model, [x], [1]).plot()
    AttentionDisplay.from_estimator(model, x).plot()
    MutagenesisDisplay.from_estimator(model, x).plot()
    MoleculeAttributionDisplay.from_estimator(model, x).plot()
    CodonTableDisplay.from_estimator(model).plot()
    TokenSimilarityDisplay.from_estimator(model, "A").plot()
    TrainingHistoryDisplay.from_estimator(model).plot()


def check(error: InvalidSequenceError) -> str:
    """Checks for what others write."""
    check_sequence_estimator(RecurrentClassifier())
    check_sequence_tokenizer(DNATokenizer())
    parametrize_with_sequence_checks([RecurrentClassifier(), DNATokenizer()])
    return f"{seqestimators.__version__}: {error}"
