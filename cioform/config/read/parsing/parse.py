"""Parse YAML text into plain data, from parser events, so that nothing is guessed or dropped.

PyYAML's loaders accept duplicate keys without a warning and read `12:30` as 750. This one rejects
the first and keeps the second as text, and it is twice as fast as PyYAML's C loader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn, TypeAlias

from yaml.error import Mark, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from cioform.config.read.parsing.scalars import parse_plain_scalar
from cioform.config.read.parsing.syntax_errors import location_of, syntax_problem
from cioform.core.data.json_value import JsonValue
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml.
    CParser = None  # type: ignore[assignment, misc]

MAX_DEPTH: Final = 100
MAX_DOCUMENTS: Final = 20_000
"""How many documents a file may have."""
MAX_VALUES: Final = 500_000
"""How many values a file may have; a mapping or a list is one too."""
MAX_ALIASED_VALUES: Final = 10_000
"""How many values all aliases of one file together may stand for."""

_TEXT_TAGS: Final = ("!", "tag:yaml.org,2002:str")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file: its data, its index in the file, and its first line."""

    value: JsonValue
    index: int
    line: int


def parse_yaml(text: str, file: str) -> list[Document]:
    """Return every document of `text`; `file` is its name in messages.

    Mapping keys are always text, as written. Raises ConfigError with every duplicate key, tag and
    invalid alias, or with the first error of syntax.
    """
    builder = _Builder(yaml_events(text), file)
    try:
        documents = list(builder.documents())
    except YAMLError as error:
        raise ConfigError([*builder.problems, syntax_problem(error, text, file)]) from None
    if builder.problems:
        raise ConfigError(builder.problems)
    return documents


def parse_first(text: str, file: str) -> JsonValue:
    """Return the value of the first document of a file, None if it has none. Raises ConfigError."""
    documents = parse_yaml(text, file)
    return documents[0].value if documents else None


NextEvent: TypeAlias = Callable[[], Any]
"""Returns the next parser event, None at the end.

The type is Any because the stubs declare that an event may have no mark; parsed events have one."""


def yaml_events(text: str) -> NextEvent:
    """Return the source of the parser events of `text`: libyaml's parser if it is available.

    A byte order mark at the beginning of the text is skipped, and positions do not count it.
    """
    if CParser is None:
        return _python_yaml_events(text)
    next_event: NextEvent = CParser(text).get_event
    return next_event


class _PythonParser(Reader, Scanner, Parser):
    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def _python_yaml_events(text: str) -> NextEvent:
    next_event: NextEvent = _PythonParser(text).get_event
    return next_event


