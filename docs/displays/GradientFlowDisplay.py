import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import DNATokenizer, RecurrentClassifier
from seqestimators.datasets import make_start_codon
from seqestimators.inspection import GradientFlowDisplay

dna, kind = make_start_codon(200, length=30, random_state=0)
models = {
    cell: make_pipeline(
        DNATokenizer(),
        RecurrentClassifier(
            cell=cell, pooling="last", bidirectional=False, random_state=0
        ),
    ).fit(dna, kind)
    for cell in ("rnn", "lstm", "gru")
}
GradientFlowDisplay.from_estimators(models, dna[:50], kind[:50])
plt.show()
