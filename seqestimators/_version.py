"""The version of this package, or of another, as it is installed."""

from importlib.metadata import PackageNotFoundError, version


def find_version(distribution: str = "seqestimators") -> str:
    """Return the version, or "0+unknown" where the sources run without being installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "0+unknown"
