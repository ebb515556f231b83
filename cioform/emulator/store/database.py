"""The store of the emulator: all workspaces in one SQLite file, or in memory."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from cioform.core.dataclasses import dataclass, fields
from cioform.emulator.store import tables
from cioform.emulator.store.record_types import SEGMENT, record_types
from cioform.emulator.store.workspace_data import WorkspaceData

SCHEMA = """
CREATE TABLE IF NOT EXISTS workspace (
    name TEXT PRIMARY KEY, environment_id INTEGER UNIQUE NOT NULL,
    app_api_key TEXT, service_account_token TEXT, read_only_service_account_token TEXT,
    site_id TEXT, track_api_key TEXT, settings TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS object (
    workspace TEXT, collection TEXT, id INTEGER, name TEXT, owner TEXT, body TEXT, previous TEXT,
    PRIMARY KEY (workspace, collection, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS object_name ON object (workspace, collection, name);
CREATE INDEX IF NOT EXISTS object_owner ON object (workspace, collection, owner);
CREATE TABLE IF NOT EXISTS mention (
    workspace TEXT, segment INTEGER, collection TEXT, id INTEGER,
    PRIMARY KEY (workspace, segment, collection, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mention_by ON mention (workspace, collection, id);
CREATE TABLE IF NOT EXISTS counter (
    workspace TEXT, collection TEXT, value INTEGER, PRIMARY KEY (workspace, collection));
"""


@dataclass(frozen=True)
class Credentials:
    """The credentials of a workspace. They follow from its name."""

    app_api_key: str
    service_account_token: str
    read_only_service_account_token: str
    site_id: str
    track_api_key: str


@dataclass(frozen=True)
class EmulatedWorkspace:
    """One workspace with its credentials."""

    name: str
    environment_id: int
    credentials: Credentials


IN_MEMORY = ":memory:"


class Store:
    """The content of all workspaces. Threads may share it; processes may share its file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: str | Path) -> "Store":
        """Return a store in the file `path`, which is created if missing, or in `":memory:"`."""
        if path == IN_MEMORY:
            return _empty_store().copy()
        connection = _connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        return cls(_with_tables(connection))

    def copy(self) -> "Store":
        """Return a store in memory with the same content."""
        connection = _connect(IN_MEMORY)
        with self._lock:
            self._connection.backup(connection)
        return Store(connection)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in a transaction, which an exception rolls back. May be nested."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def workspace(self, name: str) -> EmulatedWorkspace:
        """Return the workspace called `name`, which is created empty if it does not exist."""
        with self.transaction():
            return self.find_workspace("name", name) or self._create_workspace(name)

    def workspaces(self) -> list[EmulatedWorkspace]:
        """Return all workspaces, ordered by name."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM workspace ORDER BY name").fetchall()
        return [_workspace_from_row(row) for row in rows]

    def find_workspace(self, column: str, value: object) -> EmulatedWorkspace | None:
        """Return the workspace whose `column` is `value`, or None.

        `column` is `name`, `environment_id` or one of the credentials.
        """
        if column not in _LOOKUP_COLUMNS:
            raise ValueError(column)
        with self._lock:
            row = self._connection.execute(
                f"SELECT * FROM workspace WHERE {column} = ?", (value,)
            ).fetchone()
        return _workspace_from_row(row) if row else None

    def workspace_data(self, name: str, *, stale: bool = False) -> WorkspaceData:
        """Return the content of one workspace; with `stale`, the versions before the last write."""
        return WorkspaceData(self._connection, name, stale)

    def reset(self, name: str) -> None:
        """Delete the content, the IDs and the settings of a workspace. Its credentials stay."""
        with self.transaction():
            for table in ("object", "mention", "counter", *tables.TABLES):
                self._connection.execute(f"DELETE FROM {table} WHERE workspace = ?", (name,))
            self._connection.execute("UPDATE workspace SET settings = '{}' WHERE name = ?", (name,))

    def dump(self, name: str) -> dict[str, Any]:
        """Return the content of a workspace as JSON values, which `seed` accepts."""
        with self.transaction():
            workspace_data = self.workspace_data(name)
            content: dict[str, Any] = {
                "settings": workspace_data.settings(),
                "counters": workspace_data.counters.all(),
            }
            for record_type in record_types():
                content[record_type.collection] = workspace_data.all(record_type)
            for segment in content[SEGMENT.collection]:
                segment["members"] = workspace_data.members.list_keys(segment["id"])
            for collection, (dump, _) in workspace_data.dumpable_collections().items():
                content[collection] = dump()
        return content

    def seed(self, name: str, data: Mapping[str, Any]) -> None:
        """Replace the collections of a workspace that `data` contains; others stay.

        Missing members get their default values, and missing IDs are assigned. `people` of a
        segment is its simulated size. Raises ValueError for an unknown collection, and for a
        record whose type is no single value.
        """
        workspace_data = self.workspace_data(name)
        dumpable = workspace_data.dumpable_collections()
        record_collections = {record_type.collection for record_type in record_types()}
        known = record_collections | {"settings", "counters", *dumpable}
        if unknown := set(data) - known:
            raise ValueError(
                f"unknown collection: {', '.join(sorted(unknown))}; "
                f"valid: {', '.join(sorted(known))}"
            )
        self.workspace(name)
        with self.transaction():
            for record_type in record_types():
                if record_type.collection in data:
                    workspace_data.replace_all(record_type, data[record_type.collection])
            for collection in dumpable.keys() & data.keys():
                _, seed = dumpable[collection]
                seed(data[collection])
            for key, value in data.get("settings", {}).items():
                workspace_data.set_setting(key, value)
            for collection, value in data.get("counters", {}).items():
                workspace_data.counters.advance(collection, value)

    def _create_workspace(self, name: str) -> EmulatedWorkspace:
        environment_id = 100_000 + int(_digest(name, "environment")[:8], 16) % 900_000
        while self.find_workspace("environment_id", environment_id):
            environment_id += 1
        new_credentials = credentials(name)
        self._connection.execute(
            "INSERT INTO workspace VALUES (?, ?, ?, ?, ?, ?, ?, '{}')",
            (
                name,
                environment_id,
                *(getattr(new_credentials, field.name) for field in fields(Credentials)),
            ),
        )
        return EmulatedWorkspace(name, environment_id, new_credentials)


@cache
def _empty_store() -> Store:
    """Return the empty store that stores in memory copy, which is faster than creating tables."""
    return Store(_with_tables(_connect(IN_MEMORY)))


def _connect(path: str | Path) -> sqlite3.Connection:
    return sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=30.0)


def _with_tables(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return the connection to a store, whose tables are created if missing."""
    connection.executescript(SCHEMA)
    connection.executescript(tables.SCHEMA)
    return connection


def credentials(name: str) -> Credentials:
    """Return the credentials of the workspace called `name`, the same on every machine."""
    return Credentials(
        app_api_key=_digest(name, "app")[:32],
        service_account_token="sa_live_" + _digest(name, "service account")[:40],
        read_only_service_account_token="sa_live_" + _digest(name, "read only")[:40],
        site_id=_digest(name, "site")[:20],
        track_api_key=_digest(name, "track")[:20],
    )


def write_key(name: str) -> str:
    """Return the write key of the Pipelines source of the workspace called `name`."""
    return _digest(name, "write")[:20]


_LOOKUP_COLUMNS = {"name", "environment_id", *(field.name for field in fields(Credentials))}


def _workspace_from_row(row: tuple[Any, ...]) -> EmulatedWorkspace:
    return EmulatedWorkspace(row[0], row[1], Credentials(*row[2:7]))


def _digest(name: str, purpose: str) -> str:
    return hashlib.sha256(f"{purpose}\0{name}".encode()).hexdigest()
