"""Read the workspace's audit log (journeys facts, section 8).

The form of its entries is an open fact, so that every member may be missing or of another type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, TypeAlias

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.errors import AuthError, RemoteError
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.remote_access.conversation import Api, QueryValue, Request
from cioform.plan.change import Editor
from cioform.remote.paging.cursors import CursorStyle, cursor_pages
from cioform.remote.provider import Provider

LogEntry: TypeAlias = Mapping[str, Json]

_MAX_PAGES: Final = 10
_PAGE_SIZE: Final = 100
"""The largest that is allowed; together the newest 1,000 entries are searched."""


@dataclass(slots=True)
class AuditLog:
    """The newest entries of the audit log."""

    provider: Provider
    was_read_to_its_end: bool = False

    def pages(self) -> Iterator[list[LogEntry]]:
        """Yield the pages, newest entries first.

        Ends without an error where the log cannot be read: it needs the account's admin role, and
        the drift is reported without it, too.
        """
        number = 0
        try:
            for page in islice(read_log_pages(self.provider), _MAX_PAGES):
                number += 1
                yield page
        except (AuthError, RemoteError):
            return
        self.was_read_to_its_end = number < _MAX_PAGES


def read_log_pages(provider: Provider) -> Iterator[list[LogEntry]]:
    """Yield all pages of the audit log, newest entries first.

    Raises AuthError or RemoteError if it cannot be read.
    """
    query: dict[str, QueryValue] = {"limit": _PAGE_SIZE, "sort_order": "desc"}
    request = Request(Api.JOURNEYS, "GET", "~/audit_logs", query=query)
    for page in cursor_pages(request, provider.send, _CURSORS):
        yield _entries(page.body)


def _entries(body: Json) -> list[LogEntry]:
    """Return the entries of a page, without rows that are none."""
    rows = as_mapping(body).get("audit_logs")
    return [row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, Mapping)]


def _next_cursor(_request: Request, body: Json) -> str:
    """Return the cursor of the next page, empty at the end and after a page without entries."""
    cursor = as_mapping(as_mapping(body).get("meta")).get("next_cursor")
    is_usable = isinstance(cursor, str | int) and not isinstance(cursor, bool)
    return str(cursor) if is_usable and _entries(body) else ""


_CURSORS: Final = CursorStyle("cursor", _next_cursor, repeats_at_end=True)
"""No source says how the last page looks, so that whatever names no new page is one."""


def is_about(entry: LogEntry, kind: Kind, found: RemoteObject) -> bool:
    """Return whether an entry is about an object or a part of it.

    The entries of a campaign's actions and templates name the campaign.
    """
    owner = entry.get(f"{kind.audit_type}_id")
    if owner is not None and str(owner) == found.remote_id:
        return True
    return entry.get("object_type") == kind.audit_type and (
        str(entry.get("object_id")) == found.remote_id or entry.get("object_name") == found.identity
    )


def part_of(entry: LogEntry) -> tuple[str, str]:
    """Return the type and the ID of the object or part that an entry is about."""
    return str(entry.get("object_type")), str(entry.get("object_id"))


def attributes_of(entry: LogEntry) -> frozenset[str]:
    """Return the names of the attributes that an entry says were changed; empty if it says none."""
    found = entry.get("attribute_names") or entry.get("attribute_name") or ()
    names = [found] if isinstance(found, str) else found
    return frozenset(map(str, names)) if isinstance(names, list) else frozenset()


def time_of(entry: LogEntry) -> int | None:
    """Return when the change was made, in Unix seconds."""
    at = entry.get("created_at")
    return at if isinstance(at, int) and not isinstance(at, bool) else None


def is_by_program(entry: LogEntry) -> bool:
    """Return whether no person made the change, so that it may have been cioform itself."""
    return not (entry.get("user_email") or entry.get("user_id"))


def editor_of(entry: LogEntry) -> Editor:
    """Return who made the change of an entry."""
    name = entry.get("user_email") or entry.get("service_account_name")
    name = name or next(
        (f"{key} {entry[key]}" for key in ("user_id", "service_account_id") if entry.get(key)),
        str(entry.get("source") or "somebody"),
    )
    return Editor(str(name), time_of(entry), str(entry.get("source") or ""))
