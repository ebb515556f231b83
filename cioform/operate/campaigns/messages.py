"""Read the messages of a campaign or a broadcast, as far as the App API lists them."""

from __future__ import annotations

from typing import Final

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.operate.pagination import as_int

_DATA_STEP_TYPES: Final = frozenset(
    {
        *("attribute_update", "batch_update", "create_event"),
        *("collection_query", "static_seg_update", "llm"),
    }
)
"""The App API lists steps that send nothing among the messages (corrections 2026-11, row 4).

Only the first of these types is recorded; the others are named after those of the Journeys API.
"""


@dataclass(frozen=True, slots=True)
class MessageStep:
    """One message: its number, which metrics need, and its type."""

    id: int
    type: str


def parse_message_steps(rows: Json) -> tuple[MessageStep, ...]:
    """Return the message steps in `actions` of a response.

    Their IDs are numbers or text (corrections 2026-11, row 3).
    """
    found = map(as_mapping, as_list(rows))
    return tuple(
        MessageStep(as_int(row.get("id")) or 0, str(row.get("type") or ""))
        for row in found
        if row.get("type") not in _DATA_STEP_TYPES
    )
