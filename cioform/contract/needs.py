"""The needs of a message: paths in the data that it is rendered with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from cioform.contract.evidence import DataType
from cioform.core.address import Address
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, replace
from cioform.language.liquid.parsed import Segments
from cioform.language.liquid.show import show_path
from cioform.model.contents import ContentText, ProvidedData, TriggerData


class Status(IntEnum):
    """What happens if a value is missing."""

    GUARDED = 1
    """Nothing: a default or a condition replaces it."""
    CONDITIONAL = 2
    """The message fails if the condition or the loop around it is rendered."""
    REQUIRED = 3
    """The message fails."""

    @property
    def word(self) -> str:
        """The status as reports show it."""
        return self.name.lower()


class NeedPlace(NamedTuple):
    """One use of a path. A named tuple for speed: there are as many as uses."""

    address: Address
    """The resource with the text: the message, or a layout or snippet that it uses."""
    text: ContentText
    offset: int
    status: Status
    type: DataType | None = None
    evidence: str = ""
    """What shows the type: `a loop`."""


@dataclass(frozen=True, slots=True)
class Need:
    """A path that a message uses, with all its uses."""

    path: Segments
    places: tuple[NeedPlace, ...]
    provided_by: str = ""
    """The step of the workflow that sets the value; empty for none."""

    @property
    def status(self) -> Status:
        """The strictest status of all uses."""
        return max(place.status for place in self.places)

    @property
    def types(self) -> Mapping[DataType, str]:
        """The types that uses show, each with what shows it first."""
        found: dict[DataType, str] = {}
        for place in self.places:
            if place.type is not None:
                found.setdefault(place.type, place.evidence)
        return found

    @property
    def type(self) -> DataType | None:
        """The type, if all uses agree on one."""
        found = set(self.types)
        if found == {DataType.DATE, DataType.NUMBER} or found == {DataType.DATE, DataType.STRING}:
            return DataType.DATE
        return next(iter(found)) if len(found) == 1 else None

    @property
    def shown(self) -> str:
        """The path as Liquid has it."""
        return show_path(self.path)

    @property
    def attribute(self) -> str | None:
        """The attribute of people that the path begins with; None for other data."""
        is_attribute = self.path[0] == "customer" and len(self.path) > 1
        return str(self.path[1]) if is_attribute else None

    @property
    def first_place(self) -> NeedPlace:
        """The first use with the strictest status."""
        return next(place for place in self.places if place.status is self.status)


@dataclass(frozen=True)
class MessageContract:
    """What one message needs, in one language."""

    path: FieldPath
    """The place of the message in its document."""
    channel: str
    language: str
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Contract:
    """What the messages of a resource need."""

    address: Address
    messages: tuple[MessageContract, ...]
    trigger: TriggerData | None = None
    """Where the data comes from; None if nothing is sent along, or if that is not known."""
    provided: tuple[ProvidedData, ...] = ()

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """The needs of all messages, by path."""
        return merge_needs(need for message in self.messages for need in message.needs)

    @property
    def trigger_name(self) -> str:
        """The name of the event or of the message; empty if there is none."""
        return "" if self.trigger is None else self.trigger.name

    def needs_of(self, root: str) -> tuple[Need, ...]:
        """Return the needs of one variable, such as `event`."""
        return tuple(need for need in self.needs if need.path[0] == root)


def needs_by_path(places: Mapping[Segments, Sequence[NeedPlace]]) -> tuple[Need, ...]:
    """Return the needs of paths, each with its uses, sorted by path."""
    return tuple(Need(path, tuple(uses)) for path, uses in sorted(places.items(), key=_sort_key))


def merge_needs(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Return needs with all uses of a path together, sorted by path."""
    by_path: dict[Segments, list[Need]] = {}
    for need in needs:
        by_path.setdefault(need.path, []).append(need)
    ordered = sorted(by_path.items(), key=_sort_key)
    return tuple(group[0] if len(group) == 1 else _merged(group) for _, group in ordered)


def _merged(group: Sequence[Need]) -> Need:
    places = dict.fromkeys(place for need in group for place in need.places)
    return replace(group[0], places=tuple(places))


def _sort_key(item: tuple[Segments, object]) -> tuple[str, ...]:
    return tuple(f"{step:06}" if isinstance(step, int) else str(step) for step in item[0])
