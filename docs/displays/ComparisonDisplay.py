import matplotlib.pyplot as plt
from sklearn.model_selection import StratifiedKFold

from seqestimators.baselines import (
    make_kmer_logistic,
    make_majority,
    make_onehot_logistic,
)
from seqestimators.datasets import make_start_codon
from seqestimators.model_selection import ComparisonDisplay, compare

dna, kind = make_start_codon(300, length=30, random_state=0)
models = {
    "one-hot": make_onehot_logistic(),
    "k-mers": make_kmer_logistic(),
    "majority": make_majority(),
}
folds = StratifiedKFold(5, shuffle=True, random_state=0)
result = compare(models, dna, kind, cv=folds, scoring="accuracy")
ComparisonDisplay.from_comparison(result)
plt.show()
