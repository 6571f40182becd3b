"""The edit distance, one column of its table at a time, all rows in the bits of one number."""

from collections.abc import Hashable, Sequence


def edit_distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Count the insertions, deletions and substitutions that turn one sequence into another.

    Parameters
    ----------
    a, b : str, or list of hashable
        Sequences; the items of a string are its characters.

    Returns
    -------
    int
        The Levenshtein distance.

    Notes
    -----
    Neighbours in a column of the table of distances differ by -1, 0 or 1. Two
    numbers hold where it rises and where it falls, one bit a row, and a few
    operations on them give the next column [1]_, [2]_. Python's integers have
    as many bits as it takes.

    References
    ----------
    .. [1] Myers, G., "A fast bit-vector algorithm for approximate string
       matching based on dynamic programming", Journal of the ACM 46 (1999)
       395-415.
    .. [2] Hyyrö, H., "A bit-vector algorithm for computing Levenshtein and
       Damerau edit distances", Nordic Journal of Computing 10 (2003) 29-39.

    Examples
    --------
    >>> from seqestimators.metrics._edit_distance import edit_distance
    >>> edit_distance("kitten", "sitting"), edit_distance(["HH", "AH"], [])
    (3, 2)
    """
    if a == b:
        return 0
    columns, rows = sorted((a, b), key=len)  # the loop runs over the shorter
    where: dict = {}
    for i, item in enumerate(rows):
        where[item] = where.get(item, 0) | 1 << i
    every, last = (1 << len(rows)) - 1, 1 << len(rows) >> 1
    rises, falls = every, 0  # down the first column, each row is one more
    distance = len(rows)
    for item in columns:
        equal = where.get(item, 0)
        diagonal = (((equal & rises) + rises) ^ rises) | equal | falls  # no more than up left
        rises_right = falls | ~(diagonal | rises) & every
        falls_right = diagonal & rises
        distance += bool(rises_right & last) - bool(falls_right & last)
        rises_right = rises_right << 1 | 1  # along the first row, each column is one more
        falls_right <<= 1
        stays = equal | falls
        rises = (falls_right | ~(stays | rises_right)) & every
        falls = stays & rises_right & every
    return distance
