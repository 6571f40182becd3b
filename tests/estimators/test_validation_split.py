import numpy as np
import pytest

from seqestimators import RecurrentClassifier
from seqestimators.estimators._validation_split import split_validation


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_parts_are_disjoint_and_complete(stratified, grouped):
    classes = np.arange(40) % 2 if stratified else None
    groups = np.arange(40) // 4 if grouped else None
    train, valid = split_validation(40, 0.2, stratify=classes, groups=groups, seed=1)
    assert sorted([*train, *valid]) == list(range(40))
    assert len(valid) == 8
    if grouped:
        assert not set(groups[train]) & set(groups[valid])
    if stratified:
        assert classes[valid].mean() == 0.5


def test_the_seed_decides():
    first, again, other = (split_validation(50, 0.2, seed=seed)[1].tolist() for seed in (0, 0, 1))
    assert first == again != other


def test_too_few_rows():
    with pytest.raises(
        ValueError, match="early_stopping=True sets a validation_fraction of 0.1 of the 1 training"
    ):
        split_validation(1, 0.1)


def test_a_class_of_one_row():
    model = RecurrentClassifier(hidden_size=4, max_epochs=1, early_stopping=True, validation_fraction=0.5)
    with pytest.raises(ValueError, match="Give more rows, another fraction, or early_stopping=False"):
        model.fit([[4], [5], [6]], [0, 0, 1])


def test_groups_of_other_length():
    model = RecurrentClassifier(hidden_size=4, max_epochs=1, early_stopping=True)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit([[4], [5]] * 10, [0, 1] * 10, groups=[0, 1])


def test_few_groups_give_the_fold_that_there_is():
    groups = np.repeat([0, 1, 2], 10)
    train, valid = split_validation(30, 0.1, stratify=np.tile([0, 1], 15), groups=groups)
    assert len(np.unique(groups[valid])) == 1
    assert len(train) == 20
