"""
Language models that count: RNN, LSTM and GRU
=============================================

To tell whether ``aaabbb`` ends here, one must count. Three recurrent networks
read strings of n times "a" and n times "b", n up to 50, and learn what comes
next. How close do they come to the best loss that there is, the entropy of the
source? And do they go on counting where no training string went?

**Level:** intermediate. **Time:** one to two minutes on two cores. **Data:**
generated strings, nothing is downloaded.
"""

# sphinx_gallery_thumbnail_number = 1

import joblib
import matplotlib.pyplot as plt
import numpy as np

from seqestimators import RecurrentLanguageModel, SequenceTokenizer
from seqestimators.datasets import make_counting_language
from seqestimators.sequences import EOS

SEEDS = range(3)
MAX_N = 50


# %%
# Data
# ----
# How many times "a" is open: that costs log(50) nats a string, however good
# the model. All the rest, the end included, is determined by the first "b".

strings = make_counting_language(200, max_n=MAX_N, random_state=0)
tokenizer = SequenceTokenizer()
X = tokenizer.fit_transform(strings)
a, b = (tokenizer.vocabulary_[letter] for letter in "ab")
n_tokens = sum(len(x) + 1 for x in X) / len(X)  # the end counts as a token
entropy = np.log(MAX_N)
print(
    f"{len(strings)} strings; a loss of {entropy:.2f} nats a string is the "
    "least that is possible"
)

# %%
# Training
# --------
# Letters go in as one-hot vectors, and the output layer has no bias. Every
# cell starts from several random weights: the seed decides much.


def fit(cell, seed):
    """Fit one network."""
    return RecurrentLanguageModel(
        cell=cell,
        hidden_size=50,
        embedding_dim=None,
        output_bias=False,
        max_epochs=100,
        batch_size=20,
        lr=0.01,
        weight_decay=0.0,
        random_state=seed,
    ).fit(X)


cells = ["rnn", "lstm", "gru"]
models = {}
for cell in cells:
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        models[cell] = joblib.Parallel(n_jobs=2)(
            joblib.delayed(fit)(cell, seed) for seed in SEEDS
        )
    print(
        f"{cell.upper()}: {len(SEEDS)} networks of "
        f"{models[cell][0].n_parameters_} weights"
    )

# %%
# Counting on
# -----------
# A network accepts n if it predicts every "b" behind the first, and then the
# end.

counts = range(1, 301)


def accepts(model):
    """Tell for each n whether all that is determined is predicted."""
    predicted = model.predict_next([np.repeat([a, b], n) for n in counts])
    return np.array(
        [
            (row[n:-1] == b).all() and row[-1] == EOS
            for n, row in zip(counts, predicted, strict=True)
        ]
    )


accepted = {
    cell: np.array([accepts(model) for model in models[cell]])
    for cell in cells
}
largest = {
    cell: [max(np.flatnonzero(row) + 1, default=0) for row in accepted[cell]]
    for cell in cells
}  # of each seed

every = [np.repeat([a, b], n) for n in range(1, MAX_N + 1)]
print(
    f"\n{'cell':6}{'nats a string':>16}{'source':>8}   largest n accepted, by "
    "seed"
)
for cell in cells:
    losses = [-model.score_samples(every).mean() for model in models[cell]]
    print(
        f"{cell.upper():6}{np.mean(losses):10.2f} ± "
        f"{np.std(losses):.2f}{entropy:8.2f}   "
        + " ".join(f"{n:4}" for n in sorted(largest[cell]))
    )
print(f"n up to {MAX_N} in training, up to {counts[-1]} tried")

# %%
# Figure
# ------
# Left, the loss of training out of `history_`: mean and range over the seeds,
# beside the entropy of the source. Right, the largest n that each network
# accepts.

styles = {
    "rnn": ("#D55E00", "-"),
    "lstm": ("#0072B2", "--"),
    "gru": ("#009E73", "-."),
}
figure, (left, right) = plt.subplots(
    1, 2, figsize=(7.5, 3.8), layout="constrained"
)
for position, cell in enumerate(cells):
    color, dashes = styles[cell]
    losses = n_tokens * np.array(
        [
            [epoch["train_loss"] for epoch in model.history_]
            for model in models[cell]
        ]
    )
    epochs = np.arange(1, losses.shape[1] + 1)
    left.plot(
        epochs,
        losses.mean(axis=0),
        color=color,
        linestyle=dashes,
        label=cell.upper(),
    )
    left.fill_between(
        epochs,
        losses.min(axis=0),
        losses.max(axis=0),
        color=color,
        alpha=0.2,
        linewidth=0,
    )
    spread = position + np.linspace(-0.15, 0.15, len(SEEDS))
    right.scatter(spread, sorted(largest[cell]), color=color, zorder=2)
left.axhline(
    entropy,
    color="black",
    linewidth=1,
    linestyle=":",
    label=f"source: {entropy:.2f}",
)
left.set(
    title="Training",
    xlabel="Epoch",
    ylabel="Negative log-likelihood of a string (nats)",
    yscale="log",
)
left.legend()
right.axhline(MAX_N, color="black", linewidth=1, linestyle=":")
right.text(-0.25, MAX_N + 4, "longest in training", fontsize="small")
right.set(title="Counting on", ylabel="Largest n accepted", ylim=(0, None))
right.set_xticks(range(len(cells)), map(str.upper, cells))
plt.show()

# %%
# The LSTM comes within 0.2 nats of the entropy, and counts on to more than
# twice the longest string of training. The GRU accepts a few more than it has
# seen, the simple RNN fewer than ten. An LSTM can add 1 to its cell state at
# each "a" and take it away at each "b"; the states of the others are bounded.
