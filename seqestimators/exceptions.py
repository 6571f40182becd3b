"""Errors and warnings of the library's own."""

__all__ = [
    "CheckpointWarning",
    "DataNotFoundError",
    "FileFormatWarning",
    "InvalidSequenceError",
    "SeriesLayoutWarning",
    "TokenIdWarning",
    "TruncationWarning",
    "UnknownSymbolsWarning",
]


class InvalidSequenceError(ValueError):
    """A sequence holds something its reader can't accept.

    The message names the row, the position within the row, the value found
    there and what to do about it.

    Examples
    --------
    >>> from seqestimators import DNATokenizer
    >>> from seqestimators.exceptions import InvalidSequenceError
    >>> try:
    ...     DNATokenizer(unknown="error").fit_transform(["ACGT", "AC!T"])
    ... except InvalidSequenceError as error:
    ...     "row 1" in str(error) and "position 2" in str(error)
    True
    """


class TruncationWarning(UserWarning):
    """Sequences longer than the length of a matrix lost their ends.

    Examples
    --------
    >>> import warnings
    >>> from seqestimators import Padder
    >>> from seqestimators.exceptions import TruncationWarning
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     _ = Padder(length=2).fit_transform([[4, 5, 6], [4]])
    >>> caught[0].category is TruncationWarning
    True
    """


class FileFormatWarning(UserWarning):
    """A file could be read, but has less in it, or other things, than its format says.

    Examples
    --------
    >>> from seqestimators.exceptions import FileFormatWarning
    >>> issubclass(FileFormatWarning, UserWarning)
    True
    """


class UnknownSymbolsWarning(UserWarning):
    """Symbols of a sequence are none that its reader, or a model, knows.

    Of a tokenizer to which most are foreign, the message says what the
    sequence may be, and which tokenizer reads it.

    Examples
    --------
    >>> import warnings
    >>> from seqestimators import DNATokenizer
    >>> from seqestimators.exceptions import UnknownSymbolsWarning
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     _ = DNATokenizer().fit(["MKLVFF"])
    >>> caught[0].category is UnknownSymbolsWarning
    True
    """


class CheckpointWarning(UserWarning):
    """A checkpoint can't be written or read, or doesn't hold all that its fit has gathered.

    The message names the file and says how the training goes on.

    Examples
    --------
    >>> import warnings
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from seqestimators import RecurrentClassifier
    >>> from seqestimators.exceptions import CheckpointWarning
    >>> folder = Path(mkdtemp())
    >>> model = RecurrentClassifier(max_epochs=1, random_state=0)
    >>> model = model.fit([[4], [5]], [0, 1], checkpoint=folder)
    >>> next(folder.iterdir()).write_bytes(b"damaged")
    7
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     _ = model.fit([[4], [5]], [0, 1], checkpoint=folder)
    >>> caught[0].category is CheckpointWarning
    True
    """


class DataNotFoundError(OSError):
    """A data file is neither in the data home nor can it be downloaded.

    The message names the file, the folder it belongs in and the address to
    download it from.

    Examples
    --------
    >>> from seqestimators.exceptions import DataNotFoundError
    >>> issubclass(DataNotFoundError, OSError)
    True
    """


class TokenIdWarning(UserWarning):
    """Token ids may not mean what whoever made them thinks.

    Ids that no tokenizer of this library has made hold 0 to 3, which have a
    meaning here; or ids come too late to be learned.

    Examples
    --------
    >>> import warnings
    >>> from seqestimators import RecurrentClassifier
    >>> from seqestimators.exceptions import TokenIdWarning
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     _ = RecurrentClassifier(max_epochs=1).fit([[0, 1, 2, 0], [2, 1]], [0, 1])
    >>> caught[0].category is TokenIdWarning
    True
    """


class SeriesLayoutWarning(UserWarning):
    """Numeric series look as if their channels came before their steps.

    Examples
    --------
    >>> import warnings
    >>> import numpy as np
    >>> from seqestimators import RecurrentClassifier
    >>> from seqestimators.exceptions import SeriesLayoutWarning
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     _ = RecurrentClassifier(max_epochs=1).fit(
    ...         np.eye(20)[None, :3] + [[[0]], [[1]]], [0, 1]
    ...     )
    >>> caught[0].category is SeriesLayoutWarning
    True
    """
