"""Encoders that were taught what costs no measurement."""

from .properties import pretrain_properties

__all__ = ["pretrain_properties"]
