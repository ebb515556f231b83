"""Read a list whose pages are numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final, TypeAlias, TypedDict, cast

from cioform.core.data.json_value import Json
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError
from cioform.core.text.quantities import pluralize
from cioform.model.remote_access.conversation import Request, Response
from cioform.model.remote_access.response_schema import Count, ResponseSchema, find_schema_problem
from cioform.remote.paging.page_rows import (
    UniqueRows,
    check_page_count,
    page_rows,
    repeated_page_error,
    unusable_list_error,
    with_query,
)

_METADATA: Final[ResponseSchema] = {
    "total?": Count | None,
    "total_pages?": Count | None,
    "page?": Count | None,
    "has_more?": bool | None,
}


class _Metadata(TypedDict, total=False):
    """What a page may say of itself, as `_METADATA` checks it."""

    total: int | None
    total_pages: int | None
    page: int | None
    has_more: bool | None


_PageMetadata: TypeAlias = Sequence[_Metadata]
"""Where a page may have its metadata, the most specific first. The members are checked."""


def read_numbered_pages(request: Request, send: Callable[[Request], Response]) -> Response:
    """Return the first page with all rows in it.

    No source says whether pages count from 0 or from 1 (journeys facts, section 2): page 0 is
    requested, and where it equals page 1 they count from 1. Raises RemoteError when pages repeat
    or rows are missing.
    """
    rows = UniqueRows()
    first, number = _first_page(request, send)
    response, announced = first, None
    for pages in count(1):
        check_page_count(request, pages)
        page = page_rows(request, response.body)
        metadata = tuple(_page_metadata(request, response.body))
        announced = _total(metadata) if response is first else announced
        added = rows.add(page)
        if _is_last_page(metadata, number, len(rows.rows)):
            return rows.as_response(request, first)
        if page and not added and number > 1:
            raise repeated_page_error(request)
        if not page and (number > 0 or announced is not None):
            _check_complete(request, announced, rows)
            return rows.as_response(request, first)
        number = max(number, _page_number(metadata)) + 1
        response = send(with_query(request, page=number))
    raise AssertionError("the loop ends by returning or raising")


def _first_page(request: Request, send: Callable[[Request], Response]) -> tuple[Response, int]:
    """Return the first page and its number: where pages count from 1, a 0 may be rejected."""
    try:
        return send(with_query(request, page=0)), 0
    except RemoteError as error:
        if error.status not in (400, 422):
            raise
    return send(with_query(request, page=1)), 1


def _check_complete(request: Request, total: int | None, rows: UniqueRows) -> None:
    """Raise RemoteError when rows are missing at the empty page. `total` was announced.

    The API drops some at random (journeys facts, section 9.6), and an object that is not listed
    would be created a second time.
    """
    if total is not None and len(rows.rows) < total:
        detail = (
            f"{request} announced {pluralize(total, 'row', 'rows')} and returned {len(rows.rows)}. "
            "The missing ones would be taken for deleted, so nothing was changed. Run the command "
            "again: Customer.io is known to drop rows now and then."
        )
        raise RemoteError([Diagnostic("List incomplete", detail)])


def _is_last_page(metadata: _PageMetadata, number: int, rows: int) -> bool:
    """Return whether the page's metadata says that it was the last.

    A total that is smaller than what was read counts other things, so it ends nothing.
    """
    total = _total(metadata)
    if total is not None:
        return rows == total
    for meta in metadata:
        if meta.get("has_more") is False:
            return True
        pages = meta.get("total_pages")
        if pages is not None:
            return pages == 0 or max(number, _page_number(metadata)) >= pages
    return False


def _page_metadata(request: Request, body: Json) -> Iterator[_Metadata]:
    """Yield where page metadata may be: `meta.pagination`, `meta`, the top level.

    Raises RemoteError for a number that none of them can have.
    """
    if not isinstance(body, Mapping):
        return
    meta = body.get("meta")
    if isinstance(meta, Mapping):
        pagination = meta.get("pagination")
        if isinstance(pagination, Mapping):
            yield _checked(request, pagination, "meta", "pagination")
        yield _checked(request, meta, "meta")
    yield _checked(request, body)


def _checked(request: Request, metadata: Mapping[str, Json], *path: str) -> _Metadata:
    problem = find_schema_problem(_METADATA, metadata)
    if problem is not None:
        problem = replace(problem, path=(*path, *problem.path))
        detail = f"The response to {request} cannot be used: {problem}."
        raise unusable_list_error("Invalid response", detail)
    return cast(_Metadata, metadata)


def _total(metadata: _PageMetadata) -> int | None:
    totals = (meta.get("total") for meta in metadata)
    return next((total for total in totals if total is not None), None)


def _page_number(metadata: _PageMetadata) -> int:
    """Return the number in a page's metadata, 0 where there is none."""
    numbers = (meta.get("page") for meta in metadata)
    return next((number for number in numbers if number is not None), 0)
