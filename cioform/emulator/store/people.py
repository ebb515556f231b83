"""The people of a workspace, and how to find them by their identifiers."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cioform.emulator.store.counters import Counters
from cioform.emulator.store.record_types import Record, encode_record

IDENTIFIER_TYPES = ("id", "email", "phone", "cio_id")
"""The identifiers that find a person. E-mail addresses are compared without case."""

FIRST_CIO_ID = 0x03000000
CIO_ID = re.compile("[0-9a-f]{8}")
COLLECTION = "people"

DEFAULTS: Mapping[str, Any] = {
    "id": None,
    "email": None,
    "phone": None,
    "attributes": {},
    "timestamps": {},
    "devices": [],
    "relationships": [],
    "anonymous_ids": [],
}


def to_cio_id(number: int) -> str:
    """Return the ID that Customer.io assigns to a person; it never changes."""
    return f"{FIRST_CIO_ID + number:08x}"


def member_key(person: Mapping[str, Any]) -> str:
    """Return the key of a person in manual segments: the ID, or `cio_` and the cio_id."""
    return str(person["id"]) if person["id"] is not None else f"cio_{person['cio_id']}"


def app_api_identifiers(person: Mapping[str, Any]) -> Record:
    """Return the identifiers as the App API shows them.

    `phone` is a fourth identifier; its place here is inferred (corrections 2026-11, row 22).
    """
    identifiers = {key: person[key] for key in ("id", "email", "cio_id")}
    return {**identifiers, "phone": person["phone"]} if person.get("phone") else identifiers


def ids_or_blank(identifiers: Iterable[Record]) -> list[str]:
    """Return the IDs of people as the App API lists them: "" where a person has none.

    Source: corrections 2026-11, row 11.
    """
    return [each["id"] or "" for each in identifiers]


class People:
    """The people of one workspace. Use inside `Store.transaction`."""

    def __init__(self, connection: sqlite3.Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace
        self._counters = Counters(connection, workspace)

    def find_number(self, identifier_type: str, value: str) -> int | None:
        """Return the number of the person with that identifier, or None."""
        if identifier_type == "cio_id":
            return self._number_of_cio_id(value)
        row = self._connection.execute(
            f"SELECT number FROM person WHERE workspace = ? AND {_column(identifier_type)} = ?",
            (self._workspace, normalize_identifier(identifier_type, value)),
        ).fetchone()
        return int(row[0]) if row else None

    def find(self, identifier_type: str, value: str) -> Record | None:
        """Return the person with that identifier, or None."""
        number = self.find_number(identifier_type, value)
        return None if number is None else self.get(number)

    def get(self, number: int) -> Record | None:
        """Return the person with that number, or None."""
        row = self._connection.execute(
            "SELECT body FROM person WHERE workspace = ? AND number = ?", (self._workspace, number)
        ).fetchone()
        return _decode_person(number, row[0]) if row else None

    def all(self, numbers: Iterable[int] | None = None) -> Iterator[Record]:
        """Yield all people by number, or those with one of `numbers`."""
        if numbers is not None:
            people = (self.get(number) for number in sorted(set(numbers)))
            yield from (person for person in people if person is not None)
            return
        rows = self._connection.execute(
            "SELECT number, body FROM person WHERE workspace = ? ORDER BY number",
            (self._workspace,),
        )
        for number, body in rows:
            yield _decode_person(number, body)

    def numbers(self) -> set[int]:
        """Return the numbers of all people."""
        rows = self._connection.execute(
            "SELECT number FROM person WHERE workspace = ?", (self._workspace,)
        )
        return {row[0] for row in rows}

    def count(self) -> int:
        """Return the number of people."""
        row = self._connection.execute(
            "SELECT count(*) FROM person WHERE workspace = ?", (self._workspace,)
        ).fetchone()
        return int(row[0])

    def add(self, fields: Mapping[str, Any]) -> Record:
        """Add and return a person, under the next number or the `number` in `fields`."""
        number = fields.get("number") or self._counters.next_id(COLLECTION)
        self._counters.advance(COLLECTION, number)
        person = _decode_person(number, json.dumps({**DEFAULTS, **fields}))
        self._connection.execute(
            "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?)",
            (self._workspace, number, *_identifier_columns(person), _encode_person(person)),
        )
        return person

    def save(self, person: Record) -> None:
        """Replace a person."""
        self._connection.execute(
            "UPDATE person SET id = ?, email = ?, phone = ?, body = ?"
            " WHERE workspace = ? AND number = ?",
            (
                *_identifier_columns(person),
                _encode_person(person),
                self._workspace,
                person["number"],
            ),
        )

    def remove(self, number: int) -> None:
        """Delete a person and the links of anonymous IDs to the person."""
        for table, column in (("person", "number"), ("alias", "person")):
            self._connection.execute(
                f"DELETE FROM {table} WHERE workspace = ? AND {column} = ?",
                (self._workspace, number),
            )

    def resolve_anonymous_id(self, anonymous_id: str) -> int | None:
        """Return the number of the person that an anonymous ID is linked to, or None."""
        row = self._connection.execute(
            "SELECT person FROM alias WHERE workspace = ? AND anonymous_id = ?",
            (self._workspace, anonymous_id),
        ).fetchone()
        return int(row[0]) if row else None

    def link_anonymous_id(self, anonymous_id: str, number: int) -> None:
        """Link an anonymous ID to a person, unless it is linked already."""
        self._connection.execute(
            "INSERT OR IGNORE INTO alias VALUES (?, ?, ?)", (self._workspace, anonymous_id, number)
        )

    def suppress(self, identifiers: Mapping[str, str]) -> None:
        """Suppress the identifiers of one person."""
        normalized = {
            identifier_type: normalize_identifier(identifier_type, value)
            for identifier_type, value in identifiers.items()
        }
        companions = json.dumps(normalized)
        self._connection.executemany(
            "INSERT OR REPLACE INTO suppressed VALUES (?, ?, ?, ?)",
            [
                (self._workspace, identifier_type, value, companions)
                for identifier_type, value in normalized.items()
            ],
        )

    def unsuppress(self, identifier_type: str, value: str) -> None:
        """Unsuppress an identifier, and those that were suppressed together with it."""
        row = self._connection.execute(
            "SELECT companions FROM suppressed WHERE workspace = ? AND kind = ? AND value = ?",
            (self._workspace, identifier_type, normalize_identifier(identifier_type, value)),
        ).fetchone()
        companions = json.loads(row[0]) if row else {}
        self._connection.executemany(
            "DELETE FROM suppressed WHERE workspace = ? AND kind = ? AND value = ?",
            [(self._workspace, *companion) for companion in companions.items()],
        )

    def is_suppressed(self, identifier_type: str, value: str) -> bool:
        """Return whether an identifier is suppressed."""
        row = self._connection.execute(
            "SELECT 1 FROM suppressed WHERE workspace = ? AND kind = ? AND value = ?",
            (self._workspace, identifier_type, normalize_identifier(identifier_type, value)),
        ).fetchone()
        return row is not None

    def dump(self) -> list[Record]:
        """Return all people as JSON values."""
        return list(self.all())

    def dump_suppressed(self) -> list[Record]:
        """Return the suppressed identifiers, one object for each person."""
        rows = self._connection.execute(
            "SELECT DISTINCT companions FROM suppressed WHERE workspace = ? ORDER BY companions",
            (self._workspace,),
        )
        return [json.loads(row[0]) for row in rows]

    def seed(self, people: Iterable[Mapping[str, Any]]) -> None:
        """Replace the people of the workspace."""
        for table in ("person", "alias"):
            self._connection.execute(f"DELETE FROM {table} WHERE workspace = ?", (self._workspace,))
        for fields in people:
            person = self.add(fields)
            for anonymous_id in person["anonymous_ids"]:
                self.link_anonymous_id(anonymous_id, person["number"])

    def seed_suppressed(self, records: Iterable[Mapping[str, str]]) -> None:
        """Replace the suppressed identifiers of the workspace."""
        self._connection.execute("DELETE FROM suppressed WHERE workspace = ?", (self._workspace,))
        for identifiers in records:
            self.suppress(identifiers)

    def _number_of_cio_id(self, value: str) -> int | None:
        if not CIO_ID.fullmatch(value):
            return None
        number = int(value, 16) - FIRST_CIO_ID
        row = self._connection.execute(
            "SELECT 1 FROM person WHERE workspace = ? AND number = ?", (self._workspace, number)
        ).fetchone()
        return number if row else None


def _decode_person(number: int, body: str) -> Record:
    person: Record = json.loads(body)
    return {**person, "number": number, "cio_id": to_cio_id(number)}


def _encode_person(person: Mapping[str, Any]) -> str:
    stored = {key: value for key, value in person.items() if key not in ("number", "cio_id")}
    return encode_record(stored)


def _identifier_columns(person: Mapping[str, Any]) -> tuple[str | None, ...]:
    return tuple(
        None if person[key] is None else normalize_identifier(key, person[key])
        for key in ("id", "email", "phone")
    )


def _column(identifier_type: str) -> str:
    if identifier_type not in IDENTIFIER_TYPES:
        raise ValueError(identifier_type)
    return identifier_type


def normalize_identifier(identifier_type: str, value: str) -> str:
    """Return the form in which an identifier is compared."""
    return value.lower() if identifier_type == "email" else value
