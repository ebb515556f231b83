"""The ways lists are cut in pieces."""

from typing import Any, TypeVar

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.json_input import MAX_INT64

DEFAULT_PAGE_SIZE = 50

Item = TypeVar("Item")


def paginate(
    call: Request, records: list[Record], size_key: str
) -> tuple[list[Record], dict[str, Any]]:
    """The page asked for, counted from 1, and `meta`; everything when no page is asked for.

    Which lists page unasked is an open fact; whole is what the documented lists do.
    """
    total = len(records)
    if size_key not in call.query and "page" not in call.query:
        return records, {"pagination": {"page": 1, "size": total, "total": total}}
    size = max(1, call.query_int(size_key, DEFAULT_PAGE_SIZE))
    page = max(1, call.query_int("page", 1))
    cut = records[(page - 1) * size : page * size]
    return cut, {"pagination": {"page": page, "size": size, "total": total}}


def paginate_by_cursor(
    call: Request, records: list[Item], default_limit: int, max_limit: int = MAX_INT64
) -> tuple[list[Item], str]:
    """The piece after cursor `start`, and the cursor of the next: "" at the end (app facts, 2)."""
    limit = min(max_limit, max(1, call.query_int("limit", default_limit)))
    return slice_page(records, max(0, call.query_int("start", 0)), limit)


def slice_page(records: list[Item], start: int, size: int) -> tuple[list[Item], str]:
    """`size` records from `start` on, and the cursor of the next piece."""
    rest = len(records) > start + size
    return records[start : start + size], str(start + size) if rest else ""
