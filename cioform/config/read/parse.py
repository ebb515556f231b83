"""YAML text to plain data, built from parser events so that nothing is guessed or dropped.

PyYAML's loaders take a duplicate key in silence and read `12:30` as 750; this one refuses the
first and keeps the second as text. It is also twice as fast as its C loader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

from yaml.error import Mark, MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from cioform.config.read.scalars import parse_plain_scalar
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.json_value import JsonValue

MAX_DEPTH: Final = 100
MAX_ALIASED_VALUES: Final = 10_000
"""How many values the aliases of one file may stand for, all told."""

_TEXT_TAGS: Final = ("!", "tag:yaml.org,2002:str")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file: its data, its place in the file from 0, its first line."""

    value: JsonValue
    index: int
    line: int


def parse_yaml(text: str, file: str) -> list[Document]:
    """Give every document of `text`. `file` is for messages.

    Mapping keys are always text, as written. Raises FilesWrong with every duplicate key, tag and
    alias at fault, or with the first error of syntax.
    """
    builder = _Builder(yaml_events(text), file)
    try:
        documents = list(builder.documents())
    except YAMLError as error:
        raise ConfigError([*builder.problems, _syntax_problem(error, text, file)]) from None
    if builder.problems:
        raise ConfigError(builder.problems)
    return documents


NextEvent: TypeAlias = Callable[[], Any]
"""Gives the next parser event, None at the end. Any, because the stubs let a mark be missing,
which no parsed event's is."""


