"""Reads a paged list to its end and gives it as one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteRefused
from cioform.core.json_value import Plain, canonical_json
from cioform.model.conversation import Paging, Request, Response

Send: TypeAlias = Callable[[Request], Response]

_SIZE: Final = 100
_SIZE_NAMES: Final = ("limit", "size", "page_size")
_NUMBERED_SIZE: Final[Mapping[str, str]] = {"templates": "page_size", "snippets": "limit"}
"""Where it is not `size` (journeys facts, section 2, Pagination)."""
_FIXED: Final = ("/actions",)
"""Cursor lists that take no limit: ten a page (app facts, section 2, Pagination)."""


@dataclass(slots=True)
class _Rows:
    """The rows so far, none twice."""

    rows: list[Plain] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def add(self, page: list[Plain]) -> int:
        """Take the rows not yet there and give how many that were."""
        before = len(self.rows)
        for row in page:
            key = _key(row)
            if key not in self.keys:
                self.keys.add(key)
                self.rows.append(row)
        return len(self.rows) - before


def read_all(request: Request, send: Send) -> Response:
    """Give one answer with all rows under `request.items`: the first page's, its rows completed.

    Raises RemoteRefused when the pages repeat without the list being whole.
    """
    read = _by_cursor if request.paging is Paging.CURSOR else _by_number
    return read(request, send)


def _by_cursor(request: Request, send: Send) -> Response:
    """`start` in, `next` out, empty or absent at the end (app facts, section 2)."""
    request = _sized(request, "limit")
    first = response = send(request)
    found = _Rows()
    seen: set[str] = set()
    while True:
        page = _rows(request, response.body)
        cursor = _cursor(response.body)
        if page and not found.add(page):
            raise paging_repeats(request)
        if not cursor:
            return _whole(request, first, found)
        if cursor in seen:
            raise paging_repeats(request)
        seen.add(cursor)
        response = send(_with(request, start=cursor))


def _by_number(request: Request, send: Send) -> Response:
    """Pages from 0 or from 1, which no source settles (journeys facts, section 2): page 0 is
    asked for, and where it is the same as page 1 they count from 1."""
    name = _NUMBERED_SIZE.get(request.path.rsplit("/", 1)[-1], "size")
    request = _sized(request, name)
    found = _Rows()
    first, number = _first(request, send)
    response = first
    while True:
        page = _rows(request, response.body)
        fresh = found.add(page)
        if _complete(response.body, number, len(found.rows)):
            return _whole(request, first, found)
        if page and not fresh and number > 1:
            raise paging_repeats(request)
        if not page and (number > 0 or _total(first.body) is not None):
            return _ended(request, first, found)
        number = max(number, _own_number(response.body)) + 1
        response = send(_with(request, page=number))


def _first(request: Request, send: Send) -> tuple[Response, int]:
    """Give the first page and its number: where they count from 1, a 0 may be refused."""
    try:
        return send(_with(request, page=0)), 0
    except RemoteRefused as error:
        if error.status not in (400, 422):
            raise
    return send(_with(request, page=1)), 1


def _ended(request: Request, first: Response, found: _Rows) -> Response:
    """Give the list at its empty page, unless rows are missing: this API drops some at random
    (journeys facts, section 9.6), and what is not seen would be created a second time."""
    total = _total(first.body)
    if total is not None and len(found.rows) < total:
        raise RemoteRefused(
            [
                Diagnostic(
                    "List incomplete",
                    f"{request} promises {total} rows and gave {len(found.rows)}. What is "
                    "missing would be taken for deleted, so nothing is concluded from it. Run "
                    "the command again; Customer.io is known to drop rows now and then.",
                )
            ]
        )
    return _whole(request, first, found)


def _complete(body: Plain, number: int, rows: int) -> bool:
    """Tell whether the page's own words say that it was the last."""
    if not isinstance(body, Mapping):
        return False
    total = _total(body)
    if total is not None:
        return rows >= total
    for meta in _metas(body):
        if meta.get("has_more") is False:
            return True
        pages = meta.get("total_pages")
        if isinstance(pages, int):
            return pages == 0 or max(number, _own_number(body)) >= pages
    return False


def _metas(body: Plain) -> Iterator[Mapping[str, Plain]]:
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


def _total(body: Plain) -> int | None:
    totals = (meta.get("total") for meta in _metas(body))
    return next((total for total in totals if isinstance(total, int)), None)


def _own_number(body: Plain) -> int:
    """Give the number a page says it has, 0 when it says none."""
    numbers = (meta.get("page") for meta in _metas(body))
    return next((number for number in numbers if isinstance(number, int)), 0)


def _cursor(body: Plain) -> str:
    return str(body.get("next") or "") if isinstance(body, Mapping) else ""


def _rows(request: Request, body: Plain) -> list[Plain]:
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
        raise RemoteRefused([Diagnostic("Answer not understood", detail)])
    return rows


def _key(row: Plain) -> str:
    """Give what tells a row apart: its id and, of variants that share one, its language; else
    its whole."""
    if isinstance(row, Mapping) and row.get("id") is not None:
        return canonical_json([row["id"], row.get("language")])
    return canonical_json(row)


def _sized(request: Request, name: str) -> Request:
    if any(given in request.query for given in _SIZE_NAMES) or request.path.endswith(_FIXED):
        return request
    return _with(request, **{name: _SIZE})


def _with(request: Request, **query: str | int) -> Request:
    return replace(request, query={**request.query, **query})


def _whole(request: Request, first: Response, found: _Rows) -> Response:
    if not request.items:
        return Response(first.status, found.rows)
    return Response(first.status, {**first.body, request.items: found.rows})


def paging_repeats(request: Request) -> RemoteRefused:
    """Give the error of a list that goes round in circles."""
    detail = (
        f"{request} gave the same page twice, so the list would never end. Nothing is concluded "
        "from it. Run the command again; if it stays so, report it with the output of\n"
        "    cioform doctor WORKSPACE --json"
    )
    return RemoteRefused([Diagnostic("Paging repeats", detail)])
