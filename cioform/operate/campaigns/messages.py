"""Read the messages of a campaign or a broadcast, as far as the App API lists them."""

from __future__ import annotations

from dataclasses import dataclass

from cioform.core.json_value import JsonValue
from cioform.operate.pagination import as_int, as_mapping


@dataclass(frozen=True, slots=True)
class MessageStep:
    """One message: its number, which metrics need, and its type."""

    id: int
    type: str


def parse_message_steps(rows: JsonValue) -> tuple[MessageStep, ...]:
    """Return the message steps in `actions` of a response."""
    found = map(as_mapping, rows or ())
    return tuple(
        MessageStep(as_int(row.get("id")) or 0, str(row.get("type") or "")) for row in found
    )
