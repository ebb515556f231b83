"""The people of manual segments, by their keys, in the order in which they came."""

import sqlite3
from collections.abc import Iterable


class SegmentMembers:
    """Who is in the manual segments of one workspace. Use inside `Store.transaction`.

    A key is a person's id, or `cio_` and the cio_id of one who has none.
    """

    def __init__(self, connection: sqlite3.Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    def list_keys(self, segment: int, start: int = 0, limit: int = -1) -> list[str]:
        """The keys in a segment, or a piece of them."""
        rows = self._connection.execute(
            "SELECT key FROM member WHERE workspace = ? AND segment = ?"
            " ORDER BY place LIMIT ? OFFSET ?",
            (self._workspace, segment, limit, start),
        )
        return [row[0] for row in rows]

    def count(self, segment: int) -> int:
        """How many are in a segment."""
        row = self._connection.execute(
            "SELECT count(*) FROM member WHERE workspace = ? AND segment = ?",
            (self._workspace, segment),
        ).fetchone()
        return int(row[0])

    def segments(self, key: str) -> list[int]:
        """The segments somebody is in."""
        rows = self._connection.execute(
            "SELECT segment FROM member WHERE workspace = ? AND key = ? ORDER BY segment",
            (self._workspace, key),
        )
        return [row[0] for row in rows]

    def add(self, segment: int, keys: Iterable[str]) -> int:
        """Put people in; how many were not there yet."""
        before = self.count(segment)
        row = self._connection.execute(
            "SELECT coalesce(max(place), 0) FROM member WHERE workspace = ? AND segment = ?",
            (self._workspace, segment),
        ).fetchone()
        self._connection.executemany(
            "INSERT OR IGNORE INTO member VALUES (?, ?, ?, ?)",
            [(self._workspace, segment, key, n) for n, key in enumerate(keys, int(row[0]) + 1)],
        )
        return self.count(segment) - before

    def remove(self, segment: int, keys: Iterable[str]) -> int:
        """Take people out; how many were there."""
        before = self.count(segment)
        self._connection.executemany(
            "DELETE FROM member WHERE workspace = ? AND segment = ? AND key = ?",
            [(self._workspace, segment, key) for key in keys],
        )
        return before - self.count(segment)

    def rename_key(self, before: str, after: str) -> None:
        """A person is called otherwise from now on; also how one takes the place of another."""
        self._connection.execute(
            "UPDATE OR IGNORE member SET key = ? WHERE workspace = ? AND key = ?",
            (after, self._workspace, before),
        )
        self.forget(before)

    def forget(self, key: str) -> None:
        """Take somebody out of every segment."""
        self._connection.execute(
            "DELETE FROM member WHERE workspace = ? AND key = ?", (self._workspace, key)
        )

    def clear(self, segment: int | None = None) -> None:
        """Empty a segment, or all."""
        where, values = ("", ()) if segment is None else (" AND segment = ?", (segment,))
        self._connection.execute(
            f"DELETE FROM member WHERE workspace = ?{where}", (self._workspace, *values)
        )
