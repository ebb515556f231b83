"""Snippets: texts that messages share, and the layouts and messages that use them."""

from cioform.kinds.snippet.kind import KIND

__all__ = ["KIND"]
