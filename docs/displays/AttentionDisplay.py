import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.datasets import make_start_codon
from seqestimators.inspection import AttentionDisplay

dna, kind = make_start_codon(200, length=20, random_state=0)
network = RecurrentClassifier(pooling="attention", lr=0.01, random_state=0)
model = make_pipeline(DNATokenizer(), network).fit(dna, kind)
AttentionDisplay.from_estimator(model, dna[kind == "start"][0])
plt.show()
