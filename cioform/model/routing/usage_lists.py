"""Find users of an object in a response that has a list of IDs for each kind of user."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final

from cioform.core.data.json_value import Json
from cioform.model.remote_access.response_schema import is_wire_id
from cioform.model.routing.operations import ObjectId, Usage

_KINDS: Final = {
    "campaigns": "campaign",
    "segments": "segment",
    "newsletters": "newsletter",
    # One of them may be scheduled.
    "draft_newsletters": "newsletter",
}
_SENT: Final = "sent_newsletters"
"""Nobody receives these again."""


def usage_in_lists(lists: Mapping[str, Json], misses: Set[str] = frozenset()) -> Usage:
    """Return the users in lists of IDs or of objects with an ID.

    A list with another name or form is reported as unreadable, unless it is empty.
    """
    users: dict[ObjectId, None] = {}
    unread = set(misses)
    for name, rows in lists.items():
        if not isinstance(rows, list) or name == _SENT or not rows:
            continue
        ids = ids_in_rows(rows)
        if name not in _KINDS or ids is None:
            unread.add(_KINDS.get(name, name))
        else:
            users.update(dict.fromkeys(ObjectId(_KINDS[name], each) for each in ids))
    return Usage(tuple(users), frozenset(unread))


def ids_in_rows(rows: Json) -> list[str] | None:
    """Return the IDs in a list of IDs or of objects with an ID, None if it is of another form."""
    if not isinstance(rows, list):
        return None
    ids = [row.get("id") if isinstance(row, dict) else row for row in rows]
    return list(map(str, ids)) if all(map(is_wire_id, ids)) else None
