import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, RecurrentTagger
from seqestimators.datasets import make_coding_sequences
from seqestimators.inspection import CodonTableDisplay

dna, protein = make_coding_sequences(200, random_state=0)
model = make_pipeline(CodonTokenizer(), RecurrentTagger(random_state=0))
CodonTableDisplay.from_estimator(model.fit(dna, protein))
plt.show()
