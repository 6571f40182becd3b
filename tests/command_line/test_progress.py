"""One bar for all fits."""

from sklearn.base import clone

from seqestimators import RecurrentClassifier
from seqestimators.command_line._progress import ProgressBar


def test_all_fits_share_one_bar_that_counts_what_early_stopping_leaves_out():
    bar, counted = ProgressBar(2, 5), []
    bar._bar.update = counted.append
    model = RecurrentClassifier(callbacks=[bar], max_epochs=2, hidden_size=2, random_state=0)
    assert clone(model).callbacks[0] is bar
    clone(model).fit([[4, 5], [5]], [0, 1])
    assert counted == [1, 1, 3]
    bar.close()
