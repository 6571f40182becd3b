"""Time of an epoch of the tagger, sequence to sequence and language model, beside loops written by hand.

Run ``python benchmarks/sequence_models.py``, or with ``--quick``. The loops have the mathematics
of the estimators in plain torch, without dropout: an embedding of 32, LSTMs of the default sizes, dot
attention after the recurrence; AdamW with the one-cycle schedule, gradients clipped, batches of 64. "packed"
packs every batch; "padded" pads it to its longest and masks the loss, which is exact for the language model
only, as a backward direction would read the padding. One core, the contestants in turn, the first turn not
counted; times are medians, ratios are to seqestimators. Tokens of the target are counted, with their ends.
"""

import argparse

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.optim.lr_scheduler import OneCycleLR
from training import BATCH, CLIP, EMBEDDING, LR, N_TOKENS, count_steps, make_data, seconds

from seqestimators import RecurrentLanguageModel, RecurrentSeq2Seq, RecurrentTagger

PAD, BOS, EOS = 0, 2, 3


def run_lstm(lstm, embedded, lengths, is_packed, state=None):
    """Hidden states of shape (n, T, size) and the last ones."""
    if not is_packed:
        return lstm(embedded, state)
    packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
    states, last = lstm(packed, state)
    return pad_packed_sequence(states, batch_first=True)[0], last


class Language(nn.Module):
    def __init__(self, hidden=128):
        super().__init__()
        self.embedding = nn.Embedding(N_TOKENS, EMBEDDING, padding_idx=PAD)
        self.lstm = nn.LSTM(EMBEDDING, hidden, batch_first=True)
        self.output = nn.Linear(hidden, N_TOKENS)

    def forward(self, source, lengths, known, known_lengths, is_packed):
        return self.output(run_lstm(self.lstm, self.embedding(known), known_lengths, is_packed)[0])


class Tagger(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.embedding = nn.Embedding(N_TOKENS, EMBEDDING, padding_idx=PAD)
        self.lstm = nn.LSTM(EMBEDDING, hidden, batch_first=True, bidirectional=True)
        self.output = nn.Linear(2 * hidden, N_TOKENS)

    def forward(self, source, lengths, known, known_lengths, is_packed):
        return self.output(run_lstm(self.lstm, self.embedding(source), lengths, is_packed)[0])


class Seq2Seq(nn.Module):
    def __init__(self, hidden=128):
        super().__init__()
        self.embedding = nn.Embedding(N_TOKENS, EMBEDDING, padding_idx=PAD)
        self.encoder = nn.LSTM(EMBEDDING, hidden, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * hidden, 2 * hidden)
        self.target_embedding = nn.Embedding(N_TOKENS, EMBEDDING, padding_idx=PAD)
        self.decoder = nn.LSTM(EMBEDDING, hidden, batch_first=True)
        self.project = nn.Linear(hidden, 2 * hidden, bias=False)
        self.combine = nn.Linear(3 * hidden, hidden)
        self.output = nn.Linear(hidden, N_TOKENS)

    def forward(self, source, lengths, known, known_lengths, is_packed):
        memory, (last, _) = run_lstm(self.encoder, self.embedding(source), lengths, is_packed)
        begin = torch.tanh(self.bridge(torch.cat([last[0], last[1]], dim=1)))[None].chunk(2, dim=2)
        begin = tuple(part.contiguous() for part in begin)
        states, _ = run_lstm(self.decoder, self.target_embedding(known), known_lengths, is_packed, begin)
        energies = torch.bmm(self.project(states), memory.transpose(1, 2))  # (n, U, T)
        padding = torch.arange(memory.shape[1]) >= lengths[:, None]
        weights = torch.softmax(energies.masked_fill(padding[:, None], -torch.inf), dim=2)
        context = torch.bmm(weights, memory)
        return self.output(torch.tanh(self.combine(torch.cat([context, states], dim=2))))


TASKS = {
    "tagger": (RecurrentTagger, Tagger, ["packed"]),
    "sequence to sequence": (RecurrentSeq2Seq, Seq2Seq, ["packed"]),
    "language model": (RecurrentLanguageModel, Language, ["packed", "padded"]),
}


def make_pairs(task, n_rows, shortest, longest):
    """Sources and targets: as long and shifted for the tagger, reversed for sequence to sequence."""
    X, _ = make_data(n_rows, shortest, longest)
    if task == "language model":
        return X, X
    return X, [x[::-1].copy() if task == "sequence to sequence" else np.roll(x, 1) for x in X]


def fit_library(task, X, y, n_epochs):
    estimator = TASKS[task][0](
        dropout=0.0, lr=LR, batch_size=BATCH, max_epochs=n_epochs, random_state=0, device="cpu"
    )
    estimator.fit(X, None if task == "language model" else y)


def fit_loop(task, X, y, n_epochs, is_packed):
    torch.manual_seed(0)
    network = TASKS[task][1]()
    optimizer = torch.optim.AdamW(network.parameters(), lr=LR)
    schedule = OneCycleLR(optimizer, LR, total_steps=count_steps(X, n_epochs))
    sources = [torch.from_numpy(x) for x in X]
    targets = [torch.from_numpy(t) for t in y]
    known = [torch.cat([torch.tensor([BOS]), target]) for target in targets]
    if task != "tagger":
        targets = [torch.cat([target, torch.tensor([EOS])]) for target in targets]
    for _ in range(n_epochs):
        for rows in torch.randperm(len(X)).split(BATCH):
            source, begun, target = (
                [part[row] for row in rows.tolist()] for part in (sources, known, targets)
            )
            lengths, known_lengths = (torch.tensor([len(x) for x in part]) for part in (source, begun))
            source, begun, target = (pad_sequence(part, batch_first=True) for part in (source, begun, target))
            optimizer.zero_grad()
            logits = network(source, lengths, begun, known_lengths, is_packed)
            nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=PAD).backward()
            nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
            schedule.step()


def print_task(task, shape, n_epochs, n_repeats):
    X, y = make_pairs(task, *shape)
    n_tokens = sum(map(len, y)) + (len(y) if task != "tagger" else 0)
    times = {name: [] for name in ["seqestimators", *TASKS[task][2]]}
    for repeat in range(n_repeats + 1):
        for name, taken in times.items():
            if name == "seqestimators":
                one = seconds(fit_library, task, X, y, n_epochs)
            else:
                one = seconds(fit_loop, task, X, y, n_epochs, name == "packed")
            if repeat:  # the first is for warming up
                taken.append(one / n_epochs)
    medians = {name: np.median(taken) for name, taken in times.items()}
    for name, median in medians.items():
        ratio = median / medians["seqestimators"]
        label = name if name == "seqestimators" else f"loop, {name}"
        print(f"{task:22}{label:16}{median * 1e3:18.0f}{ratio:8.2f}{n_tokens / median:16,.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer repeats and sequences")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    shape, n_epochs, n_repeats = ((384, 5, 75), 1, 2) if arguments.quick else ((1536, 5, 75), 1, 5)
    print(f"{shape[0]:,} sequences of {shape[1]} to {shape[2]} tokens")
    print(f"{'':38}{'fit, ms an epoch':>18}{'ratio':>8}{'tokens a second':>16}")
    for task in TASKS:
        print_task(task, shape, n_epochs, n_repeats)


if __name__ == "__main__":
    main()
