"""Who fits: segments and filters worked out over people and what they did."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from cioform.emulator.domain.operators import MISSING, passes, tree_passes
from cioform.emulator.protocol.request import Call
from cioform.emulator.store.people import key_of
from cioform.emulator.store.profile import attributes_of
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.wire.errors import Refusal
from cioform.emulator.wire.json_input import LARGEST

ANY_NAME = ("*", "", None)
DEEPEST = 50


class Audience:
    """Works out sets of people, by number: everybody's, or only those of `only`."""

    def __init__(self, call: Call, only: Iterable[int] | None = None) -> None:
        self._space = call.space
        self._now = call.now
        self._only = None if only is None else sorted(set(only))
        self._known: dict[int, set[int]] = {}

    def segment(self, number: int) -> set[int]:
        """Who is in a segment; nobody where there is none, or where it names itself."""
        if number not in self._known:
            self._known[number] = set()
            record = self._space.get(SEGMENT, number)
            if record is not None:
                self._known[number] = self.members(record)
        return self._known[number]

    def members(self, record: Record) -> set[int]:
        """Who is in the segment of that record."""
        if record["type"] == "manual":
            keys = set(self._space.members.of(record["id"]))
            return {number for key, number in self._keys.items() if key in keys}
        return self._tree(record["conditions"] or {}, 0)

    def fitting(self, spec: Any, depth: int = 0) -> set[int]:
        """Who fits a filter of the App API: and, or, not, segment, attribute (app facts, 5.7).

        400 for a filter that is none.
        """
        if not isinstance(spec, dict) or len(spec) != 1 or depth > DEEPEST:
            raise Refusal(400, "Invalid filter spec")
        [(word, inner)] = spec.items()
        if word in ("and", "or") and isinstance(inner, list) and inner:
            parts = [self.fitting(each, depth + 1) for each in inner]
            return set.intersection(*parts) if word == "and" else set.union(*parts)
        if word == "not":
            return self._everybody - self.fitting(inner, depth + 1)
        if word == "segment" and isinstance(inner, dict) and isinstance(inner.get("id"), int):
            if self._space.get(SEGMENT, inner["id"]) is None:
                raise Refusal(400, f"segment {inner['id']} does not exist")
            return self.segment(inner["id"])
        if word == "attribute" and isinstance(inner, dict) and isinstance(inner.get("field"), str):
            if inner.get("operator") not in ("eq", "exists"):
                raise Refusal(400, "Invalid filter spec")
            return self._with_attribute(inner["field"], [inner])
        raise Refusal(400, "Invalid filter spec")

    def flat(self, elements: Any) -> set[int]:
        """Who fits all elements of a campaign's filter: attributes and segments (journeys facts,
        section 4); everybody where there are none. Elements of another type are passed over."""
        found = set(self._everybody)
        for each in elements if isinstance(elements, list) else []:
            if each.get("type") == "attribute":
                found &= self._with_attribute(str(each.get("field")), [each])
            if each.get("type") == "segments_negatable":
                inside = set().union(*map(self.segment, each.get("segments") or []))
                found = found - inside if each.get("negate") else found & inside
        return found

    @cached_property
    def _attributes(self) -> dict[int, dict[str, Any]]:
        people = self._space.people.all(self._only)
        return {each["number"]: attributes_of(each) for each in people}

    @cached_property
    def _everybody(self) -> set[int]:
        everybody = self._space.people.numbers()
        return everybody if self._only is None else everybody & set(self._only)

    @cached_property
    def _keys(self) -> dict[str, int]:
        return {key_of(each): each["number"] for each in self._space.people.all(self._only)}

    def _tree(self, tree: Any, depth: int) -> set[int]:
        """Who fits the conditions of a segment; nobody where no condition is."""
        if not isinstance(tree, dict) or depth > DEEPEST:
            return set()
        for word, join in (("and", set.intersection), ("or", set.union)):
            if isinstance(tree.get(word), list):
                parts = [self._tree(each, depth + 1) for each in tree[word]]
                return join(*parts) if parts else set()
        return self._leaf(tree)

    def _leaf(self, leaf: Mapping[str, Any]) -> set[int]:
        inverse = bool(leaf.get("inverse", False))
        if isinstance(leaf.get("segment"), dict):
            inner = leaf["segment"]
            found = self.segment(inner.get("id", 0))
            return self._everybody - found if inverse or inner.get("inverse") else set(found)
        if isinstance(leaf.get("event"), dict):
            return self._event_leaf(leaf, leaf["event"], inverse)
        word = next((each for each in RECORDED if each in leaf), None)
        found = self._recorded(RECORDED[word], leaf[word]) if word else set()
        return self._everybody - found if inverse and word else found

    def _event_leaf(
        self, leaf: Mapping[str, Any], event: Mapping[str, Any], inverse: bool
    ) -> set[int]:
        times, within = int(leaf.get("times") or 1), int(leaf.get("within") or 0)
        since = max(-LARGEST, min(LARGEST, self._now - within)) if within else 0
        if event.get("type") == "attribute_change":
            return self._change_leaf(event, times, since, inverse)
        found = {
            number
            for number, often in self._counted(event, since).items()
            if often >= times and number in self._everybody
        }
        return self._everybody - found if inverse else found

    def _counted(self, event: Mapping[str, Any], since: int) -> Mapping[int, int]:
        kind = str(event.get("type"))
        name = None if event.get("name") in ANY_NAME else str(event["name"])
        if not event.get("filters"):
            return self._space.activities.counts(kind, name, since, self._only)
        rows = self._space.activities.each(kind, name, since, self._only)
        filters = event["filters"]
        return Counter(number for number, data in rows if tree_passes(filters, data, self._now))

    def _change_leaf(
        self, event: Mapping[str, Any], times: int, since: int, inverse: bool
    ) -> set[int]:
        """Once, ever, with `from` only saying that it was not so before: how the attribute is
        now. Any other counts the changes. Who lacks the attribute is in neither (journeys facts,
        section 3)."""
        name = str(event.get("name"))
        sides = _sides(event.get("filters"))
        having = self._with_attribute(name, [])
        if times == 1 and not since and _is_state(sides):
            found = self._with_attribute(name, [t for t in sides if t.get("field") == "to"])
        else:
            rows = self._space.activities.each("attribute_change", name, since, self._only)
            often = Counter(number for number, data in rows if self._moved(data, sides))
            found = {number for number, n in often.items() if n >= times and number in having}
        return having - found if inverse else found

    def _moved(self, data: Mapping[str, Any], sides: list[Mapping[str, Any]]) -> bool:
        return all(passes(data.get(str(t.get("field"))), t, self._now) for t in sides)

    def _with_attribute(self, name: str, tests: list[Mapping[str, Any]]) -> set[int]:
        """Who has the attribute, and passes the tests with it. Only a lone inverse test of an
        App filter is passed by who has it not."""
        negated = len(tests) == 1 and tests[0].get("field") == name and tests[0].get("inverse")
        found = set()
        for number, attributes in self._attributes.items():
            value = attributes.get(name, MISSING)
            if value is MISSING and not negated:
                continue
            if all(passes(value, test, self._now) for test in tests):
                found.add(number)
        return found

    def _recorded(self, key: str, wanted: Any) -> set[int]:
        """Who has a device or a relationship whose members are as wanted."""
        members = wanted if isinstance(wanted, dict) else {}
        asked = {k: str(v) for k, v in members.items() if k in ("platform", "object_type_id")}
        return {
            each["number"]
            for each in self._space.people.all(self._only)
            if any(_has(one, asked) for one in each[key])
        }