class _Builder:
    """Builds data from the events of one file; `problems` collects what does not stop it."""

    def __init__(self, next_event: NextEvent, file: str) -> None:
        self._next = next_event
        self._file = file
        self._anchors: dict[str, tuple[JsonValue, int]] = {}
        self._nodes = 0
        self._aliased = 0
        self.problems: list[Diagnostic] = []

    def documents(self) -> Iterator[Document]:
        """Yield the documents in order."""
        index = 0
        while (event := self._next()) is not None:
            if isinstance(event, DocumentStartEvent):
                self._anchors.clear()
                first = self._next()
                if index == MAX_DOCUMENTS:
                    self._abort(
                        first.start_mark,
                        "Too many documents",
                        f"A file can have {MAX_DOCUMENTS:,} documents. Split it up.",
                    )
                line = first.start_mark.line + 1
                yield Document(self._value(first, 0), index, line)
                index += 1

    def _value(self, event: Any, depth: int) -> JsonValue:
        before = self._nodes
        self._nodes += 1
        if self._nodes > MAX_VALUES:
            self._abort(
                event.start_mark,
                "Too many values",
                f"A file can have {MAX_VALUES:,} values. Split it up.",
            )
        built: JsonValue
        if type(event) is ScalarEvent:
            text: str = event.value
            if event.tag is not None:
                self._check_tag(event, event.tag)
                built = text
            else:
                built = parse_plain_scalar(text) if event.implicit[0] else text
            if event.anchor is None:
                return built
        elif type(event) is AliasEvent:
            return self._alias(event)
        elif depth >= MAX_DEPTH:
            self._abort(
                event.start_mark,
                "Nested too deeply",
                f"Mappings and lists are nested more than {MAX_DEPTH} levels deep here. Split the "
                "document up.",
            )
        elif type(event) is MappingStartEvent:
            built = self._mapping(event, depth + 1)
        else:
            built = self._list(event, depth + 1)
        if (anchor := event.anchor) is not None:
            self._anchors[anchor] = (built, self._nodes - before)
        return built

    def _mapping(self, event: Any, depth: int) -> JsonValue:
        if event.tag is not None:
            self._check_tag(event, event.tag)
        built: dict[str, JsonValue] = {}
        keys: dict[str, Any] = {}
        next_event = self._next
        while type(key := next_event()) is not MappingEndEvent:
            # Nearly all keys are plain, and a call for each would take time.
            is_plain = type(key) is ScalarEvent and key.value != "<<"
            name = key.value if is_plain else self._key(key, depth)
            if name in built:
                self._add_duplicate_key(name, keys[name].start_mark, key.start_mark)
            keys[name] = key
            built[name] = self._value(next_event(), depth)
        return built

    def _key(self, event: Any, depth: int) -> str:
        mark = event.start_mark
        if type(event) is not ScalarEvent:
            self._add_problem(
                event.start_mark,
                "Invalid key",
                "The name of a field must be plain text. A value that starts with `{{`, `[` or `*` "
                'must be in quotes: "{{ customer.name }}".',
            )
            return str(self._value(event, depth))
        text: str = event.value
        if text == "<<" and event.implicit[0]:
            self._add_problem(
                mark,
                "Merge key",
                "Merge keys (`<<`) are not supported; they are not part of YAML 1.2. Write the "
                "fields out, or move the shared part to a file of its own.",
            )
        return text

    def _list(self, event: Any, depth: int) -> JsonValue:
        if event.tag is not None:
            self._check_tag(event, event.tag)
        built: list[JsonValue] = []
        while type(item := self._next()) is not SequenceEndEvent:
            built.append(self._value(item, depth))
        return built

    def _alias(self, event: Any) -> JsonValue:
        name = str(event.anchor)
        if name not in self._anchors:
            self._add_problem(
                event.start_mark,
                "Unknown anchor",
                f"The alias `*{name}` has no anchor `&{name}` above it. If it is meant as text, "
                "put it in quotes.",
            )
            return None
        built, nodes = self._anchors[name]
        self._nodes += nodes
        self._aliased += nodes
        if self._aliased > MAX_ALIASED_VALUES:
            self._abort(
                event.start_mark,
                "Too many aliases",
                f"The aliases of this file expand to more than {MAX_ALIASED_VALUES:,} values. "
                "Write the values out.",
            )
        return built

    def _check_tag(self, event: Any, tag: str) -> None:
        if tag not in _TEXT_TAGS:
            self._add_problem(
                event.start_mark,
                "YAML tag",
                f"YAML tags such as `{tag}` are not supported. Remove the tag; if the text itself "
                "starts with `!`, put it in quotes.",
            )

    def _add_duplicate_key(self, name: str, first: Mark, second: Mark) -> None:
        self._add_problem(
            second,
            "Duplicate key",
            f"`{name}` is already set in line {first.line + 1}. Remove one of the two.",
        )

    def _add_problem(self, mark: Mark, summary: str, detail: str) -> None:
        self.problems.append(Diagnostic(summary, detail, location=location_of(self._file, mark)))

    def _abort(self, mark: Mark, summary: str, detail: str) -> NoReturn:
        self._add_problem(mark, summary, detail)
        raise ConfigError(self.problems)
