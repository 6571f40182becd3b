"""
From spelling to pronunciation: sequence to sequence
====================================================

A voice that reads aloud must know how words sound that are in no dictionary.
Here a recurrent network reads the letters of a word and writes its phonemes,
in Adyghe and in Icelandic. Letters and phonemes don't match one to one,
so that this is a task from sequence to sequence: an encoder reads, attention
looks for the letters that matter, a decoder writes.

**Level:** intermediate. **Time:** one to two minutes on two cores. **Data:**
words of SIGMORPHON 2020 in two languages (WikiPron, CC BY-SA), downloaded
once.
"""

# sphinx_gallery_thumbnail_number = 1

import joblib
import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from seqestimators import RecurrentSeq2Seq, SequenceTokenizer
from seqestimators.datasets import fetch_g2p
from seqestimators.metrics import phoneme_error_rate, word_error_rate

LANGUAGES = {"ady": "Adyghe", "ice": "Icelandic"}


# %%
# Data
# ----
# 3,600 words of each language to learn from, and 450 others to test. A phoneme
# may be written with several characters, so that a pronunciation is a list of
# strings.

words, phonemes, test_words, test_phonemes = {}, {}, {}, {}
for language, name in LANGUAGES.items():
    words[name], phonemes[name] = fetch_g2p(language, "train", return_X_y=True)
    test_words[name], test_phonemes[name] = fetch_g2p(
        language, "test", return_X_y=True
    )
    print(
        f"{name}: {len(words[name])} words; {words[name][0]} is "
        f"[{' '.join(phonemes[name][0])}]"
    )

# %%
# Models
# ------
# One pipeline a language. The tokenizer splits words into letters; the network
# learns its own vocabulary of phonemes. Both are learned at the same time,
# one on each core. The benchmarks train a larger network, of two layers, for
# twice the time; its settings were chosen on a third set of words.


def fit(name):
    """Return a fitted pipeline for one language."""
    network = RecurrentSeq2Seq(
        attention="additive", max_epochs=15, random_state=0
    )
    return make_pipeline(SequenceTokenizer(), network).fit(
        words[name], phonemes[name]
    )


with joblib.parallel_config("loky", inner_max_num_threads=1):
    fitted = joblib.Parallel(n_jobs=2)(
        joblib.delayed(fit)(name) for name in words
    )
models = dict(zip(words, fitted, strict=True))
for name in models:
    losses = [epoch["train_loss"] for epoch in models[name][-1].history_]
    print(
        f"{name}: the loss fell from {losses[0]:.2f} to {losses[-1]:.2f} in "
        f"{len(losses)} epochs"
    )

# %%
# Search
# ------
# The decoder writes one phoneme after the other. Greedy search takes the
# likeliest phoneme at each step. Beam search keeps the five likeliest
# beginnings, so that a good pronunciation may begin with a phoneme that is
# second best. The network is the same: the width is a parameter of predict.

rates, found = {}, {}
for name, model in models.items():
    for search, width in (("greedy", 1), ("beam of 5", 5)):
        model.set_params(recurrentseq2seq__beam_width=width)
        found[name] = model.predict(test_words[name])
        rates[name, search] = [
            100 * rate(test_phonemes[name], found[name])
            for rate in (word_error_rate, phoneme_error_rate)
        ]
    print(f"{name}: {len(test_words[name])} words pronounced, twice")

# %%
# A word is wrong if one of its phonemes is; the error rate of phonemes is the
# number of insertions, deletions and substitutions that put it right, per true
# phoneme.

print(f"\n{'':12}{'search':12}{'words wrong':>14}{'phonemes wrong':>17}")
for (name, search), (words_wrong, phonemes_wrong) in rates.items():
    print(f"{name:12}{search:12}{words_wrong:12.1f} %{phonemes_wrong:15.1f} %")

# %%
# The beam changes next to nothing: these networks are sure of almost every
# phoneme. In Adyghe they get three times as many words wrong as in Icelandic.
#
# Errors
# ------
# The first wrong word of each language. `predict_n_best` gives several
# candidates, with the logarithm of their probability. The Adyghe one is a loan
# word from Russian; of the Icelandic one a long vowel is missed.

print()
for name, model in models.items():
    wrong = next(
        i
        for i, true in enumerate(test_phonemes[name])
        if found[name][i] != true
    )
    tokens = model[:-1].transform(test_words[name][[wrong]])
    print(
        f"{name}: {test_words[name][wrong]} is "
        f"[{' '.join(test_phonemes[name][wrong])}], the model says"
    )
    for candidate, log_probability in model[-1].predict_n_best(tokens, n=3)[0]:
        print(
            f"    [{' '.join(candidate)}]  with probability "
            f"{np.exp(log_probability):.2f}"
        )

# %%
# Figure
# ------
# Left and middle, where the decoder looks while it writes: each row is a
# phoneme, and shows how much weight each letter has. Nobody told the network
# which letters belong to which phoneme. Shown is the first word of 9 to 12
# letters. Right, the error rates of the table.

figure, axes = plt.subplots(
    1,
    3,
    figsize=(7.5, 3.8),
    layout="constrained",
    gridspec_kw={"width_ratios": [1, 1, 1.7]},
)
for ax, name in zip(axes, ("Adyghe", "Icelandic"), strict=False):
    word = next(word for word in test_words[name] if 9 <= len(word) <= 12)
    tokens = models[name][:-1].transform([word])
    written = models[name].predict([word])[0]
    weights = models[name][-1].attention_weights(tokens)[0]
    image = ax.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(word)), list(word), fontsize=9)
    ax.set_yticks(range(len(written) + 1), [*written, "end"], fontsize=9)
    ax.set(xlabel="Letter read", ylabel="Phoneme written")
    ax.set_title(f"{name}: {word}", fontsize="small")
figure.colorbar(image, ax=axes[1], label="Weight of attention")

places = np.arange(len(LANGUAGES))
for shift, (search, color) in zip(
    (-0.2, 0.2),
    {"greedy": "#0072B2", "beam of 5": "#E69F00"}.items(),
    strict=True,
):
    heights = [rates[name, search][0] for name in LANGUAGES.values()]
    bars = axes[2].bar(
        places + shift, heights, 0.38, color=color, label=search
    )
    axes[2].bar_label(bars, fmt="%.1f", fontsize="x-small")
axes[2].set_xticks(places, LANGUAGES.values(), fontsize="small")
axes[2].set(
    title=f"{len(test_words['Adyghe'])} test words each",
    ylabel="Words wrong, %",
)
axes[2].margins(y=0.25)  # room for the legend
axes[2].legend(title="Search", loc="upper center", ncols=2, fontsize="small")

plt.show()
