import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.datasets import make_start_codon
from seqestimators.inspection import HiddenStateDisplay

dna, kind = make_start_codon(300, length=12, random_state=0)
network = RecurrentClassifier(
    cell="gru",
    pooling="last",
    bidirectional=False,
    hidden_size=16,
    lr=0.02,
    random_state=0,
)
model = make_pipeline(DNATokenizer(), network).fit(dna, kind)
HiddenStateDisplay.from_estimator(model, "ATGCCATTGACC")
plt.show()
