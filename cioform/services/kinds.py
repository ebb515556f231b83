"""The kinds that cioform knows, for the command line and the documentation."""

from __future__ import annotations

from cioform.kinds import find_kinds
from cioform.model.registry import Registry


def known_kinds() -> Registry:
    """Return every kind, by name."""
    return find_kinds()
