"""Read a list whose pages are numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError
from cioform.core.json_value import JsonValue
from cioform.model.remote_access.conversation import Request, Response
from cioform.remote.paging.page_rows import UniqueRows, page_rows, repeated_page_error, with_query


def read_numbered_pages(request: Request, send: Callable[[Request], Response]) -> Response:
    """Return the first page with all rows in it.

    No source says whether pages count from 0 or from 1 (journeys facts, section 2): page 0 is
    requested, and where it equals page 1 they count from 1. Raises RemoteError when pages repeat
    or rows are missing.
    """
    rows = UniqueRows()
    first, number = _first_page(request, send)
    response = first
    while True:
        page = page_rows(request, response.body)
        added = rows.add(page)
        if _is_last_page(response.body, number, len(rows.rows)):
            return rows.as_response(request, first)
        if page and not added and number > 1:
            raise repeated_page_error(request)
        if not page and (number > 0 or _total(first.body) is not None):
            _check_complete(request, first, rows)
            return rows.as_response(request, first)
        number = max(number, _page_number(response.body)) + 1
        response = send(with_query(request, page=number))


def _first_page(request: Request, send: Callable[[Request], Response]) -> tuple[Response, int]:
    """Return the first page and its number: where pages count from 1, a 0 may be rejected."""
    try:
        return send(with_query(request, page=0)), 0
    except RemoteError as error:
        if error.status not in (400, 422):
            raise
    return send(with_query(request, page=1)), 1


def _check_complete(request: Request, first: Response, rows: UniqueRows) -> None:
    """Raise RemoteError when rows are missing at the empty page.

    The API drops some at random (journeys facts, section 9.6), and an object that is not listed
    would be created a second time.
    """
    total = _total(first.body)
    if total is not None and len(rows.rows) < total:
        detail = (
            f"{request} announced {total} rows and returned {len(rows.rows)}. The missing ones "
            "would be taken for deleted, so nothing was changed. Run the command again: "
            "Customer.io is known to drop rows now and then."
        )
        raise RemoteError([Diagnostic("List incomplete", detail)])


def _is_last_page(body: JsonValue, number: int, rows: int) -> bool:
    """Return whether the page's metadata says that it was the last."""
    if not isinstance(body, Mapping):
        return False
    total = _total(body)
    if total is not None:
        return rows >= total
    for meta in _page_metadata(body):
        if meta.get("has_more") is False:
            return True
        pages = meta.get("total_pages")
        if isinstance(pages, int):
            return pages == 0 or max(number, _page_number(body)) >= pages
    return False


def _page_metadata(body: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    """Yield where page metadata may be: `meta.pagination`, `meta`, the top level."""
    if not isinstance(body, Mapping):
        return
    meta = body.get("meta")
    if isinstance(meta, Mapping):
        pagination = meta.get("pagination")
        if isinstance(pagination, Mapping):
            yield pagination
        yield meta
    yield body


def _total(body: JsonValue) -> int | None:
    totals = (meta.get("total") for meta in _page_metadata(body))
    return next((total for total in totals if isinstance(total, int)), None)


def _page_number(body: JsonValue) -> int:
    """Return the number in a page's metadata, 0 where there is none."""
    numbers = (meta.get("page") for meta in _page_metadata(body))
    return next((number for number in numbers if isinstance(number, int)), 0)
