"""The messages of a campaign or a broadcast, as far as the App API lists them."""

from __future__ import annotations

from dataclasses import dataclass

from cioform.core.json_value import Plain
from cioform.operate.pagination import mapping, whole


@dataclass(frozen=True, slots=True)
class Step:
    """One message: its number, which metrics ask for, and its type."""

    id: int
    type: str


def read_steps(rows: Plain) -> tuple[Step, ...]:
    """Give the steps in `actions` of an answer."""
    found = map(mapping, rows or ())
    return tuple(Step(whole(row.get("id")) or 0, str(row.get("type") or "")) for row in found)
