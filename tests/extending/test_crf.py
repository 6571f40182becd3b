"""A loss of one's own that looks at whole sequences: a linear-chain conditional random field."""

import itertools
import pickle

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from seqestimators import RecurrentTagger
from seqestimators.inspection import gradient_flow
from seqestimators.modules import Ragged, RecurrentEncoder, TaggingNetwork
from seqestimators.testing import parametrize_with_sequence_checks

# --- the extension ---


class CRFNetwork(TaggingNetwork):
    r"""Labels that depend on each other: :math:`p(y) \propto \exp \sum_t (o_{t, y_t} + A_{y_{t-1}, y_t})`.

    Read from its beginning, this is a Markov chain, whose steps `chain` returns.

    References
    ----------
    .. [1] Lafferty, J., A. McCallum, F. Pereira, "Conditional Random Fields",
       ICML 2001.
    """

    is_causal = False

    def __init__(self, encoder, output_size, **options):
        super().__init__(encoder, output_size, **options)
        self.transitions = torch.nn.Parameter(torch.zeros(output_size + 1, output_size))

    def chain(self, outputs):
        """Return log p(label | label before), (n, T, before, label); the last row is of the beginning."""
        padded, steps = outputs.pad(), []
        behind = torch.zeros_like(padded[:, 0])  # log-mass of all that may follow each label
        for t in reversed(range(padded.shape[1])):
            scores = self.transitions + (padded[:, t] + behind)[:, None]  # (n, before, label)
            scores = torch.where((t < outputs.lengths)[:, None, None], scores, 0)  # alike behind the end
            steps.append(scores.log_softmax(2))
            behind = scores.logsumexp(2)[:, :-1]
        return torch.stack(steps[::-1], dim=1)

    def flatten(self, padded, outputs):
        return Ragged.from_padded([(padded, outputs.lengths)]).values

    def row_losses(self, outputs, batch):
        label = batch.target.pad()[:, :, None]  # (n, T, 1)
        before = F.pad(label[:, :-1], (0, 0, 1, 0), value=len(self.transitions) - 1)[..., None]
        steps = self.chain(outputs).take_along_dim(before, 2)[:, :, 0]  # (n, T, label)
        return self.flatten(-steps.gather(2, label)[..., 0], outputs)

    def probabilities(self, outputs):
        first, *others = self.chain(outputs).exp().unbind(1)
        likely = [first[:, -1:]]  # (n, 1, label)
        for step in others:
            likely.append(likely[-1] @ step[:, :-1])
        return self.flatten(torch.cat(likely, dim=1), outputs)

    def decode(self, outputs):
        first, *others = self.chain(outputs).unbind(1)
        best, arrows = first[:, -1], []
        for step in others:
            best, arrow = (best[:, :, None] + step[:, :-1]).max(1)  # over the label before
            arrows.append(arrow)
        path = [best.argmax(1, keepdim=True)]
        for arrow in reversed(arrows):
            path.append(arrow.gather(1, path[-1]))
        return self.flatten(torch.cat(path[::-1], dim=1), outputs)


class CRFTagger(RecurrentTagger):
    """Recurrent network and conditional random field."""

    def _make_network(self, encoder):
        return CRFNetwork(encoder, len(self.classes_), stride=self.stride, dropout=self.dropout)


# --- its tests ---

FAST = {"hidden_size": 4, "embedding_dim": 3, "max_epochs": 2, "random_state": 0}
X = [[4, 5, 6, 4, 5], [5, 4], [6], [4, 6, 4, 6]]
y = ["abcab", "ba", "c", "acac"]


@pytest.fixture(scope="module")
def model():
    settings = FAST | {"dtype": "float64", "max_epochs": 20, "lr": 0.05, "bidirectional": False}
    return CRFTagger(**settings).fit(X, y)


@pytest.fixture(scope="module")
def by_hand(model):
    """For each sequence all paths of labels and their scores, from the weights alone."""
    network = model.net_.module_
    A = network.transitions.detach().numpy()
    emissions = model.run(X, network).to_list()
    found = []
    for emission in emissions:
        paths = np.array(list(itertools.product(range(3), repeat=len(emission))))
        before = np.hstack([np.full((len(paths), 1), 3), paths[:, :-1]])
        scores = emission[np.arange(len(emission)), paths].sum(axis=1) + A[before, paths].sum(axis=1)
        found.append((paths, scores))
    return found


