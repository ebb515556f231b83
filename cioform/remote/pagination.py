"""Reads a paged list to its end and gives it as one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError
from cioform.core.json_value import JsonValue, canonical_json
from cioform.model.conversation import Paging, Request, Response

Send: TypeAlias = Callable[[Request], Response]

_PAGE_SIZE: Final = 100
_PAGE_SIZE_PARAMS: Final = ("limit", "size", "page_size")
_PAGE_SIZE_PARAM_BY_LIST: Final[Mapping[str, str]] = {"templates": "page_size", "snippets": "limit"}
"""Where it is not `size` (journeys facts, section 2, Pagination)."""
_FIXED_PAGE_SIZE_PATHS: Final = ("/actions",)
"""Cursor lists that take no limit: ten a page (app facts, section 2, Pagination)."""


@dataclass(slots=True)
class _UniqueRows:
    """The rows so far, none twice."""

    rows: list[JsonValue] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def add(self, page: list[JsonValue]) -> int:
        """Take the rows not yet there and give how many that were."""
        before = len(self.rows)
        for row in page:
            key = _row_key(row)
            if key not in self.keys:
                self.keys.add(key)
                self.rows.append(row)
        return len(self.rows) - before


def read_all_pages(request: Request, send: Send) -> Response:
    """Give one answer with all rows under `request.items`: the first page's, its rows completed.

    Raises RemoteRefused when the pages repeat without the list being whole.
    """
    read = _read_by_cursor if request.paging is Paging.CURSOR else _read_by_page_number
    return read(request, send)


def _read_by_cursor(request: Request, send: Send) -> Response:
    """`start` in, `next` out, empty or absent at the end (app facts, section 2)."""
    request = _with_page_size(request, "limit")
    first = response = send(request)
    found = _UniqueRows()
    seen: set[str] = set()
    while True:
        page = _page_rows(request, response.body)
        cursor = _cursor(response.body)
        if page and not found.add(page):
            raise repeated_page_error(request)
        if not cursor:
            return _combined_response(request, first, found)
        if cursor in seen:
            raise repeated_page_error(request)
        seen.add(cursor)
        response = send(_with_query(request, start=cursor))


def _read_by_page_number(request: Request, send: Send) -> Response:
    """Pages from 0 or from 1, which no source settles (journeys facts, section 2): page 0 is
    asked for, and where it is the same as page 1 they count from 1."""
    name = _PAGE_SIZE_PARAM_BY_LIST.get(request.path.rsplit("/", 1)[-1], "size")
    request = _with_page_size(request, name)
    found = _UniqueRows()
    first, number = _first(request, send)
    response = first
    while True:
        page = _page_rows(request, response.body)
        fresh = found.add(page)
        if _is_last_page(response.body, number, len(found.rows)):
            return _combined_response(request, first, found)
        if page and not fresh and number > 1:
            raise repeated_page_error(request)
        if not page and (number > 0 or _total(first.body) is not None):
            return _complete_or_raise(request, first, found)
        number = max(number, _page_number(response.body)) + 1
        response = send(_with_query(request, page=number))


def _first(request: Request, send: Send) -> tuple[Response, int]:
    """Give the first page and its number: where they count from 1, a 0 may be refused."""
    try:
        return send(_with_query(request, page=0)), 0
    except RemoteError as error:
        if error.status not in (400, 422):
            raise
    return send(_with_query(request, page=1)), 1


def _complete_or_raise(request: Request, first: Response, found: _UniqueRows) -> Response:
    """Give the list at its empty page, unless rows are missing: this API drops some at random
    (journeys facts, section 9.6), and what is not seen would be created a second time."""
    total = _total(first.body)
    if total is not None and len(found.rows) < total:
        raise RemoteError(
            [
                Diagnostic(
                    "List incomplete",
                    f"{request} promises {total} rows and gave {len(found.rows)}. What is "
                    "missing would be taken for deleted, so nothing is concluded from it. Run "
                    "the command again; Customer.io is known to drop rows now and then.",
                )
            ]
        )
    return _combined_response(request, first, found)


def _is_last_page(body: JsonValue, number: int, rows: int) -> bool:
    """Tell whether the page's own words say that it was the last."""
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
    """Give where page metadata may stand: `meta.pagination`, `meta`, the top level."""
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
    """Give the number a page says it has, 0 when it says none."""
    numbers = (meta.get("page") for meta in _page_metadata(body))
    return next((number for number in numbers if isinstance(number, int)), 0)


def _cursor(body: JsonValue) -> str:
    return str(body.get("next") or "") if isinstance(body, Mapping) else ""


def _page_rows(request: Request, body: JsonValue) -> list[JsonValue]:
    """Give a page's rows. An absent key is not an empty list: concluding that nothing is there
    would create everything anew."""
    rows = body
    if request.items:
        if not isinstance(body, Mapping) or request.items not in body:
            rows = ""
        else:
            rows = body[request.items]
    if rows is None:
        return []
    if not isinstance(rows, list):
        detail = f"The answer to {request} has no list of `{request.items or 'rows'}` in it."
        raise RemoteError([Diagnostic("Answer not understood", detail)])
    return rows


def _row_key(row: JsonValue) -> str:
    """Give what tells a row apart: its id and, of variants that share one, its language; else
    its whole."""
    if isinstance(row, Mapping) and row.get("id") is not None:
        return canonical_json([row["id"], row.get("language")])
    return canonical_json(row)


def _with_page_size(request: Request, name: str) -> Request:
    if any(given in request.query for given in _PAGE_SIZE_PARAMS) or request.path.endswith(
        _FIXED_PAGE_SIZE_PATHS
    ):
        return request
    return _with_query(request, **{name: _PAGE_SIZE})


def _with_query(request: Request, **query: str | int) -> Request:
    return replace(request, query={**request.query, **query})


def _combined_response(request: Request, first: Response, found: _UniqueRows) -> Response:
    if not request.items:
        return Response(first.status, found.rows)
    return Response(first.status, {**first.body, request.items: found.rows})


def repeated_page_error(request: Request) -> RemoteError:
    """Give the error of a list that goes round in circles."""
    detail = (
        f"{request} gave the same page twice, so the list would never end. Nothing is concluded "
        "from it. Run the command again; if it stays so, report it with the output of\n"
        "    cioform doctor WORKSPACE --json"
    )
    return RemoteError([Diagnostic("Paging repeats", detail)])
