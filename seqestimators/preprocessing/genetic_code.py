"""Genetic codes by their number."""


def find_genetic_code(genetic_code):
    """Biopython's table of codons with the number that NCBI gives it."""
    from Bio.Data.CodonTable import unambiguous_dna_by_id as tables

    if genetic_code not in tables:
        raise ValueError(
            f"genetic_code={genetic_code} is none of NCBI's genetic codes: choose one of "
            f"{', '.join(map(str, sorted(tables)))}"
        )
    return tables[genetic_code]
