"""Transactional: a message that a program sends to one person, in one or several languages."""

from cioform.kinds.transactional.kind import KIND

__all__ = ["KIND"]
