"""The locations of characters of a value: in the file of a body, or in the YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cioform.config.read.files import BYTE_ORDER_MARK, ProjectFiles
from cioform.config.read.parsing.positions import nearest_location
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Location
from cioform.core.errors import ConfigError
from cioform.core.text.text_places import line_and_column, offset_of
from cioform.model.contents import ContentText
from cioform.model.resource import Resource

_LOOKED_FOR: Final = 60
"""How many characters of a value are looked for in the YAML that it was written in."""


class TextLocator:
    """Finds places of values in the files of a project. Each file is read once."""

    def __init__(self, root: Path, texts: Mapping[str, str] | None = None) -> None:
        self._project = ProjectFiles.at(root, texts)
        self._read: dict[str, str] = {}

    def locate(
        self, resource: Resource, path: FieldPath, value: str = "", offset: int | None = None
    ) -> Location | None:
        """Return the place of a character of the value at `path`, as exactly as it is known."""
        body = resource.body_files.get(path)
        if body is not None:
            return _at(body, value, offset or 0)
        found = nearest_location(resource.positions, path) or resource.location
        if found is None or found.line is None or offset is None:
            return found
        text = self._text(found.file)
        begin = offset_of(text, found.line, found.column or 1) - 1
        # A value that YAML folds or escapes is looked for up to the end of its own line.
        wanted = value[offset : offset + _LOOKED_FOR].partition("\n")[0]
        earlier = value.count(wanted, 0, offset) if wanted else 0
        for _ in range(earlier + 1):
            begin = text.find(wanted, begin + 1) if wanted else -1
            if begin < 0:
                return found
        return _at(found.file, text, begin)

    def locate_text(self, resource: Resource, text: ContentText, offset: int) -> Location | None:
        """Return the place of a character of a text."""
        return self.locate(resource, text.path, text.value, offset)

    def _text(self, shown: str) -> str:
        if shown not in self._read:
            try:
                text = self._project.read(self._project.join(*shown.split("/")))
            except ConfigError:
                text = ""
            self._read[shown] = text.removeprefix(BYTE_ORDER_MARK)
        return self._read[shown]


def _at(file: str, text: str, offset: int) -> Location:
    return Location(file, *line_and_column(text, offset), is_exact=True)
