"""Where the emulator keeps its workspaces: one SQLite file, or memory."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from cioform.emulator.mentions import segments_of
from cioform.emulator.things import (
    ACTION,
    AUDIT,
    CAMPAIGN,
    DELIVERY,
    SEGMENT,
    THINGS,
    Record,
    Thing,
)

SEEDED_AT = 1_750_000_000
"""Unix seconds given to seeded content that carries no stamp of its own."""

NAMING_SEGMENTS = (ACTION, CAMPAIGN, SEGMENT)
OWNERS = ("action_id", "transactional_message_id", "campaign_id")

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
class Workspace:
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

    def workspace(self, name: str) -> Workspace:
        """The workspace called `name`, made empty when it is not there."""
        with self.transaction():
            found = self.find_workspace("name", name)
            return found or self._make_workspace(name)

    def workspaces(self) -> list[Workspace]:
        """All workspaces, by name."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM workspace ORDER BY name").fetchall()
        return [_workspace(row) for row in rows]

    def find_workspace(self, column: str, value: object) -> Workspace | None:
        """The workspace whose `column` (name, environment_id or a credential) is `value`."""
        if column not in _COLUMNS:
            raise ValueError(column)
        with self._lock:
            row = self._connection.execute(
                f"SELECT * FROM workspace WHERE {column} = ?", (value,)
            ).fetchone()
        return _workspace(row) if row else None

    def space(self, name: str, *, stale: bool = False) -> "Space":
        """The door to the content of one workspace. `stale` reads what was there a write ago."""
        return Space(self, self._connection, name, stale)

    def reset(self, name: str) -> None:
        """Empty a workspace: content, ids, settings. Its credentials stay."""
        with self.transaction():
            for table in ("object", "mention", "counter"):
                self._connection.execute(f"DELETE FROM {table} WHERE workspace = ?", (name,))
            self._connection.execute("UPDATE workspace SET settings = '{}' WHERE name = ?", (name,))

    def dump(self, name: str) -> dict[str, Any]:
        """All content as JSON values; `seed` takes it back."""
        with self.transaction():
            space = self.space(name)
            content: dict[str, Any] = {"settings": space.settings()}
            content["counters"] = space.counters()
            for thing in THINGS:
                content[thing.collection] = space.all(thing)
        return content

    def seed(self, name: str, data: Mapping[str, Any]) -> None:
        """Put content in a workspace. Collections named in `data` are replaced, others are kept.

        Members not given take their defaults, ids included; `people` on a segment is its count.
        """
        unknown = set(data) - {thing.collection for thing in THINGS} - {"settings", "counters"}
        if unknown:
            raise ValueError(f"no such collection: {', '.join(sorted(unknown))}")
        self.workspace(name)
        with self.transaction():
            space = self.space(name)
            for thing in THINGS:
                if thing.collection in data:
                    space.replace_all(thing, data[thing.collection])
            for key, value in data.get("settings", {}).items():
                space.set_setting(key, value)
            for collection, value in data.get("counters", {}).items():
                space.raise_counter(collection, value)

    def _make_workspace(self, name: str) -> Workspace:
        environment_id = 100_000 + int(_digest(name, "environment")[:8], 16) % 900_000
        while self.find_workspace("environment_id", environment_id):
            environment_id += 1
        keys = credentials(name)
        self._connection.execute(
            "INSERT INTO workspace VALUES (?, ?, ?, ?, ?, ?, ?, '{}')",
            (name, environment_id, *(getattr(keys, each.name) for each in fields(keys))),
        )
        return Workspace(name, environment_id, keys)


