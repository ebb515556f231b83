"""Where the emulator keeps its workspaces: one SQLite file, or memory."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from cioform.emulator.store import tables
from cioform.emulator.store.record_types import RECORD_TYPES, SEGMENT
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
    """The keys of a workspace. They follow from its name, so that tests need not fetch them."""

    app_api_key: str
    service_account_token: str
    read_only_service_account_token: str
    site_id: str
    track_api_key: str


@dataclass(frozen=True)
class EmulatedWorkspace:
    """One workspace and how to reach it."""

    name: str
    environment_id: int
    credentials: Credentials


class Store:
    """Content of all workspaces. Safe to share between threads, and between processes by file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: str | Path) -> "Store":
        """A store in the file `path`, made when missing; `":memory:"` keeps nothing on disk."""
        connection = sqlite3.connect(
            str(path), isolation_level=None, check_same_thread=False, timeout=30.0
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(SCHEMA)
        connection.executescript(tables.SCHEMA)
        return cls(connection)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception takes back what was written inside. May be nested."""
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
        """The workspace called `name`, made empty when it is not there."""
        with self.transaction():
            found = self.find_workspace("name", name)
            return found or self._make_workspace(name)

    def workspaces(self) -> list[EmulatedWorkspace]:
        """All workspaces, by name."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM workspace ORDER BY name").fetchall()
        return [_workspace_from_row(row) for row in rows]

    def find_workspace(self, column: str, value: object) -> EmulatedWorkspace | None:
        """The workspace whose `column` (name, environment_id or a credential) is `value`."""
        if column not in _LOOKUP_COLUMNS:
            raise ValueError(column)
        with self._lock:
            row = self._connection.execute(
                f"SELECT * FROM workspace WHERE {column} = ?", (value,)
            ).fetchone()
        return _workspace_from_row(row) if row else None

    def workspace_data(self, name: str, *, stale: bool = False) -> WorkspaceData:
        """The door to the content of one workspace. `stale` reads what was there a write ago."""
        return WorkspaceData(self._connection, name, stale)

    def reset(self, name: str) -> None:
        """Empty a workspace: content, ids, settings. Its credentials stay."""
        with self.transaction():
            for table in ("object", "mention", "counter", *tables.TABLES):
                self._connection.execute(f"DELETE FROM {table} WHERE workspace = ?", (name,))
            self._connection.execute("UPDATE workspace SET settings = '{}' WHERE name = ?", (name,))

    def dump(self, name: str) -> dict[str, Any]:
        """All content as JSON values; `seed` takes it back."""
        with self.transaction():
            space = self.workspace_data(name)
            content: dict[str, Any] = {"settings": space.settings()}
            content["counters"] = space.counters()
            for thing in RECORD_TYPES:
                content[thing.collection] = space.all(thing)
            for segment in content[SEGMENT.collection]:
                segment["members"] = space.members.list_keys(segment["id"])
            content.update(
                (name, dump()) for name, (dump, _) in space.dumpable_collections().items()
            )
        return content

    def seed(self, name: str, data: Mapping[str, Any]) -> None:
        """Put content in a workspace. Collections named in `data` are replaced, others are kept.

        Members not given take their defaults, ids included; `people` on a segment is its count.
        """
        flows = self.workspace_data(name).dumpable_collections()
        known = {thing.collection for thing in RECORD_TYPES} | {"settings", "counters", *flows}
        if unknown := set(data) - known:
            raise ValueError(f"no such collection: {', '.join(sorted(unknown))}")
        self.workspace(name)
        with self.transaction():
            space = self.workspace_data(name)
            for thing in RECORD_TYPES:
                if thing.collection in data:
                    space.replace_all(thing, data[thing.collection])
            for flow in flows.keys() & data.keys():
                flows[flow][1](data[flow])
            for key, value in data.get("settings", {}).items():
                space.set_setting(key, value)
            for collection, value in data.get("counters", {}).items():
                space.advance_counter(collection, value)

    def _make_workspace(self, name: str) -> EmulatedWorkspace:
        environment_id = 100_000 + int(_digest(name, "environment")[:8], 16) % 900_000
        while self.find_workspace("environment_id", environment_id):
            environment_id += 1
        keys = credentials(name)
        self._connection.execute(
            "INSERT INTO workspace VALUES (?, ?, ?, ?, ?, ?, ?, '{}')",
            (name, environment_id, *(getattr(keys, each.name) for each in fields(keys))),
        )
        return EmulatedWorkspace(name, environment_id, keys)


def credentials(name: str) -> Credentials:
    """The keys of the workspace called `name`: the same on every machine."""
    return Credentials(
        app_api_key=_digest(name, "app")[:32],
        service_account_token="sa_live_" + _digest(name, "service account")[:40],
        read_only_service_account_token="sa_live_" + _digest(name, "read only")[:40],
        site_id=_digest(name, "site")[:20],
        track_api_key=_digest(name, "track")[:20],
    )


def write_key(name: str) -> str:
    """The key of the Pipelines source of the workspace called `name`."""
    return _digest(name, "write")[:20]


_LOOKUP_COLUMNS = {"name", "environment_id", *(each.name for each in fields(Credentials))}


def _workspace_from_row(row: tuple[Any, ...]) -> EmulatedWorkspace:
    return EmulatedWorkspace(row[0], row[1], Credentials(*row[2:7]))


def _digest(name: str, purpose: str) -> str:
    return hashlib.sha256(f"{purpose}\0{name}".encode()).hexdigest()
