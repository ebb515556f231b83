"""Read a list whose pages are continued by a cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Final

from cioform.core.data.json_value import Json, as_mapping, as_text
from cioform.core.dataclasses import dataclass
from cioform.model.remote_access.conversation import Request, Response
from cioform.model.remote_access.response_schema import find_schema_problem
from cioform.remote.paging.page_rows import (
    check_page_count,
    repeated_page_error,
    unusable_list_error,
    with_query,
)


@dataclass(frozen=True, slots=True)
class CursorStyle:
    """How the requests and responses of a list name its next page."""

    parameter: str
    """The query parameter with the cursor."""
    next_cursor: Callable[[Request, Json], str]
    """Returns the cursor of the next page from the body of a response, empty at the end."""
    repeats_at_end: bool = False
    """Whether the last page may name a page that was read, instead of none."""


def _next_of_app(request: Request, body: Json) -> str:
    """Return the cursor of the next page, empty at the end.

    Raises RemoteError for anything but a text, which does not tell that the list ends.
    """
    if not isinstance(body, Mapping):
        return ""
    problem = find_schema_problem({"next?": str | None}, body)
    if problem is not None:
        detail = f"The response to {request} cannot be used: {problem}."
        raise unusable_list_error("Invalid response", detail)
    return as_text(body.get("next")) or ""


_ID_MEMBERS: Final = frozenset({"id", "cio_id"})
APP_CURSORS: Final = CursorStyle("start", _next_of_app)
"""`next` is empty or absent at the end (app facts, section 2, Pagination)."""


def cursor_pages(
    request: Request, send: Callable[[Request], Response], style: CursorStyle = APP_CURSORS
) -> Iterator[Response]:
    """Yield the pages, each requested when it is needed.

    Raises RemoteError when a cursor or a page repeats, unless the style says that this ends the
    list.
    """
    seen: set[str] = set()
    before: list[Json] = []
    for number in count(1):
        check_page_count(request, number)
        response = send(request)
        objects = list(_identified_objects(response.body))
        if objects and objects == before:
            if style.repeats_at_end:
                return
            raise repeated_page_error(request)
        before = objects
        yield response
        cursor = style.next_cursor(request, response.body)
        if not cursor or (cursor in seen and style.repeats_at_end):
            return
        if cursor in seen:
            raise repeated_page_error(request)
        seen.add(cursor)
        request = with_query(request, **{style.parameter: cursor})


def _identified_objects(body: Json) -> Iterator[Json]:
    """Yield the rows of a page that no other page can have, because they have an ID."""
    for rows in as_mapping(body).values():
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, Mapping) and not _ID_MEMBERS.isdisjoint(row):
                yield row
