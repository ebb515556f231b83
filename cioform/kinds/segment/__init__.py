"""Segments: groups of people, and how many are in them."""

from cioform.kinds.segment.kind import KIND

__all__ = ["KIND"]
