"""Places in YAML documents: fields and items, with where each begins and ends in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, TypeAlias

import yaml
from yaml.events import DocumentStartEvent, Event, ScalarEvent
from yaml.nodes import MappingNode, Node, SequenceNode

from cioform.config.write.yaml.typed_documents import RoundTripDocument
from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern

_KEEPS_BLANK_LINES: Final = lazy_pattern(r"[|>]\d?\+")
"""The head of a text to which the blank lines below it belong."""

Identity: TypeAlias = tuple[int, str | int]
"""The ID of a mapping or list, and a key in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A field of a mapping or an item of a list. Lines and columns begin with 0."""

    container: RoundTripDocument
    key: str | int
    number: int
    """Its position in the container."""
    value: RoundTripDocument
    """None if it says nothing of the place: an alias has the value of its anchor."""
    line: int
    column: int
    end: int
    """The line after its last one."""
    document: int
    parent: Place | None

    @property
    def identity(self) -> Identity:
        """What identifies the place as long as its container exists."""
        return id(self.container), self.key

    def with_parents(self) -> Iterator[Place]:
        """Yield the place and those around it, from the inside out."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.parent


def find_places(text: str, documents: Sequence[RoundTripDocument]) -> list[Place]:
    """Return the places of `documents`, which are the content of `text`, in the order of lines."""
    nodes = list(yaml.compose_all(text, Loader=yaml_loader()))
    ends = [*document_starts(text)[1:], text.rstrip().count("\n") + 1]
    own = value_places(documents)
    return [
        place
        for index, document in enumerate(documents)
        for place in _PlaceWalker(index, own).walk(nodes[index], document, None, ends[index])
    ]


def value_places(documents: Sequence[RoundTripDocument]) -> dict[int, Identity]:
    """Return the place of each value that is an object of its own, by its ID.

    A value with an alias has several places, so its ID does not tell where a comment was.
    """
    found: dict[int, set[Identity]] = {}

    def visit(container: RoundTripDocument) -> None:
        if not isinstance(container, dict | list):
            return
        entries = container.items() if isinstance(container, dict) else enumerate(container)
        for key, value in entries:
            if value is not None and not isinstance(value, bool):
                found.setdefault(id(value), set()).add((id(container), key))
            visit(value)

    for document in documents:
        visit(document)
    return {value: places.pop() for value, places in found.items() if len(places) == 1}


def document_starts(text: str) -> list[int]:
    """Return the line in which each document starts: that of its `---`, if it has one."""
    return lines_of(text, DocumentStartEvent)


def document_text(text: str, index: int) -> str:
    """Return the text of one of several documents, with its comments, as a file of its own.

    Comments above the first `---` belong to the first document.
    """
    starts = document_starts(text)
    lines = text.splitlines(keepends=True)
    above = lines[: starts[0]] if index == 0 else []
    first, *rest = lines[starts[index] : (*starts, None)[index + 1]]
    is_marked = first.rstrip() == "---" or first.startswith(("--- ", "---\t"))
    beside = first[3:].lstrip(" \t") if is_marked else first
    own = "".join([*above, *([beside] if beside.strip() else []), *rest])
    own = re.sub(r"^\.\.\.\s*\Z", "", own, flags=re.MULTILINE)
    return own if _KEEPS_BLANK_LINES.search(own) else f"{own.rstrip()}\n"


def lines_of(text: str, event_type: type[Event]) -> list[int]:
    """Return the line in which each event of a type starts."""
    found: Any = [e for e in yaml.parse(text, Loader=yaml_loader()) if isinstance(e, event_type)]
    return [event.start_mark.line for event in found]


def tagged_texts(text: str) -> list[tuple[int, str]]:
    """Return the line and the value of each text with a tag, as in `!!str 5`."""
    events = [e for e in yaml.parse(text, Loader=yaml_loader()) if isinstance(e, ScalarEvent)]
    tagged: Any = [event for event in events if event.tag is not None]
    return [(event.start_mark.line, event.value) for event in tagged]


def yaml_loader() -> Any:
    """Return PyYAML's loader: that of libyaml if it is available."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlaceWalker:
    """Walks through the nodes of one document and its values side by side."""

    def __init__(self, document: int, own: Collection[int]) -> None:
        self._document = document
        self._own = own
        """The IDs of the values that are at one place only."""
        self._seen: set[int] = set()

    def walk(
        self, node: Node, container: RoundTripDocument, parent: Place | None, end: int
    ) -> Iterator[Place]:
        # An alias has the node of its anchor, whose lines are elsewhere.
        if id(node) in self._seen:
            return
        self._seen.add(id(node))
        entries = list(_entries(node))
        for number, (key, first, inner) in enumerate(entries):
            mark = first.start_mark
            following = entries[number + 1][1] if number + 1 < len(entries) else None
            is_alias = id(first) in self._seen
            if is_alias:
                continue
            column = mark.column
            if isinstance(node, SequenceNode) and not node.flow_style:
                column = node.start_mark.column  # that of the dash
            place = Place(
                container=container,
                key=key,
                number=number,
                value=container[key] if id(container[key]) in self._own else None,
                line=mark.line,
                column=column,
                end=max(mark.line + 1, following.start_mark.line if following else end),
                document=self._document,
                parent=parent,
            )
            yield place
            yield from self.walk(inner, container[key], place, place.end)


def _entries(node: Node) -> Iterator[tuple[str | int, Node, Node]]:
    """Yield the key, the first node and the value of each field or item."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield str(key.value), key, value
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield index, item, item
