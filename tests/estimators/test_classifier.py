import numpy as np
import pytest
from torch.nn import functional

from seqestimators import RecurrentClassifier

SMALL = {"hidden_size": 4, "embedding_dim": 4, "max_epochs": 2, "batch_size": 8, "random_state": 0}
X = [[4, 5, 6], [5], [6, 6, 4, 5]] * 6


@pytest.mark.parametrize(
    "labels", [["a", "b", "b"], [True, False, True], [3, 1, 2], ["x", "y", "z"]], ids=str
)
def test_labels_of_any_kind(labels):
    model = RecurrentClassifier(**SMALL).fit(X, labels * 6)
    assert model.classes_.tolist() == sorted(set(labels))
    assert model.predict(X).dtype == np.array(labels).dtype
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(model.predict(X), model.classes_[model.predict_proba(X).argmax(axis=1)])


def test_balanced_is_the_weight_written_out():
    y = np.array(["a", "b", "b"] * 6)
    balanced = RecurrentClassifier(**SMALL, class_weight="balanced").fit(X, y)
    written = RecurrentClassifier(**SMALL, class_weight={"a": 1.5, "b": 0.75}).fit(X, y)
    np.testing.assert_allclose(balanced.predict_proba(X), written.predict_proba(X), atol=1e-6)


def test_partial_fit():
    model = RecurrentClassifier(**SMALL).partial_fit(X[:1], ["a"], classes=["a", "b"])
    assert model.partial_fit(X[1:3], ["b", "b"]).n_iter_ == 2
    with pytest.raises(ValueError, match="row 1 of y is 'c', which is none of the classes"):
        model.partial_fit(X[:2], ["a", "c"])
    with pytest.raises(ValueError, match="supports no early_stopping=True"):
        RecurrentClassifier(early_stopping=True).partial_fit(X[:2], ["a", "b"])


def test_one_class():
    with pytest.raises(ValueError, match="at least two classes in y, got one class"):
        RecurrentClassifier(**SMALL).fit(X, ["a"] * 18)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_losses_of_one_s_own_are_those_by_name(n_classes):
    def cross_entropy(outputs, target):
        if n_classes == 2:
            return functional.binary_cross_entropy_with_logits(outputs, target, reduction="none")[:, 0]
        return functional.cross_entropy(outputs, target, reduction="none")

    y = np.arange(18) % n_classes
    by_name, own, focal = (
        RecurrentClassifier(**SMALL, loss=loss).fit(X, y).predict_proba(X)
        for loss in ("cross_entropy", cross_entropy, "focal")
    )
    np.testing.assert_allclose(own, by_name, rtol=1e-5)
    assert not np.allclose(focal, by_name)


@pytest.mark.parametrize("loss", ["cross_entropy", "focal"])
def test_smoothed_labels_keep_probabilities_from_0_and_1(loss):
    fast = SMALL | {"max_epochs": 30, "lr": 0.1, "dropout": 0}
    y = [0, 1, 2] * 6
    sharp, smooth = (
        RecurrentClassifier(**fast, loss=loss, label_smoothing=share).fit(X, y).predict_proba(X).max(axis=1)
        for share in (0, 0.3)
    )
    assert sharp.min() > 0.9 > smooth.max()
    if loss == "cross_entropy":
        np.testing.assert_allclose(smooth, 0.8, atol=0.05)