def yaml_events(text: str) -> NextEvent:
    """Give the source of the parser events of `text`: libyaml's parser where there is one."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return _python_yaml_events(text)
    next_event: NextEvent = CParser(text).get_event
    return next_event


def _python_yaml_events(text: str) -> NextEvent:
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PythonParser(Reader, Scanner, Parser):
        def __init__(self) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)

    next_event: NextEvent = PythonParser().get_event
    return next_event


class _Builder:
    """Builds data from the events of one file. Recoverable problems pile up in `problems`."""

    def __init__(self, next_event: NextEvent, file: str) -> None:
        self._next = next_event
        self._file = file
        self._anchors: dict[str, tuple[JsonValue, int]] = {}
        self._nodes = 0
        self._aliased = 0
        self.problems: list[Diagnostic] = []

    def documents(self) -> Iterator[Document]:
        """Give the documents, in order."""
        index = 0
        while (event := self._next()) is not None:
            if isinstance(event, DocumentStartEvent):
                self._anchors.clear()
                first = self._next()
                line = first.start_mark.line + 1
                yield Document(self._value(first, 0), index, line)
                index += 1

    def _value(self, event: Any, depth: int) -> JsonValue:
        before = self._nodes
        self._nodes += 1
        built: JsonValue
        if type(event) is ScalarEvent:
            built = self._scalar(event)
        elif type(event) is AliasEvent:
            return self._alias(event)
        elif depth >= MAX_DEPTH:
            self._abort(
                event.start_mark,
                "Nested too deeply",
                f"More than {MAX_DEPTH} levels stand inside one another here. No document needs "
                "that; split it up.",
            )
        elif type(event) is MappingStartEvent:
            built = self._mapping(event, depth + 1)
        else:
            built = self._list(event, depth + 1)
        if (anchor := event.anchor) is not None:
            self._anchors[anchor] = (built, self._nodes - before)
        return built

    def _scalar(self, event: ScalarEvent) -> JsonValue:
        text: str = event.value
        if event.tag is not None:
            self._check_tag(event, event.tag)
            return text
        return parse_plain_scalar(text) if event.implicit[0] else text

    def _mapping(self, event: Any, depth: int) -> JsonValue:
        self._check_tag(event, event.tag)
        built: dict[str, JsonValue] = {}
        places: dict[str, Mark] = {}
        while type(key := self._next()) is not MappingEndEvent:
            name = self._key(key, depth)
            if name in built:
                self._add_duplicate_key(name, places[name], key.start_mark)
            places[name] = key.start_mark
            built[name] = self._value(self._next(), depth)
        return built

    def _key(self, event: Any, depth: int) -> str:
        mark = event.start_mark
        if type(event) is not ScalarEvent:
            self._add_problem(
                event.start_mark,
                "Key is not text",
                "A field's name must be a plain word. If a value starts with `{{`, `[` or `*`, "
                'put it in quotes: "{{ customer.name }}".',
            )
            return str(self._value(event, depth))
        text: str = event.value
        if text == "<<" and event.implicit[0]:
            self._add_problem(
                mark,
                "Merge key",
                "`<<` is not part of YAML 1.2 and hides where a value comes from. Write the "
                "fields out, or put what is shared in a file of its own.",
            )
        return text

    def _list(self, event: Any, depth: int) -> JsonValue:
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
                f"`*{name}` repeats what `&{name}` names, and no `&{name}` ends above it. "
                "If it was meant as text, put it in quotes.",
            )
            return None
        built, nodes = self._anchors[name]
        self._nodes += nodes
        self._aliased += nodes
        if self._aliased > MAX_ALIASED_VALUES:
            self._abort(
                event.start_mark,
                "Too many aliases",
                f"The aliases of this file stand for more than {MAX_ALIASED_VALUES:,} values, which is "
                "how a small file fills a large memory. Write the values out.",
            )
        return built

    def _check_tag(self, event: Any, tag: str | None) -> None:
        if tag is not None and tag not in _TEXT_TAGS:
            self._add_problem(
                event.start_mark,
                "YAML tag",
                f"The tag `{tag}` asks for another type than the file shows. Remove it; if the "
                "text itself starts with `!`, put it in quotes.",
            )

    def _add_duplicate_key(self, name: str, first: Mark, second: Mark) -> None:
        self._add_problem(
            second,
            "Duplicate key",
            f"`{name}` is already said in line {first.line + 1}, so one of the two would be lost. "
            "Keep one.",
        )

    def _add_problem(self, mark: Mark, summary: str, detail: str) -> None:
        self.problems.append(Diagnostic(summary, detail, location=_location_of(self._file, mark)))

    def _abort(self, mark: Mark, summary: str, detail: str) -> NoReturn:
        self._add_problem(mark, summary, detail)
        raise ConfigError(self.problems)


def _location_of(file: str, mark: Mark) -> Location:
    return Location(file, mark.line + 1, mark.column + 1)


def _syntax_problem(error: YAMLError, text: str, file: str) -> Diagnostic:
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return _character_problem(error, text, file)
    mark = error.problem_mark
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Diagnostic(
            "Tab in the indentation",
            "YAML is indented with spaces; a tab has no width that everybody agrees on. Replace "
            "it by two spaces for each level.",
            location=_location_of(file, mark),
        )
    said = error.problem or "it cannot be understood"
    begun = error.context_mark
    since = f", begun in line {begun.line + 1}" if begun and begun.line < mark.line else ""
    context = f" ({error.context}{since})" if error.context else ""
    return Diagnostic(
        "Not valid YAML",
        f"The parser stops here: {said}{context}. Look at this line and the one above it: a "
        "missing colon or quote, or an indentation that does not line up, is the usual cause.",
        location=_location_of(file, mark),
    )


def _character_problem(error: YAMLError, text: str, file: str) -> Diagnostic:
    bad = next((at for at, char in enumerate(text) if not _is_printable(char)), None)
    if bad is None:
        return Diagnostic("Not valid YAML", f"The parser stops: {error}.", location=Location(file))
    line = text.count("\n", 0, bad) + 1
    column = bad - text.rfind("\n", 0, bad)
    return Diagnostic(
        "Control character",
        f"The character U+{ord(text[bad]):04X} cannot stand in YAML. Remove it; it is often "
        "pasted along with text from elsewhere.",
        location=Location(file, line, column),
    )


def _is_printable(char: str) -> bool:
    code: Any = ord(char)
    return (
        code in (0x09, 0x0A, 0x0D, 0x85)
        or 0x20 <= code <= 0x7E
        or (code >= 0xA0 and code not in (0xFFFE, 0xFFFF) and not 0xD800 <= code <= 0xDFFF)
    )
