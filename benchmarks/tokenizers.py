"""Speed of the tokenizers, beside a Python loop over re.finditer.

Run ``python benchmarks/tokenizers.py`` (a minute), or with ``--quick`` (seconds). Each line is one run over
the same strings in one process: megabytes of input per second, and the ratio of both. The tokenizer takes its
best of several repeats, the loop runs once.
"""

import argparse
import os
import re
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from seqestimators import CodonTokenizer, DNATokenizer, ProteinTokenizer, SequenceTokenizer, SmilesTokenizer

SMILES_TOKEN = re.compile(r"\[[^\[\]]++\]|Br|Cl|Cr|Si|%\(\d+\)|%\d\d|.", re.DOTALL)


def seconds(repeats, function, *arguments):
    """Shortest of several runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - start)
    return min(times)


def learn_in_loop(strings, pattern):
    tokens = set()
    for string in strings:
        tokens.update(match.group() for match in pattern.finditer(string))
    return {token: i for i, token in enumerate(sorted(tokens), start=4)}


def encode_in_loop(strings, pattern, vocabulary):
    ids = np.empty(len(strings), dtype=object)
    for i, string in enumerate(strings):
        ids[i] = np.array(
            [vocabulary.get(match.group(), 1) for match in pattern.finditer(string)], dtype=np.int64
        )
    return ids


def random_strings(letters, length, n_characters):
    rng = np.random.default_rng(0)
    symbols = rng.choice(np.frombuffer(letters.encode(), np.uint8), (n_characters // length, length))
    return [row.tobytes().decode() for row in symbols]


def bundled_smiles():
    """The 4,999 molecules of the National Cancer Institute inside the rdkit wheel."""
    from seqestimators.datasets import load_nci_molecules

    return list(load_nci_molecules(return_X_y=True)[0])


def cases(n_characters):
    """Name, strings, tokenizer, and the pattern of one token."""
    for length in (10_000, 100):
        dna = random_strings("ACGT", length, n_characters)
        yield f"DNA, rows of {length:,}", dna, DNATokenizer(), re.compile(".")
    dna = random_strings("ACGT", 9_999, n_characters)
    yield "codons, rows of 9,999", dna, CodonTokenizer(), re.compile("...")
    yield "codons, rows of 99", random_strings("ACGT", 99, n_characters), CodonTokenizer(), re.compile("...")
    protein = random_strings("ACDEFGHIKLMNPQRSTVWY", 300, n_characters)
    yield "protein, rows of 300", protein, ProteinTokenizer(), re.compile(".")
    yield "any characters, rows of 300", protein, SequenceTokenizer(), re.compile(".")
    smiles = bundled_smiles()
    smiles *= max(1, n_characters // 5 // sum(map(len, smiles)))
    yield "SMILES, atoms", smiles, SmilesTokenizer(), SMILES_TOKEN
    yield "SMILES, characters", smiles, SmilesTokenizer(scheme="character"), re.compile("Br|Cl|Cr|Si|.")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, one repeat")
    quick = parser.parse_args().quick
    n_characters, repeats = (1_000_000, 1) if quick else (10_000_000, 5)
    print(f"{'MB/s':30}{'fit':>8}{'loop':>8}{'ratio':>8}{'transform':>12}{'loop':>8}{'ratio':>8}")
    for name, strings, tokenizer, pattern in cases(n_characters):
        megabytes = sum(map(len, strings)) / 1e6
        vocabulary = learn_in_loop(strings, pattern)
        times = [
            seconds(repeats, tokenizer.fit, strings),
            seconds(1, learn_in_loop, strings, pattern),
            seconds(repeats, tokenizer.transform, strings),
            seconds(1, encode_in_loop, strings, pattern, vocabulary),
        ]
        fit, fit_loop, transform, transform_loop = (megabytes / s for s in times)
        print(
            f"{name:30}{fit:8.1f}{fit_loop:8.1f}{fit / fit_loop:8.1f}"
            f"{transform:12.1f}{transform_loop:8.1f}{transform / transform_loop:8.1f}"
        )


if __name__ == "__main__":
    main()
