"""Read a paged list: to its end, or only its first rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Final, TypeAlias

from cioform.core.json_value import JsonValue
from cioform.model.remote_access.conversation import Paging, Request, Response
from cioform.model.remote_access.response_form import find_form_problem
from cioform.remote.paging.page_numbers import read_numbered_pages
from cioform.remote.paging.page_rows import (
    UniqueRows,
    check_page_count,
    page_rows,
    repeated_page_error,
    unusable_list_error,
    with_query,
)

Send: TypeAlias = Callable[[Request], Response]

_PAGE_SIZE: Final = 100
_PAGE_SIZE_PARAMS: Final = ("limit", "size", "page_size")
_PAGE_SIZE_PARAM_BY_LIST: Final[Mapping[str, str]] = {"templates": "page_size", "snippets": "limit"}
"""The lists of numbered pages whose parameter is not `size` (journeys facts, section 2)."""
_FIXED_PAGE_SIZE_PATHS: Final = ("/actions",)
"""The cursor lists that take no limit: ten a page (app facts, section 2, Pagination)."""


def read_all_pages(request: Request, send: Send) -> Response:
    """Return one response with all rows under `request.items`: the first page's, completed.

    Raises RemoteError when pages repeat or rows are missing.
    """
    if request.paging is Paging.CURSOR:
        return _read_by_cursor(_with_page_size(request, "limit"), send)
    name = _PAGE_SIZE_PARAM_BY_LIST.get(request.path.rsplit("/", 1)[-1], "size")
    return read_numbered_pages(_with_page_size(request, name), send)


def cursor_pages(request: Request, send: Send) -> Iterator[Response]:
    """Yield the pages of a list that is continued by a cursor, each requested when it is needed.

    `start` is sent, and `next` returned, empty or absent at the end (app facts, section 2,
    Pagination). Raises RemoteError when a cursor repeats.
    """
    seen: set[str] = set()
    for number in count(1):
        check_page_count(request, number)
        response = send(request)
        yield response
        cursor = _next_cursor(request, response.body)
        if not cursor:
            return
        if cursor in seen:
            raise repeated_page_error(request)
        seen.add(cursor)
        request = with_query(request, start=cursor)


def _read_by_cursor(request: Request, send: Send) -> Response:
    first: Response | None = None
    rows = UniqueRows()
    for response in cursor_pages(request, send):
        first = first or response
        page = page_rows(request, response.body)
        if page and not rows.add(page):
            raise repeated_page_error(request)
    assert first is not None  # a list has at least one page
    return rows.as_response(request, first)


def _next_cursor(request: Request, body: JsonValue) -> str:
    """Return the cursor of the next page, empty at the end.

    Raises RemoteError for anything but a text, which does not tell that the list ends.
    """
    if not isinstance(body, Mapping):
        return ""
    problem = find_form_problem({"next?": str | None}, body)
    if problem is not None:
        detail = f"The response to {request} cannot be used: {problem}."
        raise unusable_list_error("Invalid response", detail)
    return body.get("next") or ""


def _with_page_size(request: Request, name: str) -> Request:
    if any(param in request.query for param in _PAGE_SIZE_PARAMS) or request.path.endswith(
        _FIXED_PAGE_SIZE_PATHS
    ):
        return request
    return with_query(request, **{name: _PAGE_SIZE})
