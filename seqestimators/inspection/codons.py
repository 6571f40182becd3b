"""The genetic code that a network has learned, read back from its predictions."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from .._sklearn import Integral, Interval, StrOptions, validate_params
from ..domain import find_genetic_code
from ._fitted import FittedModel

__all__ = ["CodonTable", "codon_table"]

BASES = "TCAG"
"""In the order of NCBI's tables."""
CODONS = tuple(map("".join, product(BASES, repeat=3)))
LETTERS = tuple("ACDEFGHIKLMNPQRSTVWY*")
NO_LETTER = "-"
"""Stands for the answer of a model that never gives one of the 21 letters."""


@dataclass(frozen=True, eq=False)
class CodonTable:
    """A genetic code as a network reads it, beside that of NCBI.

    It is what :func:`codon_table` returns.

    Parameters
    ----------
    probabilities : DataFrame of shape (64, 21)
        Probability of each letter for each codon. Rows are codons, in the
        order TTT, TTC, TTA, TTG, TCT, ...; columns are the twenty amino acids
        and ``"*"``, the stop.
    genetic_code : int
        Number of the code to compare with, in NCBI's list.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from Bio.Seq import translate
    >>> from seqestimators.inspection import CodonTable
    >>> codons = [a + b + c for a in "TCAG" for b in "TCAG" for c in "TCAG"]
    >>> letters = list("ACDEFGHIKLMNPQRSTVWY*")
    >>> right = [[float(translate(codon) == letter) for letter in letters] for codon in codons]
    >>> table = CodonTable(pd.DataFrame(right, codons, letters), genetic_code=2)
    >>> table.n_agreeing
    60
    >>> table.differences[["read", "expected"]].to_numpy().tolist()
    [['*', 'W'], ['I', 'M'], ['R', '*'], ['R', '*']]
    """

    probabilities: pd.DataFrame
    genetic_code: int

    @property
    def letters(self) -> Any:
        """The likeliest letter of each codon, Series of shape (64,); "-" where no letter is ever given."""
        likeliest = self.probabilities.idxmax(axis=1)
        return likeliest.where(self.probabilities.max(axis=1) > 0, NO_LETTER).rename("read")

    @property
    def expected(self) -> Any:
        """The letter of each codon in NCBI's table, Series of shape (64,)."""
        return _read_code(self.genetic_code)

    @property
    def n_agreeing(self) -> Any:
        """Number of codons whose likeliest letter is NCBI's, 0 to 64."""
        return int((self.letters == self.expected).sum())

    @property
    def differences(self) -> Any:
        """The other codons: DataFrame with the letters "read" and "expected" and the "probability" of each.

        The column "probability" is that of the letter read.
        """
        probability = self.probabilities.max(axis=1).rename("probability")
        table = pd.concat([self.letters, self.expected, probability], axis=1)
        return table[table["read"] != table["expected"]]

    def __str__(self) -> str:
        lines = [f"{self.n_agreeing} of {len(CODONS)} codons as in genetic code {self.genetic_code}"]
        lines += [
            f"  {codon}: {row['read']} ({row['probability']:.2f}), expected {row['expected']}"
            for codon, row in self.differences.iterrows()
        ]
        return "\n".join(lines)


