import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.datasets import make_start_codon
from seqestimators.inspection import TrainingHistoryDisplay

dna, kind = make_start_codon(300, random_state=0)
network = RecurrentClassifier(
    scoring="accuracy", early_stopping=True, random_state=0
)
model = make_pipeline(DNATokenizer(), network).fit(dna, kind)
TrainingHistoryDisplay.from_estimator(model)
plt.show()
