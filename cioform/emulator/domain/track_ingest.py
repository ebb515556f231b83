"""Data coming in: people identified, events tracked. One for each request, flushed at its end."""

import json
import re
from typing import Any

from cioform.emulator.protocol.request import Call
from cioform.emulator.store import profile
from cioform.emulator.store.activities import Row
from cioform.emulator.store.people import folded, identifiers_of, key_of
from cioform.emulator.store.record_types import Record
from cioform.emulator.validation.track_rules import (
    Identifier,
    Problem,
    checked_attributes,
    checked_data,
    checked_event_name,
    checked_stamp,
    identifiers_among,
)

ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}")
"""The alphabet of a ULID is Crockford's: without I, L, O and U."""


class Intake:
    """Takes operations in one after the other; activities are written together by `flush`."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._people = call.space.people
        self._numbers: dict[Identifier, int | None] = {}
        self._rows: list[Row] = []

    def identify(
        self,
        who: Identifier,
        given: dict[str, Any],
        *,
        stamp: Any = None,
        only_update: bool = False,
    ) -> Record | None:
        """The person after it; None where nobody is made or changed.

        An unknown `who` whose e-mail or id in `given` is known names that person too. Identifiers
        that belong to somebody else are an attribute failure, and the rest is kept.
        """
        attributes = dict(checked_attributes(given))
        now = checked_stamp(stamp, self._call.now)
        brought = identifiers_among(attributes)
        if self._barred([who, *brought]):
            return None
        person = self._found(who) or self._known_by(who, brought)
        if person is None:
            if only_update or who.kind == "cio_id":
                return None
            person = self._made({who.kind: who.value}, now)
        anonymous_id = attributes.pop("anonymous_id", None)
        self._set_identifiers(person, who, brought, now)
        rest = {key: value for key, value in attributes.items() if key not in profile.IDENTIFIERS}
        self._changed(person, profile.set_attributes(person, rest, now), now)
        if isinstance(anonymous_id, str) and anonymous_id:
            self._unmask(person, anonymous_id, now)
        person["updated_at"] = self._call.now
        self._people.save(person)
        return person

    def event(
        self,
        who: Identifier,
        name: Any,
        data: Any,
        *,
        kind: str = "event",
        stamp: Any = None,
        ulid: Any = None,
        field: str = "data",
    ) -> None:
        """Something that a person did. Somebody unknown is made by it (`Rules`)."""
        row = self._row(name, data, kind, stamp, ulid, field)
        number = self._number(who)
        if number is None:
            if who.kind == "cio_id" or not self._call.rules.events_make_people:
                return
            if self._barred([who]):
                return
            number = self._made({who.kind: who.value}, self._call.now)["number"]
        self._rows.append((number, None, *row))

    def anonymous_event(
        self,
        anonymous_id: Any,
        name: Any,
        data: Any,
        *,
        kind: str,
        stamp: Any,
        ulid: Any,
        field: str = "data",
    ) -> None:
        """Something that somebody did who is not known yet, or turned out to be known."""
        row = self._row(name, data, kind, stamp, ulid, field)
        masked = str(anonymous_id) if anonymous_id not in (None, "") else None
        number = self._people.behind(masked) if masked else None
        self._rows.append((number, masked, *row))

    def delete(self, who: Identifier) -> None:
        """Drop a person and all that is known of them; somebody unknown is no error."""
        person = self._found(who)
        if person is None:
            return
        self.flush()
        number = person["number"]
        self._call.space.activities.forget(number)
        self._call.space.deliveries.forget(number)
        self._call.space.members.forget(key_of(person))
        self._people.remove(number)
        self._numbers.clear()
        data = {"identifiers": identifiers_of(person)}
        self._rows.append(_plain(None, "profile_delete", "", self._call.now, data))

    def suppress(self, who: Identifier) -> None:
        """Delete a person, and never let their identifiers in again."""
        person = self._found(who) or {who.kind: who.value}
        kinds = ("id", "email", "phone")
        self._people.suppress({kind: person[kind] for kind in kinds if person.get(kind)})
        self.delete(who)

    def unsuppress(self, who: Identifier) -> None:
        """Let the identifiers in again; the person does not come back."""
        self._people.unsuppress(who.kind, who.value)

    def merge(self, primary: Identifier, secondary: Identifier) -> None:
        """Put the second person into the first, whose attributes win; 400 where one is unknown."""
        kept, gone = self._found(primary), self._found(secondary)
        if kept is None or gone is None:
            missing = "primary" if kept is None else "secondary"
            raise Problem("not_found", missing, f"{missing} person does not exist")
        if kept["number"] == gone["number"]:
            raise Problem("invalid", "secondary", "primary and secondary are the same person")
        self.flush()
        number, other = kept["number"], gone["number"]
        self._call.space.activities.move(other, number)
        self._call.space.deliveries.move(other, number)
        self._call.space.members.rename(key_of(gone), key_of(kept))
        self._people.remove(other)
        self._numbers.clear()
        profile.absorb(kept, gone)
        for anonymous_id in gone["anonymous_ids"]:
            self._people.unmask(anonymous_id, number)
        self._people.save(kept)
        data = {"secondary": identifiers_of(gone)}
        self._rows.append(_plain(number, "profile_merge", "", self._call.now, data))

    def change(self, who: Identifier, kind: str, name: str, edit: profile.Edit) -> None:
        """Edit a person in place (devices, relationships); somebody unknown is made."""
        person = self._found(who)
        if person is None:
            if who.kind == "cio_id" or self._barred([who]):
                return
            person = self._made({who.kind: who.value}, self._call.now)
        edit(person)
        self._people.save(person)
        self._rows.append(_plain(person["number"], kind, name, self._call.now, {}))

    def flush(self) -> None:
        """Write what happened."""
        self._call.space.activities.add(self._rows)
        self._rows = []

    def _row(
        self, name: Any, data: Any, kind: str, stamp: Any, ulid: Any, field: str
    ) -> tuple[str, str, int, str | None, None, str]:
        named = checked_event_name(name)
        text = checked_data(data, field)
        if ulid is not None and not (isinstance(ulid, str) and ULID.fullmatch(ulid)):
            ulid = None  # only a ULID tells doubles apart; another id is passed over
        return (kind, named, checked_stamp(stamp, self._call.now), ulid, None, text)

    def _number(self, who: Identifier) -> int | None:
        if who not in self._numbers:
            self._numbers[who] = self._people.number(who.kind, who.value)
        return self._numbers[who]

    def _found(self, who: Identifier) -> Record | None:
        number = self._number(who)
        return None if number is None else self._people.get(number)

    def _made(self, identifiers: dict[str, str], now: int) -> Record:
        person = self._people.add({**identifiers, "created_at": now, "updated_at": now})
        self._numbers.clear()
        self._rows.append(_plain(person["number"], "profile_create", "", now, {}))
        return person

    def _known_by(self, who: Identifier, brought: list[Identifier]) -> Record | None:
        """A person known by another identifier, who has none of the kind of `who` yet."""
        known = filter(None, map(self._found, brought))
        return next((each for each in known if each.get(who.kind) is None), None)

    def _barred(self, identifiers: list[Identifier]) -> bool:
        return any(self._people.is_suppressed(each.kind, each.value) for each in identifiers)

    def _set_identifiers(
        self, person: Record, who: Identifier, brought: list[Identifier], now: int
    ) -> None:
        before = key_of(person)
        for each in [who, *brought]:
            if each.kind == "cio_id" or person[each.kind] == each.value:
                continue
            taken = self._number(each) not in (None, person["number"])
            # What is set changes only for one who is named by cio_id; an address by id too.
            free = who.kind == "cio_id" or (who.kind == "id" and each.kind != "id")
            if not free and _is_called(person, each):
                continue
            if taken or not (person[each.kind] is None or free):
                data = {"reason": f"{each.kind} cannot be set", "value": each.value}
                kind = "failed_attribute_change"
                self._rows.append(_plain(person["number"], kind, each.kind, now, data))
                continue
            person[each.kind] = each.value
            self._numbers.clear()
        if key_of(person) != before:
            self._call.space.members.rename(before, key_of(person))

    def _unmask(self, person: Record, anonymous_id: str, now: int) -> None:
        self.flush()
        number = person["number"]
        self._people.unmask(anonymous_id, number)
        if anonymous_id not in person["anonymous_ids"]:
            person["anonymous_ids"].append(anonymous_id)
        if self._people.behind(anonymous_id) == number:
            moved = self._call.space.activities.adopt(anonymous_id, number)
            data = {"anonymous_id": anonymous_id, "events": moved}
            self._rows.append(_plain(number, "anon_merge", "", now, data))

    def _changed(self, person: Record, changes: profile.Changes, now: int) -> None:
        self._rows.extend(
            _plain(person["number"], "attribute_change", name, now, {"from": before, "to": after})
            for name, (before, after) in changes.items()
        )


def _is_called(person: Record, who: Identifier) -> bool:
    """Whether that finds the person, be it written otherwise."""
    set_to = person[who.kind]
    return set_to is not None and folded(who.kind, set_to) == folded(who.kind, who.value)


def _plain(number: int | None, kind: str, name: str, at: int, data: dict[str, Any]) -> Row:
    return (number, None, kind, name, at, None, None, json.dumps(data, ensure_ascii=False))
