"""The rows of a page, collected over all pages of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import Json, as_mapping, canonical_json
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import RemoteError
from cioform.model.remote_access.conversation import Request, Response

MAX_PAGES: Final = 10_000
"""The most pages of one list: a million objects, or 300 million members of a segment."""


@dataclass(slots=True)
class UniqueRows:
    """The rows read so far, without duplicates."""

    rows: list[Json] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def add(self, page: list[Json]) -> int:
        """Add the rows that are new and return how many that were."""
        before = len(self.rows)
        for row in page:
            key = _row_key(row)
            if key not in self.keys:
                self.keys.add(key)
                self.rows.append(row)
        return len(self.rows) - before

    def as_response(self, request: Request, first: Response) -> Response:
        """Return the response to the first page with all rows in it."""
        if not request.items:
            return Response(first.status, self.rows)
        # A null in place of the rows stays one where the request has a schema, which checks it.
        body = as_mapping(first.body)
        rows = self.rows if self.rows or request.schema is None else body[request.items]
        return Response(first.status, {**body, request.items: rows})


def page_rows(request: Request, body: Json) -> list[Json]:
    """Return the rows of a page.

    A missing key raises RemoteError: it is not an empty list, and taking it for one would create
    every object a second time.
    """
    rows: Json = body
    if request.items:
        rows = body.get(request.items, "") if isinstance(body, Mapping) else ""
    if rows is None:
        return []
    if not isinstance(rows, list):
        detail = f"The response to {request} has no list of `{request.items or 'rows'}` in it."
        raise RemoteError([Diagnostic("Invalid response", detail)])
    return rows


def check_page_count(request: Request, pages: int) -> None:
    """Raise RemoteError for a list that has more pages than any workspace can fill."""
    if pages > MAX_PAGES:
        raise unusable_list_error(
            "List without end",
            f"{request} did not end after {MAX_PAGES:,} pages, so it was not used.",
        )


def unusable_list_error(summary: str, detail: str) -> RemoteError:
    """Return the error for a list that is not as lists of Customer.io are."""
    text = (
        f"{detail} Nothing was changed. Check `endpoint` in `workspace.yaml`; if it is right, "
        "report this as a bug of cioform."
    )
    return RemoteError([Diagnostic(summary, text)])


def with_query(request: Request, **query: str | int) -> Request:
    """Return the request with more query parameters."""
    return replace(request, query={**request.query, **query})


def repeated_page_error(request: Request) -> RemoteError:
    """Return the error for a list whose pages repeat."""
    detail = (
        f"{request} returned the same page twice, so the list would never end. Nothing was "
        "changed. Run the command again; if this happens again, report it as a bug of cioform."
    )
    return RemoteError([Diagnostic("List repeats a page", detail)])


def _row_key(row: Json) -> str:
    """Return what distinguishes a row: its ID and language, or the whole row if it has no ID.

    Variants of a message in several languages share their ID.
    """
    if isinstance(row, Mapping) and row.get("id") is not None:
        return canonical_json([row["id"], row.get("language")])
    return canonical_json(row)
