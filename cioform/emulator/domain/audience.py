"""Who fits: segments and filters worked out over people and what they did."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from cioform.emulator.domain.operators import MISSING, matches_filters, matches_test
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.people import member_key
from cioform.emulator.store.profile import all_attributes
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.wire.errors import ApiError
from cioform.emulator.wire.json_input import MAX_INT64

WILDCARD_NAMES = ("*", "", None)
MAX_DEPTH = 50


class AudienceEvaluator:
    """Works out sets of people, by number: everybody's, or only those of `only`."""

    def __init__(self, request: Request, only: Iterable[int] | None = None) -> None:
        self._workspace_data = request.workspace_data
        self._now = request.now
        self._only = None if only is None else sorted(set(only))
        self._segment_cache: dict[int, set[int]] = {}

    def segment_members(self, number: int) -> set[int]:
        """Who is in a segment; nobody where there is none, or where it names itself."""
        if number not in self._segment_cache:
            self._segment_cache[number] = set()
            record = self._workspace_data.get(SEGMENT, number)
            if record is not None:
                self._segment_cache[number] = self.evaluate_segment(record)
        return self._segment_cache[number]

    def evaluate_segment(self, record: Record) -> set[int]:
        """Who is in the segment of that record."""
        if record["type"] == "manual":
            keys = set(self._workspace_data.members.list_keys(record["id"]))
            return {number for key, number in self._numbers_by_member_key.items() if key in keys}
        return self._evaluate_conditions(record["conditions"] or {}, 0)

    def evaluate_filter(self, spec: Any, depth: int = 0) -> set[int]:
        """Who fits a filter of the App API: and, or, not, segment, attribute (app facts, 5.7).

        400 for a filter that is none.
        """
        if not isinstance(spec, dict) or len(spec) != 1 or depth > MAX_DEPTH:
            raise ApiError(400, "Invalid filter spec")
        [(word, inner)] = spec.items()
        if word in ("and", "or") and isinstance(inner, list) and inner:
            parts = [self.evaluate_filter(each, depth + 1) for each in inner]
            return set.intersection(*parts) if word == "and" else set.union(*parts)
        if word == "not":
            return self._all_numbers - self.evaluate_filter(inner, depth + 1)
        if word == "segment" and isinstance(inner, dict) and isinstance(inner.get("id"), int):
            if self._workspace_data.get(SEGMENT, inner["id"]) is None:
                raise ApiError(400, f"segment {inner['id']} does not exist")
            return self.segment_members(inner["id"])
        if word == "attribute" and isinstance(inner, dict) and isinstance(inner.get("field"), str):
            if inner.get("operator") not in ("eq", "exists"):
                raise ApiError(400, "Invalid filter spec")
            return self._matching_attribute(inner["field"], [inner])
        raise ApiError(400, "Invalid filter spec")

    def evaluate_campaign_filter(self, elements: Any) -> set[int]:
        """Who fits all elements of a campaign's filter: attributes and segments (journeys facts,
        section 4); everybody where there are none. Elements of another type are passed over."""
        found = set(self._all_numbers)
        for each in elements if isinstance(elements, list) else []:
            if each.get("type") == "attribute":
                found &= self._matching_attribute(str(each.get("field")), [each])
            if each.get("type") == "segments_negatable":
                inside = set().union(*map(self.segment_members, each.get("segments") or []))
                found = found - inside if each.get("negate") else found & inside
        return found

    @cached_property
    def _attributes(self) -> dict[int, dict[str, Any]]:
        people = self._workspace_data.people.all(self._only)
        return {each["number"]: all_attributes(each) for each in people}

    @cached_property
    def _all_numbers(self) -> set[int]:
        everybody = self._workspace_data.people.numbers()
        return everybody if self._only is None else everybody & set(self._only)

    @cached_property
    def _numbers_by_member_key(self) -> dict[str, int]:
        return {
            member_key(each): each["number"] for each in self._workspace_data.people.all(self._only)
        }

    def _evaluate_conditions(self, tree: Any, depth: int) -> set[int]:
        """Who fits the conditions of a segment; nobody where no condition is."""
        if not isinstance(tree, dict) or depth > MAX_DEPTH:
            return set()
        for word, join in (("and", set.intersection), ("or", set.union)):
            if isinstance(tree.get(word), list):
                parts = [self._evaluate_conditions(each, depth + 1) for each in tree[word]]
                return join(*parts) if parts else set()
        return self._evaluate_condition(tree)

    def _evaluate_condition(self, leaf: Mapping[str, Any]) -> set[int]:
        inverse = bool(leaf.get("inverse", False))
        if isinstance(leaf.get("segment"), dict):
            inner = leaf["segment"]
            found = self.segment_members(inner.get("id", 0))
            return self._all_numbers - found if inverse or inner.get("inverse") else set(found)
        if isinstance(leaf.get("event"), dict):
            return self._evaluate_event_condition(leaf, leaf["event"], inverse)
        word = next((each for each in PROFILE_CONDITIONS if each in leaf), None)
        found = (
            self._evaluate_profile_condition(PROFILE_CONDITIONS[word], leaf[word])
            if word
            else set()
        )
        return self._all_numbers - found if inverse and word else found

    def _evaluate_event_condition(
        self, leaf: Mapping[str, Any], event: Mapping[str, Any], inverse: bool
    ) -> set[int]:
        times, within = int(leaf.get("times") or 1), int(leaf.get("within") or 0)
        since = max(-MAX_INT64, min(MAX_INT64, self._now - within)) if within else 0
        if event.get("type") == "attribute_change":
            return self._evaluate_attribute_change(event, times, since, inverse)
        found = {
            number
            for number, often in self._event_counts(event, since).items()
            if often >= times and number in self._all_numbers
        }
        return self._all_numbers - found if inverse else found

    def _event_counts(self, event: Mapping[str, Any], since: int) -> Mapping[int, int]:
        kind = str(event.get("type"))
        name = None if event.get("name") in WILDCARD_NAMES else str(event["name"])
        if not event.get("filters"):
            return self._workspace_data.activities.count_by_person(kind, name, since, self._only)
        rows = self._workspace_data.activities.iter_data(kind, name, since, self._only)
        filters = event["filters"]
        return Counter(number for number, data in rows if matches_filters(filters, data, self._now))

    def _evaluate_attribute_change(
        self, event: Mapping[str, Any], times: int, since: int, inverse: bool
    ) -> set[int]:
        """Once, ever, with `from` only saying that it was not so before: how the attribute is
        now. Any other counts the changes. Who lacks the attribute is in neither (journeys facts,
        section 3)."""
        name = str(event.get("name"))
        sides = _change_tests(event.get("filters"))
        having = self._matching_attribute(name, [])
        if times == 1 and not since and _depends_on_current_value_only(sides):
            found = self._matching_attribute(name, [t for t in sides if t.get("field") == "to"])
        else:
            rows = self._workspace_data.activities.iter_data(
                "attribute_change", name, since, self._only
            )
            often = Counter(number for number, data in rows if self._change_matches(data, sides))
            found = {number for number, n in often.items() if n >= times and number in having}
        return having - found if inverse else found

    def _change_matches(self, data: Mapping[str, Any], sides: list[Mapping[str, Any]]) -> bool:
        return all(matches_test(data.get(str(t.get("field"))), t, self._now) for t in sides)

    def _matching_attribute(self, name: str, tests: list[Mapping[str, Any]]) -> set[int]:
        """Who has the attribute, and passes the tests with it. Only a lone inverse test of an
        App filter is passed by who has it not."""
        negated = len(tests) == 1 and tests[0].get("field") == name and tests[0].get("inverse")
        found = set()
        for number, attributes in self._attributes.items():
            value = attributes.get(name, MISSING)
            if value is MISSING and not negated:
                continue
            if all(matches_test(value, test, self._now) for test in tests):
                found.add(number)
        return found

    def _evaluate_profile_condition(self, key: str, wanted: Any) -> set[int]:
        """Who has a device or a relationship whose members are as wanted."""
        members = wanted if isinstance(wanted, dict) else {}
        asked = {k: str(v) for k, v in members.items() if k in ("platform", "object_type_id")}
        return {
            each["number"]
            for each in self._workspace_data.people.all(self._only)
            if any(_matches_fields(one, asked) for one in each[key])
        }


