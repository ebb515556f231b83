"""A comment of limited length, made of parts that are left out in a fixed order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.text.utf16 import utf16_length

_NOTE_SIZE: Final = 500
"""UTF-16 units that the note about what is left out may have."""

_SMALLEST: Final = 20
"""UTF-16 units that every part has at least."""
_MAX_MISSES: Final = 20
"""How many parts of a name are rendered and then have no room. After that, none of them is tried:
to draw thousands of journeys in vain would take longer than everything else."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a comment."""

    tier: int
    """When it is left out: the highest tier first."""
    render: Callable[[], str]
    """Returns its text; not called where there is no room left, since plans can be large."""
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
    complete = _whole(parts, limit)
    if complete is not None:
        return complete
    kept = _kept(parts, limit - _NOTE_SIZE)
    left_out = Counter(part.name for at, part in enumerate(parts) if at not in kept)
    names = ", ".join(f"{name} ({number:,})" for name, number in left_out.items())
    note = f"\n_Left out, because a comment has at most {limit:,} characters: {names}. {hint}_\n"
    return "".join(text for _, text in sorted(kept.items())) + note


def _whole(parts: Sequence[Part], limit: int) -> str | None:
    """Return the comment with all its parts, or None if it is longer than `limit`."""
    texts: list[str] = []
    for part in parts:
        texts.append(part.render())
        limit -= utf16_length(texts[-1])
        if limit < 0:
            return None
    return "".join(texts)


def _kept(parts: Sequence[Part], room: int) -> dict[int, str]:
    """Return the texts of the parts that fit, by their places."""
    kept: dict[int, str] = {}
    shares: dict[str, float] = {part.name: part.share * room for part in parts}
    misses: Counter[str] = Counter()
    for at in sorted(range(len(parts)), key=lambda place: parts[place].tier):
        part = parts[at]
        left = min(room, shares[part.name])
        if left < _SMALLEST or misses[part.name] >= _MAX_MISSES:
            continue
        text = part.render()
        size = utf16_length(text)
        if size <= left:
            kept[at] = text
            room -= size
            shares[part.name] -= size
        else:
            misses[part.name] += _MAX_MISSES if part.in_row else 1
    return kept
