"""From what a document says to what it means: variables filled in, named files read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cioform.config.read.variables import Lookup, UnknownVariable, substitute, unknown_in
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import FilesWrong
from cioform.core.json_value import Plain
from cioform.model.resource import Path

ReadBeside = Callable[[str, Location | None], tuple[str, str]]
"""From the name of a file beside the document to its path as shown, and its text."""


@dataclass(slots=True)
class Resolver:
    """Resolves one document; what went wrong piles up in `problems`, what was read in `bodies`."""

    lookup: Lookup
    locate: Callable[[Path], Location | None]
    read_beside: ReadBeside | None = None
    problems: list[Diagnostic] = field(default_factory=list)
    bodies: dict[Path, str] = field(default_factory=dict)
    failed: set[Path] = field(default_factory=set)
    """The values that could not be resolved, so that nothing can be said of them."""

    def resolve(self, value: Plain, path: Path = ()) -> Plain:
        """Give `value` resolved; what cannot be stays as it was."""
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, list):
            return [self.resolve(item, (*path, at)) for at, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if self.read_beside is not None and len(value) == 1 and isinstance(value.get("file"), str):
            return self._file(value["file"], path)
        return {key: self.resolve(item, (*path, key)) for key, item in value.items()}

    def _file(self, written: str, path: Path) -> Plain:
        assert self.read_beside is not None
        name = str(self._text(written, path))
        try:
            shown, text = self.read_beside(name, None)
        except FilesWrong:
            self._told_where(name, path)
            return ""
        self.bodies[path] = shown
        filled = self._text(text, path, file=shown)
        # A body is text, even one that is a single variable.
        return filled if isinstance(filled, str) else text

    def _told_where(self, name: str, path: Path) -> None:
        """Read a file that cannot be read again, to be told where it was asked for: working that
        out for the thousands that can be read would be felt."""
        assert self.read_beside is not None
        self.failed.add(path)
        try:
            self.read_beside(name, self.locate((*path, "file")))
        except FilesWrong as error:
            self.problems += error.diagnostics

    def _text(self, text: str, path: Path, file: str | None = None) -> Plain:
        """Give `text` with its variables. `file` is the body it is the whole of, if any."""
        if "${" not in text:
            return text
        try:
            return substitute(text, self.lookup)
        except UnknownVariable:
            self.failed.add(path)
        for line, error in unknown_in(text, self.lookup):
            place = self.locate(path) if file is None else Location(file, line)
            self.problems.append(Diagnostic(error.summary, error.detail, location=place))
        return text
