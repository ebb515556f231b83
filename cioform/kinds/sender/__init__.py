"""Senders, from which messages come, and the domains that they need."""

from cioform.kinds.sender.kind import KIND

__all__ = ["KIND"]
