"""Deliveries: one record for each message to each person, whether sent or failed."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from cioform.emulator.store.counters import Counters
from cioform.emulator.store.record_types import Record, encode_record

COLLECTION = "deliveries"
OWNER_COLUMNS = (
    "campaign_id",
    "broadcast_id",
    "newsletter_id",
    "action_id",
    "transactional_message_id",
    "trigger_id",
)
"""The columns with the object that a delivery comes from."""

DEFAULTS: Mapping[str, Any] = {
    "delivery_id": "",
    "channel": "email",
    "person": None,
    "identifiers": {},
    **dict.fromkeys(OWNER_COLUMNS),
    "template_id": None,
    "language": "",
    "to": None,
    "from": None,
    "subject": "",
    "body": "",
    "message_data": {},
    "queued_at": 0,
    "metrics": {},
    "failure_message": None,
    "links": [],
    "retained": True,
}


class Deliveries:
    """The deliveries of one workspace. Use inside `Store.transaction`."""

    def __init__(self, connection: sqlite3.Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace
        self._counters = Counters(connection, workspace)

    def reserve_id(self) -> tuple[int, str]:
        """Return the number and the ID of the next delivery; the ID is derived from the number."""
        number = self._counters.next_id(COLLECTION)
        self._counters.advance(COLLECTION, number)
        return number, self._delivery_id(number)

    def add(self, number: int, record: Mapping[str, Any]) -> Record:
        """Add a delivery under a number of `reserve_id`, and return its full record."""
        delivery = {**DEFAULTS, **record}
        self._connection.execute(
            f"INSERT INTO delivery VALUES ({', '.join('?' * 12)})",
            (
                self._workspace,
                number,
                delivery["delivery_id"],
                delivery["person"],
                *(delivery[owner] for owner in OWNER_COLUMNS),
                delivery["queued_at"],
                encode_record(delivery),
            ),
        )
        return delivery

    def save(self, record: Record) -> None:
        """Replace a delivery."""
        self._connection.execute(
            "UPDATE delivery SET person = ?, body = ? WHERE workspace = ? AND delivery_id = ?",
            (record["person"], encode_record(record), self._workspace, record["delivery_id"]),
        )

    def get(self, delivery_id: str) -> Record | None:
        """Return the delivery with that ID, or None."""
        return next(iter(self.filter_by(delivery_id=delivery_id)), None)

    def filter_by(self, **columns: Any) -> list[Record]:
        """Return the deliveries whose columns have these values, in the order of sending."""
        where = "".join(f" AND {_column(name)} = ?" for name in columns)
        rows = self._connection.execute(
            f"SELECT body FROM delivery WHERE workspace = ?{where} ORDER BY number",
            (self._workspace, *columns.values()),
        )
        return [json.loads(row[0]) for row in rows]

    def count(self) -> int:
        """Return the number of deliveries."""
        row = self._connection.execute(
            "SELECT count(*) FROM delivery WHERE workspace = ?", (self._workspace,)
        ).fetchone()
        return int(row[0])

    def forget(self, person: int) -> None:
        """Remove a deleted person from their deliveries, which stay."""
        for record in self.filter_by(person=person):
            self.save({**record, "person": None, "identifiers": {}, "to": None})

    def reassign(self, source: int, target: int) -> None:
        """Move the deliveries of the person `source` to the person `target`."""
        for record in self.filter_by(person=source):
            self.save({**record, "person": target})

    def dump(self) -> list[Record]:
        """Return all deliveries as JSON values."""
        return self.filter_by()

    def seed(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Replace the deliveries of the workspace. A missing ID is derived from the position."""
        self._connection.execute("DELETE FROM delivery WHERE workspace = ?", (self._workspace,))
        number = 0
        for number, record in enumerate(records, 1):
            delivery_id = record.get("delivery_id") or self._delivery_id(number)
            self.add(number, {**record, "delivery_id": delivery_id})
        if number:
            self._counters.advance(COLLECTION, number)

    def _delivery_id(self, number: int) -> str:
        return hashlib.sha256(f"{self._workspace}/{number}".encode()).hexdigest()[:24]


def _column(name: str) -> str:
    if name not in (*OWNER_COLUMNS, "person", "delivery_id"):
        raise ValueError(name)
    return name
