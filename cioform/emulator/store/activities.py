"""Activities: events, attribute changes and messages, in the order in which they arrived."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cioform.core.dataclasses import dataclass
from cioform.emulator.store.people import FIRST_CIO_ID, to_cio_id
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.json_input import MAX_INT64

ActivityRow = tuple[int | None, str | None, str, str, int, str | None, str | None, str]
"""person, anonymous_id, type, name, at, ulid, delivery, data (JSON)."""

COLUMNS = "workspace, person, anonymous_id, type, name, at, ulid, delivery, data"


@dataclass(frozen=True)
class ActivityFilter:
    """The criteria of a list of activities; None matches everything."""

    person: int | None = None
    type: str | None = None
    name: str | None = None
    since: int = 0
    now: int = MAX_INT64
    """Activities of deliveries that are later than this have not happened yet."""
    deleted: bool = False
    """Whether to include activities that belong to no person, such as a deleted one."""


class Activities:
    """The activities of one workspace. Use inside `Store.transaction`."""

    def __init__(self, connection: sqlite3.Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    def add(self, rows: Iterable[ActivityRow]) -> None:
        """Add activities; skip those whose ULID already exists."""
        self._connection.executemany(
            f"INSERT OR IGNORE INTO activity ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(self._workspace, *row) for row in rows],
        )

    def assign_anonymous(self, anonymous_id: str, person: int) -> int:
        """Assign the activities of an anonymous ID to a person, and return their number."""
        cursor = self._connection.execute(
            "UPDATE activity SET person = ?"
            " WHERE workspace = ? AND anonymous_id = ? AND person IS NULL",
            (person, self._workspace, anonymous_id),
        )
        return cursor.rowcount

    def reassign(self, source: int, target: int) -> None:
        """Move the activities of the person `source` to the person `target`."""
        self._connection.execute(
            "UPDATE activity SET person = ? WHERE workspace = ? AND person = ?",
            (target, self._workspace, source),
        )

    def forget(self, person: int) -> None:
        """Delete the activities of a person."""
        self._connection.execute(
            "DELETE FROM activity WHERE workspace = ? AND person = ?", (self._workspace, person)
        )

    def list_newest(self, criteria: ActivityFilter, before: int | None, limit: int) -> list[Record]:
        """Return at most `limit` activities, newest first, with numbers below `before`."""
        where, values = self._where_clause(criteria)
        if before is not None:
            where.append("number < ?")
            values.append(before)
        rows = self._connection.execute(
            "SELECT number, person, anonymous_id, type, name, at, delivery, data FROM activity"
            f" WHERE {' AND '.join(where)} ORDER BY number DESC LIMIT ?",
            (*values, limit),
        )
        return [_decode_row(row) for row in rows]

    def count_by_person(
        self, activity_type: str, name: str | None, since: int, people: Sequence[int] | None
    ) -> dict[int, int]:
        """Return how many activities each person has; `name` None matches any name."""
        where, values = self._match_clause(activity_type, name, since, people)
        rows = self._connection.execute(
            f"SELECT person, count(*) FROM activity WHERE {where} GROUP BY person", values
        )
        return dict(rows.fetchall())

    def iter_data(
        self, activity_type: str, name: str | None, since: int, people: Sequence[int] | None
    ) -> Iterator[tuple[int, Any]]:
        """Yield person and data of each activity, in the order of arrival."""
        where, values = self._match_clause(activity_type, name, since, people)
        rows = self._connection.execute(
            f"SELECT person, data FROM activity WHERE {where} ORDER BY number", values
        )
        for person, data in rows:
            yield person, json.loads(data)

    def count(self) -> int:
        """Return the number of activities."""
        row = self._connection.execute(
            "SELECT count(*) FROM activity WHERE workspace = ?", (self._workspace,)
        ).fetchone()
        return int(row[0])

    def dump(self) -> list[Record]:
        """Return all activities as JSON values, oldest first."""
        rows = self._connection.execute(
            f"SELECT {COLUMNS} FROM activity WHERE workspace = ? ORDER BY number",
            (self._workspace,),
        )
        keys = ("cio_id", "anonymous_id", "type", "name", "timestamp", "ulid", "delivery_id")
        return [
            {
                **dict(zip(keys, (_cio_id(row[1]), *row[2:8]), strict=True)),
                "data": json.loads(row[8]),
            }
            for row in rows
        ]

    def seed(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Replace the activities of the workspace."""
        self._connection.execute("DELETE FROM activity WHERE workspace = ?", (self._workspace,))
        self.add(_encode_row(record) for record in records)

    def _where_clause(self, criteria: ActivityFilter) -> tuple[list[str], list[Any]]:
        where = ["workspace = ?", "at >= ?", "(delivery IS NULL OR at <= ?)"]
        values: list[Any] = [self._workspace, criteria.since, criteria.now]
        for column in ("person", "type", "name"):
            value = getattr(criteria, column)
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        if not criteria.deleted:
            where.append("(person IS NOT NULL OR anonymous_id IS NOT NULL)")
        return where, values

    def _match_clause(
        self, activity_type: str, name: str | None, since: int, people: Sequence[int] | None
    ) -> tuple[str, list[Any]]:
        where = "workspace = ? AND type = ? AND at >= ? AND person IS NOT NULL"
        values: list[Any] = [self._workspace, activity_type, since]
        if name is not None:
            where += " AND name = ?"
            values.append(name)
        if people is not None:
            where += f" AND person IN ({','.join('?' * len(people))})"
            values.extend(people)
        return where, values


def _decode_row(row: tuple[Any, ...]) -> Record:
    keys = ("number", "person", "anonymous_id", "type", "name", "at", "delivery")
    return {**dict(zip(keys, row[:-1], strict=True)), "data": json.loads(row[-1])}


def _cio_id(person: int | None) -> str | None:
    return None if person is None else to_cio_id(person)


def _encode_row(record: Mapping[str, Any]) -> ActivityRow:
    cio_id = record.get("cio_id")
    return (
        int(cio_id, 16) - FIRST_CIO_ID if cio_id else None,
        record.get("anonymous_id"),
        record["type"],
        record.get("name") or "",
        record["timestamp"],
        record.get("ulid"),
        record.get("delivery_id"),
        json.dumps(record.get("data") or {}, ensure_ascii=False),
    )
