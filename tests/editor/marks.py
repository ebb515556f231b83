"""The marks in the documents of these tests: comments that point at the line above them.

    sendin: automatic
#   ^ problem: Property sendin is not allowed.

The caret stands below the character that is meant. After it comes what an editor does there:
`problem` and how the message begins; `hover` and a part of what is shown; `completes` and words
that are among those offered once the line is empty from the caret on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.language_server import Position

DOCUMENTS: Final = Path(__file__).parent / "documents"
_MARK: Final = re.compile(r"#( *)\^ (problem|hover|completes): (.+)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What an editor does at one place of a document."""

    document: Path
    position: Position
    what: str
    expected: str

    @property
    def name(self) -> str:
        """Where it is, for people: the line counts from 1."""
        return f"{self.document.name}:{self.position.line + 1}: {self.expected}"


def documents() -> list[Path]:
    """Return the documents with marks. A name begins with the definition of its schema."""
    return sorted(DOCUMENTS.glob("*.yaml"))


def definition_of(document: Path) -> str:
    """Return the definition of a document's schema: `campaign` of `campaign-messages.yaml`."""
    return document.stem.partition("-")[0]


def marks(document: Path, what: str) -> Iterator[Mark]:
    """Yield the marks of a document that say what is a `problem`, is shown, or is offered."""
    above = 0
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines()):
        found = _MARK.fullmatch(line)
        if found is None:
            above = number
        elif found[2] == what:
            yield Mark(document, Position(above, len(found[1]) + 1), what, found[3])


def all_marks(what: str) -> list[Mark]:
    """Return the marks of all documents."""
    return [mark for document in documents() for mark in marks(document, what)]


def text_cut_at(mark: Mark) -> str:
    """Return the document with nothing after the mark on its line, nor anything that is in it."""
    lines = mark.document.read_text(encoding="utf-8").splitlines()
    at = mark.position
    following = at.line + 1
    while following < len(lines) and _is_inside(lines[following], at.character):
        following += 1
    return "\n".join([*lines[: at.line], lines[at.line][: at.character], *lines[following:]])


def _is_inside(line: str, indentation: int) -> bool:
    return line.startswith("#") or len(line) - len(line.lstrip()) > indentation
