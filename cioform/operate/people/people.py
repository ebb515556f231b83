"""Work with people: identify them through the Track API, read them through the App API."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import join_words
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.remote_access.response_schema import ResponseSchema
from cioform.operate import response_schemas as schemas
from cioform.operate.address_resolver import AddressResolver
from cioform.operate.bulk_import.importer import Importer
from cioform.operate.bulk_import.options import (
    ImportCheck,
    ImportListener,
    ImportOptions,
    ImportResult,
    ItemCheck,
    ignore_progress,
)
from cioform.operate.bulk_import.records import ImportType
from cioform.operate.identity import IdType, Person, person_for_read, person_for_write
from cioform.operate.messages.deliveries import (
    ArchivedMessage,
    Delivery,
    fetch_archived,
    parse_delivery,
)
from cioform.operate.not_found import explain_not_found
from cioform.operate.pagination import as_int, first_rows
from cioform.operate.people.profile import Profile, parse_profile
from cioform.operate.track_payloads import entity_request
from cioform.remote.provider import Provider
from cioform.remote.responses.response_check import send_checked

_NO_SUCH_PERSON: Final = "Person not found"


@dataclass(frozen=True, slots=True)
class Membership:
    """A segment that a person is in. `address` is None if no file manages it."""

    id: int
    name: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that a person did or received."""

    id: str
    type: str
    name: str
    at: int | None
    data: Json


class People:
    """The people of one workspace.

    `by` is `id`, `email`, `phone` or `cio_id`; without it, reading takes what has an `@` for an
    e-mail address, and writing refuses it.
    """

    def __init__(self, provider: Provider, resolver: AddressResolver, importer: Importer) -> None:
        self._provider = provider
        self._resolver = resolver
        self._importer = importer

    def identify(
        self, who: str, attributes: Mapping[str, Json] | None = None, *, by: str | None = None
    ) -> Person:
        """Create a person, or set attributes of an existing one.

        Other attributes stay as they are; an empty text removes one. Values keep their type.
        Timestamps are whole numbers of seconds.
        """
        person = person_for_write(who, by)
        self._send_action(person, "identify", attributes=dict(attributes or {}))
        return person

    def delete(self, who: str, *, by: str | None = None) -> Person:
        """Delete a person with all their data. The next identify can create the person again."""
        person = person_for_write(who, by)
        self._send_action(person, "delete")
        return person

    def suppress(self, who: str, *, by: str | None = None) -> Person:
        """Delete a person and prevent them from being added again."""
        person = person_for_write(who, by)
        self._send_action(person, "suppress")
        return person

    def unsuppress(self, who: str, *, by: str | None = None) -> Person:
        """Allow a suppressed person to be added again. Deleted data is not restored."""
        person = person_for_write(who, by)
        self._send_action(person, "unsuppress")
        return person

    def show(self, who: str, *, by: str | None = None) -> Profile:
        """Return a person's attributes and devices. Raises RemoteError if nobody is found."""
        person = person_for_read(who, by)
        with _explain_missing_person(person):
            request = _profile_request(person, "attributes", schemas.PROFILE)
            return parse_profile(send_checked(self._provider, request).body)

    def segments(self, who: str, *, by: str | None = None) -> tuple[Membership, ...]:
        """Return the segments that a person is in, sorted by name."""
        person = person_for_read(who, by)
        with _explain_missing_person(person):
            request = _profile_request(person, "segments", schemas.MEMBERSHIPS)
            body = send_checked(self._provider, request).body
        addresses = self._resolver.segments.by_id()
        found = [
            Membership(
                as_int(row.get("id")) or 0,
                str(row.get("name") or ""),
                addresses.get(str(row.get("id"))),
            )
            for row in map(as_mapping, as_list(as_mapping(body).get("segments")))
        ]
        return tuple(sorted(found, key=lambda each: each.name))

    def messages(self, who: str, *, by: str | None = None, limit: int = 50) -> tuple[Delivery, ...]:
        """Return the messages to a person, the newest first."""
        person = person_for_read(who, by)
        with _explain_missing_person(person):
            request = _profile_request(person, "messages", schemas.DELIVERIES)
            rows = first_rows(self._provider, request, "messages", limit)
        return tuple(map(parse_delivery, rows))

    def archived(self, delivery_id: str) -> ArchivedMessage | None:
        """Return what was sent in a delivery; None if Customer.io keeps no copy of it."""
        return fetch_archived(self._provider, delivery_id)

    def activities(
        self,
        who: str,
        *,
        by: str | None = None,
        limit: int = 50,
        kind: str | None = None,
        name: str | None = None,
    ) -> tuple[Activity, ...]:
        """Return what happened with a person: attribute changes, events, deliveries.

        `kind` is what the API calls its type: `event`, `attribute_change`, `sent_email`.
        """
        person = person_for_read(who, by)
        narrowed = {key: value for key, value in (("type", kind), ("name", name)) if value}
        with _explain_missing_person(person):
            request = _profile_request(person, "activities", schemas.ACTIVITIES, narrowed)
            rows = first_rows(self._provider, request, "activities", limit)
        return tuple(map(_parse_activity, rows))

    def import_(
        self,
        file: str | Path,
        options: ImportOptions = ImportOptions(),  # noqa: B008 -- frozen
        listener: ImportListener = ignore_progress,
        check: ItemCheck | None = None,
    ) -> ImportResult:
        """Identify everybody in an NDJSON or CSV file; `-` is standard input.

        An interrupted import of a file continues. `check` may refuse the people before any of them
        is sent.
        """
        return self._importer.run(Path(file), ImportType.PEOPLE, options, listener, check)

    def check(
        self,
        file: str | Path,
        options: ImportOptions = ImportOptions(),  # noqa: B008 -- frozen
        check: ItemCheck | None = None,
    ) -> ImportCheck:
        """Return which lines `import_` would reject. Nothing is sent."""
        return self._importer.check(Path(file), ImportType.PEOPLE, options, check)

    def _send_action(self, person: Person, action: str, **more: Json) -> None:
        self._provider.send(entity_request(person.identifiers, action, **more))


def _profile_request(
    person: Person, what: str, schema: ResponseSchema, query: Mapping[str, str] | None = None
) -> Request:
    query = {**person.query, **(query or {})}
    return Request(Api.APP, "GET", f"{person.path}/{what}", query=query, schema=schema)


def _explain_missing_person(person: Person) -> AbstractContextManager[None]:
    others = join_words((f"`--by {by}`" for by in type(person.by) if by is not person.by), "or")
    # Logs of CI keep messages, and an address or a number says who the person is.
    is_shown = person.by in (IdType.ID, IdType.CIO_ID) and "@" not in person.value
    which = (
        f"the {person.by.value} {quoted(person.value)}" if is_shown else f"this {person.by.value}"
    )
    return explain_not_found(
        _NO_SUCH_PERSON,
        f"The workspace has nobody with {which}. Identifiers must match exactly. If it is another "
        f"type of identifier, pass {others}.",
    )


def _parse_activity(row: Mapping[str, Json]) -> Activity:
    return Activity(
        id=str(row.get("id") or ""),
        type=str(row.get("type") or ""),
        name=str(row.get("name") or ""),
        at=as_int(row.get("timestamp")),
        data=row.get("data"),
    )
