"""The rows of lists: whole objects, or as little of them as a list may show."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from cioform.emulator.protocol.request import Request

ALWAYS_SHOWN: Final = frozenset({"id", "name", "type", "state", "active", "created", "updated"})
"""What a list is asked for: which objects exist, and how they are returned."""


def as_rows(request: Request, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a list of objects that can also be read one by one."""
    if not request.behavior.lists_blank:
        return [dict(record) for record in records]
    return [
        {name: value if name in ALWAYS_SHOWN else _blank(value) for name, value in record.items()}
        for record in records
    ]


def _blank(value: Any) -> Any:
    """Return the empty value of the same type; a number or a truth is null."""
    return type(value)() if isinstance(value, str | list | dict) else None


def id_and_name(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list of a few fields has of a record."""
    return {"id": record["id"], "name": record["name"]}
