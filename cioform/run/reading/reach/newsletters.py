"""Newsletters: no file describes them, but scheduled ones may use objects that a plan changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.errors import AuthError, RemoteError
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.reach import Reach, ReachState
from cioform.model.remote_access.conversation import Api, Paging, Request
from cioform.model.remote_access.response_schema import is_wire_id
from cioform.remote.provider import Provider

NEWSLETTER: Final = "newsletter"
"""Used in place of the name of a kind."""
_LIST: Final = Request(Api.APP, "GET", "/v1/newsletters", paging=Paging.CURSOR, items="newsletters")
_STATES: Final[Mapping[str, ReachState]] = {
    "drafted": ReachState.DRAFT,
    "scheduled": ReachState.SCHEDULED,
    "sending": ReachState.SENDING,
    # One of its variants is still sent to most people.
    "awaiting_winner": ReachState.SENDING,
}
_SENT: Final = "sent"


def read_newsletters(provider: Provider) -> dict[str, LiveObject | None] | None:
    """Return the newsletters by ID, None for one that was sent, because nobody receives it again.

    Return None if they cannot be read. Only the App API is known to list them (app facts, 4.4).
    """
    try:
        return list_newsletters(provider)
    except (AuthError, RemoteError):
        return None


def list_newsletters(provider: Provider) -> dict[str, LiveObject | None] | None:
    """Return what `read_newsletters` returns. Raises AuthError or RemoteError if that fails."""
    if Api.APP not in provider.apis:
        return None
    body = provider.send(_LIST).body
    rows = body.get("newsletters") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        return None
    known = [row for row in rows if isinstance(row, dict) and is_wire_id(row.get("id"))]
    return {str(row["id"]): _decode(row) for row in known} if len(known) == len(rows) else None


def _decode(row: dict[str, Json]) -> LiveObject | None:
    state = row.get("send_state")
    if state == _SENT or (state is None and row.get("sent_at")):
        return None
    found = RemoteObject(str(row["id"]), str(row.get("name") or ""), Api.APP, row)
    reach = Reach.of_state(_STATES, state)
    return LiveObject(NEWSLETTER, found, Decoded({}, reach=reach))
