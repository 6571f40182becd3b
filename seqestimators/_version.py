"""The version of this package, as it is installed."""

from importlib.metadata import PackageNotFoundError, version


def find_version() -> str:
    """Return the version, or "0+unknown" where the sources run without being installed."""
    try:
        return version("seqestimators")
    except PackageNotFoundError:
        return "0+unknown"
