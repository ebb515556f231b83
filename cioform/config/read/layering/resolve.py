"""Resolve a document: substitute its variables and read the files that it names."""

from __future__ import annotations

from collections.abc import Callable

from cioform.config.read.layering.variables import (
    Lookup,
    VariableError,
    substitute,
    unresolved_variables,
)
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.text.quantities import pluralize

ReadReferencedFile = Callable[[str, Location | None], tuple[str, str]]
"""Maps the name of a file beside the document to its path as shown and its text."""


@dataclass(slots=True)
class Resolver:
    """Resolves one document, collecting its `problems` and the `body_files` that were read."""

    lookup: Lookup
    locate: Callable[[FieldPath], Location | None]
    read_referenced_file: ReadReferencedFile | None = None
    problems: list[Diagnostic] = field(default_factory=list)
    body_files: dict[FieldPath, str] = field(default_factory=dict)
    failed: set[FieldPath] = field(default_factory=set)
    """The paths of values that could not be resolved, and so cannot be validated either."""

    def resolve(self, value: JsonValue, path: FieldPath = ()) -> JsonValue:
        """Return `value` resolved; a part that cannot be resolved stays as it is."""
        if isinstance(value, str):
            return self._resolve_text(value, path)
        if isinstance(value, list):
            return [self.resolve(item, (*path, at)) for at, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if self.read_referenced_file is not None and (name := named_file(value)) is not None:
            return self._resolve_file(name, path)
        return {key: self.resolve(item, (*path, key)) for key, item in value.items()}

    def _resolve_file(self, written: str, path: FieldPath) -> JsonValue:
        assert self.read_referenced_file is not None
        name = str(self._resolve_text(written, path))
        try:
            shown, text = self.read_referenced_file(name, None)
        except ConfigError:
            self._report_unreadable_file(name, path)
            return ""
        self.body_files[path] = shown
        resolved = self._resolve_text(text, path, file=shown)
        # A body is text, even one that is a single variable.
        return resolved if isinstance(resolved, str) else text

    def _report_unreadable_file(self, name: str, path: FieldPath) -> None:
        """Try to read the file again, now with the location of the reference for the message.

        Finding the location is slow, so it is not done for the files that can be read.
        """
        assert self.read_referenced_file is not None
        self.failed.add(path)
        try:
            self.read_referenced_file(name, self.locate((*path, "file")))
        except ConfigError as error:
            self.problems += error.diagnostics

    def _resolve_text(self, text: str, path: FieldPath, file: str | None = None) -> JsonValue:
        """Return `text` with its variables substituted; `file` is the body file that it is from."""
        if "${" not in text:
            return text
        try:
            return substitute(text, self.lookup)
        except VariableError:
            self.failed.add(path)
        for line, error, uses in unresolved_variables(text, self.lookup):
            place = self.locate(path) if file is None else Location(file, line)
            more = pluralize(uses - 1, "more time", "more times")
            repeated = f"\n\nThe same text uses it {more}." if uses > 1 else ""
            self.problems.append(
                Diagnostic(error.summary, f"{error.detail}{repeated}", location=place)
            )
        return text


def named_file(value: JsonValue) -> str | None:
    """Return the name of the file in which a text is, None if it is not in a file of its own."""
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get("file"), str):
        return str(value["file"])
    return None
