"""The ways in which lists are divided into pages."""

from typing import Any, TypeVar

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.json_input import MAX_INT64

DEFAULT_PAGE_SIZE = 50

Item = TypeVar("Item")


def paginate(
    request: Request, records: list[Record], size_key: str
) -> tuple[list[Record], dict[str, Any]]:
    """Return the requested page, counted from 1, and `meta`; all records if none is requested.

    Which lists are paged without a request for it is an open fact; the documented ones are not.
    """
    total = len(records)
    if size_key not in request.query and "page" not in request.query:
        return records, {"pagination": {"page": 1, "size": total, "total": total}}
    size = max(1, request.query_int(size_key, DEFAULT_PAGE_SIZE))
    page = max(1, request.query_int("page", 1))
    page_records = records[(page - 1) * size : page * size]
    return page_records, {"pagination": {"page": page, "size": size, "total": total}}


def paginate_by_cursor(
    request: Request, records: list[Item], default_limit: int, max_limit: int = MAX_INT64
) -> tuple[list[Item], str]:
    """Return the page at cursor `start`, and the next cursor; "" for the last (app facts, 2)."""
    limit = min(max_limit, max(1, request.query_int("limit", default_limit)))
    return slice_page(records, max(0, request.query_int("start", 0)), limit)


def slice_page(records: list[Item], start: int, size: int) -> tuple[list[Item], str]:
    """Return `size` records from `start` on, and the next cursor; "" for the last page."""
    has_more = len(records) > start + size
    return records[start : start + size], str(start + size) if has_more else ""
