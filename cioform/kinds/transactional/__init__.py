"""Transactional messages, which a program sends to one person, in one or more languages."""

from cioform.kinds.transactional.kind import KIND

__all__ = ["KIND"]