class Space:
    """The content of one workspace. Use inside `Store.transaction`."""

    def __init__(
        self, store: Store, connection: sqlite3.Connection, name: str, stale: bool = False
    ) -> None:
        self.store = store
        self.name = name
        self._connection = connection
        self._body = "COALESCE(previous, body)" if stale else "body"

    def get(self, thing: Thing, number: int) -> Record | None:
        """The record with that id."""
        return next(iter(self._select(thing, "id = ?", number)), None)

    def find(self, thing: Thing, name: str) -> Record | None:
        """The first record with that name."""
        return next(iter(self._select(thing, "name = ?", name)), None)

    def all(self, thing: Thing) -> list[Record]:
        """Every record, by id."""
        return self._select(thing, "1 = ?", 1)

    def owned(self, thing: Thing, owner: str, number: int) -> list[Record]:
        """Records that belong to another: `owner` is `action_id`, `campaign_id`, ..."""
        return self._select(thing, "owner = ?", f"{owner}:{number}")

    def mentioning(self, thing: Thing, segment: int) -> list[Record]:
        """Records with that segment in one of their conditions."""
        rows = self._connection.execute(
            "SELECT id FROM mention WHERE workspace = ? AND segment = ? AND collection = ?",
            (self.name, segment, thing.collection),
        )
        found = (self.get(thing, row[0]) for row in rows.fetchall())
        return [each for each in found if each is not None]

    def add(self, thing: Thing, record: Record) -> Record:
        """Keep a new record under the next free id, or the id it brings."""
        if not record.get("id"):
            record = {"id": self._next_id(thing), **{k: v for k, v in record.items() if k != "id"}}
        self.raise_counter(thing.collection, record["id"])
        self._connection.execute(
            "INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (
                self.name,
                thing.collection,
                record["id"],
                record.get("name"),
                _owner(record),
                _json(record),
            ),
        )
        self._note_mentions(thing, record)
        return record

    def save(self, thing: Thing, record: Record) -> None:
        """Replace a record; what it was stays readable to a stale read."""
        self._connection.execute(
            "UPDATE object SET previous = body, body = ?, name = ?, owner = ?"
            " WHERE workspace = ? AND collection = ? AND id = ?",
            (
                _json(record),
                record.get("name"),
                _owner(record),
                self.name,
                thing.collection,
                record["id"],
            ),
        )
        self._note_mentions(thing, record)

    def remove(self, thing: Thing, number: int) -> None:
        """Drop a record. Its id is not used again."""
        self._connection.execute(
            "DELETE FROM object WHERE workspace = ? AND collection = ? AND id = ?",
            (self.name, thing.collection, number),
        )
        self._note_mentions(thing, {"id": number})

    def replace_all(self, thing: Thing, records: list[Mapping[str, Any]]) -> None:
        """Make a collection hold exactly `records`, completed with defaults."""
        for table in ("object", "mention"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE workspace = ? AND collection = ?",
                (self.name, thing.collection),
            )
        stamped = thing not in (AUDIT, DELIVERY)
        for record in records:
            self.add(thing, thing.make(record, SEEDED_AT) if stamped else dict(record))

    def settings(self) -> dict[str, Any]:
        """Workspace settings, such as `edit_live_data`."""
        row = self._connection.execute(
            "SELECT settings FROM workspace WHERE name = ?", (self.name,)
        ).fetchone()
        loaded: dict[str, Any] = json.loads(row[0]) if row else {}
        return loaded

    def set_setting(self, key: str, value: Any) -> None:
        """Keep one setting."""
        self._connection.execute(
            "UPDATE workspace SET settings = ? WHERE name = ?",
            (_json({**self.settings(), key: value}), self.name),
        )

    def counters(self) -> dict[str, int]:
        """The highest id given out in each collection."""
        rows = self._connection.execute(
            "SELECT collection, value FROM counter WHERE workspace = ? ORDER BY collection",
            (self.name,),
        )
        return dict(rows.fetchall())

    def raise_counter(self, collection: str, value: int) -> None:
        """See that ids given out from now on are above `value`."""
        self._connection.execute(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT (workspace, collection)"
            " DO UPDATE SET value = max(value, excluded.value)",
            (self.name, collection, value),
        )

    def _note_mentions(self, thing: Thing, record: Record) -> None:
        """Keep the index that tells who uses a segment without reading everything."""
        if thing not in NAMING_SEGMENTS:
            return
        place = (thing.collection, record["id"])
        self._connection.execute(
            "DELETE FROM mention WHERE workspace = ? AND collection = ? AND id = ?",
            (self.name, *place),
        )
        self._connection.executemany(
            "INSERT INTO mention VALUES (?, ?, ?, ?)",
            [(self.name, segment, *place) for segment in segments_of(record)],
        )

    def _next_id(self, thing: Thing) -> int:
        row = self._connection.execute(
            "SELECT value FROM counter WHERE workspace = ? AND collection = ?",
            (self.name, thing.collection),
        ).fetchone()
        return int(row[0]) + 1 if row else thing.first_id

    def _select(self, thing: Thing, where: str, value: object) -> list[Record]:
        rows = self._connection.execute(
            f"SELECT {self._body} FROM object WHERE workspace = ? AND collection = ? AND {where}"
            " ORDER BY id",
            (self.name, thing.collection, value),
        )
        return [json.loads(row[0]) for row in rows.fetchall()]


def credentials(name: str) -> Credentials:
    """The keys of the workspace called `name`: the same on every machine."""
    return Credentials(
        app_api_key=_digest(name, "app")[:32],
        service_account_token="sa_live_" + _digest(name, "service account")[:40],
        read_only_service_account_token="sa_live_" + _digest(name, "read only")[:40],
        site_id=_digest(name, "site")[:20],
        track_api_key=_digest(name, "track")[:20],
    )


_COLUMNS = {"name", "environment_id", *(each.name for each in fields(Credentials))}


def _workspace(row: tuple[Any, ...]) -> Workspace:
    return Workspace(row[0], row[1], Credentials(*row[2:7]))


def _digest(name: str, purpose: str) -> str:
    return hashlib.sha256(f"{purpose}\0{name}".encode()).hexdigest()


def _owner(record: Record) -> str | None:
    return next((f"{key}:{record[key]}" for key in OWNERS if record.get(key)), None)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
