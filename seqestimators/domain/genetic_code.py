"""Genetic codes by their number."""

from typing import Any

__all__ = ["find_genetic_code"]


def find_genetic_code(genetic_code: int) -> Any:
    """Return Biopython's table of codons with the number that NCBI gives it.

    Parameters
    ----------
    genetic_code : int
        1 is the standard code, 11 that of bacteria.

    Returns
    -------
    Bio.Data.CodonTable.CodonTable
        With `forward_table`, `start_codons` and `stop_codons`.

    Raises
    ------
    ValueError
        NCBI has no such genetic code.

    References
    ----------
    .. [1] Elzanowski, A. and Ostell, J., "The genetic codes", NCBI.
       https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi

    Examples
    --------
    >>> from seqestimators.domain import find_genetic_code
    >>> find_genetic_code(2).forward_table["TGA"]
    'W'
    """
    from Bio.Data.CodonTable import unambiguous_dna_by_id as tables

    if genetic_code not in tables:
        raise ValueError(
            f"genetic_code={genetic_code} is none of NCBI's genetic codes: choose one of "
            f"{', '.join(map(str, sorted(tables)))}"
        )
    return tables[genetic_code]
