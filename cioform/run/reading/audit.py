"""Find who made a drift, in the workspace's audit log (journeys facts, section 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from cioform.core.address import Address
from cioform.core.errors import AuthError, RemoteError
from cioform.core.json_value import JsonValue
from cioform.model.kind import Kind
from cioform.model.live_object import RemoteObject
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api, QueryValue, Request
from cioform.plan.change import Drift, Editor
from cioform.plan.matching.match import MatchedPair
from cioform.remote.provider import Provider

LogEntry: TypeAlias = Mapping[str, JsonValue]

_MAX_PAGES: Final = 5
_PAGE_SIZE: Final = 100
"""The largest that is allowed; together the newest 500 entries are searched."""


def with_editors(
    drift: Sequence[Drift], pairs: Sequence[MatchedPair], registry: Registry, provider: Provider
) -> tuple[Drift, ...]:
    """Return the drift with its editors, as far as the audit log can be read and names them."""
    if not drift or Api.JOURNEYS not in provider.apis:
        return tuple(drift)
    drifted = {item.address for item in drift}
    objects = {pair.address: _remote_object(pair) for pair in pairs if pair.address in drifted}
    editors: dict[Address, Editor] = {}
    for entries in _log_pages(provider):
        for address in drifted - editors.keys():
            kind, found = registry[address.kind], objects[address]
            entry = next((each for each in entries if _is_about(each, kind, found)), None)
            if entry is not None:
                editors[address] = _editor(entry)
        if len(editors) == len(drifted):
            break
    return tuple(replace(item, editor=editors.get(item.address)) for item in drift)


def _remote_object(pair: MatchedPair) -> RemoteObject:
    if pair.found is not None:
        return pair.found
    assert pair.binding is not None  # only a bound object can drift
    return RemoteObject(pair.binding.remote_id, pair.binding.identity, Api.JOURNEYS, {})


def _log_pages(provider: Provider) -> Iterator[list[LogEntry]]:
    """Yield the pages of the audit log, newest entries first.

    Ends without an error where the log cannot be read: it needs the account's admin role, and the
    drift is reported without it, too.
    """
    cursor: JsonValue = None
    for _ in range(_MAX_PAGES):
        try:
            entries, cursor = _read_page(cursor, provider)
        except (AuthError, RemoteError):
            return
        yield entries
        if cursor is None:
            return


def _read_page(cursor: JsonValue, provider: Provider) -> tuple[list[LogEntry], JsonValue]:
    """Return the entries of a page and the cursor of the next, None at the end.

    The form of the response is an open fact, so one in another form counts as empty.
    """
    query: dict[str, QueryValue] = {"limit": _PAGE_SIZE, "sort_order": "desc"}
    if cursor:
        query["cursor"] = cursor
    body = provider.send(Request(Api.JOURNEYS, "GET", "~/audit_logs", query=query)).body
    if not isinstance(body, dict):
        return [], None
    rows = body.get("audit_logs") or []
    entries: list[LogEntry] = [row for row in rows if isinstance(row, Mapping)]
    return entries, (body.get("meta") or {}).get("next_cursor")


def _is_about(entry: LogEntry, kind: Kind, found: RemoteObject) -> bool:
    """Return whether an entry is about an object or a part of it.

    The entries of a campaign's actions and templates name the campaign. The field names of an
    entry are an open fact.
    """
    owner = entry.get(f"{kind.audit_type}_id")
    if owner is not None and str(owner) == found.remote_id:
        return True
    return entry.get("object_type") == kind.audit_type and (
        str(entry.get("object_id")) == found.remote_id or entry.get("object_name") == found.identity
    )


def _editor(entry: LogEntry) -> Editor:
    name = entry.get("user_email") or entry.get("service_account_name")
    name = name or next(
        (f"{key} {entry[key]}" for key in ("user_id", "service_account_id") if entry.get(key)),
        str(entry.get("source") or "somebody"),
    )
    at = entry.get("created_at")
    return Editor(str(name), at if isinstance(at, int) else None, str(entry.get("source") or ""))
