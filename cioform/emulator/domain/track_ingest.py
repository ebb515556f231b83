"""Data coming in: people identified, events tracked. One for each request, flushed at its end."""

import json
import re
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.store import profile
from cioform.emulator.store.activities import ActivityRow
from cioform.emulator.store.people import app_api_identifiers, member_key, normalize_identifier
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
    """Takes operations in one after the other; activities are written together by `flush`."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._people = request.workspace_data.people
        self._number_cache: dict[Identifier, int | None] = {}
        self._pending_rows: list[ActivityRow] = []

    def identify(
        self,
        who: Identifier,
        given: dict[str, Any],
        *,
        timestamp: Any = None,
        update_only: bool = False,
    ) -> Record | None:
        """The person after it; None where nobody is made or changed.

        An unknown `who` whose e-mail or id in `given` is known names that person too. Identifiers
        that belong to somebody else are an attribute failure, and the rest is kept.
        """
        attributes = dict(checked_attributes(given))
        now = checked_timestamp(timestamp, self._request.now)
        brought = identifiers_in_attributes(attributes)
        if self._is_any_suppressed([who, *brought]):
            return None
        person = self._find_person(who) or self._find_by_other_identifier(who, brought)
        if person is None:
            if update_only or who.kind == "cio_id":
                return None
            person = self._create_person({who.kind: who.value}, now)
        anonymous_id = attributes.pop("anonymous_id", None)
        self._set_identifiers(person, who, brought, now)
        rest = {key: value for key, value in attributes.items() if key not in profile.IDENTIFIERS}
        self._record_attribute_changes(person, profile.set_attributes(person, rest, now), now)
        if isinstance(anonymous_id, str) and anonymous_id:
            self._link_anonymous_id(person, anonymous_id, now)
        person["updated_at"] = self._request.now
        self._people.save(person)
        return person

    def track_event(
        self,
        who: Identifier,
        name: Any,
        data: Any,
        *,
        kind: str = "event",
        timestamp: Any = None,
        ulid: Any = None,
        field: str = "data",
    ) -> None:
        """Something that a person did. Somebody unknown is made by it (`Behavior`)."""
        row = self._event_row(name, data, kind, timestamp, ulid, field)
        number = self._find_number(who)
        if number is None:
            if who.kind == "cio_id" or not self._request.behavior.events_create_people:
                return
            if self._is_any_suppressed([who]):
                return
            number = self._create_person({who.kind: who.value}, self._request.now)["number"]
        self._pending_rows.append((number, None, *row))

    def track_anonymous_event(
        self,
        anonymous_id: Any,
        name: Any,
        data: Any,
        *,
        kind: str,
        timestamp: Any,
        ulid: Any,
        field: str = "data",
    ) -> None:
        """Something that somebody did who is not known yet, or turned out to be known."""
        row = self._event_row(name, data, kind, timestamp, ulid, field)
        masked = str(anonymous_id) if anonymous_id not in (None, "") else None
        number = self._people.resolve_anonymous_id(masked) if masked else None
        self._pending_rows.append((number, masked, *row))

    def delete(self, who: Identifier) -> None:
        """Drop a person and all that is known of them; somebody unknown is no error."""
        person = self._find_person(who)
        if person is None:
            return
        self.flush()
        number = person["number"]
        self._request.workspace_data.activities.forget(number)
        self._request.workspace_data.deliveries.forget(number)
        self._request.workspace_data.members.forget(member_key(person))
        self._people.remove(number)
        self._number_cache.clear()
        data = {"identifiers": app_api_identifiers(person)}
        self._pending_rows.append(
            _activity_row(None, "profile_delete", "", self._request.now, data)
        )

    def suppress(self, who: Identifier) -> None:
        """Delete a person, and never let their identifiers in again."""
        person = self._find_person(who) or {who.kind: who.value}
        kinds = ("id", "email", "phone")
        self._people.suppress({kind: person[kind] for kind in kinds if person.get(kind)})
        self.delete(who)

    def unsuppress(self, who: Identifier) -> None:
        """Let the identifiers in again; the person does not come back."""
        self._people.unsuppress(who.kind, who.value)

    def merge(self, primary: Identifier, secondary: Identifier) -> None:
        """Put the second person into the first, whose attributes win; 400 where one is unknown."""
        kept, gone = self._find_person(primary), self._find_person(secondary)
        if kept is None or gone is None:
            missing = "primary" if kept is None else "secondary"
            raise TrackValidationError("not_found", missing, f"{missing} person does not exist")
        if kept["number"] == gone["number"]:
            raise TrackValidationError(
                "invalid", "secondary", "primary and secondary are the same person"
            )
        self.flush()
        number, other = kept["number"], gone["number"]
        self._request.workspace_data.activities.reassign(other, number)
        self._request.workspace_data.deliveries.reassign(other, number)
        self._request.workspace_data.members.rename_key(member_key(gone), member_key(kept))
        self._people.remove(other)
        self._number_cache.clear()
        profile.merge_person(kept, gone)
        for anonymous_id in gone["anonymous_ids"]:
            self._people.link_anonymous_id(anonymous_id, number)
        self._people.save(kept)
        data = {"secondary": app_api_identifiers(gone)}
        self._pending_rows.append(
            _activity_row(number, "profile_merge", "", self._request.now, data)
        )

    def edit_person(self, who: Identifier, kind: str, name: str, edit: profile.PersonEdit) -> None:
        """Edit a person in place (devices, relationships); somebody unknown is made."""
        person = self._find_person(who)
        if person is None:
            if who.kind == "cio_id" or self._is_any_suppressed([who]):
                return
            person = self._create_person({who.kind: who.value}, self._request.now)
        edit(person)
        self._people.save(person)
        self._pending_rows.append(
            _activity_row(person["number"], kind, name, self._request.now, {})
        )

    def flush(self) -> None:
        """Write what happened."""
        self._request.workspace_data.activities.add(self._pending_rows)
        self._pending_rows = []

    def _event_row(
        self, name: Any, data: Any, kind: str, timestamp: Any, ulid: Any, field: str
    ) -> tuple[str, str, int, str | None, None, str]:
        named = checked_event_name(name)
        text = checked_event_data(data, field)
        if ulid is not None and not (isinstance(ulid, str) and ULID.fullmatch(ulid)):
            ulid = None  # only a ULID tells doubles apart; another id is passed over
        return (kind, named, checked_timestamp(timestamp, self._request.now), ulid, None, text)

    def _find_number(self, who: Identifier) -> int | None:
        if who not in self._number_cache:
            self._number_cache[who] = self._people.find_number(who.kind, who.value)
        return self._number_cache[who]

    def _find_person(self, who: Identifier) -> Record | None:
        number = self._find_number(who)
        return None if number is None else self._people.get(number)

    def _create_person(self, identifiers: dict[str, str], now: int) -> Record:
        person = self._people.add({**identifiers, "created_at": now, "updated_at": now})
        self._number_cache.clear()
        self._pending_rows.append(_activity_row(person["number"], "profile_create", "", now, {}))
        return person

    def _find_by_other_identifier(
        self, who: Identifier, brought: list[Identifier]
    ) -> Record | None:
        """A person known by another identifier, who has none of the kind of `who` yet."""
        known = filter(None, map(self._find_person, brought))
        return next((each for each in known if each.get(who.kind) is None), None)

    def _is_any_suppressed(self, identifiers: list[Identifier]) -> bool:
        return any(self._people.is_suppressed(each.kind, each.value) for each in identifiers)

    def _set_identifiers(
        self, person: Record, who: Identifier, brought: list[Identifier], now: int
    ) -> None:
        before = member_key(person)
        for each in [who, *brought]:
            if each.kind == "cio_id" or person[each.kind] == each.value:
                continue
            taken = self._find_number(each) not in (None, person["number"])
            # What is set changes only for one who is named by cio_id; an address by id too.
            free = who.kind == "cio_id" or (who.kind == "id" and each.kind != "id")
            if not free and _has_identifier(person, each):
                continue
            if taken or not (person[each.kind] is None or free):
                data = {"reason": f"{each.kind} cannot be set", "value": each.value}
                kind = "failed_attribute_change"
                self._pending_rows.append(
                    _activity_row(person["number"], kind, each.kind, now, data)
                )
                continue
            person[each.kind] = each.value
            self._number_cache.clear()
        if member_key(person) != before:
            self._request.workspace_data.members.rename_key(before, member_key(person))

    def _link_anonymous_id(self, person: Record, anonymous_id: str, now: int) -> None:
        self.flush()
        number = person["number"]
        self._people.link_anonymous_id(anonymous_id, number)
        if anonymous_id not in person["anonymous_ids"]:
            person["anonymous_ids"].append(anonymous_id)
        if self._people.resolve_anonymous_id(anonymous_id) == number:
            moved = self._request.workspace_data.activities.assign_anonymous(anonymous_id, number)
            data = {"anonymous_id": anonymous_id, "events": moved}
            self._pending_rows.append(_activity_row(number, "anon_merge", "", now, data))

    def _record_attribute_changes(
        self, person: Record, changes: profile.AttributeChanges, now: int
    ) -> None:
        self._pending_rows.extend(
            _activity_row(
                person["number"], "attribute_change", name, now, {"from": before, "to": after}
            )
            for name, (before, after) in changes.items()
        )


def _has_identifier(person: Record, who: Identifier) -> bool:
    """Whether that finds the person, be it written otherwise."""
    set_to = person[who.kind]
    return set_to is not None and normalize_identifier(who.kind, set_to) == normalize_identifier(
        who.kind, who.value
    )


def _activity_row(
    number: int | None, kind: str, name: str, at: int, data: dict[str, Any]
) -> ActivityRow:
    return (number, None, kind, name, at, None, None, json.dumps(data, ensure_ascii=False))