RECORDED = {"device_change": "devices", "relationship": "relationships"}
"""Leaves that ask for what a person has. The JSON inside is an open fact: what is known counts."""


def count(call: Call, record: Record) -> int:
    """How many people are in a segment; its seeded number where nobody real is."""
    if record["type"] == "manual":
        found = call.space.members.count(record["id"])
    else:
        found = len(Audience(call).members(record))
    return found or (record["people"] if call.rules.people_stand_in else 0)


def _has(one: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    flat = {**one, **one.get("identifiers", {})}
    return all(str(flat.get(key)) == value for key, value in asked.items())


def _sides(filters: Any) -> list[Mapping[str, Any]]:
    tests = filters.get("and") if isinstance(filters, dict) else None
    return [each for each in tests or [] if isinstance(each, dict)]


def _is_state(sides: list[Mapping[str, Any]]) -> bool:
    """Whether each `from` is the inverse of a `to`: then only what is now counts."""
    after = [_bare(each, "to") for each in sides if each.get("field") == "to"]
    before = [_bare(each, "from") for each in sides if each.get("field") == "from"]
    return all({**each, "inverse": not each["inverse"]} in after for each in before)


def _bare(test: Mapping[str, Any], field: str) -> Record:
    bare = {key: value for key, value in test.items() if value not in (None, "") or key == "value"}
    bare.pop("field", field)
    return {**bare, "inverse": bool(test.get("inverse", False))}
