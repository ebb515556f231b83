"""Read the data index of a workspace: the attributes and the data of events that it has seen.

The form of the response is an open fact (journeys facts, section 7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass, field
from cioform.core.errors import AuthError, RemoteError
from cioform.model.remote_access.conversation import Api, Request
from cioform.remote.provider import Provider

_ATTRIBUTES: Final = "~/data_index/attributes"
"""Not `~/data_index/events`, which queues an export."""


@dataclass(frozen=True, slots=True)
class DataIndex:
    """The names that a workspace has seen, each with its description."""

    customer: Mapping[str, str] = field(default_factory=dict)
    """The attributes of people."""
    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The data of events, by the name of the event."""


def read_data_index(provider: Provider) -> DataIndex | None:
    """Return the data index; None if it cannot be read."""
    if Api.JOURNEYS not in provider.apis:
        return None
    try:
        body = provider.send(Request(Api.JOURNEYS, "GET", _ATTRIBUTES)).body
    except (AuthError, RemoteError):
        return None
    rows = as_mapping(body).get("attributes")
    if not isinstance(rows, list):
        return None
    customer: dict[str, str] = {}
    events: dict[str, dict[str, str]] = {}
    for name, entry in _named(rows):
        event, description = entry.get("event_name"), entry.get("description")
        of = events.setdefault(event, {}) if event and isinstance(event, str) else customer
        of[name] = description if isinstance(description, str) else ""
    return DataIndex(customer, events)


def _named(rows: list[Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Yield the rows about people and events, each with its name; a row may be only a name."""
    for row in rows:
        entry = {"name": row} if isinstance(row, str) else as_mapping(row)
        name = entry.get("name")
        of_object = entry.get("object_type_id") or entry.get("is_relationship")
        # Customer.io itself sets what begins with these.
        is_own = isinstance(name, str) and name.startswith(("_", "cio_"))
        if isinstance(name, str) and name and not of_object and not is_own:
            yield name, entry
