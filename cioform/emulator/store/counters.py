"""The counters that IDs are assigned from, one for each collection."""

import sqlite3


class Counters:
    """The counters of one workspace. Use inside `Store.transaction`."""

    def __init__(self, connection: sqlite3.Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    def all(self) -> dict[str, int]:
        """Return the highest assigned ID by collection."""
        rows = self._connection.execute(
            "SELECT collection, value FROM counter WHERE workspace = ? ORDER BY collection",
            (self._workspace,),
        )
        return dict(rows.fetchall())

    def next_id(self, collection: str, first_id: int = 1) -> int:
        """Return the next free ID; `first_id` in a collection that never had a record."""
        row = self._connection.execute(
            "SELECT value FROM counter WHERE workspace = ? AND collection = ?",
            (self._workspace, collection),
        ).fetchone()
        return int(row[0]) + 1 if row else first_id

    def advance(self, collection: str, value: int) -> None:
        """Ensure that the next assigned IDs are above `value`."""
        self._connection.execute(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT (workspace, collection)"
            " DO UPDATE SET value = max(value, excluded.value)",
            (self._workspace, collection, value),
        )
