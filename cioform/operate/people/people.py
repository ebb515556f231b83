"""People: identified over the Track API, looked at over the App API."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cioform.core.address import Address
from cioform.core.json_value import Plain
from cioform.model.conversation import Api, Request
from cioform.operate.address_resolver import Targets
from cioform.operate.bulk_import.importer import Importer
from cioform.operate.bulk_import.options import (
    Checked,
    Imported,
    ImportListener,
    ImportOptions,
    ignore,
)
from cioform.operate.bulk_import.records import What
from cioform.operate.identity import Person, person_to_read, person_to_write
from cioform.operate.messages.deliveries import Delivery, read_delivery
from cioform.operate.not_found import told_when_absent
from cioform.operate.pagination import first_rows, mapping, whole
from cioform.operate.people.profile import Profile, read_profile
from cioform.operate.track_payloads import entity
from cioform.remote.provider import Provider

_NOBODY: Final = "No such person"


@dataclass(frozen=True, slots=True)
class Membership:
    """A segment that somebody is in; the address where a file manages it."""

    id: int
    name: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that somebody did, or that was done to them."""

    id: str
    type: str
    name: str
    at: int | None
    data: Plain


class People:
    """The people of one workspace. `by` is `id`, `email` or `cio_id`; without it, reading takes
    what has an `@` for an e-mail address, and writing refuses it."""

    def __init__(self, provider: Provider, targets: Targets, importer: Importer) -> None:
        self._provider = provider
        self._targets = targets
        self._importer = importer

    def identify(
        self, who: str, attributes: Mapping[str, Plain] | None = None, *, by: str | None = None
    ) -> Person:
        """Make a person, or set attributes of one who is there. Others stay as they are; an empty
        text unsets one. Values keep their type: timestamps are whole numbers of seconds."""
        person = person_to_write(who, by)
        self._tell(person, "identify", attributes=dict(attributes or {}))
        return person

    def delete(self, who: str, *, by: str | None = None) -> Person:
        """Delete a person with all their data. They may come back with the next identify."""
        person = person_to_write(who, by)
        self._tell(person, "delete")
        return person

    def suppress(self, who: str, *, by: str | None = None) -> Person:
        """Delete a person and keep them from being added again."""
        person = person_to_write(who, by)
        self._tell(person, "suppress")
        return person

    def unsuppress(self, who: str, *, by: str | None = None) -> Person:
        """Let a suppressed person be added again; nothing of what was deleted comes back."""
        person = person_to_write(who, by)
        self._tell(person, "unsuppress")
        return person

    def show(self, who: str, *, by: str | None = None) -> Profile:
        """Give a person's attributes and devices. Raises RemoteRefused when nobody is there."""
        person = person_to_read(who, by)
        with _found(person):
            return read_profile(self._provider.send(_ask(person, "attributes")).body)

    def segments(self, who: str, *, by: str | None = None) -> tuple[Membership, ...]:
        """Give the segments that a person is in, by name."""
        person = person_to_read(who, by)
        with _found(person):
            body = self._provider.send(_ask(person, "segments")).body
        addresses = self._targets.addresses("segment")
        found = [
            Membership(
                whole(row.get("id")) or 0,
                str(row.get("name") or ""),
                addresses.get(str(row.get("id"))),
            )
            for row in map(mapping, mapping(body).get("segments") or ())
        ]
        return tuple(sorted(found, key=lambda each: each.name))

    def messages(self, who: str, *, by: str | None = None, limit: int = 50) -> tuple[Delivery, ...]:
        """Give what was sent to a person, as the App API orders it: the newest first."""
        person = person_to_read(who, by)
        with _found(person):
            rows = first_rows(self._provider, _ask(person, "messages"), "messages", limit)
        return tuple(map(read_delivery, rows))

    def activities(
        self,
        who: str,
        *,
        by: str | None = None,
        limit: int = 50,
        kind: str | None = None,
        name: str | None = None,
    ) -> tuple[Activity, ...]:
        """Give what happened with a person: attribute changes, events, deliveries. `kind` is what
        the API calls its type: `event`, `attribute_change`, `sent_email`."""
        person = person_to_read(who, by)
        narrowed = {key: value for key, value in (("type", kind), ("name", name)) if value}
        with _found(person):
            request = _ask(person, "activities", narrowed)
            rows = first_rows(self._provider, request, "activities", limit)
        return tuple(map(_activity, rows))

    def import_(
        self,
        file: str | Path,
        options: ImportOptions = ImportOptions(),  # noqa: B008 -- frozen
        listener: ImportListener = ignore,
    ) -> Imported:
        """Identify everybody in an NDJSON or CSV file; goes on where a cut import stopped."""
        return self._importer.run(Path(file), What.PEOPLE, options, listener)

    def check(
        self,
        file: str | Path,
        options: ImportOptions = ImportOptions(),  # noqa: B008 -- frozen
    ) -> Checked:
        """Read a file as `import_` would, and send nothing: which lines would be rejected?"""
        return self._importer.check(Path(file), What.PEOPLE, options)

    def _tell(self, person: Person, action: str, **more: Plain) -> None:
        self._provider.send(entity(person.identifiers, action, **more))


def _ask(person: Person, what: str, query: Mapping[str, str] | None = None) -> Request:
    query = {**person.query, **(query or {})}
    return Request(Api.APP, "GET", f"{person.path}/{what}", query=query)


def _found(person: Person) -> AbstractContextManager[None]:
    others = ", ".join(f"`--by {by}`" for by in type(person.by) if by is not person.by)
    return told_when_absent(
        _NOBODY,
        f"The workspace has nobody with this {person.by.value}. Identifiers are compared letter "
        f"by letter. If it is one of another kind, say so: {others}.",
    )


def _activity(row: Mapping[str, Plain]) -> Activity:
    return Activity(
        id=str(row.get("id") or ""),
        type=str(row.get("type") or ""),
        name=str(row.get("name") or ""),
        at=whole(row.get("timestamp")),
        data=row.get("data"),
    )
