"""Layers of one's own before the recurrence: a convolution that keeps the lengths."""

import pickle
from numbers import Integral

import numpy as np
import pytest
from sklearn.utils._param_validation import Interval, InvalidParameterError
from torch import nn

from seqestimators import RecurrentClassifier, RecurrentLanguageModel
from seqestimators.inspection import (
    decision_trace,
    gate_trace,
    gradient_flow,
    hidden_states,
    integrated_gradients,
    mutagenesis,
    numpy_forward,
)
from seqestimators.modules import RecurrentEncoder
from seqestimators.parameters import parameter, with_parameters
from seqestimators.testing import parametrize_with_sequence_checks

# --- the extension ---


class ConvolutionEncoder(RecurrentEncoder):
    """The recurrence reads every step together with its neighbours on both sides."""

    def __init__(self, input_size, *, width, **options):
        super().__init__(input_size, **options)
        size = self.layers[0][0].input_size
        self.convolution = nn.Conv1d(size, size, width, padding="same")

    @property
    def is_causal(self):
        # wider, the last step of a prefix would read the one behind
        return super().is_causal and self.convolution.kernel_size == (1,)

    def prepare(self, inputs, lengths):
        vectors, lengths = super().prepare(inputs, lengths)  # 0 behind the end of a sequence
        return self.convolution(vectors.transpose(1, 2)).relu().transpose(1, 2), lengths


@with_parameters
class ConvolutionClassifier(RecurrentClassifier):
    """A convolution, recurrent layers, and the class.

    Parameters
    ----------
    width : int
        Number of steps that the convolution reads at once, at least 1.
    """

    width: int = parameter(default=3, constraints=[Interval(Integral, 1, None, closed="left")])

    def _make_encoder(self, **options):
        return ConvolutionEncoder(width=self.width, **options)


# --- its tests ---

FAST = {"hidden_size": 4, "embedding_dim": 3, "max_epochs": 2, "random_state": 0}
X, y = [[4, 5, 6, 4, 5], [5, 4], [6, 6, 5], [4, 6, 4, 6]], ["a", "b", "a", "b"]
CAUSAL = {"pooling": "last", "bidirectional": False}


@pytest.fixture(scope="module", params=[{}, CAUSAL, {"embedding_dim": None, "width": 1}], ids=str)
def model(request):
    settings = FAST | {"width": 5, "dtype": "float64"} | request.param
    return ConvolutionClassifier(**settings).fit(X, y)


@parametrize_with_sequence_checks([ConvolutionClassifier(width=5, **FAST | {"max_epochs": 1})])
def test_checks(estimator, check):
    check(estimator)


def test_every_prefix_is_answered_as_a_sequence_of_its_own(model):
    for x, trace in zip(X, decision_trace(model, X), strict=True):
        prefixes = [x[: t + 1] for t in range(len(x))]
        np.testing.assert_allclose(trace, model.predict_proba(prefixes), rtol=1e-10)


def test_attributions_sum_to_the_answer(model):
    attributions = integrated_gradients(model, X, baseline=5, tolerance=1e-6)
    assert [len(values) for values in attributions] == [len(x) for x in X]
    gains = model.decision_function(X) - model.decision_function([[5] * len(x) for x in X])
    np.testing.assert_allclose([values.sum() for values in attributions], gains, atol=1e-5)


def test_the_recurrence_written_out_reads_what_the_convolution_gives(model):
    states = hidden_states(model, X)
    for got, expected in zip(numpy_forward(model, X), states, strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-12)
    np.testing.assert_allclose(gate_trace(model, X[0]).h, states[0][:, :4], atol=1e-12)


def test_gradients_and_mutations_go_through_it(model):
    (weight,) = model.net_.module_.output.weight.detach().numpy()
    norms = gradient_flow(model, X, y)
    assert [len(row) for row in norms] == [len(x) for x in X]
    if not model.bidirectional:
        expected = model.predict_proba(X[:1])[0, 1] * np.linalg.norm(weight)
        np.testing.assert_allclose(norms[0][-1], expected, rtol=1e-10)
    change = model.decision_function([[4, 5, 6, 4, 6]]) - model.decision_function(X[:1])
    np.testing.assert_allclose(mutagenesis(model, X[0]).loc[(4, "5"), "6"], change[0], rtol=1e-8)


def test_the_width_is_that_of_the_fit(model):
    expected = model.predict_proba(X)
    width = model.width
    model.set_params(width=7)
    restored = pickle.loads(pickle.dumps(model))
    for one in (model, restored):
        np.testing.assert_array_equal(one.predict_proba(X), expected)
    model.set_params(width=width)


def test_the_parameter_is_one_of_the_estimator():
    assert (
        "width : int, default=3" in ConvolutionClassifier.__doc__
        or "width" in ConvolutionClassifier().get_params()
    )
    assert repr(ConvolutionClassifier(width=5)) == "ConvolutionClassifier(width=5)"
    with pytest.raises(InvalidParameterError, match="'width' parameter of ConvolutionClassifier"):
        ConvolutionClassifier(width=0).fit(X, y)


def test_it_is_new_where_the_rest_comes_from_a_language_model():
    language = RecurrentLanguageModel(bidirectional=True, **FAST).fit(X)
    settings = {"max_epochs": 3, "random_state": 0, "pretrained": language, "gradual_unfreezing": True}
    before = ConvolutionClassifier(**settings | {"max_epochs": 1, "lr": 1e-12}).fit(X, y)
    after = ConvolutionClassifier(**settings).fit(X, y)
    learned = [one.net_.module_.encoder.convolution.weight.detach().numpy() for one in (before, after)]
    assert not np.allclose(*learned)


class PointwiseLanguageModel(RecurrentLanguageModel):
    """A language model whose steps are prepared one by one."""

    def _make_encoder(self, **options):
        return ConvolutionEncoder(width=1, **options)


def test_a_language_model_writes_what_it_reads():
    model = PointwiseLanguageModel(**FAST | {"max_epochs": 20, "lr": 0.05}).fit(X)
    sequence = model.sample(1, top_k=1, max_length=50)[0]  # the likeliest token each time
    np.testing.assert_array_equal(model.predict_next([sequence])[0][:-1], sequence[1:])
