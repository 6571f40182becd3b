"""The command line: models of files of sequences, without Python."""

from .program import main

__all__ = ["main"]
