"""Ingest data from the Track and Pipelines APIs: identify people, record their events."""

import json
import re
from collections.abc import Iterable
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.store import profile
from cioform.emulator.store.activities import ActivityRow
from cioform.emulator.store.people import (
    IDENTIFIER_TYPES,
    app_api_identifiers,
    member_key,
    normalize_identifier,
)
from cioform.emulator.store.record_types import Record
from cioform.emulator.validation.track_rules import (
    Identifier,
    TrackValidationError,
    checked_attributes,
    checked_event_data,
    checked_event_name,
    checked_timestamp,
    identifiers_in_attributes,
)

ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}")
"""The alphabet of a ULID is Crockford's: without I, L, O and U."""


class TrackIngest:
    """The ingest of one request: applies operations in order; `flush` writes their activities."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._people = request.workspace_data.people
        self._number_cache: dict[Identifier, int | None] = {}
        self._pending_rows: list[ActivityRow] = []

    def identify(
        self,
        identifier: Identifier,
        attributes: dict[str, Any],
        *,
        timestamp: Any = None,
        update_only: bool = False,
    ) -> Record | None:
        """Create or update a person, and return them; None if nobody is created or changed.

        If `identifier` is unknown but an email or ID in `attributes` is known, that person is
        updated. An identifier that belongs to somebody else is recorded as a failed attribute
        change, and the other attributes are stored.
        """
        attributes = dict(checked_attributes(attributes))
        now = checked_timestamp(timestamp, self.request.now)
        others = identifiers_in_attributes(attributes)
        if self._is_any_suppressed([identifier, *others]):
            return None
        person = self._find_person(identifier) or self._find_by_other_identifier(identifier, others)
        if person is None:
            if update_only or identifier.type == "cio_id":
                return None
            person = self._create_person(identifier, now)
        anonymous_id = attributes.pop("anonymous_id", None)
        self._set_identifiers(person, identifier, others, now)
        values = {key: value for key, value in attributes.items() if key not in IDENTIFIER_TYPES}
        self._record_attribute_changes(person, profile.set_attributes(person, values, now), now)
        if isinstance(anonymous_id, str) and anonymous_id:
            self._link_anonymous_id(person, anonymous_id, now)
        person["updated_at"] = self.request.now
        self._people.save(person)
        return person

    def track_event(
        self,
        identifier: Identifier,
        name: Any,
        data: Any,
        *,
        activity_type: str = "event",
        timestamp: Any = None,
        ulid: Any = None,
        field: str = "data",
    ) -> None:
        """Record an event of a person; an unknown person is created if `Behavior` says so."""
        row = self._event_row(name, data, activity_type, timestamp, ulid, field)
        number = self._find_number(identifier)
        if number is None:
            if not self.request.behavior.events_create_people:
                return
            person = self._create_if_allowed(identifier)
            if person is None:
                return
            number = person["number"]
        self._pending_rows.append((number, None, *row))

    def track_anonymous_event(
        self,
        anonymous_id: Any,
        name: Any,
        data: Any,
        *,
        activity_type: str,
        timestamp: Any,
        ulid: Any = None,
        field: str = "data",
    ) -> None:
        """Record an event of an anonymous ID, or of the person it is linked to."""
        row = self._event_row(name, data, activity_type, timestamp, ulid, field)
        anonymous_text = str(anonymous_id) if anonymous_id not in (None, "") else None
        number = self._people.resolve_anonymous_id(anonymous_text) if anonymous_text else None
        self._pending_rows.append((number, anonymous_text, *row))

    def delete(self, identifier: Identifier) -> None:
        """Delete a person with all their data; an unknown person is not an error."""
        person = self._find_person(identifier)
        if person is None:
            return
        self.flush()
        number = person["number"]
        self.request.workspace_data.activities.forget(number)
        self.request.workspace_data.deliveries.forget(number)
        self.request.workspace_data.members.forget(member_key(person))
        self._people.remove(number)
        self._number_cache.clear()
        data = {"identifiers": app_api_identifiers(person)}
        self._record(None, "profile_delete", data=data)

    def suppress(self, identifier: Identifier) -> None:
        """Delete a person, and refuse their identifiers from now on."""
        person = self._find_person(identifier) or {identifier.type: identifier.value}
        types = ("id", "email", "phone")
        self._people.suppress({each: person[each] for each in types if person.get(each)})
        self.delete(identifier)

    def unsuppress(self, identifier: Identifier) -> None:
        """Accept the identifiers of a suppressed person; the person is not restored."""
        self._people.unsuppress(identifier.type, identifier.value)

    def merge(self, primary: Identifier, secondary: Identifier) -> None:
        """Merge the secondary person into the primary one, whose attributes win.

        Nothing happens if either is unknown; for the secondary person this is an inference
        (corrections 2026-11, row 24). Raises TrackValidationError if both are the same person.
        """
        target, source = self._find_person(primary), self._find_person(secondary)
        if target is None or source is None:
            return
        if target["number"] == source["number"]:
            raise TrackValidationError(
                "invalid", "secondary", "primary and secondary are the same person"
            )
        self.flush()
        target_number, source_number = target["number"], source["number"]
        self.request.workspace_data.activities.reassign(source_number, target_number)
        self.request.workspace_data.deliveries.reassign(source_number, target_number)
        self.request.workspace_data.members.rename_key(member_key(source), member_key(target))
        self._people.remove(source_number)
        self._number_cache.clear()
        profile.merge_person(target, source)
        for anonymous_id in source["anonymous_ids"]:
            self._people.link_anonymous_id(anonymous_id, target_number)
        self._people.save(target)
        data = {"secondary": app_api_identifiers(source)}
        self._record(target_number, "profile_merge", data=data)

    def edit_relationships(
        self, identifier: Identifier, relationships: list[Record], *, adding: bool
    ) -> None:
        """Add relationships to a person, or delete them."""
        activity_type = "add_relationship" if adding else "delete_relationship"
        edit = profile.edit_relationships(relationships, adding=adding)
        self.edit_person(identifier, activity_type, "", edit)

    def edit_person(
        self, identifier: Identifier, activity_type: str, name: str, edit: profile.PersonEdit
    ) -> None:
        """Apply an edit (devices, relationships) to a person; an unknown person is created."""
        person = self._find_person(identifier) or self._create_if_allowed(identifier)
        if person is None:
            return
        edit(person)
        self._people.save(person)
        self._record(person["number"], activity_type, name)

    def flush(self) -> None:
        """Write the activities recorded so far."""
        self.request.workspace_data.activities.add(self._pending_rows)
        self._pending_rows = []

    def _event_row(
        self, name: Any, data: Any, activity_type: str, timestamp: Any, ulid: Any, field: str
    ) -> tuple[str, str, int, str | None, None, str]:
        checked_name = checked_event_name(name)
        text = checked_event_data(data, field)
        if ulid is not None and not (isinstance(ulid, str) and ULID.fullmatch(ulid)):
            ulid = None  # Only ULIDs are used to detect duplicates; other IDs are ignored.
        event_time = checked_timestamp(timestamp, self.request.now)
        return (activity_type, checked_name, event_time, ulid, None, text)

    def _find_number(self, identifier: Identifier) -> int | None:
        if identifier not in self._number_cache:
            self._number_cache[identifier] = self._people.find_number(
                identifier.type, identifier.value
            )
        return self._number_cache[identifier]

    def _find_person(self, identifier: Identifier) -> Record | None:
        number = self._find_number(identifier)
        return None if number is None else self._people.get(number)

    def _create_if_allowed(self, identifier: Identifier) -> Record | None:
        """Create a person; return None for a cio_id or a suppressed identifier."""
        if identifier.type == "cio_id" or self._is_any_suppressed([identifier]):
            return None
        return self._create_person(identifier, self.request.now)

    def _create_person(self, identifier: Identifier, now: int) -> Record:
        fields = {identifier.type: identifier.value, "created_at": now, "updated_at": now}
        person = self._people.add(fields)
        self._number_cache.clear()
        self._record(person["number"], "profile_create", timestamp=now)
        return person

    def _find_by_other_identifier(
        self, identifier: Identifier, others: Iterable[Identifier]
    ) -> Record | None:
        """Return a person with one of `others` but without an identifier of that type."""
        people = filter(None, map(self._find_person, others))
        return next((each for each in people if each.get(identifier.type) is None), None)

    def _is_any_suppressed(self, identifiers: Iterable[Identifier]) -> bool:
        return any(self._people.is_suppressed(each.type, each.value) for each in identifiers)

    def _set_identifiers(
        self, person: Record, identifier: Identifier, others: Iterable[Identifier], now: int
    ) -> None:
        key_before = member_key(person)
        for each in [identifier, *others]:
            if each.type == "cio_id" or person[each.type] == each.value:
                continue
            # A cio_id can change every identifier that is set, and an ID can change the others.
            can_change = identifier.type == "cio_id" or (
                identifier.type == "id" and each.type != "id"
            )
            if not can_change and _has_identifier(person, each):
                continue
            is_taken = self._find_number(each) not in (None, person["number"])
            if is_taken or not (person[each.type] is None or can_change):
                data = {"reason": f"{each.type} cannot be set", "value": each.value}
                self._record(person["number"], "failed_attribute_change", each.type, data, now)
                continue
            person[each.type] = each.value
            self._number_cache.clear()
        if member_key(person) != key_before:
            self.request.workspace_data.members.rename_key(key_before, member_key(person))

    def _link_anonymous_id(self, person: Record, anonymous_id: str, now: int) -> None:
        self.flush()
        number = person["number"]
        self._people.link_anonymous_id(anonymous_id, number)
        if anonymous_id not in person["anonymous_ids"]:
            person["anonymous_ids"].append(anonymous_id)
        if self._people.resolve_anonymous_id(anonymous_id) == number:
            activities = self.request.workspace_data.activities
            event_count = activities.assign_anonymous(anonymous_id, number)
            data = {"anonymous_id": anonymous_id, "events": event_count}
            self._record(number, "anon_merge", data=data, timestamp=now)

    def _record_attribute_changes(
        self, person: Record, changes: profile.AttributeChanges, now: int
    ) -> None:
        for name, (before, after) in changes.items():
            data = {"from": before, "to": after}
            self._record(person["number"], "attribute_change", name, data, now)

    def _record(
        self,
        person: int | None,
        activity_type: str,
        name: str = "",
        data: dict[str, Any] | None = None,
        timestamp: int | None = None,
    ) -> None:
        """Record an activity of a person, at `timestamp` or at the time of the request."""
        text = json.dumps(data or {}, ensure_ascii=False)
        at = self.request.now if timestamp is None else timestamp
        self._pending_rows.append((person, None, activity_type, name, at, None, None, text))


def _has_identifier(person: Record, identifier: Identifier) -> bool:
    """Return whether the identifier finds the person, even if it is spelled differently."""
    value = person[identifier.type]
    return value is not None and normalize_identifier(
        identifier.type, value
    ) == normalize_identifier(identifier.type, identifier.value)
