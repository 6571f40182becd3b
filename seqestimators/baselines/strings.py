"""Classifiers of strings without order, or with one position a column, as ready pipelines."""

from typing import Any, Self

from sklearn.base import TransformerMixin, clone
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.validation import check_is_fitted

from .._sklearn import HasMethods, Integral, Interval, Real, StrOptions, _fit_context, validate_params
from ..domain import KINDS, guess_kind, normalize
from ..parameters import parameter, with_parameters
from ..preprocessing import DNATokenizer, Padder, SequenceTokenizer
from ..preprocessing.base import StringInput
from ..sequences import check_sequences
from ._labelwise import LogisticRegression

__all__ = ["make_kmer_logistic", "make_kmer_window_vote", "make_onehot_logistic", "make_window_logistic"]


_KIND = [StrOptions({"auto", *KINDS}), None]


@with_parameters
class StringReader(TransformerMixin, StringInput, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Sequences in any container to strings in the normal form of their kind.

    Parameters
    ----------
    kind : {"auto", "dna", "rna", "protein", "smiles"} or None
        What the strings are; "auto" finds out in fit, None leaves them as they
        are.
    lists : bool
        Whether rows may also be lists of symbols, which stay as they are.

    Attributes
    ----------
    kind_ : {"dna", "rna", "protein", "smiles"} or None
        The kind of the strings.
    """

    kind: str | None = parameter(default="auto", constraints=_KIND)
    lists: bool = parameter(default=False, constraints=["boolean"])

    @_fit_context
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the input, and find out what it is."""
        sequences = check_sequences(X, lists=self.lists)
        self.kind_ = self.kind
        if self.kind == "auto":
            self.kind_ = guess_kind(sequences) if isinstance(sequences[0], str) else None
        self.transform(sequences)
        return self

    def transform(self, X: Any) -> list[Any]:
        """Return X as a list of strings, or of lists."""
        check_is_fitted(self)
        sequences = check_sequences(X, lists=self.lists)
        return normalize(sequences, self.kind_) if isinstance(sequences[0], str) else sequences


@validate_params(
    {
        "k": [Interval(Integral, 1, None, closed="left"), tuple],
        "kind": _KIND,
        "lowercase": ["boolean"],
        "C": [Interval(Real, 0, None, closed="neither")],
    }
)
def make_kmer_logistic(
    *, k: int | tuple[int, int] = 4, kind: str | None = "auto", lowercase: bool = False, C: float = 0.1
) -> Pipeline:
    """Make a classifier of strings: counts of their k-mers and a logistic regression.

    A k-mer is a piece of `k` characters; all are counted, those that overlap
    too. The counts say what a string is made of, not where.

    Parameters
    ----------
    k : int or (int, int), default=4
        Number of characters in a piece, at least 1; or the least and the
        greatest number, both included.
    kind : {"auto", "dna", "rna", "protein", "smiles"} or None, default="auto"
        What the strings are, which are read in its
        :func:`normal form <seqestimators.domain.normalize>`, as the tokenizer
        of the kind reads them. "auto" finds out in fit (see
        :func:`~seqestimators.domain.guess_kind`); None leaves them as they are.
    lowercase : bool, default=False
        Whether upper and lower case are the same, whatever the kind.
    C : float, default=0.1
        Inverse of the strength of the L2 penalty; greater than 0.

    Returns
    -------
    Pipeline
        Of the steps "stringreader" (it reads all containers and rows that the
        tokenizers read), "countvectorizer", "standardscaler" and
        "logisticregression", not fitted.

    Raises
    ------
    ValueError
        `k` is no pair in order. By `fit`: no string has `k` characters, which
        CountVectorizer reports as an empty vocabulary.

    See Also
    --------
    make_onehot_logistic : A column for every position instead.
    seqestimators.preprocessing.DNATokenizer : K-mers as tokens, in their order.

    Notes
    -----
    Counts are divided by their standard deviation, so that rare k-mers have
    a say, and stay sparse. A k-mer that training hasn't seen isn't counted; a
    string shorter than `k` has no counts at all.

    The defaults are the best of some tried: accuracies on promoters and on
    splice sites, cross-validated, are .953 and .676 with ``k=4``, .949 and
    .672 with ``k=(1, 4)``, .896 and .631 with ``k=3``. Where positions
    matter, as at splice sites, `make_onehot_logistic` reaches .956.

    References
    ----------
    .. [1] Leslie, C., E. Eskin, W. S. Noble, "The spectrum kernel: a string
       kernel for SVM protein classification", Pacific Symposium on
       Biocomputing 7 (2002) 564-575.

    Examples
    --------
    >>> from seqestimators.baselines import make_kmer_logistic
    >>> model = make_kmer_logistic(k=2)
    >>> model.fit(["ACACAC", "CACA", "AGAGAG", "GAGAGAGA"], ["AC", "AC", "AG", "AG"])
    Pipeline(...)
    >>> model.predict(["ACA", "GAGA"])
    array(['AC', 'AG'], dtype='<U2')
    """
    lowest, highest = k if isinstance(k, tuple) and len(k) == 2 else (k, k)
    if not (isinstance(lowest, Integral) and isinstance(highest, Integral) and 1 <= lowest <= highest):
        raise ValueError(f"k={k!r} is no number of characters: give an int, or (least, greatest), from 1 on")
    return make_pipeline(
        StringReader(kind=kind),
        CountVectorizer(analyzer="char", ngram_range=(lowest, highest), lowercase=lowercase),
        StandardScaler(with_mean=False),
        LogisticRegression(C=C, max_iter=1000),
    )


@validate_params(
    {
        "tokenizer": [HasMethods(["fit", "transform"]), None],
        "length": Padder._parameter_constraints["length"],
        "truncate": Padder._parameter_constraints["truncate"],
        "C": [Interval(Real, 0, None, closed="neither")],
    }
)
def make_onehot_logistic(
    tokenizer: Any = None, *, length: int | None = None, truncate: str = "error", C: float = 0.1
) -> Pipeline:
    """Make a classifier of strings: the token at every position and a logistic regression.

    It is for strings of one length whose positions correspond, such as the
    surroundings of splice sites.

    Parameters
    ----------
    tokenizer : transformer or None, default=None
        What makes token ids of the strings. It is cloned. None means
        :class:`SequenceTokenizer`, whose tokens are the characters, behind a
        step that reads strings in the
        :func:`normal form <seqestimators.domain.normalize>` of what they are;
        give ``SequenceTokenizer()`` to read them as they are.
    length : int or None, default=None
        Number of positions; at least 1. None takes the longest string in fit.
        Shorter ones are padded at their end.
    truncate : {"error", "right", "left"}, default="error"
        What to do with a longer string: raise an error, or cut its end or its
        beginning off, with a warning.
    C : float, default=0.1
        Inverse of the strength of the L2 penalty; greater than 0.

    Returns
    -------
    Pipeline
        Of the steps "stringreader" and "sequencetokenizer" (or only what the
        tokenizer is called), "padder", "onehotencoder" and
        "logisticregression", not fitted.

    Raises
    ------
    InvalidSequenceError
        By `fit` and `predict`: a string is longer than `length` under
        ``truncate="error"``. The message names its row.

    Warns
    -----
    TruncationWarning
        By `fit` and `predict`: strings are cut; their number stands in the
        message.

    See Also
    --------
    make_window_logistic : Dinucleotides at their positions.
    make_kmer_logistic : For strings of any lengths; it ignores positions.
    make_kmer_window_vote : The vote of both.
    PositionwiseClassifier : A label for every token.

    Notes
    -----
    The one-hot vectors are sparse: memory is proportional to the number of
    tokens. A token that training hasn't seen at a position is a vector of
    zeros.

    References
    ----------
    .. [1] Stormo, G. D. et al., "Use of the 'Perceptron' algorithm to
       distinguish translational initiation sites in E. coli", Nucleic Acids
       Research 10 (1982) 2997-3011.

    Examples
    --------
    >>> from seqestimators import DNATokenizer
    >>> from seqestimators.baselines import make_onehot_logistic
    >>> model = make_onehot_logistic(DNATokenizer())
    >>> model.fit(["ACGT", "ACCT", "TCGA", "TCCA"], ["AT", "AT", "TA", "TA"])
    Pipeline(...)
    >>> model.predict(["AGGT", "tgga"])
    array(['AT', 'TA'], dtype='<U2')
    """
    readers = [StringReader(lists=True), SequenceTokenizer()] if tokenizer is None else [clone(tokenizer)]
    return make_pipeline(
        *readers,
        Padder(length=length, truncate=truncate),
        OneHotEncoder(handle_unknown="ignore"),
        LogisticRegression(C=C, max_iter=1000),
    )


@validate_params(
    {
        "k": DNATokenizer._parameter_constraints["k"],
        "length": Padder._parameter_constraints["length"],
        "truncate": Padder._parameter_constraints["truncate"],
        "C": [Interval(Real, 0, None, closed="neither")],
    }
)
def make_window_logistic(
    *, k: int = 2, length: int | None = None, truncate: str = "error", C: float = 0.1
) -> Pipeline:
    """Make a classifier of DNA or RNA: the k-mer at every position and a logistic regression.

    It is for windows of one length whose positions correspond, such as the
    surroundings of splice sites. Dinucleotides tell which neighbours stand
    together at a place, which single nucleotides can't.

    Parameters
    ----------
    k : int, default=2
        Number of nucleotides in a piece; from 1 to 15. The pieces overlap: one
        begins at every position.
    length : int or None, default=None
        Number of positions; at least 1. None takes the longest sequence in
        fit. Shorter ones are padded at their end.
    truncate : {"error", "right", "left"}, default="error"
        What to do with a longer sequence: raise an error, or cut its end or
        its beginning off, with a warning.
    C : float, default=0.1
        Inverse of the strength of the L2 penalty; greater than 0.

    Returns
    -------
    Pipeline
        Of the steps "dnatokenizer", "padder", "onehotencoder" and
        "logisticregression", not fitted.

    Raises
    ------
    InvalidSequenceError
        By `fit` and `predict`: a sequence has fewer than `k` nucleotides, or
        is longer than `length` under ``truncate="error"``. The message names
        its row.

    Warns
    -----
    TruncationWarning
        By `fit` and `predict`: sequences are cut; their number stands in the
        message.

    See Also
    --------
    make_onehot_logistic : The same for any tokenizer; single symbols by default.

    Notes
    -----
    On splice sites, ten folds, the accuracies are .956 with ``k=1``, .969 with
    ``k=2``, .961 with ``k=3`` and .951 with ``k=4``; on promoters,
    leave-one-out, there are 8, 5, 15 and 18 errors of 106.

    References
    ----------
    .. [1] Zhang, M. Q., T. G. Marr, "A weight array method for splicing signal
       analysis", Computer Applications in the Biosciences 9 (1993) 499-509.

    Examples
    --------
    >>> from seqestimators.baselines import make_window_logistic
    >>> model = make_window_logistic()
    >>> model.fit(["ACGT", "ACCT", "TCGA", "TCCA"], ["AT", "AT", "TA", "TA"])
    Pipeline(...)
    >>> model.predict(["ACTT", "ucga"])
    array(['AT', 'TA'], dtype='<U2')
    """
    return make_onehot_logistic(DNATokenizer(k=k), length=length, truncate=truncate, C=C)


@validate_params(
    {
        "tokenizer": [HasMethods(["fit", "transform"]), None],
        "k": [Interval(Integral, 1, None, closed="left"), tuple],
        "kind": _KIND,
        "length": Padder._parameter_constraints["length"],
        "truncate": Padder._parameter_constraints["truncate"],
        "C": [Interval(Real, 0, None, closed="neither")],
    }
)
def make_kmer_window_vote(
    tokenizer: Any = None,
    *,
    k: int | tuple[int, int] = 4,
    kind: str | None = "auto",
    length: int | None = None,
    truncate: str = "error",
    C: float = 0.1,
) -> VotingClassifier:
    """Make a vote of two classifiers of strings: what they are made of, and what stands where.

    The probabilities of `make_kmer_logistic` and of `make_onehot_logistic`
    are averaged. It is for few strings of one length whose positions
    correspond only in part, such as promoters.

    Parameters
    ----------
    tokenizer : transformer or None, default=None
        What makes the tokens whose positions count, as in
        `make_onehot_logistic`; ``DNATokenizer(k=2)`` for dinucleotides.
    k : int or (int, int), default=4
        Number of characters in a k-mer, as in `make_kmer_logistic`.
    kind : {"auto", "dna", "rna", "protein", "smiles"} or None, default="auto"
        What the strings are, as in `make_kmer_logistic`.
    length : int or None, default=None
        Number of positions; at least 1. None takes the longest string in fit.
    truncate : {"error", "right", "left"}, default="error"
        What to do with a longer string: raise an error, or leave its end or
        its beginning out of the positions, with a warning.
    C : float, default=0.1
        Inverse of the strength of the L2 penalty of both; greater than 0.

    Returns
    -------
    VotingClassifier
        Of the estimators "kmers" and "window", not fitted.

    Raises
    ------
    ValueError
        `k` is no pair in order.
    InvalidSequenceError
        By `fit` and `predict`: a string is longer than `length` under
        ``truncate="error"``. The message names its row.

    See Also
    --------
    make_kmer_logistic : The one of both that ignores positions.
    make_onehot_logistic : The one that knows nothing else.

    Notes
    -----
    Of the 106 promoters, leave-one-out, the vote errs on 1, k-mers alone on 4
    and positions alone on 8. Where positions tell all, k-mers only disturb:
    on splice sites, ten folds, its accuracy is .928, that of positions alone
    .956.

    References
    ----------
    .. [1] Kittler, J. et al., "On combining classifiers", IEEE Transactions on
       Pattern Analysis and Machine Intelligence 20 (1998) 226-239.

    Examples
    --------
    >>> from seqestimators.baselines import make_kmer_window_vote
    >>> model = make_kmer_window_vote(k=2)
    >>> model.fit(["ACGTAC", "ACCTAC", "TCGAGG", "TCCAGG"], [1, 1, 0, 0])
    VotingClassifier(...)
    >>> model.predict(["ACTTAC"])
    array([1])
    """
    return VotingClassifier(
        [
            ("kmers", make_kmer_logistic(k=k, kind=kind, C=C)),
            ("window", make_onehot_logistic(tokenizer, length=length, truncate=truncate, C=C)),
        ],
        voting="soft",
    )
