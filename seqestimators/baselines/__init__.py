"""The classical rivals of a recurrent network, as ready pipelines."""

from .molecules import MorganFingerprint, make_ecfp_forest, make_ecfp_mlp

__all__ = ["MorganFingerprint", "make_ecfp_forest", "make_ecfp_mlp"]
