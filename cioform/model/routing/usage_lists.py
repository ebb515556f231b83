"""What uses an object, where a response has a list of ids for each kind of user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from cioform.core.data.json_value import Json
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
    """Return the users in lists of ids or of objects with an id.

    A list of another name or form is one that nobody can read, unless it is empty.
    """
    users: dict[ObjectId, None] = {}
    unread = set(misses)
    for name, rows in lists.items():
        if not isinstance(rows, list) or name == _SENT or not rows:
            continue
        ids = list(_ids_in(rows))
        if name not in _KINDS or len(ids) < len(rows):
            unread.add(_KINDS.get(name, name))
        else:
            users.update(dict.fromkeys(ObjectId(_KINDS[name], each) for each in ids))
    return Usage(tuple(users), frozenset(unread))


def _ids_in(rows: Sequence[Json]) -> Iterator[str]:
    for row in rows:
        remote_id = row.get("id") if isinstance(row, dict) else row
        if isinstance(remote_id, int | str) and not isinstance(remote_id, bool):
            yield str(remote_id)
