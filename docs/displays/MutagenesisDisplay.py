import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.datasets import make_start_codon
from seqestimators.inspection import MutagenesisDisplay

dna, kind = make_start_codon(300, length=24, random_state=0)
network = RecurrentClassifier(hidden_size=32, random_state=0)
model = make_pipeline(DNATokenizer(), network).fit(dna, kind)
MutagenesisDisplay.from_estimator(
    model, dna[kind == "start"][0], kind="heatmap"
)
plt.show()
