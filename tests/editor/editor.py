"""An editor that shows documents with the schema of their definition."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.editor.marks import Mark, definition_of, text_cut_at
from tests.support.language_server import LanguageServer, Position


@dataclass
class Editor:
    """Documents in a language server. Each has one line before its own first one."""

    server: LanguageServer
    schema: Path
    opened: int = 0

    def problems(self, document: Path) -> list[tuple[int, str]]:
        """Return the problems in a document: the line, from 1, and the message."""
        uri = self._open(document, document.read_text(encoding="utf-8"))
        return sorted(
            (problem["range"]["start"]["line"], problem["message"].replace("\n", " "))
            for problem in self.server.problems(uri)
        )

    def hover(self, mark: Mark) -> str:
        """Return what is shown at a mark."""
        uri = self._open(mark.document, mark.document.read_text(encoding="utf-8"))
        return self.server.hover(uri, _below_first_line(mark.position))

    def completions(self, mark: Mark) -> list[str]:
        """Return the words that are offered at a mark, once the line is empty from there on."""
        uri = self._open(mark.document, text_cut_at(mark))
        items = self.server.complete(uri, _below_first_line(mark.position))
        return [item["label"] for item in items]

    def _open(self, document: Path, text: str) -> str:
        self.opened += 1
        uri = f"{document.parent.as_uri()}/{self.opened}/{document.name}"
        reference = f"{self.schema.as_uri()}#/$defs/{definition_of(document)}"
        self.server.open(uri, f"# yaml-language-server: $schema={reference}\n{text}")
        return uri


def _below_first_line(position: Position) -> Position:
    return Position(position.line + 1, position.character)