@parametrize_with_sequence_checks([CRFTagger(**FAST | {"max_epochs": 1})])
def test_checks(estimator, check):
    check(estimator)


def test_the_likelihood_is_that_of_all_paths(model, by_hand):
    network = model.net_.module_

    def losses(batch):
        outputs = network(batch)
        return Ragged(network.row_losses(outputs, batch), outputs.lengths)

    got = model.run(X, losses, target=model.encode_target(X, y)).to_list()
    for losses, labels, (paths, scores) in zip(got, y, by_hand, strict=True):
        is_true = (paths == ["abc".index(label) for label in labels]).all(axis=1)
        expected = np.log(np.exp(scores).sum()) - scores[is_true]
        np.testing.assert_allclose(losses.sum(), expected[0], rtol=1e-8)


def test_the_path_is_the_best_of_all(model, by_hand):
    for tags, (paths, scores) in zip(model.predict(X), by_hand, strict=True):
        assert tags == "".join("abc"[label] for label in paths[scores.argmax()])


def test_the_best_path_is_not_that_of_the_likeliest_labels():
    network = CRFNetwork(RecurrentEncoder(8, hidden_size=3), 2)
    with torch.no_grad():
        network.transitions.copy_(torch.tensor([[-9.0, 0], [0, -9], [0, 0]]))  # they must take turns
    outputs = Ragged(torch.tensor([[1.0, 0], [0.5, 0], [0.9, 0], [0, 2]]), torch.tensor([3, 1]))
    assert network.decode(outputs).tolist() == [0, 1, 0, 1]


def test_probabilities_are_those_of_all_paths(model, by_hand):
    for got, (paths, scores) in zip(model.predict_proba(X), by_hand, strict=True):
        weight = np.exp(scores) / np.exp(scores).sum()
        expected = [[weight[paths[:, t] == label].sum() for label in range(3)] for t in range(len(got))]
        np.testing.assert_allclose(got, expected, rtol=1e-8)


def test_the_gradient_is_that_of_its_loss(model):
    network = model.net_.module_
    (cell,) = network.encoder.layers[0]
    for x, labels in zip(X, y, strict=True):
        state, states = None, []
        for token in x:
            _, state = cell(network.encoder.embed(torch.tensor([[token]])), state)
            states.append(state[0])
        emission = network.output(torch.cat(states))
        scores, true = [], [3, *("abc".index(label) for label in labels)]
        for path in itertools.product(range(3), repeat=len(x)):
            steps = zip((3, *path), path, emission, strict=False)
            scores.append(sum(of[label] + network.transitions[before, label] for before, label, of in steps))
            if list(path) == true[1:]:
                score = scores[-1]
        loss = (torch.stack(scores).logsumexp(0) - score) / len(x)
        expected = [gradient.norm().item() for gradient in torch.autograd.grad(loss, states)]
        np.testing.assert_allclose(gradient_flow(model, x, labels), expected, rtol=1e-8)


def test_weights_of_rows_and_classes_count():
    settings = FAST | {"dtype": "float64", "dropout": 0, "batch_size": "all"}
    once = CRFTagger(**settings).fit(X, y, sample_weight=[2, 1, 0, 1])
    twice = CRFTagger(**settings).fit([X[0], X[0], X[1], X[3]], [y[0], y[0], y[1], y[3]])
    for got, expected in zip(once.predict_proba(X), twice.predict_proba(X), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-7)
    settings |= {"max_epochs": 5}
    plain, heavy = (CRFTagger(**settings, class_weight=w).fit(X, y) for w in (None, {"a": 1, "b": 1, "c": 9}))
    likely = [np.concatenate(list(one.predict_proba(X)))[:, 2].mean() for one in (plain, heavy)]
    assert likely[0] < likely[1]


def test_it_learns_what_labels_follow_each_other():
    """The label of a step is the other of that before, whatever the tokens say."""
    rng = np.random.RandomState(0)
    tokens = [rng.randint(4, 6, size=rng.randint(2, 9)) for _ in range(60)]
    tags = ["".join("ab"[(x[0] + t) % 2] for t in range(len(x))) for x in tokens]
    options = {"hidden_size": 16, "max_epochs": 10, "lr": 0.1, "batch_size": 8, "dropout": 0.0}
    model = CRFTagger(**options, random_state=0).fit(tokens, tags)
    assert model.score(tokens, tags) > 0.95
    restored = pickle.loads(pickle.dumps(model))
    assert list(restored.predict(tokens)) == list(model.predict(tokens))
