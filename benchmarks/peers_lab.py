"""The start-codon lab that peers.py times: one network in the library, in a loop by hand and in Keras."""

import io
import time
from contextlib import redirect_stdout

LAB = """
from seqestimators.datasets import make_start_codon
dna, kind = make_start_codon(1000, random_state=0)
"""
SCRIPTS = {  # what comes before the fit, and the fit with its score
    "seqestimators": (
        LAB
        + """
from sklearn.pipeline import make_pipeline
from seqestimators import DNATokenizer, RecurrentClassifier
""",
        """
model = make_pipeline(DNATokenizer(), RecurrentClassifier(
    cell="{cell}", hidden_size=32, bidirectional=False, embedding_dim=None, positions=False, pooling="last",
    dropout=0.0, max_epochs=20, random_state=0))
print(model.fit(dna[:800], kind[:800]).score(dna[800:], kind[800:]))
""",
    ),
    "loop by hand": (
        LAB
        + """
import numpy as np
import torch
from torch import nn
X = np.eye(4, dtype=np.float32)[np.searchsorted([*"ACGT"], [[*one] for one in dna])]
y = (kind == "start").astype(np.float32)[:, None]
X, y = torch.from_numpy(X), torch.from_numpy(y)
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.output = nn.{torch}(4, 32, batch_first=True), nn.Linear(32, 1)
    def forward(self, x):
        return self.output(self.layer(x)[0][:, -1])
""",
        """
torch.manual_seed(0)
network = Network()
optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
for epoch in range(20):
    for rows in torch.randperm(800).split(32):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(network(X[rows]), y[rows]).backward()
        optimizer.step()
with torch.no_grad():
    print(float(((network(X[800:]) > 0) == y[800:]).float().mean()))
""",
    ),
    "Keras": (
        """
import numpy as np
rng = np.random.default_rng(0)
X = rng.integers(0, 4, (1000, 50))
y = (np.arange(1000) % 2).astype(np.float32)[:, None]
X[y[:, 0] == 1, :3] = [0, 3, 2]
X = np.eye(4, dtype=np.float32)[X]
import keras
model = keras.Sequential([keras.layers.{keras}(32), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
""",
        """
model.fit(X[:800], y[:800], batch_size=32, epochs=20, verbose=0)
print(((model.predict(X[800:], verbose=0) > 0) == y[800:]).mean())
""",
    ),
}
CELLS = {
    "lstm": {"cell": "lstm", "torch": "LSTM", "keras": "LSTM"},
    "gru": {"cell": "gru", "torch": "GRU", "keras": "GRU"},
    "rnn": {"cell": "rnn", "torch": "RNN", "keras": "SimpleRNN"},
}


def write_script(name, cell):
    """What a contestant runs before the fit, and its fit, with a cell."""
    parts = SCRIPTS[name.split(",")[0]]
    for kind, value in CELLS[cell].items():
        parts = [part.replace(f"{{{kind}}}", value) for part in parts]
    return parts


def repeat_fit(name, cell):
    """A fit of the lab a turn, in a process that has everything else behind it, Keras's compiling too."""
    preparation, fit = write_script(name, cell)
    names = {}
    exec(preparation, names)
    while True:
        start = time.process_time()
        with redirect_stdout(io.StringIO()):
            exec(fit, names)
        yield time.process_time() - start
