import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from seqestimators import CodonTokenizer, RecurrentTagger
from seqestimators.datasets import make_coding_sequences
from seqestimators.inspection import TokenSimilarityDisplay

dna, protein = make_coding_sequences(200, random_state=0)
model = make_pipeline(CodonTokenizer(), RecurrentTagger(random_state=0))
model.fit(dna, protein)
groups = {"leucine": ["CTA", "CTC", "CTG", "CTT", "TTA", "TTG"]}
TokenSimilarityDisplay.from_estimator(
    model, "CTA", groups=groups, max_tokens=24
)
plt.show()
