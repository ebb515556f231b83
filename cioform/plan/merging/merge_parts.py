"""Merge the parts of a file with those that somebody added, moved or removed in the workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.plan.compare.differences import ABSENT, Value
from cioform.plan.compare.keyed_list import ids_of

Parts = Mapping[str, Mapping[str, Json]]


class AmbiguousPartsError(Exception):
    """Both sides changed the order of one list, or one changed what the other removed."""


def merge_parts(before: Json, own: Json, live: Json) -> Json:
    """Return the parts `own` of a file with the changes from `before` to `live`.

    Of a field that both changed, the value of the file stays. Raises AmbiguousPartsError if only a
    person can put the parts together.
    """
    merge = _PartsMerge(_by_id(before), _by_id(own), _by_id(live))
    merged = merge.value(before, own, live)
    if merged is ABSENT or not merge.has_all(merged):
        raise AmbiguousPartsError
    return merged


def has_parts(value: Value) -> bool:
    """Return whether a value is a part, or has one at any depth."""
    return any(True for _ in _parts(value))


def part_ids(value: Json) -> set[str]:
    """Return the IDs of all parts in a value."""
    return set(_by_id(value))


def _by_id(value: Json) -> Parts:
    return {str(part["id"]): part for part in _parts(value)}


def _parts(value: Value) -> Iterator[Mapping[str, Json]]:
    if isinstance(value, Mapping):
        if isinstance(value.get("id"), str):
            yield value
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


@dataclass(frozen=True, slots=True)
class _PartsMerge:
    before: Parts
    own: Parts
    live: Parts

    def has_all(self, merged: Json) -> bool:
        """Return whether each part is there once, without those that were removed unchanged."""
        names = [str(each["id"]) for each in _parts(merged)]
        added = self.live.keys() - self.before.keys()
        removed = self.before.keys() - self.live.keys()
        return sorted(names) == sorted((self.own.keys() | added) - removed) and all(
            self.own[name] == self.before[name] for name in removed & self.own.keys()
        )

    def value(self, before: Value, own: Value, live: Value) -> Value:
        """Return what a value is after both sides have changed it."""
        sides = (before, own, live)
        if all(each is ABSENT or isinstance(each, Mapping) for each in sides):
            return self._fields(*sides)
        lists = [[] if each is ABSENT else each for each in sides]
        if any(ids_of(each) for each in lists if isinstance(each, list)):
            return self._list(*lists)
        if all(isinstance(each, list) for each in lists) and any(map(has_parts, lists)):
            return self._items(*lists)
        if own == before:
            return live
        return own

    def _fields(self, before: Value, own: Value, live: Value) -> Value:
        if own is ABSENT and (live is ABSENT or before is not ABSENT):
            return ABSENT
        if live is ABSENT and before is not ABSENT and own == before:
            return ABSENT
        one, mine, theirs = (
            each if isinstance(each, Mapping) else {} for each in (before, own, live)
        )
        merged: dict[str, Json] = {}
        for name in dict.fromkeys((*mine, *theirs)):
            value = self.value(*(side.get(name, ABSENT) for side in (one, mine, theirs)))
            if value is not ABSENT:
                merged[name] = value
        return merged

    def _list(self, *lists: Json) -> list[Json]:
        """Return a list of parts in the order of the side that changed it."""
        before, own, live = (_order(each) for each in lists)
        if own not in (before, live) and live != before:
            raise AmbiguousPartsError
        return [self._part(name) for name in (live if own == before else own)]

    def _part(self, name: str) -> Json:
        before, own, live = (side.get(name) for side in (self.before, self.own, self.live))
        is_gone_on_one_side = before is not None and (own is None or live is None)
        if is_gone_on_one_side or (before is None and own and live and own != live):
            raise AmbiguousPartsError
        values = (ABSENT if each is None else each for each in (before, own, live))
        merged = self.value(*values)
        assert merged is not ABSENT  # one side has it
        return merged

    def _items(self, *lists: Json) -> list[Json]:
        """Return a list of values that have parts, such as branches, each merged in its place."""
        before, own, live = (each if isinstance(each, list) else [] for each in lists)
        if not len(before) == len(own) == len(live):
            return self._changed_on_one_side(before, own, live)
        merged = [self.value(*each) for each in zip(before, own, live, strict=True)]
        return [each for each in merged if each is not ABSENT]

    def _changed_on_one_side(
        self, before: list[Json], own: list[Json], live: list[Json]
    ) -> list[Json]:
        """Return the list of the side that changed it, in which the other one changed no part."""
        sides = ((live, own, self.own), (own, live, self.live))
        for changed, other, parts in sides:
            is_as_before = all(parts.get(n) == self.before.get(n) for n in part_ids(changed))
            if other == before and is_as_before:
                return changed
        raise AmbiguousPartsError


def _order(value: Json) -> list[str]:
    if not value:
        return []
    ids = ids_of(value) if isinstance(value, list) else None
    if ids is None:
        raise AmbiguousPartsError
    return ids
