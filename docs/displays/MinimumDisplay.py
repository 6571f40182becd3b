import matplotlib.pyplot as plt

from seqestimators.baselines import make_onehot_logistic
from seqestimators.datasets import make_start_codon
from seqestimators.model_selection import MinimumDisplay, minimum_samples

dna, kind = make_start_codon(1000, length=20, random_state=0)
result = minimum_samples(
    make_onehot_logistic(), dna, kind, [25, 50, 100, 200, 400], threshold=0.9
)
MinimumDisplay.from_result(result, name="one-hot + logistic regression")
plt.show()
