"""Evaluate segments and filters over people and their activities."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from cioform.emulator.domain.people.operators import (
    MISSING,
    campaign_test,
    matches_filters,
    matches_test,
)
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.people import member_key
from cioform.emulator.store.profile import all_attributes
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.wire.errors import ApiError
from cioform.emulator.wire.filter_encoding import decode_filter
from cioform.emulator.wire.json_input import MAX_INT64

WILDCARD_NAMES = ("*", "", None)
EVALUATED_ELEMENTS = ("attribute", "segments_negatable")
MAX_DEPTH = 50

PROFILE_CONDITIONS = {"device_change": "devices", "relationship": "relationships"}
"""The part of a profile that each condition looks at. Open fact: the JSON inside a condition; the
members that are known are evaluated."""


class AudienceEvaluator:
    """Evaluate sets of people, by number: of all people, or only of those in `only`."""

    def __init__(self, request: Request, only: Iterable[int] | None = None) -> None:
        self._workspace_data = request.workspace_data
        self._now = request.now
        self._relative_future = request.behavior.relative_future
        self._only = None if only is None else sorted(set(only))
        self._segment_cache: dict[int, set[int]] = {}

    def segment_members(self, number: int) -> set[int]:
        """Return who is in a segment; nobody if it does not exist or refers to itself."""
        if number not in self._segment_cache:
            self._segment_cache[number] = set()
            record = self._workspace_data.get(SEGMENT, number)
            if record is not None:
                self._segment_cache[number] = self.evaluate_segment(record)
        return self._segment_cache[number]

    def evaluate_segment(self, record: Record) -> set[int]:
        """Return who is in the segment of that record."""
        if record["type"] == "manual":
            keys = set(self._workspace_data.members.list_keys(record["id"]))
            return {number for key, number in self._numbers_by_member_key.items() if key in keys}
        return self._evaluate_conditions(record["conditions"] or {}, 0)

    def evaluate_filter(self, spec: Any, depth: int = 0) -> set[int]:
        """Return who matches a filter of the App API. Raises 400 if it is not a filter.

        A filter is one of and, or, not, segment, attribute (app facts, 5.7).
        """
        if not isinstance(spec, dict) or len(spec) != 1 or depth > MAX_DEPTH:
            raise ApiError(400, "Invalid filter spec")
        [(operator, operand)] = spec.items()
        if operator in ("and", "or") and isinstance(operand, list) and operand:
            parts = [self.evaluate_filter(each, depth + 1) for each in operand]
            return set.intersection(*parts) if operator == "and" else set.union(*parts)
        if operator == "not":
            return self._all_numbers - self.evaluate_filter(operand, depth + 1)
        if operator == "segment" and isinstance(operand, dict):
            return self._evaluate_segment_filter(operand)
        if operator == "attribute" and isinstance(operand, dict):
            return self._evaluate_attribute_filter(operand)
        raise ApiError(400, "Invalid filter spec")

    def evaluate_campaign_filter(self, elements: Any) -> set[int]:
        """Return who matches all elements of a campaign's flat array; everybody if there are none.

        Only `EVALUATED_ELEMENTS` are evaluated (journeys facts, section 4); elements of other types
        are skipped.
        """
        matching = set(self._all_numbers)
        for each in elements if isinstance(elements, list) else []:
            if each.get("type") == "attribute":
                test = campaign_test(each, self._relative_future)
                matching &= self._matching_attribute(str(each.get("field")), [test])
            if each.get("type") == "segments_negatable":
                members = set().union(*map(self.segment_members, each.get("segments") or []))
                matching = matching - members if each.get("negate") else matching & members
        return matching

    def evaluate_action_condition(self, encoded: str | None) -> set[int]:
        """Return who meets the condition of an action; everybody if there is none.

        Nobody meets a condition with an element that is not evaluated, so that no message goes to
        people whom Customer.io would leave out.
        """
        elements = decode_filter(encoded) if encoded else []
        if all(each.get("type") in EVALUATED_ELEMENTS for each in elements):
            return self.evaluate_campaign_filter(elements)
        return set()

    def evaluate_trigger(self, tree: Any) -> set[int]:
        """Return who matches the trigger of a segment or attribute campaign; nobody without one."""
        return self._evaluate_conditions(tree, 0)

    @cached_property
    def _attributes(self) -> dict[int, dict[str, Any]]:
        people = self._workspace_data.people.all(self._only)
        return {each["number"]: all_attributes(each) for each in people}

    @cached_property
    def _all_numbers(self) -> set[int]:
        numbers = self._workspace_data.people.numbers()
        return numbers if self._only is None else numbers & set(self._only)

    @cached_property
    def _numbers_by_member_key(self) -> dict[str, int]:
        people = self._workspace_data.people.all(self._only)
        return {member_key(each): each["number"] for each in people}

    def _evaluate_segment_filter(self, operand: Mapping[str, Any]) -> set[int]:
        number = operand.get("id")
        if not isinstance(number, int):
            raise ApiError(400, "Invalid filter spec")
        if self._workspace_data.get(SEGMENT, number) is None:
            raise ApiError(400, f"segment {number} does not exist")
        return self.segment_members(number)

    def _evaluate_attribute_filter(self, operand: Mapping[str, Any]) -> set[int]:
        field = operand.get("field")
        if not isinstance(field, str) or operand.get("operator") not in ("eq", "exists"):
            raise ApiError(400, "Invalid filter spec")
        return self._matching_attribute(field, [operand])

    def _evaluate_conditions(self, tree: Any, depth: int) -> set[int]:
        """Return who matches the conditions of a segment or trigger; nobody if there are none."""
        if not isinstance(tree, dict) or depth > MAX_DEPTH:
            return set()
        for operator, combine in (("and", set.intersection), ("or", set.union)):
            if isinstance(tree.get(operator), list):
                parts = [self._evaluate_conditions(each, depth + 1) for each in tree[operator]]
                return combine(*parts) if parts else set()
        return self._evaluate_leaf(tree)

    def _evaluate_leaf(self, leaf: Mapping[str, Any]) -> set[int]:
        inverse = bool(leaf.get("inverse", False))
        if isinstance(leaf.get("segment"), dict):
            segment = leaf["segment"]
            members = self.segment_members(segment.get("id", 0))
            return self._all_numbers - members if inverse or segment.get("inverse") else members
        if isinstance(leaf.get("event"), dict):
            return self._evaluate_event_condition(leaf, leaf["event"], inverse)
        if isinstance(leaf.get("attribute"), dict):
            # Only a trigger has such a leaf.
            test = campaign_test(leaf["attribute"], self._relative_future)
            return self._matching_attribute(str(test.get("field")), [test])
        for condition, profile_key in PROFILE_CONDITIONS.items():
            if condition in leaf:
                matching = self._evaluate_profile_condition(profile_key, leaf[condition])
                return self._all_numbers - matching if inverse else matching
        return set()

    def _evaluate_event_condition(
        self, leaf: Mapping[str, Any], event: Mapping[str, Any], inverse: bool
    ) -> set[int]:
        times, within = int(leaf.get("times") or 1), int(leaf.get("within") or 0)
        since = max(-MAX_INT64, min(MAX_INT64, self._now - within)) if within else 0
        if event.get("type") == "attribute_change":
            return self._evaluate_attribute_change(event, times, since, inverse)
        matching = {
            number
            for number, count in self._event_counts(event, since).items()
            if count >= times and number in self._all_numbers
        }
        return self._all_numbers - matching if inverse else matching

    def _event_counts(self, event: Mapping[str, Any], since: int) -> Mapping[int, int]:
        activities = self._workspace_data.activities
        activity_type = str(event.get("type"))
        name = None if event.get("name") in WILDCARD_NAMES else str(event["name"])
        filters = event.get("filters")
        if not filters:
            return activities.count_by_person(activity_type, name, since, self._only)
        rows = activities.iter_data(activity_type, name, since, self._only)
        return Counter(number for number, data in rows if matches_filters(filters, data, self._now))

    def _evaluate_attribute_change(
        self, event: Mapping[str, Any], times: int, since: int, inverse: bool
    ) -> set[int]:
        """Return who had an attribute changed at least `times` times since `since`.

        "Once, ever", where `from` only negates `to`, is evaluated on the current value; any other
        condition counts changes. People without the attribute match neither the condition nor its
        inverse (journeys facts, section 3).
        """
        name = str(event.get("name"))
        tests = _change_tests(event.get("filters"))
        with_attribute = self._matching_attribute(name, [])
        if times == 1 and not since and _depends_on_current_value_only(tests):
            to_tests = [test for test in tests if test.get("field") == "to"]
            matching = self._matching_attribute(name, to_tests)
        else:
            rows = self._workspace_data.activities.iter_data(
                "attribute_change", name, since, self._only
            )
            counts = Counter(number for number, data in rows if self._change_matches(data, tests))
            often_enough = {number for number, count in counts.items() if count >= times}
            matching = often_enough & with_attribute
        return with_attribute - matching if inverse else matching

    def _change_matches(self, data: Mapping[str, Any], tests: list[Mapping[str, Any]]) -> bool:
        return all(matches_test(data.get(str(t.get("field"))), t, self._now) for t in tests)

    def _matching_attribute(self, name: str, tests: list[Mapping[str, Any]]) -> set[int]:
        """Return who has the attribute with a value that passes the tests.

        People without it match only a single inverse test of an App API filter.
        """
        negated = len(tests) == 1 and tests[0].get("field") == name and tests[0].get("inverse")
        matching = set()
        for number, attributes in self._attributes.items():
            value = attributes.get(name, MISSING)
            if value is MISSING and not negated:
                continue
            if all(matches_test(value, test, self._now) for test in tests):
                matching.add(number)
        return matching

    def _evaluate_profile_condition(self, key: str, condition: Any) -> set[int]:
        """Return who has a device or a relationship with the members of `condition`."""
        members = condition if isinstance(condition, dict) else {}
        expected = {k: str(v) for k, v in members.items() if k in ("platform", "object_type_id")}
        return {
            person["number"]
            for person in self._workspace_data.people.all(self._only)
            if any(_matches_fields(item, expected) for item in person[key])
        }


def segment_size(request: Request, record: Record) -> int:
    """Return how many people are in a segment; its seeded number if no person is."""
    if record["type"] == "manual":
        size = request.workspace_data.members.count(record["id"])
    else:
        size = len(AudienceEvaluator(request).evaluate_segment(record))
    return size or (record["people"] if request.behavior.simulate_segment_counts else 0)


def _matches_fields(item: Mapping[str, Any], expected: Mapping[str, str]) -> bool:
    fields = {**item, **item.get("identifiers", {})}
    return all(str(fields.get(key)) == value for key, value in expected.items())


def _change_tests(filters: Any) -> list[Mapping[str, Any]]:
    tests = filters.get("and") if isinstance(filters, dict) else None
    return [each for each in tests or [] if isinstance(each, dict)]


def _depends_on_current_value_only(tests: list[Mapping[str, Any]]) -> bool:
    """Return whether each `from` test is the inverse of a `to` test."""
    after = [_normalized_test(each, "to") for each in tests if each.get("field") == "to"]
    before = [_normalized_test(each, "from") for each in tests if each.get("field") == "from"]
    return all({**each, "inverse": not each["inverse"]} in after for each in before)


def _normalized_test(test: Mapping[str, Any], field: str) -> Record:
    members = {k: value for k, value in test.items() if value not in (None, "") or k == "value"}
    members.pop("field", field)
    return {**members, "inverse": bool(test.get("inverse", False))}