PROFILE_CONDITIONS = {"device_change": "devices", "relationship": "relationships"}
"""Leaves that ask for what a person has. The JSON inside is an open fact: what is known counts."""


def segment_size(request: Request, record: Record) -> int:
    """How many people are in a segment; its seeded number where nobody real is."""
    if record["type"] == "manual":
        found = request.workspace_data.members.count(record["id"])
    else:
        found = len(AudienceEvaluator(request).evaluate_segment(record))
    return found or (record["people"] if request.behavior.simulate_segment_counts else 0)


def _matches_fields(item: Mapping[str, Any], expected: Mapping[str, str]) -> bool:
    flat = {**item, **item.get("identifiers", {})}
    return all(str(flat.get(key)) == value for key, value in expected.items())


def _change_tests(filters: Any) -> list[Mapping[str, Any]]:
    tests = filters.get("and") if isinstance(filters, dict) else None
    return [each for each in tests or [] if isinstance(each, dict)]


def _depends_on_current_value_only(sides: list[Mapping[str, Any]]) -> bool:
    """Whether each `from` is the inverse of a `to`: then only what is now counts."""
    after = [_normalized_test(each, "to") for each in sides if each.get("field") == "to"]
    before = [_normalized_test(each, "from") for each in sides if each.get("field") == "from"]
    return all({**each, "inverse": not each["inverse"]} in after for each in before)


def _normalized_test(test: Mapping[str, Any], field: str) -> Record:
    bare = {key: value for key, value in test.items() if value not in (None, "") or key == "value"}
    bare.pop("field", field)
    return {**bare, "inverse": bool(test.get("inverse", False))}
