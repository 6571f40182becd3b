"""What genetics and chemistry know; Biopython and RDKit are imported on demand."""

from .genetic_code import find_genetic_code
from .molecules import parse_molecules

__all__ = ["find_genetic_code", "parse_molecules"]
