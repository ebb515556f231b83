"""Members of an object in a response that no source records and no field describes.

No file can have them, and no write sends them. They are compared like unmanaged fields, below
`raw`. So an edit of one is drift, and the plan of a replacement says that it is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from cioform.core.data.json_value import UNKNOWN, Attributes, Json, as_mapping
from cioform.core.text.word_lists import join_names
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.remote_access.conversation import Api
from cioform.model.router import reading_api

RAW: Final = "raw"
"""The field below which they are compared. Messages and steps in a file have such a field, too."""

_SET_BY_CUSTOMER_IO: Final = frozenset(
    {"id", "deduplicate_id", "created", "updated", "created_at", "updated_at"}
    | {"created_by", "updated_by", "updated_by_user"}
)
"""Members that every object may have and that nobody writes."""


def unknown_fields(kind: Kind, found: RemoteObject) -> Attributes:
    """Return the members that no field describes and that are not blank, as the field `raw`.

    The field is absent if there are none. It is UNKNOWN unless the response is from the API that
    would be used with all credentials, because the two APIs have different members.
    """
    if kind.wire_members is None:
        return {}
    if found.api is not _api_of(kind):
        return {RAW: UNKNOWN}
    members = _object_in(kind, found.json)
    if members.keys() <= _known_members(kind):
        return {}  # The common case.
    prefixes = tuple(each[:-1] for each in kind.wire_members if each.endswith("*"))
    names = sorted(members.keys() - _known_members(kind))
    unknown = {n: members[n] for n in names if members[n] and not n.startswith(prefixes)}
    return {RAW: unknown} if unknown else {}


def unknown_members(unknown: Attributes) -> Mapping[str, Json]:
    """Return the members of the field `raw` by their names, if it was read."""
    members = unknown.get(RAW)
    return {} if members is UNKNOWN else as_mapping(members)


def unknown_members_text(unknown: Attributes) -> str:
    """Return a sentence that names the members; empty if there are none."""
    members = unknown_members(unknown)
    if not members:
        return ""
    return (
        f"cioform has no field for {join_names(members, 'and')}. No file can set this, and a new "
        "object will not have it."
    )


def _object_in(kind: Kind, wire: Json) -> Mapping[str, Json]:
    members = as_mapping(wire)
    for key in kind.wire_keys:
        if key in members:
            return as_mapping(members[key])
    return members


@cache
def _known_members(kind: Kind) -> frozenset[str]:
    return _SET_BY_CUSTOMER_IO | (kind.wire_members or frozenset())


@cache
def _api_of(kind: Kind) -> Api | None:
    return reading_api(kind, frozenset(Api))
