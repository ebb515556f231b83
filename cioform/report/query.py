"""The resources of a workspace as rows of a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Location
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import join_words
from cioform.report.values import escape_unprintable


class RowState(StrEnum):
    """What is known of a resource."""

    MANAGED = "managed"
    NOT_APPLIED = "not applied"
    """A file describes it, and nothing is bound to it yet."""
    NO_FILE = "no file"
    """The state has it, and its file was removed."""
    UNMANAGED = "unmanaged"
    """The workspace has it, and neither a file nor the state."""
    MISSING = "missing"
    """It is bound to an object that the workspace does not have any more."""


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A resource as `cioform query` lists it."""

    address: Address
    state: RowState
    name: str
    """The name in Customer.io."""
    id: str
    """The ID in Customer.io; empty if it is not known."""
    location: Location | None
    tags: tuple[str, ...]
    uses: tuple[str, ...]
    users: tuple[str, ...]
    """What uses it directly."""
    protect: bool
    status: str
    """Draft, running and so on; empty where the workspace was not read, or has no such thing."""


_CELLS: Final[Mapping[str, Callable[[ResourceRow], Json]]] = {
    "address": lambda row: str(row.address),
    "kind": lambda row: row.address.kind,
    "name": lambda row: row.name,
    "state": lambda row: row.state.value,
    "status": lambda row: row.status,
    "id": lambda row: row.id,
    "tags": lambda row: list(row.tags),
    "uses": lambda row: list(row.uses),
    "users": lambda row: list(row.users),
    "protect": lambda row: row.protect,
    "file": lambda row: row.location.file if row.location is not None else "",
    "line": lambda row: row.location.line if row.location is not None else None,
}
COLUMNS: Final = tuple(_CELLS)
DEFAULT_COLUMNS: Final = ("address", "state", "name", "tags", "users", "file")
LIVE_COLUMNS: Final = ("address", "state", "status", "name", "tags", "users", "file")
"""The default where the workspace was read."""


def parse_columns(text: str) -> tuple[str, ...]:
    """Return the columns that a text lists. Raises UsageError for a column that does not exist."""
    columns = tuple(word.strip() for word in text.split(","))
    for column in columns:
        if column not in _CELLS:
            raise UsageError.of(
                "Unknown column",
                f"`--columns` has no `{column}`.{did_you_mean(column, COLUMNS)} The columns are "
                f"{join_words((f'`{each}`' for each in COLUMNS), 'and')}.",
            )
    return columns


def query_table(rows: Iterable[ResourceRow], columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rows of a table for people: users are counted, and a file has its line."""
    head = tuple(column.upper() for column in columns)
    return [head, *(tuple(_shown(row, column) for column in columns) for row in rows)]


def query_csv(rows: Iterable[ResourceRow], columns: Sequence[str]) -> str:
    """Return the rows as CSV, with a header; lists are separated by spaces."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([escape_unprintable(_text(_CELLS[column](row))) for column in columns])
    return text.getvalue()


def query_data(rows: Iterable[ResourceRow], columns: Sequence[str]) -> list[dict[str, Json]]:
    """Return the rows as JSON data."""
    return [{column: _CELLS[column](row) for column in columns} for row in rows]


def _shown(row: ResourceRow, column: str) -> str:
    match column:
        case "users" | "uses":
            return str(len(getattr(row, column)))
        case "file":
            return str(row.location) if row.location is not None else "-"
        case "tags":
            return ", ".join(row.tags) or "-"
        case _:
            return _text(_CELLS[column](row)) or "-"


def _text(value: Json) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
