"""A document as people wrote it, and which of its values may be overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from cioform.config.read.layering.variables import first_variable
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.read.parsing.positions import document_index
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.model.resource import Resource


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """The document of a resource before variables are substituted and bodies are read."""

    root: Path
    resource: Resource
    value: Mapping[str, JsonValue]

    def matching_fields(self, document: Mapping[str, JsonValue]) -> frozenset[str]:
        """Return the fields that match those of `document`, except for variables and files.

        A path into one of these fields leads to the same value in both documents.
        """
        return frozenset(
            name
            for name, value in self.value.items()
            if name in document and _matches(value, document[name])
        )

    def reason_not_editable(
        self, path: FieldPath, folder: Path, *, into_shared: bool = False
    ) -> str | None:
        """Return why the value at `path` must not be overwritten, or None if it may be.

        Files outside of the workspace's `folder` belong to other workspaces too, unless it is meant
        for them, and a variable would be lost if its value replaced it.
        """
        file = self._source_file(path)
        if not into_shared and self.has_shared_value(path, folder):
            return f"is in `{file}`, which other workspaces may include"
        use = first_variable([self._nearest_value(path), *self._body_texts(path)])
        return f"contains `{use}` in `{file}`" if use else None

    def written_text(self, path: FieldPath) -> str | None:
        """Return the text at `path` as it is in its file, None if there is no text."""
        bodies = self.resource.body_files
        if path in bodies:
            return (self.root / bodies[path]).read_text(encoding="utf-8")
        found = self._nearest_value(path)
        return found if isinstance(found, str) else None

    def is_shared(self, folder: Path) -> bool:
        """Return whether the document is outside of the workspace's `folder`."""
        assert self.resource.location is not None
        return self._is_outside(self.resource.location.file, folder)

    def has_shared_value(self, path: FieldPath, folder: Path) -> bool:
        """Return whether the value at `path` is in a file outside of the workspace's `folder`."""
        return self._is_outside(self._source_file(path), folder)

    def _is_outside(self, file: str, folder: Path) -> bool:
        return not (self.root / file).resolve().is_relative_to(folder.resolve())

    def _source_file(self, path: FieldPath) -> str:
        assert self.resource.location is not None
        return self.resource.body_files.get(path) or self.resource.location.file

    def _nearest_value(self, path: FieldPath) -> JsonValue:
        """Return the value at `path`, or the innermost value around it that is written.

        Returns None for a field or an item that an edit would add.
        """
        found: JsonValue = self.value
        for number, step in enumerate(path, 1):
            inner = _child(found, step)
            if inner is None:
                added = isinstance(found, dict | list) and number == len(path)
                return None if added or found is self.value else found
            found = inner
        return found

    def _body_texts(self, path: FieldPath) -> Collection[str]:
        return [
            (self.root / file).read_text(encoding="utf-8")
            for at, file in self.resource.body_files.items()
            if at[: len(path)] == path
        ]


def load_source_document(root: Path, resource: Resource) -> SourceDocument:
    """Return the document that `resource` was loaded from, in the project at `root`."""
    assert resource.location is not None
    file = resource.location.file
    text = (root / file).read_text(encoding="utf-8-sig")
    document = parse_yaml(text, file)[document_index(resource)]
    assert isinstance(document.value, dict)
    return SourceDocument(root, resource, document.value)


def _child(value: JsonValue, step: str | int) -> JsonValue:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _matches(written: JsonValue, value: JsonValue) -> bool:
    """Return whether both have the same names, lengths and values, except variables and files."""
    if isinstance(written, dict) and isinstance(value, dict):
        return written.keys() == value.keys() and all(_matches(written[k], value[k]) for k in value)
    if isinstance(written, list) and isinstance(value, list):
        return len(written) == len(value) and all(map(_matches, written, value))
    if isinstance(written, dict):
        return written.keys() == {"file"} and isinstance(value, str)
    return first_variable(written) is not None or bool(written == value)
