"""What a document says as people wrote it, and so what may be written over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from cioform.config.read.parse import parse
from cioform.config.read.positions import Positions
from cioform.config.read.variables import first_use
from cioform.core.json_value import Plain
from cioform.model.resource import Path as ValuePath
from cioform.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Written:
    """The document of a resource before variables are filled in and bodies are read."""

    root: Path
    resource: Resource
    value: Mapping[str, Plain]

    def alike(self, document: Mapping[str, Plain]) -> frozenset[str]:
        """Give the fields that are spelt as in `document` but for variables and files, so that a
        path into that one leads to the same value here."""
        return frozenset(
            name
            for name, value in self.value.items()
            if name in document and _alike(value, document[name])
        )

    def obstacle(self, path: ValuePath, folder: Path) -> str | None:
        """Give why the value at `path` may not be written over, None when it may. Files outside
        of the workspace's `folder` belong to others too, and a variable says more than the value
        that it has here."""
        file = self._file(path)
        if not (self.root / file).resolve().is_relative_to(folder.resolve()):
            return f"stands in `{file}`, which other workspaces may include"
        use = first_use([self._at(path), *self._bodies(path)])
        return f"holds `{use}` in `{file}`" if use else None

    def _file(self, path: ValuePath) -> str:
        assert self.resource.location is not None
        return self.resource.bodies.get(path) or self.resource.location.file

    def _at(self, path: ValuePath) -> Plain:
        """Give what stands at `path`. Where it leads past what is written, that is a value to be
        added, or one that is spelt otherwise; then what is around it."""
        found: Plain = self.value
        for number, step in enumerate(path, 1):
            inner = _step(found, step)
            if inner is None:
                added = isinstance(found, dict) and number == len(path)
                return None if added or found is self.value else found
            found = inner
        return found

    def _bodies(self, path: ValuePath) -> Collection[str]:
        return [
            (self.root / file).read_text(encoding="utf-8")
            for at, file in self.resource.bodies.items()
            if at[: len(path)] == path
        ]


def load_written(root: Path, resource: Resource) -> Written:
    """Give the document that `resource` was loaded from, in the project at `root`."""
    assert resource.location is not None
    assert isinstance(resource.positions, Positions)
    file = resource.location.file
    text = (root / file).read_text(encoding="utf-8-sig")
    document = parse(text, file)[resource.positions.index]
    assert isinstance(document.value, dict)
    return Written(root, resource, document.value)


def _step(value: Plain, step: str | int) -> Plain:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _alike(written: Plain, value: Plain) -> bool:
    """Tell whether both are built alike: the same names, as many items, the same values but for
    variables and files."""
    if isinstance(written, dict) and isinstance(value, dict):
        return written.keys() == value.keys() and all(_alike(written[k], value[k]) for k in value)
    if isinstance(written, list) and isinstance(value, list):
        return len(written) == len(value) and all(map(_alike, written, value))
    if isinstance(written, dict):
        return written.keys() == {"file"} and isinstance(value, str)
    return first_use(written) is not None or bool(written == value)
