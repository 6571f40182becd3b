"""Pairs of coding DNA and protein out of the user's FASTA and GenBank files."""

import warnings
from itertools import chain
from typing import Any

import numpy as np

from .._sklearn import Integral, Interval, validate_params
from ..domain import find_genetic_code
from ..exceptions import FileFormatWarning, InvalidSequenceError
from ._bunch import FORM_PARAMETERS, make_bunch
from ._compression import SOURCE_PARAMETERS, open_source
from ._flat_files import RELEASE_HEADER
from ._genes import Gene, read_fasta_genes, read_genbank_genes

__all__ = ["read_coding_sequences"]

# In the order in which they are applied.
_RULES = (
    "pseudogene",
    "partial",
    "beyond",
    "elsewhere",
    "genetic_code",
    "codons",
    "bases",
    "start",
    "stop",
    "inner_stop",
    "translation",
    "duplicate",
)
_N_NAMED = 10


@validate_params(
    {
        "genetic_code": [Interval(Integral, 1, None, closed="left"), None],
        "stop": ["boolean"],
        **SOURCE_PARAMETERS,
        **FORM_PARAMETERS,
    }
)
def read_coding_sequences(
    path_or_handle: Any,
    *,
    genetic_code: int | None = None,
    stop: bool = True,
    max_bytes: int | None = 2**30,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    r"""Read the genes of a FASTA or GenBank file, with their proteins.

    Only whole genes are kept, as pairs of DNA and protein that never go out
    of step: ``len(dna) == 3 * len(protein)``. What is dropped is counted under
    the first rule that it breaks.

    Parameters
    ----------
    path_or_handle : str, path, or file object
        Path of a file, or a file opened for reading as text or as bytes,
        which is left open; both may be compressed by gzip. FASTA holds one
        coding sequence a record; of GenBank the features CDS are read, spliced
        and along their own strand. The content decides, not the name.
    genetic_code : int or None, default=None
        Number of the genetic code in NCBI's list [1]_. None takes that of the
        feature (/transl_table) in GenBank, or else 1, the standard code.
    stop : bool, default=True
        Whether the stop codon stays in the DNA, and ``*`` in the protein.
    max_bytes : int or None, default=2**30
        Most bytes that a compressed file may unpack to, at least 1; None sets
        no limit. It keeps a small file from filling the memory.
    return_X_y : bool, default=False
        Whether to return ``(dna, protein)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether to return pandas objects instead of arrays.

    Returns
    -------
    Bunch, or tuple (dna, protein)
        - dna : ndarray of shape (n_genes,), dtype object -- str of A, C, G
          and T; also under the name `data`.
        - protein : ndarray of shape (n_genes,), dtype object -- str, one
          letter per codon; also under the name `target`.
        - names : ndarray of shape (n_genes,), dtype object -- str, the gene,
          or else its locus or the id of its protein; in FASTA the identifier.
        - genetic_code : ndarray of shape (n_genes,), dtype int64.
        - dropped : dict of str to int -- number of sequences dropped by each
          rule; with those kept, they sum up to all of the file.
        - report : str -- the same to read, with names, and a hint where
          genes of bacteria were read with the standard code.
        - frame, feature_names, target_names.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    InvalidSequenceError
        The file is neither FASTA nor GenBank, or damaged: as
        :func:`read_fasta` says, or a GenBank record was cut, can't be parsed,
        is a protein, or has no sequence or one of another length than it says.
        The message names the record.
    ValueError
        There is no such genetic code; the text of a file is given instead of
        its path; or a compressed file is damaged, or
        unpacks to more than `max_bytes`.

    Warns
    -----
    FileFormatWarning
        No record of a GenBank file has a feature CDS, or Biopython warns of one.

    See Also
    --------
    fetch_coding_sequences : All genes of known genomes, filtered by nothing.
    read_fasta : Read the records of any FASTA file.

    Notes
    -----
    Lower case is read as upper case and U as T, and /codon_start is heeded.
    A start codon is one of the genetic code, which has more than ATG, and is
    read as M. The rules, in their order:

    - "pseudogene": the feature is marked as one, in FASTA by NCBI's
      ``[pseudo=true]``;
    - "partial": an end is missing, as its place (``<1..90``) or NCBI's
      ``[partial=5']`` says;
    - "beyond": its place in GenBank lies beyond the ends of the record;
    - "elsewhere": part of its DNA is in another record, or its place can't be
      read;
    - "genetic_code": its /transl_table is none of NCBI's;
    - "codons": the length is no multiple of 3;
    - "bases": a letter other than A, C, G and T;
    - "start": it doesn't begin with a start codon, or its /codon_start is
      none of 1, 2 and 3;
    - "stop": it doesn't end in a stop codon;
    - "inner_stop": a stop codon within, as of selenocysteine;
    - "translation": the DNA gives another protein than the /translation of
      the feature, as after RNA editing; not asked with a `genetic_code`. A
      ``*`` at its end, and the amino acid of another start codon than ATG, V
      for GTG, are as good as none and as M;
    - "duplicate": the pair, as it is returned, is there already.

    In the codes 27, 28 and 31, codons that are both are a stop at the end and
    an amino acid elsewhere.

    References
    ----------
    .. [1] Elzanowski, A. and Ostell, J., "The genetic codes", NCBI.
       https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi
    .. [2] Sayers, E. W. et al., "GenBank", Nucleic Acids Research 50 (2022)
       D161-D164.

    Examples
    --------
    >>> from io import StringIO
    >>> from seqestimators.datasets import read_coding_sequences
    >>> file = StringIO(">one\nATGAAATAA\n>two\nATGAATA\n>three\nTTGCCCTAG\n")
    >>> genes = read_coding_sequences(file)
    >>> genes.dna.tolist(), genes.protein.tolist()
    (['ATGAAATAA', 'TTGCCCTAG'], ['MK*', 'MP*'])
    >>> print(genes.report)
    2 of 3 coding sequences are kept.
    codons: 1 dropped (two)
    """
    if genetic_code is not None:
        find_genetic_code(genetic_code)  # a wrong number is an error in an empty file too
    kept: dict[tuple[str, str], Gene] = {}
    dropped: dict[str, list[str]] = {rule: [] for rule in _RULES}
    n_hinted = 0
    with open_source(path_or_handle, max_bytes) as (lines, name):
        for gene in _read(lines, name, genetic_code):
            n_hinted += gene.lacks_bacterial_code
            protein, rule = _translate(gene)
            if rule is None:
                # Genes that differ in the stop codon alone are duplicates without it.
                pair = (gene.dna, protein) if stop else (gene.dna[:-3], protein[:-1])
                rule = "duplicate" if pair in kept else None
            if rule is None:
                kept[pair] = gene
            else:
                dropped[rule].append(gene.name)
    columns = {
        "dna": [dna for dna, _ in kept],
        "protein": [protein for _, protein in kept],
        "names": [gene.name for gene in kept.values()],
        "genetic_code": np.array([gene.genetic_code for gene in kept.values()], dtype=np.int64),
    }
    result = make_bunch(
        columns,
        data="dna",
        target="protein",
        return_X_y=return_X_y,
        as_frame=as_frame,
        dropped={rule: len(names) for rule, names in dropped.items()},
        report=_report(len(kept), dropped, n_hinted),
    )
    if not return_X_y:
        result.update(dna=result.data, protein=result.target)
    return result


def _read(lines, name, genetic_code):
    """The genes of a file whose first line tells its format."""
    begin: list[str] = []
    for line in lines:
        begin.append(line)
        if line.strip():
            break
    first, lines = "".join(begin[-1:]), chain(begin, lines)
    if first.lstrip().startswith((">", ";")) or not first.strip():
        yield from read_fasta_genes(lines, name, genetic_code)
        return
    if not first.startswith("LOCUS") and RELEASE_HEADER not in first:
        raise InvalidSequenceError(
            f"{name} begins with {first.strip()[:40]!r}, but FASTA begins with '>' and GenBank with 'LOCUS': "
            "is it in another format?"
        )
    has_gene = False
    for gene in read_genbank_genes(lines, name, genetic_code):
        has_gene = True
        yield gene
    if not has_gene:
        warnings.warn(
            f"No record of {name} has a feature CDS: is it damaged, or was it downloaded without features?",
            FileFormatWarning,
            stacklevel=2,
        )


def _translate(gene):
    """The protein, or None, and the first rule that the gene breaks, or None."""
    from Bio.Data.CodonTable import unambiguous_dna_by_id

    dna = gene.dna
    if gene.is_pseudogene:
        return None, "pseudogene"
    if gene.is_partial:
        return None, "partial"
    if gene.is_beyond:
        return None, "beyond"
    if dna is None:
        return None, "elsewhere"
    if gene.genetic_code not in unambiguous_dna_by_id:
        return None, "genetic_code"
    if len(dna) % 3:
        return None, "codons"
    if set(dna) - set("ACGT"):
        return None, "bases"
    table = find_genetic_code(gene.genetic_code)
    if gene.lacks_frame or dna[:3] not in table.start_codons:
        return None, "start"
    if len(dna) < 6 or dna[-3:] not in table.stop_codons:
        return None, "stop"
    inner = [table.forward_table.get(dna[i : i + 3]) for i in range(3, len(dna) - 3, 3)]
    if None in inner:
        return None, "inner_stop"
    protein = f"M{''.join(inner)}*"
    if gene.translation is not None:
        first = table.forward_table.get(dna[:3], "M")  # a file may have V for a GTG that starts
        if gene.translation.upper().removesuffix("*") not in (protein[:-1], first + protein[1:-1]):
            return None, "translation"
    return protein, None


def _report(n_kept, dropped, n_hinted):
    n_all = n_kept + sum(map(len, dropped.values()))
    lines = [f"{n_kept} of {n_all} coding sequences are kept."]
    for rule, names in dropped.items():
        if names:
            more = f" and {len(names) - _N_NAMED} more" if len(names) > _N_NAMED else ""
            lines.append(f"{rule}: {len(names)} dropped ({', '.join(names[:_N_NAMED])}{more})")
    if n_hinted:
        lines.append(
            f"hint: {n_hinted} coding sequences of bacteria without /transl_table were read with the "
            "standard code, which has fewer start codons than theirs, genetic_code=11"
        )
    return "\n".join(lines)
