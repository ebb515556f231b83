"""Find what counts as applied after a write that was interrupted before it was read back."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress

from typing_extensions import override

from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.model.kind import Kind
from cioform.model.part_change import MAKING, REMOVING, PartAction
from cioform.plan.compare import diff
from cioform.plan.compare.changed_parts import changed_parts
from cioform.plan.compare.differences import ABSENT, Value, differences, value_at
from cioform.plan.compare.ignored import hide_ignored
from cioform.plan.compare.keyed_list import ORDER_KEY
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import (
    in_nested_parts,
    is_of_part,
    place_of_part,
)


@dataclass(frozen=True, slots=True)
class InterruptedWrite(ABC):
    """A write that may have written any part of `wanted`."""

    kind: Kind
    wanted: Attributes

    def applied_beside_edits(self, live: Attributes) -> Attributes | None:
        """Return what counts as applied, so that edits differ from it; None without an edit."""
        managed = diff.managed_fields(self.kind, live, self.wanted)
        found = managed
        for path, former in self._edits(managed):
            found = self._with_former(found, former, path)
        return None if found is managed else found

    @abstractmethod
    def _edits(self, managed: Attributes) -> Iterator[tuple[FieldPath, Attributes]]:
        """Yield where an edit is, and the form that has the value that is in question."""

    def _forms(self) -> tuple[Attributes, ...]:
        """Return the forms in which the part of an edit may be."""
        return (self.wanted,)

    def _with_former(self, values: Attributes, former: Attributes, path: FieldPath) -> Attributes:
        """Return values with the former one at a path, or as little more as is possible."""
        place = in_nested_parts(self.kind, self._place(path), values)
        wanted = value_at(diff.comparable(self.kind, former), path)
        for length in range(len(place), 1, -1):
            taken = hide_ignored(values, former, [place[:length]])
            if value_at(diff.comparable(self.kind, taken), path) == wanted:
                return taken
        return hide_ignored(values, former, [place[:1]])

    def _place(self, path: FieldPath) -> FieldPath:
        return place_of_part(self.kind, path, self._forms())


@dataclass(frozen=True, slots=True)
class InterruptedUpdate(InterruptedWrite):
    """An update that began with `before` and may have written any part of `wanted`.

    A managed value is an edit if it is neither what was wanted nor what was last applied, unless
    the write made the part that holds it.
    """

    applied: Attributes
    before: Attributes

    @override
    def _edits(self, managed: Attributes) -> Iterator[tuple[FieldPath, Attributes]]:
        former = diff.managed_fields(self.kind, self.before, self.wanted)
        applied, before, now, wanted = (
            diff.comparable(self.kind, each)
            for each in (self.applied, former, managed, self.wanted)
        )
        made, going = self._parts(MAKING), self._parts(REMOVING)
        for path, value, _ in differences(now, wanted):
            place = self._place(path)
            if value is UNKNOWN or ORDER_KEY in path or is_of_part(place, made):
                continue
            last, was = value_at(applied, path), value_at(before, path)
            if last is ABSENT and ABSENT not in (was, value) and was != value:
                yield path, former
            elif last is not ABSENT and value != (was if is_of_part(place, going) else last):
                yield path, self.applied

    def _parts(self, actions: Container[PartAction]) -> set[str]:
        return changed_parts(self.kind, self.before, self.wanted, actions)

    @override
    def _forms(self) -> tuple[Attributes, ...]:
        return (self.before, self.applied, self.wanted)


@dataclass(frozen=True, slots=True)
class InterruptedCreation(InterruptedWrite):
    """A creation that sent some of its requests.

    If all of its requests were carried out, every value that is not the wanted one is an edit.
    Otherwise, a text is an edit if the requests contain the wanted text and not this one. For
    values that were not sent yet, an edit cannot be distinguished from what a new object has.
    """

    sent: Sent

    @override
    def _edits(self, managed: Attributes) -> Iterator[tuple[FieldPath, Attributes]]:
        now, wanted = (diff.comparable(self.kind, each) for each in (managed, self.wanted))
        for path, value, goal in differences(now, wanted):
            if value is UNKNOWN or goal is ABSENT or ORDER_KEY in path:
                continue
            if self.sent.is_complete or self._is_edited_text(value, goal):
                yield path, self.wanted

    def _is_edited_text(self, value: Value, goal: Value) -> bool:
        texts = self.sent.texts
        are_texts = isinstance(value, str) and isinstance(goal, str)
        return are_texts and goal in texts and value not in texts


@dataclass(frozen=True, slots=True)
class Sent:
    """The requests that an interrupted creation has sent."""

    is_complete: bool
    """Whether all of its requests were carried out."""
    texts: frozenset[str]
    """Every text in the bodies of those requests that were."""

    @classmethod
    def of(cls, bodies: Iterable[Json], *, is_complete: bool) -> Sent:
        """Return the texts in bodies, including texts in encoded JSON."""
        return cls(is_complete, frozenset(text for body in bodies for text in _texts(body)))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        with suppress(ValueError, RecursionError):
            inner = json.loads(value)
            if isinstance(inner, dict | list):
                yield from _texts(inner)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
