"""Who edited what: drift meets the workspace's audit log (journeys facts, section 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from cioform.core.errors import AuthError, RemoteError
from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, QueryValue, Request
from cioform.model.kind import Kind
from cioform.model.live_object import RemoteObject
from cioform.model.registry import Registry
from cioform.plan.change import Drift, Editor
from cioform.plan.match import MatchedPair
from cioform.remote.provider import Provider

_PAGES: Final = 5
_PAGE: Final = 100
"""The largest page; so the last 500 entries are searched, newest first."""


def with_editors(
    drift: Sequence[Drift], pairs: Sequence[MatchedPair], registry: Registry, provider: Provider
) -> tuple[Drift, ...]:
    """Give the drift with its editors, where the credentials at hand may read the log and the
    log still knows."""
    if not drift or Api.JOURNEYS not in provider.apis:
        return tuple(drift)
    drifted = {item.address for item in drift}
    found = {pair.address: _remote_object(pair) for pair in pairs if pair.address in drifted}
    editors: dict[int, Editor] = {}
    cursor: JsonValue = None
    for _ in range(_PAGES):
        try:
            entries, cursor = _page(cursor, provider)
        except (AuthError, RemoteError):
            # The log is for account admins; without that role the drift is told all the same.
            break
        for number, item in enumerate(drift):
            if number in editors:
                continue
            kind, there = registry[item.address.kind], found[item.address]
            entry = next((e for e in entries if _is_about(e, kind, there)), None)
            if entry is not None:
                editors[number] = _editor(entry)
        if cursor is None or len(editors) == len(drift):
            break
    return tuple(replace(d, editor=editors.get(number)) for number, d in enumerate(drift))


def _remote_object(pair: MatchedPair) -> RemoteObject:
    if pair.found is not None:
        return pair.found
    assert pair.binding is not None  # drift is only told of what is bound
    return RemoteObject(pair.binding.remote_id, pair.binding.identity, Api.JOURNEYS, {})


def _page(cursor: JsonValue, provider: Provider) -> tuple[list[JsonValue], JsonValue]:
    query: dict[str, QueryValue] = {"limit": _PAGE, "sort_order": "desc"}
    if cursor:
        query["cursor"] = cursor
    body = provider.send(Request(Api.JOURNEYS, "GET", "~/audit_logs", query=query)).body
    # The shape of the answer is an open fact; what is not as expected names nobody.
    if not isinstance(body, dict):
        return [], None
    entries = [entry for entry in body.get("audit_logs") or [] if isinstance(entry, dict)]
    return entries, (body.get("meta") or {}).get("next_cursor")


def _is_about(entry: Mapping[str, JsonValue], kind: Kind, found: RemoteObject) -> bool:
    """Tell whether an entry is about an object or a part of it: those of a campaign's actions and
    of their templates name the campaign. The names of an entry's members are an open fact."""
    owner = entry.get(f"{kind.audit_type}_id")
    if owner is not None and str(owner) == found.remote_id:
        return True
    return entry.get("object_type") == kind.audit_type and (
        str(entry.get("object_id")) == found.remote_id or entry.get("object_name") == found.identity
    )


def _editor(entry: dict[str, JsonValue]) -> Editor:
    who = entry.get("user_email") or entry.get("service_account_name")
    who = who or next(
        (f"{name} {entry[name]}" for name in ("user_id", "service_account_id") if entry.get(name)),
        str(entry.get("source") or "somebody"),
    )
    at = entry.get("created_at")
    return Editor(str(who), at if isinstance(at, int) else None, str(entry.get("source") or ""))
