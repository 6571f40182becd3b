"""What is installed: for a report of an error."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from ._version import find_version

__all__ = ["show_versions"]

DEPENDENCIES = ("numpy", "scipy", "scikit-learn", "pandas", "torch", "skorch", "rdkit", "biopython", "joblib")


def show_versions() -> None:
    """Print the versions of Python, of this package and of what it needs, and what recurrences run on.

    Recurrences run on the native kernel where it is installed, else on torch.
    The environment variable ``SEQESTIMATORS_KERNEL``, set to ``torch`` or
    ``native``, decides otherwise.

    Raises
    ------
    ImportError
        The variable says ``native``, and the kernel can't be loaded.
    ValueError
        It says something else.

    Examples
    --------
    >>> from seqestimators import show_versions
    >>> show_versions()
    System:
        python: ...
       machine: ...
    <BLANKLINE>
    Packages:
     seqestimators: ...
    <BLANKLINE>
    Recurrences on a CPU:
            kernel: ...
           threads: ...
    """
    import torch

    from ._native import describe

    packages = {"seqestimators": find_version()}
    for name in DEPENDENCIES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not installed"
    parts: dict[str, dict[str, object]] = {
        "System": {"python": sys.version.replace("\n", " "), "machine": platform.platform()},
        "Packages": {**packages},
        "Recurrences on a CPU": {"kernel": describe(), "threads": torch.get_num_threads()},
    }
    print(
        "\n\n".join(
            "\n".join([f"{title}:", *(f"{name:>14}: {value}" for name, value in part.items())])
            for title, part in parts.items()
        )
    )
