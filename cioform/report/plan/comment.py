"""A comment of limited length, made of parts that are left out in a fixed order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_NOTE_SIZE: Final = 500
"""UTF-16 units that the note about what is left out may have."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a comment."""

    tier: int
    """When it is left out: the highest tier first."""
    text: str
    name: str
    """What it is, in the plural: `rows of the table`."""
    share: float = 1.0
    """How much of the comment all parts of this name may take, if not everything fits."""
    in_row: bool = False
    """Whether it is left out if a part of this name before it was."""


def fit(parts: Sequence[Part], limit: int, hint: str) -> str:
    """Return a comment of at most `limit` UTF-16 units, with a note about what is left out.

    `hint` says where everything is.
    """
    whole = "".join(part.text for part in parts)
    if _size(whole) <= limit:
        return whole
    kept = _kept(parts, limit - _NOTE_SIZE)
    left_out = Counter(part.name for at, part in enumerate(parts) if at not in kept)
    names = ", ".join(f"{name} ({number:,})" for name, number in left_out.items())
    note = f"\n_Left out, because a comment has at most {limit:,} characters: {names}. {hint}_\n"
    return "".join(part.text for at, part in enumerate(parts) if at in kept) + note


def _kept(parts: Sequence[Part], room: int) -> set[int]:
    """Return the places of the parts that fit."""
    kept: set[int] = set()
    shares: dict[str, float] = {part.name: part.share * room for part in parts}
    for at in sorted(range(len(parts)), key=lambda place: parts[place].tier):
        part, size = parts[at], _size(parts[at].text)
        if size <= min(room, shares[part.name]):
            kept.add(at)
            room -= size
            shares[part.name] -= size
        elif part.in_row:
            shares[part.name] = -1
    return kept


def _size(text: str) -> int:
    """Return how long a text is for GitHub, in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)
