"""The first rows of a list that is continued by a cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cioform.core.json_value import Plain
from cioform.model.conversation import Request
from cioform.remote.pagination import paging_repeats
from cioform.remote.provider import Provider

PAGE = 50


def first_rows(
    provider: Provider, request: Request, items: str, limit: int
) -> list[Mapping[str, Plain]]:
    """Give at most `limit` objects of a list, as `first_items` does."""
    found = first_items(provider, request, items, limit)
    return [row for row in found if isinstance(row, Mapping)]


def first_items(provider: Provider, request: Request, items: str, limit: int) -> list[Plain]:
    """Give at most `limit` items under the key `items`, with no more requests than that takes.
    `start` in, `next` out, empty or absent at the end (app facts, section 2, Pagination)."""
    rows: list[Plain] = []
    start = ""
    while len(rows) < limit:
        query = {**request.query, "limit": min(PAGE, limit - len(rows))}
        if start:
            query["start"] = start
        body = provider.send(replace(request, query=query)).body
        page = mapping(body).get(items) or []
        rows += page
        following = str(mapping(body).get("next") or "")
        if not page or not following:
            break
        if following == start:
            raise paging_repeats(request)
        start = following
    return rows[:limit]


def mapping(value: Plain) -> Mapping[str, Plain]:
    """Give an object of an answer, empty where there is none."""
    return value if isinstance(value, Mapping) else {}


def whole(value: Plain) -> int | None:
    """Give a whole number of an answer, None where there is none; text of digits counts."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None
