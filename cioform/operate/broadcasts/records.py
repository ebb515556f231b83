"""Broadcasts and their triggers, and how they are read from responses."""

from __future__ import annotations

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.operate.campaigns.messages import MessageStep, parse_message_steps
from cioform.operate.pagination import as_int


@dataclass(frozen=True, slots=True)
class BroadcastTrigger:
    """One trigger of a broadcast."""

    id: int
    broadcast_id: int
    created_at: int | None
    processed_at: int | None
    """None while Customer.io is still sending."""
    errors: tuple[str, ...] = ()

    @property
    def processed(self) -> bool:
        """Return whether Customer.io is done with it."""
        return self.processed_at is not None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An API-triggered broadcast."""

    id: int
    name: str
    state: str
    steps: tuple[MessageStep, ...]
    tags: tuple[str, ...] = ()
    updated: int | None = None
    triggers: tuple[BroadcastTrigger, ...] = ()


def parse_broadcast(row: Json, triggers: tuple[BroadcastTrigger, ...] = ()) -> Broadcast:
    """Return a broadcast from a row of a response."""
    row = as_mapping(row)
    tags = row.get("tags")
    return Broadcast(
        id=as_int(row.get("id")) or 0,
        name=str(row.get("name") or ""),
        state=str(row.get("state") or ""),
        steps=parse_message_steps(row.get("actions")),
        # The documented example has "nil" for none (app facts, section 4.3).
        tags=tuple(map(str, tags)) if isinstance(tags, list | tuple) else (),
        updated=as_int(row.get("updated")),
        triggers=triggers,
    )


def parse_trigger(row: Json, broadcast_id: int = 0) -> BroadcastTrigger:
    """Return a trigger from a row of a response."""
    row = as_mapping(row)
    return BroadcastTrigger(
        id=as_int(row.get("id")) or 0,
        broadcast_id=as_int(row.get("broadcast_id")) or broadcast_id,
        created_at=as_int(row.get("created_at")),
        # 0 is what a time that has not come is often written as.
        processed_at=as_int(row.get("processed_at")) or None,
    )
