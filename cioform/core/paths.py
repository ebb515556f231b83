"""Paths to values inside a document, and the one way to spell them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

FieldPath: TypeAlias = tuple[str | int, ...]
"""The path to a value inside a document: field names and list positions."""


def format_path(path: Iterable[str | int]) -> str:
    """Return a path as people write it: `workflow.welcome.email.subject`, `actions[2].name`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
