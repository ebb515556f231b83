"""The members of manual segments, in the order in which they were added."""

import sqlite3
from collections.abc import Iterable


class SegmentMembers:
    """The members of the manual segments of one workspace. Use inside `Store.transaction`.

    A key is the ID of a person, or `cio_` and the cio_id of a person without an ID.
    """

    def __init__(self, connection: sqlite3.Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    def list_keys(self, segment: int, start: int = 0, limit: int = -1) -> list[str]:
        """Return the keys in a segment, or at most `limit` of them from `start` on."""
        rows = self._connection.execute(
            "SELECT key FROM member WHERE workspace = ? AND segment = ?"
            " ORDER BY place LIMIT ? OFFSET ?",
            (self._workspace, segment, limit, start),
        )
        return [row[0] for row in rows]

    def count(self, segment: int) -> int:
        """Return the number of members of a segment."""
        row = self._connection.execute(
            "SELECT count(*) FROM member WHERE workspace = ? AND segment = ?",
            (self._workspace, segment),
        ).fetchone()
        return int(row[0])

    def segments(self, key: str) -> list[int]:
        """Return the IDs of the segments that a person is in."""
        rows = self._connection.execute(
            "SELECT segment FROM member WHERE workspace = ? AND key = ? ORDER BY segment",
            (self._workspace, key),
        )
        return [row[0] for row in rows]

    def add(self, segment: int, keys: Iterable[str]) -> int:
        """Add people to a segment, and return how many were not members before."""
        before = self.count(segment)
        row = self._connection.execute(
            "SELECT coalesce(max(place), 0) FROM member WHERE workspace = ? AND segment = ?",
            (self._workspace, segment),
        ).fetchone()
        self._connection.executemany(
            "INSERT OR IGNORE INTO member VALUES (?, ?, ?, ?)",
            [
                (self._workspace, segment, key, place)
                for place, key in enumerate(keys, int(row[0]) + 1)
            ],
        )
        return self.count(segment) - before

    def remove(self, segment: int, keys: Iterable[str]) -> int:
        """Remove people from a segment, and return how many were members."""
        before = self.count(segment)
        self._connection.executemany(
            "DELETE FROM member WHERE workspace = ? AND segment = ? AND key = ?",
            [(self._workspace, segment, key) for key in keys],
        )
        return before - self.count(segment)

    def rename_key(self, old_key: str, new_key: str) -> None:
        """Replace the key of a person, or of one person by that of another."""
        self._connection.execute(
            "UPDATE OR IGNORE member SET key = ? WHERE workspace = ? AND key = ?",
            (new_key, self._workspace, old_key),
        )
        self.forget(old_key)

    def forget(self, key: str) -> None:
        """Remove a person from all segments."""
        self._connection.execute(
            "DELETE FROM member WHERE workspace = ? AND key = ?", (self._workspace, key)
        )

    def clear(self, segment: int | None = None) -> None:
        """Remove all members of one segment, or of all segments."""
        where, values = ("", ()) if segment is None else (" AND segment = ?", (segment,))
        self._connection.execute(
            f"DELETE FROM member WHERE workspace = ?{where}", (self._workspace, *values)
        )
