"""Read a paged list to its end, in either paging style."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from cioform.model.remote_access.conversation import Paging, Request, Response
from cioform.remote.paging.cursors import cursor_pages
from cioform.remote.paging.page_numbers import read_numbered_pages
from cioform.remote.paging.page_rows import (
    UniqueRows,
    page_rows,
    repeated_page_error,
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


def _with_page_size(request: Request, name: str) -> Request:
    if any(param in request.query for param in _PAGE_SIZE_PARAMS) or request.path.endswith(
        _FIXED_PAGE_SIZE_PATHS
    ):
        return request
    return with_query(request, **{name: _PAGE_SIZE})
