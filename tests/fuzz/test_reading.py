"""Random input of any kind to all that reads: it is read rightly, or refused by an error of ours.

A case is a number; `run(number)` repeats it.
"""

import io
from collections import namedtuple

import numpy as np
import pandas as pd
import torch

from seqestimators import (
    CodonTokenizer,
    DNATokenizer,
    Padder,
    ProteinTokenizer,
    RegexTokenizer,
    SequenceTokenizer,
    SeriesScaler,
    SmilesTokenizer,
    WordTokenizer,
)
from seqestimators.baselines import MorganFingerprint, make_kmer_logistic
from seqestimators.datasets import read_coding_sequences, read_fasta, read_swissprot
from seqestimators.metrics import edit_similarity_score, exact_match_score, token_accuracy_score
from seqestimators.model_selection import ScaffoldSplit, SequenceClusterSplit, leakage_report
from seqestimators.sequences import Sequences, check_sequences, read_sequences, read_targets

Pair = namedtuple("Pair", "first second")
ALPHABETS = ["ACGT", "ACGU", "acgtn", "MKLVPSADRWX*-", "CNO()=1c[]@+-/\\%.#", "AC\n \t>|", "aé漢\x00\ufeff"]
NUMBERS = [0, 1, 2, 3, 4, 7, -1, 2**20, 2**40, 2**63 - 1, 0.5, 1e9, 1e300, np.inf, -np.inf, np.nan, True]
OBJECTS = [None, np.nan, pd.NA, "A", b"AC", "", {}, {1}, object, 1j, Pair(4, 5), np.datetime64("2020"), [[4]]]


def draw_string(rng):
    alphabet = ALPHABETS[rng.integers(len(ALPHABETS))]
    return "".join(rng.choice(list(alphabet), size=rng.integers(0, 12)))


def draw_numbers(rng):
    """A row of numbers, of any type."""
    row = [NUMBERS[i] for i in rng.integers(len(NUMBERS), size=rng.integers(0, 6))]
    if rng.random() < 0.5:
        row = rng.integers(0 if rng.random() < 0.3 else 4, 9, size=rng.integers(0, 6)).tolist()
    kind = rng.integers(7)
    if kind == 0:
        return tuple(row)
    if kind == 1:
        with np.errstate(all="ignore"):
            return np.array(row, dtype=float).astype(rng.choice([np.int8, np.uint64, np.float32, np.float64]))
    if kind == 2:
        return np.array(row, dtype=float).reshape(-1, 1)
    if kind == 3:
        return np.ma.masked_array(np.array(row, dtype=float), mask=rng.random(len(row)) < 0.3)
    if kind == 4:
        return torch.tensor([float(value) for value in row])
    return row


def draw_rows(rng, draw):
    rows = [draw(rng) for _ in range(rng.integers(0, 6))]
    if rng.random() < 0.2 and rows:
        rows[rng.integers(len(rows))] = OBJECTS[rng.integers(len(OBJECTS))]
    return rows


def draw_container(rng, rows):
    """Rows in a container that a user may have them in."""
    kind = rng.integers(12)
    objects = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        objects[i] = row
    if kind == 0:
        return tuple(rows)
    if kind == 1:
        return objects
    if kind == 2:
        return pd.Series(objects)
    if kind == 3:
        return pd.DataFrame({"x": objects})
    if kind == 4:
        return objects[:, None]
    if kind == 5:
        return (row for row in rows)
    if kind == 6:
        try:
            return np.array(rows)
        except ValueError:  # rows of several lengths, or within a row
            return rows
    if kind == 7:
        return np.ma.masked_array(objects, mask=rng.random(len(rows)) < 0.2)
    if kind == 8:
        return dict(enumerate(rows))
    if kind == 9:
        return rng.choice(
            [0, 1, 4, 5, -1, 0.5, np.nan, 2**40], size=rng.integers(0, 4, size=rng.integers(1, 4))
        )
    return rows


def tolerantly(function, *arguments, **options):
    """Return the result, or None where it is refused as bad input is to be refused."""
    try:
        return function(*arguments, **options)
    except (ValueError, TypeError):
        return None


def check_reading(rng):
    X = draw_container(rng, draw_rows(rng, draw_numbers))
    kind = str(rng.choice(["auto", "tokens", "values"]))
    read = tolerantly(read_sequences, X, kind)
    if read is None:
        return
    assert isinstance(read, Sequences)
    assert read.offsets[0] == 0
    assert read.offsets[-1] == len(read.values)
    assert (read.lengths >= 0).all()
    if kind != "auto":
        assert read.is_tokens == (kind == "tokens")
    assert (read.values >= 0).all() if read.is_tokens else np.isfinite(read.values).all()
    again = read_sequences(read, "tokens" if read.is_tokens else "values")
    np.testing.assert_array_equal(again.values, read.values)
    tolerantly(Padder(one_hot=bool(rng.integers(2))).fit_transform, X)
    scaled = tolerantly(SeriesScaler().fit_transform, X)
    if scaled is not None:
        joined = np.concatenate(list(scaled))
        assert not np.isinf(joined).any()
        is_observed = ~np.isnan(joined)  # what is missing stays missing
        mean = np.where(is_observed, joined, 0).sum(axis=0) / is_observed.sum(axis=0).clip(min=1)
        assert np.abs(mean).max() < 1e-6


