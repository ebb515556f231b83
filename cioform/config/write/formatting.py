"""Format YAML documents without a change of meaning or a lost comment."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Final

from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from cioform.config.read.parse import NextEvent, parse_yaml, yaml_events
from cioform.config.write.yaml_style import round_trip_yaml
from cioform.core.errors import ConfigError
from cioform.core.json_value import JsonValue
from cioform.model.kind import Kind

_FIRST_FIELDS: Final = ("kind", "id", "was", "remote_id")
_LAST_FIELDS: Final = ("protect", "ignore", "because")


def format_yaml(text: str, kind: Kind | None = None, file: str = "") -> str:
    """Return `text` formatted: indentation, spacing, and the order of its fields.

    Fields have the order of the kind's model, or keep theirs if the kind is not known. Formatting
    is idempotent. Raises ConfigError if `text` is not valid YAML; `file` is its name in messages.
    """
    values = [document.value for document in parse_yaml(text, file)]
    if all(value is None for value in values):
        return text
    reformatted = _reformat(text)
    for candidate in (_order_fields(reformatted, kind), reformatted):
        if _parses_to(candidate, values):
            return candidate
    return text


def field_order(kind: Kind | None, names: Sequence[str]) -> list[str]:
    """Return the names of a document's fields in their canonical order."""
    known = list(kind.model.yaml_field_names()) if kind is not None else []
    middle = [name for name in names if name not in (*_FIRST_FIELDS, *_LAST_FIELDS)]
    middle.sort(key=lambda name: known.index(name) if name in known else len(known))
    first = [name for name in _FIRST_FIELDS if name in names]
    return [*first, *middle, *(name for name in _LAST_FIELDS if name in names)]


def _parses_to(text: str, expected: list[JsonValue]) -> bool:
    try:
        return [document.value for document in parse_yaml(text, "")] == expected
    except ConfigError:  # an alias may have moved above its anchor
        return False


def _reformat(text: str) -> str:
    yaml = round_trip_yaml()
    out = io.StringIO()
    yaml.explicit_start = text.lstrip().startswith("---")
    yaml.dump_all(list(yaml.load_all(text)), out)
    return "\n".join(line.rstrip() for line in _end_with_newline(out.getvalue()).split("\n"))


def _end_with_newline(text: str) -> str:
    return text.removesuffix("...\n").rstrip("\n") + "\n"


def _order_fields(text: str, kind: Kind | None) -> str:
    lines = text.splitlines(keepends=True)
    for keys in _top_level_keys(text):
        names = [name for name, _ in keys]
        if field_order(kind, names) != names:
            _reorder(lines, keys, field_order(kind, names))
    return "".join(lines)


def _top_level_keys(text: str) -> Iterator[list[tuple[str, int]]]:
    """Yield the fields of each document in block style, each with its line from 0."""
    next_event = yaml_events(text)
    while not isinstance(event := next_event(), StreamEndEvent):
        if not isinstance(event, DocumentStartEvent):
            continue
        top = next_event()
        if not isinstance(top, MappingStartEvent) or top.flow_style:
            continue
        keys = []
        while not isinstance(key := next_event(), MappingEndEvent):
            keys.append((str(key.value), key.start_mark.line))
            _skip_value(next_event)
        yield keys


def _skip_value(next_event: NextEvent) -> None:
    depth = 0
    while True:
        event = next_event()
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            depth += 1
        elif type(event).__name__.endswith("EndEvent"):
            depth -= 1
        if depth == 0:
            return


def _reorder(lines: list[str], keys: Sequence[tuple[str, int]], order: Sequence[str]) -> None:
    # Whole lines are moved, because a comment above a field belongs to that field.
    starts = [keys[0][1], *(_comment_start(lines, line) for _, line in keys[1:])]
    ends = [*starts[1:], _document_end(lines, keys[-1][1])]
    sections = {
        name: lines[start:end] for (name, _), start, end in zip(keys, starts, ends, strict=True)
    }
    lines[starts[0] : ends[-1]] = [line for name in order for line in sections[name]]


def _comment_start(lines: list[str], line: int) -> int:
    while lines[line - 1].startswith("#"):
        line -= 1
    return line


def _document_end(lines: list[str], line: int) -> int:
    while line < len(lines) and not lines[line].startswith(("---", "...")):
        line += 1
    return line
