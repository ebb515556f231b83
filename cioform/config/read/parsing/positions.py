"""The line and column of each value of a document, computed only when one is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from cioform.config.read.parsing.parse import NextEvent, yaml_events
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Location
from cioform.model.resource import Resource


class Positions(Mapping[FieldPath, Location]):
    """The location of every value: of its key in a mapping, of the value itself in a list.

    The text is parsed again at the first access. Most documents are never asked, and the locations
    of 10,000 documents would take more memory than their contents. `index` is the document's
    number in its file, from 0.
    """

    def __init__(self, text: str, file: str, index: int) -> None:
        self._text = text
        self._file = file
        self.index = index

    def __getitem__(self, path: FieldPath) -> Location:
        return self._locations[path]

    def __iter__(self) -> Iterator[FieldPath]:
        return iter(self._locations)

    def __len__(self) -> int:
        return len(self._locations)

    @cached_property
    def _locations(self) -> dict[FieldPath, Location]:
        next_event = yaml_events(self._text)
        current = -1
        while current < self.index:
            event = next_event()
            if isinstance(event, StreamEndEvent):  # an empty file has no document
                return {(): Location(self._file, 1)}
            if isinstance(event, DocumentStartEvent):
                current += 1
        return dict(_walk(next_event(), (), next_event, self._file, None))


def nearest_location(positions: Mapping[FieldPath, Location], path: FieldPath) -> Location | None:
    """Return the location of the value at `path`, or of the innermost value around it."""
    for length in range(len(path), -1, -1):
        if (found := positions.get(path[:length])) is not None:
            return found
    return None


def _walk(
    event: Any, path: FieldPath, next_event: NextEvent, file: str, key: Any
) -> Iterator[tuple[FieldPath, Location]]:
    mark = (key or event).start_mark
    yield path, Location(file, mark.line + 1, mark.column + 1)
    if isinstance(event, ScalarEvent | AliasEvent):
        return
    if isinstance(event, MappingStartEvent):
        while not isinstance(name := next_event(), MappingEndEvent):
            step = (*path, name.value)
            yield from _walk(next_event(), step, next_event, file, name)
        return
    position = 0
    while not isinstance(item := next_event(), SequenceEndEvent):
        yield from _walk(item, (*path, position), next_event, file, None)
        position += 1


class LayeredPositions(Mapping[FieldPath, Location]):
    """The locations of a document's values, some of which are in other files."""

    def __init__(
        self, own: Mapping[FieldPath, Location], others: Mapping[FieldPath, Location]
    ) -> None:
        self.own = own
        self._others = others

    def __getitem__(self, path: FieldPath) -> Location:
        for length in range(len(path), 0, -1):
            if (found := self._others.get(path[:length])) is not None:
                return found
        return self.own[path]

    def __iter__(self) -> Iterator[FieldPath]:
        return iter(dict.fromkeys((*self.own, *self._others)))

    def __len__(self) -> int:
        return len({*self.own, *self._others})


def document_index(resource: Resource) -> int:
    """Return the number of a resource's document in its file, from 0."""
    own = resource.positions
    positions = own.own if isinstance(own, LayeredPositions) else own
    assert isinstance(positions, Positions)
    return positions.index
