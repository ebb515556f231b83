"""What happened: events, attribute changes, messages. One row each, the newest last."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cioform.emulator.store.people import FIRST_CIO_ID, cio_id_of
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.json_input import LARGEST

Row = tuple[int | None, str | None, str, str, int, str | None, str | None, str]
"""person, anonymous_id, type, name, at, ulid, delivery, data (JSON)."""

COLUMNS = "workspace, person, anonymous_id, type, name, at, ulid, delivery, data"


@dataclass(frozen=True)
class Wanted:
    """Which activities are asked for; what is None is not looked at."""

    person: int | None = None
    type: str | None = None
    name: str | None = None
    since: int = 0
    now: int = LARGEST
    """What becomes of a message after this has not happened yet."""
    deleted: bool = False
    """Also those of people who are gone, and of nobody."""


class Activities:
    """The activities of one workspace. Use inside `Store.transaction`."""

    def __init__(self, connection: sqlite3.Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    def add(self, rows: Iterable[Row]) -> None:
        """Keep them; one with a ULID that is there already is passed over."""
        self._connection.executemany(
            f"INSERT OR IGNORE INTO activity ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(self._workspace, *row) for row in rows],
        )

    def adopt(self, anonymous_id: str, person: int) -> int:
        """Give a person what happened under an anonymous id; how many rows that were."""
        cursor = self._connection.execute(
            "UPDATE activity SET person = ?"
            " WHERE workspace = ? AND anonymous_id = ? AND person IS NULL",
            (person, self._workspace, anonymous_id),
        )
        return cursor.rowcount

    def move(self, source: int, target: int) -> None:
        """Give one person all of another's."""
        self._connection.execute(
            "UPDATE activity SET person = ? WHERE workspace = ? AND person = ?",
            (target, self._workspace, source),
        )

    def forget(self, person: int) -> None:
        """Drop all of a person's."""
        self._connection.execute(
            "DELETE FROM activity WHERE workspace = ? AND person = ?", (self._workspace, person)
        )

    def newest(self, wanted: Wanted, before: int | None, limit: int) -> list[Record]:
        """At most `limit` of them, the newest first, older than number `before`."""
        where, values = self._where(wanted)
        if before is not None:
            where.append("number < ?")
            values.append(before)
        rows = self._connection.execute(
            "SELECT number, person, anonymous_id, type, name, at, delivery, data FROM activity"
            f" WHERE {' AND '.join(where)} ORDER BY number DESC LIMIT ?",
            (*values, limit),
        )
        return [_shown(row) for row in rows]

    def counts(
        self, kind: str, name: str | None, since: int, only: Sequence[int] | None
    ) -> dict[int, int]:
        """How often each person did something; `name` None is whatever it is called."""
        where, values = self._matching(kind, name, since, only)
        rows = self._connection.execute(
            f"SELECT person, count(*) FROM activity WHERE {where} GROUP BY person", values
        )
        return dict(rows.fetchall())

    def each(
        self, kind: str, name: str | None, since: int, only: Sequence[int] | None
    ) -> Iterator[tuple[int, Any]]:
        """Person and data of each, in the order in which they came."""
        where, values = self._matching(kind, name, since, only)
        rows = self._connection.execute(
            f"SELECT person, data FROM activity WHERE {where} ORDER BY number", values
        )
        for person, data in rows:
            yield person, json.loads(data)

    def count(self) -> int:
        """How many there are."""
        row = self._connection.execute(
            "SELECT count(*) FROM activity WHERE workspace = ?", (self._workspace,)
        ).fetchone()
        return int(row[0])

    def dump(self) -> list[Record]:
        """All of them as JSON values, the oldest first."""
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
        """Make these the activities of the workspace."""
        self._connection.execute("DELETE FROM activity WHERE workspace = ?", (self._workspace,))
        self.add(_row(each) for each in records)

    def _where(self, wanted: Wanted) -> tuple[list[str], list[Any]]:
        where = ["workspace = ?", "at >= ?", "(delivery IS NULL OR at <= ?)"]
        values: list[Any] = [self._workspace, wanted.since, wanted.now]
        for column in ("person", "type", "name"):
            value = getattr(wanted, column)
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        if not wanted.deleted:
            where.append("(person IS NOT NULL OR anonymous_id IS NOT NULL)")
        return where, values

    def _matching(
        self, kind: str, name: str | None, since: int, only: Sequence[int] | None
    ) -> tuple[str, list[Any]]:
        where = "workspace = ? AND type = ? AND at >= ? AND person IS NOT NULL"
        values: list[Any] = [self._workspace, kind, since]
        if name is not None:
            where += " AND name = ?"
            values.append(name)
        if only is not None:
            where += f" AND person IN ({','.join('?' * len(only))})"
            values.extend(only)
        return where, values


def _shown(row: tuple[Any, ...]) -> Record:
    keys = ("number", "person", "anonymous_id", "type", "name", "at", "delivery")
    return {**dict(zip(keys, row[:-1], strict=True)), "data": json.loads(row[-1])}


def _cio_id(person: int | None) -> str | None:
    return None if person is None else cio_id_of(person)


def _row(record: Mapping[str, Any]) -> Row:
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