TOKENIZERS = [
    SequenceTokenizer(),
    SequenceTokenizer(add_bos=True, add_eos=True, min_frequency=2),
    DNATokenizer(),
    DNATokenizer(k=2, stride=2, ambiguous="keep"),
    DNATokenizer(ambiguous="error", unknown="error"),
    CodonTokenizer(),
    CodonTokenizer(partial="drop", frame=1),
    ProteinTokenizer(),
    ProteinTokenizer(k=2, alphabet="murphy10"),
    RegexTokenizer(r"\w+|\W"),
    WordTokenizer(),
    SmilesTokenizer(),
    SmilesTokenizer(scheme="character"),
    SmilesTokenizer(canonical=True, stereo=False),
]


def check_tokenizer(rng):
    X = draw_container(rng, draw_rows(rng, draw_string))
    tokenizer = TOKENIZERS[rng.integers(len(TOKENIZERS))]
    ids = tolerantly(tokenizer.fit_transform, X)
    if ids is None:
        return
    rows = np.asarray(ids, dtype=object).ravel()
    assert all(row.dtype.kind == "i" and row.ndim == 1 for row in rows)
    flat = np.concatenate(rows) if len(rows) else np.empty(0, dtype=int)
    assert ((flat >= 0) & (flat < tokenizer.n_tokens_)).all()
    strings = tolerantly(tokenizer.inverse_transform, rows)
    if strings is not None and not (flat == 1).any() and not getattr(tokenizer, "frame", 0):
        again = tokenizer.transform(strings)
        assert [row.tolist() for row in again] == [row.tolist() for row in rows]


def check_rivals(rng):
    rows = draw_rows(rng, draw_string)
    X = draw_container(rng, rows)
    tolerantly(check_sequences, X, lists=bool(rng.integers(2)))
    tolerantly(read_targets, X)
    part = rng.integers(5)
    if part == 0:
        bits = tolerantly(MorganFingerprint(n_bits=16).fit_transform, X)
        assert bits is None or set(np.unique(bits)) <= {0, 1}
    elif part == 1:
        splitter = [ScaffoldSplit(2), SequenceClusterSplit(2)][rng.integers(2)]
        for train, test in tolerantly(lambda: list(splitter.split(X))) or ():
            assert not set(train) & set(test)
            assert len(train) + len(test) == len(rows)
    elif part == 2:
        tolerantly(leakage_report, X, draw_container(rng, draw_rows(rng, draw_string)))
    elif part == 3 and len(rows) > 2:
        y = np.arange(len(rows)) % 2
        fitted = tolerantly(make_kmer_logistic(k=(1, 2)).fit, X, y)
        if fitted is not None:
            assert np.isfinite(fitted.predict_proba(X)).all()
    else:
        other = draw_container(rng, draw_rows(rng, draw_string))
        for score in (exact_match_score, token_accuracy_score, edit_similarity_score):
            value = tolerantly(score, X, other)
            assert value is None or 0 <= value <= 1
            same = tolerantly(score, rows, rows) if rows else None
            assert same is None or same == 1


FASTA = ">one a gene\nATGAAACCC\nGGGTAA\n>two\nATGTAA\n"
GENBANK = (
    "LOCUS       TEST                      15 bp    DNA     linear   BCT 01-JAN-2020\nACCESSION   TEST\n"
    "FEATURES             Location/Qualifiers\n     CDS             1..15\n"
    '                     /translation="MKPG"\nORIGIN\n        1 atgaaacccg ggtaa\n//\n'
)
SWISSPROT = (
    "ID   T_HUMAN              Reviewed;           8 AA.\nAC   P1;\nOS   H.\nFT   HELIX           3..5\n"
    "SQ   SEQUENCE   8 AA;  900 MW;  0 CRC64;\n     MVLSPADK\n//\n"
)


def damage(rng, text):
    """A text with a line gone, doubled, cut, shifted or changed."""
    lines = text.splitlines(keepends=True)
    for _ in range(rng.integers(0, 3)):
        i = rng.integers(len(lines)) if lines else 0
        action = rng.integers(6)
        if action == 0:
            del lines[i : i + 1]
        elif action == 1:
            lines[i:i] = lines[i : i + 1]
        elif action == 2 and lines:
            lines[i] = lines[i][: rng.integers(len(lines[i]) + 1)]
        elif action == 3 and lines:
            lines[i] = " " + lines[i]
        elif action == 4 and lines and lines[i]:
            at = rng.integers(len(lines[i]))
            lines[i] = lines[i][:at] + str(rng.choice(list(">#é\ufeff9 A\t/"))) + lines[i][at + 1 :]
        else:
            lines = lines[:i]
    return "".join(lines)


def check_readers(rng):
    which = rng.integers(4)
    if which == 0:
        records = tolerantly(lambda: list(read_fasta(io.StringIO(damage(rng, FASTA)))))
        assert records is None or all(isinstance(one.sequence, str) for one in records)
    elif which == 1:
        tolerantly(read_coding_sequences, io.StringIO(damage(rng, FASTA)))
    elif which == 2:
        read = tolerantly(read_coding_sequences, io.StringIO(damage(rng, GENBANK)))
        assert read is None or all(
            len(dna) == 3 * len(protein) for dna, protein in zip(read.data, read.target, strict=True)
        )
    else:
        read = tolerantly(read_swissprot, io.StringIO(damage(rng, SWISSPROT)), labels={"HELIX": "H"})
        assert read is None or [*map(len, read.data)] == [*map(len, read.target)]


CHECKS = [check_reading, check_reading, check_tokenizer, check_tokenizer, check_rivals, check_readers]


def run(case):
    """Run one case."""
    rng = np.random.default_rng(case)
    CHECKS[rng.integers(len(CHECKS))](rng)


def test_whatever_is_read_is_right_or_refused(reading_cases):
    for case in reading_cases:
        try:
            run(case)
        except BaseException as error:
            error.add_note(f"of case {case}")
            raise
