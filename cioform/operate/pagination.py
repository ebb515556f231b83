"""Read the first rows of a list that is paged by a cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.model.remote_access.conversation import Request
from cioform.remote.paging.cursors import cursor_pages
from cioform.remote.provider import Provider
from cioform.remote.responses.response_check import send_checked

PAGE_SIZE = 50


def first_rows(
    provider: Provider, request: Request, items: str, limit: int
) -> list[Mapping[str, Json]]:
    """Return at most `limit` objects of a list, as `first_items` does."""
    found = first_items(provider, request, items, limit)
    return [row for row in found if isinstance(row, Mapping)]


def first_items(provider: Provider, request: Request, items: str, limit: int) -> list[Json]:
    """Return at most `limit` items under the key `items`, with as few requests as possible.

    `start` in, `next` out, empty or absent at the end (app facts, section 2, Pagination).
    """
    rows: list[Json] = []
    first = replace(request, query={**request.query, "limit": min(PAGE_SIZE, limit)})
    for response in cursor_pages(first, partial(send_checked, provider)):
        page = as_list(as_mapping(response.body).get(items))
        rows += page
        if not page or len(rows) >= limit:
            break
    return rows[:limit]


def as_int(value: Json) -> int | None:
    """Return the value as an integer, None if it is neither an integer nor text of digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None