@validate_params(
    {
        "genetic_code": [Interval(Integral, 1, None, closed="left")],
        "n_contexts": [Interval(Integral, 1, None, closed="left")],
        "length": [Interval(Integral, 3, None, closed="left")],
        "stop_place": [StrOptions({"end", "inside"})],
        "random_state": ["random_state"],
    }
)
def codon_table(
    model: Any,
    *,
    genetic_code: int = 1,
    n_contexts: int = 20,
    length: int = 20,
    stop_place: str = "end",
    random_state: Any = 0,
) -> Any:
    """Read the genetic code back from a fitted model that translates DNA.

    Each of the 64 codons is put into the same random genes, and the answer at
    its place is averaged over the genes. The genes begin with ATG, go on with
    sense codons drawn alike, and end in a stop codon.

    Parameters
    ----------
    model : fitted Pipeline
        Reads coding DNA as strings and predicts one letter per codon: a
        tokenizer and a RecurrentTagger (with ``stride=3`` on single
        nucleotides) or a RecurrentSeq2Seq.
    genetic_code : int, default=1
        Number of the genetic code to compare with, in NCBI's list [1]_. The
        sense and stop codons of the genes are its own.
    n_contexts : int, default=20
        Number of genes that each codon is put into, at least 1.
    length : int, default=20
        Number of codons of a gene, start and stop included, at least 3. Best
        a length that the model knows from training.
    stop_place : {"end", "inside"}, default="end"
        Where a stop codon is looked at: as the last codon, where genes have
        it, or at an inner place like the sense codons. The second tells
        whether the model knows a stop by the codon itself, or by its being the
        last.
    random_state : int, RandomState or None, default=0
        Source of the genes and of the places in them.

    Returns
    -------
    CodonTable
        The 64 x 21 table, its likeliest letters, and what NCBI's table says.
        Of a tagger the numbers are probabilities; of a RecurrentSeq2Seq, the
        share of genes with that letter at that place of the predicted protein.
        A row sums to less than 1 where the model gives other letters, or
        writes a protein that is too short.

    Raises
    ------
    NotFittedError
        The model isn't fitted.
    TypeError
        It is no RecurrentTagger or RecurrentSeq2Seq, or there is no tokenizer.
    ValueError
        There is no such genetic code, or the model doesn't give one letter of
        a protein for each codon.

    See Also
    --------
    CodonTableDisplay : Its picture.
    seqestimators.datasets.make_coding_sequences : Genes to learn from.

    Notes
    -----
    The sense codons are looked at in the same genes and at the same places, so
    that rows differ by the codon alone. In codes in which a stop codon is an
    amino acid elsewhere (27, 28 and 31), it is looked at inside, and the amino
    acid is expected.

    References
    ----------
    .. [1] Elzanowski, A. and Ostell, J., "The genetic codes", NCBI.
       https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqestimators import CodonTokenizer, RecurrentTagger
    >>> from seqestimators.datasets import make_coding_sequences
    >>> from seqestimators.inspection import codon_table
    >>> model = make_pipeline(CodonTokenizer(), RecurrentTagger(max_epochs=1, random_state=0))
    >>> table = codon_table(model.fit(*make_coding_sequences(50, random_state=0)))
    >>> table.probabilities.shape
    (64, 21)
    >>> table.expected["ATG"]
    'M'
    """
    fitted = FittedModel(model)
    if not hasattr(fitted.estimator, "target_kind_"):  # neither labels of steps nor sequences
        raise TypeError(
            f"{type(fitted.estimator).__name__} doesn't translate: give a Pipeline that ends in a "
            "RecurrentTagger or a RecurrentSeq2Seq"
        )
    if fitted.tokenizer is None:
        raise TypeError(
            f"this {type(fitted.estimator).__name__} comes without its tokenizer: give the fitted Pipeline "
            "that reads DNA"
        )
    is_last = _read_code(genetic_code).eq("*") & (stop_place == "end")
    genes, places = _make_genes(genetic_code, is_last, n_contexts, length, check_random_state(random_state))
    read = _read_labels if hasattr(fitted.estimator, "predict_proba") else _read_letters
    answers = read(fitted, genes, places, length).reindex(columns=list(LETTERS), fill_value=0.0)
    mean = answers.to_numpy(np.float64).reshape(len(CODONS), n_contexts, -1).mean(axis=1)
    return CodonTable(pd.DataFrame(mean, is_last.index, answers.columns), genetic_code)


def _read_code(genetic_code: int) -> Any:
    """The letter of each codon, Series of shape (64,)."""
    forward = find_genetic_code(genetic_code).forward_table
    letters = [forward.get(codon, "*") for codon in CODONS]
    return pd.Series(letters, index=pd.Index(CODONS, name="codon"), name="expected")


def _make_genes(genetic_code: int, is_last: Any, n_contexts: int, length: int, random: Any) -> Any:
    """Put each of the 64 codons into the same `n_contexts` genes; return the genes and the places in them."""
    code = find_genetic_code(genetic_code)
    inner = random.choice(sorted(code.forward_table), size=(n_contexts, length - 2)).tolist()
    stops = random.choice(sorted(code.stop_codons), size=n_contexts).tolist()
    inner_places = random.randint(1, length - 1, size=n_contexts)
    genes, places = [], []
    for codon in CODONS:
        for codons, stop, inner_place in zip(inner, stops, inner_places, strict=True):
            gene = ["ATG", *codons, stop]
            place = length - 1 if is_last[codon] else inner_place
            gene[place] = codon
            genes.append("".join(gene))
            places.append(place)
    return genes, places


def _read_labels(fitted: FittedModel, genes: list[str], places: Any, length: int) -> pd.DataFrame:
    """Probability of each letter at one place of each gene, of a tagger."""
    labels = [str(label) for label in fitted.estimator.classes_.tolist()]
    _require_letters(labels, "labels")
    rows = fitted.estimator.predict_proba(fitted.prepare(genes))
    if len(rows[0]) != length:
        raise ValueError(
            f"the model gives {len(rows[0])} labels for a gene of {length} codons: it must give one for "
            "each, as with CodonTokenizer, or with DNATokenizer and RecurrentTagger(stride=3)"
        )
    return pd.DataFrame([row[place] for row, place in zip(rows, places, strict=True)], columns=labels)


def _read_letters(fitted: FittedModel, genes: list[str], places: Any, length: int) -> pd.DataFrame:
    """1 for the letter at one place of the protein predicted for each gene, 0 for the others."""
    _require_letters(fitted.estimator.target_tokenizer_.vocabulary_, "targets")
    proteins = fitted.estimator.predict(fitted.prepare(genes))
    letters = ["".join(protein[place : place + 1]) for protein, place in zip(proteins, places, strict=True)]
    return pd.get_dummies(pd.Series(letters, dtype=object), dtype=np.float64)


def _require_letters(names: Any, kind: str) -> None:
    if not set(LETTERS) & set(names):
        raise ValueError(
            f"the {kind} of the model, such as {', '.join(map(repr, list(names)[-3:]))}, are no amino acids: "
            "give a model fitted on proteins in one-letter code"
        )
