"""The content of one workspace: records by collection, IDs, settings, segment references."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from cioform.emulator.store.activities import Activities
from cioform.emulator.store.counters import Counters
from cioform.emulator.store.deliveries import Deliveries
from cioform.emulator.store.members import SegmentMembers
from cioform.emulator.store.people import People
from cioform.emulator.store.record_types import (
    ACTION,
    AUDIT,
    CAMPAIGN,
    SEGMENT,
    Record,
    RecordType,
    encode_record,
)
from cioform.emulator.store.segment_references import referenced_segment_ids

DEFAULT_SEED_TIME = 1_750_000_000
"""The timestamp, in Unix seconds, of seeded content that has none."""

SEGMENT_REFERRERS = (ACTION, CAMPAIGN, SEGMENT)
OWNER_FIELDS = ("action_id", "transactional_message_id", "campaign_id", "broadcast_id")

DumpAndSeed = tuple[Callable[[], list[Record]], Callable[[list[Any]], None]]
"""The dump and the seed function of a collection that has tables of its own."""


class WorkspaceData:
    """The content of one workspace. Use inside `Store.transaction`."""

    def __init__(self, connection: sqlite3.Connection, name: str, stale: bool = False) -> None:
        self.name = name
        self._connection = connection
        self._body = "COALESCE(previous, body)" if stale else "body"

    @cached_property
    def counters(self) -> Counters:
        """The counters of IDs."""
        return Counters(self._connection, self.name)

    @cached_property
    def people(self) -> People:
        """The people of the workspace."""
        return People(self._connection, self.name)

    @cached_property
    def activities(self) -> Activities:
        """The activities of the workspace."""
        return Activities(self._connection, self.name)

    @cached_property
    def deliveries(self) -> Deliveries:
        """The deliveries of the workspace."""
        return Deliveries(self._connection, self.name)

    @cached_property
    def members(self) -> SegmentMembers:
        """The members of the manual segments."""
        return SegmentMembers(self._connection, self.name)

    def dumpable_collections(self) -> dict[str, DumpAndSeed]:
        """Return the collections with tables of their own, by their names in a dump."""
        people = self.people
        return {
            "people": (people.dump, people.seed),
            "suppressed": (people.dump_suppressed, people.seed_suppressed),
            "activities": (self.activities.dump, self.activities.seed),
            "deliveries": (self.deliveries.dump, self.deliveries.seed),
        }

    def get(self, record_type: RecordType, number: int) -> Record | None:
        """Return the record with that ID, or None."""
        return next(iter(self._select(record_type, "id = ?", number)), None)

    def find(self, record_type: RecordType, name: str) -> Record | None:
        """Return the first record with that name, or None."""
        return next(iter(self._select(record_type, "name = ?", name)), None)

    def all(self, record_type: RecordType) -> list[Record]:
        """Return all records, ordered by ID."""
        return self._select(record_type, "1 = ?", 1)

    def find_by_owner(self, record_type: RecordType, owner: str, number: int) -> list[Record]:
        """Return the records that belong to another; `owner` is `action_id`, `campaign_id` etc."""
        return self._select(record_type, "owner = ?", f"{owner}:{number}")

    def find_by_segment(self, record_type: RecordType, segment: int) -> list[Record]:
        """Return the records with that segment in one of their conditions."""
        rows = self._connection.execute(
            "SELECT id FROM mention WHERE workspace = ? AND segment = ? AND collection = ?",
            (self.name, segment, record_type.collection),
        )
        records = (self.get(record_type, row[0]) for row in rows.fetchall())
        return [record for record in records if record is not None]

    def add(self, record_type: RecordType, record: Record) -> Record:
        """Add a record under its ID or the next free one, and return it."""
        if not record.get("id"):
            record = {
                "id": self.counters.next_id(record_type.collection, record_type.first_id),
                **{k: v for k, v in record.items() if k != "id"},
            }
        self.counters.advance(record_type.collection, record["id"])
        self._connection.execute(
            "INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (
                self.name,
                record_type.collection,
                record["id"],
                record.get("name"),
                _owner_key(record),
                encode_record(record),
            ),
        )
        self._index_segment_references(record_type, record)
        return record

    def save(self, record_type: RecordType, record: Record) -> None:
        """Replace a record. A stale read still returns the previous version."""
        self._connection.execute(
            "UPDATE object SET previous = body, body = ?, name = ?, owner = ?"
            " WHERE workspace = ? AND collection = ? AND id = ?",
            (
                encode_record(record),
                record.get("name"),
                _owner_key(record),
                self.name,
                record_type.collection,
                record["id"],
            ),
        )
        self._index_segment_references(record_type, record)

    def remove(self, record_type: RecordType, number: int) -> None:
        """Delete a record. Its ID is not reused."""
        self._connection.execute(
            "DELETE FROM object WHERE workspace = ? AND collection = ? AND id = ?",
            (self.name, record_type.collection, number),
        )
        self._index_segment_references(record_type, {"id": number})
        if record_type is SEGMENT:
            self.members.clear(number)

    def replace_all(self, record_type: RecordType, records: list[Mapping[str, Any]]) -> None:
        """Replace the records of a collection, completed with default values."""
        for table in ("object", "mention"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE workspace = ? AND collection = ?",
                (self.name, record_type.collection),
            )
        if record_type is SEGMENT:
            self.members.clear()
        for record in records:
            if isinstance(record.get("type"), list | dict):
                place = f"the `type` of a record in {record_type.collection}"
                raise ValueError(f"{place} is a list or an object instead of a text")
            new_record = (
                record_type.new_record(record, DEFAULT_SEED_TIME)
                if record_type is not AUDIT
                else dict(record)
            )
            members = new_record.pop("members", ()) if record_type is SEGMENT else ()
            added = self.add(record_type, new_record)
            self.members.add(added["id"], members)

    def settings(self) -> dict[str, Any]:
        """Return the settings of the workspace, such as `edit_live_data`."""
        row = self._connection.execute(
            "SELECT settings FROM workspace WHERE name = ?", (self.name,)
        ).fetchone()
        settings: dict[str, Any] = json.loads(row[0]) if row else {}
        return settings

    def set_setting(self, key: str, value: Any) -> None:
        """Change one setting."""
        self._connection.execute(
            "UPDATE workspace SET settings = ? WHERE name = ?",
            (encode_record({**self.settings(), key: value}), self.name),
        )

    def _index_segment_references(self, record_type: RecordType, record: Record) -> None:
        """Update the index of the records that use a segment."""
        if record_type not in SEGMENT_REFERRERS:
            return
        key = (record_type.collection, record["id"])
        self._connection.execute(
            "DELETE FROM mention WHERE workspace = ? AND collection = ? AND id = ?",
            (self.name, *key),
        )
        self._connection.executemany(
            "INSERT INTO mention VALUES (?, ?, ?, ?)",
            [(self.name, segment, *key) for segment in referenced_segment_ids(record)],
        )

    def _select(self, record_type: RecordType, where: str, value: object) -> list[Record]:
        rows = self._connection.execute(
            f"SELECT {self._body} FROM object WHERE workspace = ? AND collection = ? AND {where}"
            " ORDER BY id",
            (self.name, record_type.collection, value),
        )
        return [json.loads(row[0]) for row in rows.fetchall()]


def _owner_key(record: Record) -> str | None:
    return next((f"{key}:{record[key]}" for key in OWNER_FIELDS if record.get(key)), None)
