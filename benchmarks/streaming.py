"""Memory and time of a language model trained on a FASTA file in chunks.

``python benchmarks/streaming.py 20 100`` makes files of 20 and 100 MB and trains on each for an epoch, in a
process of its own. Files go into the folder behind ``--folder``, and are left there.
"""

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

LENGTH = 300


def write_fasta(path: Path, megabytes: int) -> None:
    """Write random DNA in records of 300 letters, a hundredth of it at a time."""
    random_state = np.random.default_rng(0)
    n_records = megabytes * 10**6 // (LENGTH + 12)
    with path.open("wb") as file:
        for begin in range(0, n_records, 10_000):
            n = min(10_000, n_records - begin)
            letters = np.frombuffer(b"ACGT", np.uint8)[random_state.integers(4, size=(n, LENGTH))]
            for i in range(n):
                file.write(b">%09d\n%s\n" % (begin + i, letters[i].tobytes()))


def train(path: Path, hidden_size: int) -> None:
    """Train for an epoch, and print what it took."""
    from sklearn.pipeline import make_pipeline

    from seqestimators import DNATokenizer, RecurrentLanguageModel
    from seqestimators.streaming import SequenceFile, fit_chunks

    network = RecurrentLanguageModel(hidden_size=hidden_size, embedding_dim=8, batch_size=256, random_state=0)
    begin, cpu = time.perf_counter(), time.process_time()
    model = fit_chunks(
        make_pipeline(DNATokenizer(), network), SequenceFile(path, chunk_size=2000), random_state=0
    )
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    n_tokens = path.stat().st_size // (LENGTH + 12) * (LENGTH + 1)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(
        f"{path.stat().st_size / 1e6:.0f} MB: {n_tokens / 1e6:.1f} M tokens, {model[-1].n_iter_} chunks, "
        f"{seconds:.0f} s ({cpu:.0f} s of CPU, {cpu / n_tokens * 1e6:.2f} us a token), peak {peak:.0f} MB, "
        f"loss {model[-1].history_[-1]['train_loss']:.3f}",
        flush=True,
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megabytes", type=int, nargs="*", default=[20, 100])
    parser.add_argument("--hidden-size", type=int, default=16)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--file", type=Path, default=None, help="train on this file, in this process")
    given = parser.parse_args()
    if given.file is not None:
        train(given.file, given.hidden_size)
        return
    folder = given.folder or Path(mkdtemp())
    for megabytes in given.megabytes:
        path = folder / f"random_{megabytes}.fa"
        write_fasta(path, megabytes)
        options = ["--file", str(path), "--hidden-size", str(given.hidden_size)]
        subprocess.run([sys.executable, __file__, *options], check=True)


if __name__ == "__main__":
    main()
