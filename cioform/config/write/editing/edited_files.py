"""Files after edits: their new texts are only written when all edits are made."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path

from cioform.config.read.layering.resolve import named_file
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.write.editing.edit import Edits, edit_text, with_edit
from cioform.config.write.editing.hunks import find_hunks
from cioform.config.write.yaml.line_ends import with_line_ends_of, without_bom
from cioform.config.write.yaml.yaml_style import as_written
from cioform.core.data.json_value import JsonValue
from cioform.core.data.nested import find_value
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.storage.file_batch import replace_files


@dataclass(slots=True)
class EditedFiles:
    """The texts of files, as they are on the disk and as they will be."""

    before: dict[Path, str] = field(default_factory=dict)
    after: dict[Path, str] = field(default_factory=dict)

    @property
    def changed(self) -> dict[Path, str]:
        """The new texts of the files that differ."""
        return {p: text for p, text in self.after.items() if text != self.before.get(p)}

    def read(self, path: Path) -> str:
        """Return the text of a file, after the edits so far."""
        if path not in self.after:
            self.after[path] = self.before[path] = path.read_bytes().decode("utf-8")
        return self.after[path]

    def edit(
        self,
        file: Path,
        edits: Edits,
        index: int = 0,
        form: Callable[[str], str] | None = None,
    ) -> list[Path]:
        """Make edits of a document, all or none, and return the paths of the files they are in.

        `index` is the number of the document in `file`. A text that the document keeps in a file
        of its own is set in that file. A file that has the layout of `form` keeps it if that
        changes no line that the edits leave as it is. Raises EditLossError as `edit_text` does.
        """
        text = edited = self.read(file)
        inside, bodies = _in_their_files(text, edits, index)
        # A comment may go with a value that is removed, but with no other.
        for _, group in groupby(inside.items(), lambda edit: edit[1] is None):
            edited = edit_text(edited, dict(group), index, file.name)
        if inside:
            adds_or_removes = not _only_replace_scalars(text, inside, index)
            if form is not None and adds_or_removes and form(text) == text:
                formed = form(edited)
                edited = formed if _kept(text, formed) >= _kept(text, edited) else edited
            self.after[file] = edited
        for name, value in bodies.items():
            self.after[file.parent / name] = with_line_ends_of(self.read(file.parent / name), value)
        return [*([file] if inside else []), *(file.parent / name for name in bodies)]


def edit_document(file: Path, path: FieldPath, value: JsonValue, index: int = 0) -> Path:
    """Set a value in a document and write the file; see `EditedFiles.edit`."""
    files = EditedFiles()
    (place,) = files.edit(file, {path: value}, index)
    write_texts(files.changed)
    return place


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write the new texts of files, with their newlines: all of them, or none after an error."""
    replace_files({path: text.encode() for path, text in texts.items()})


def by_real_path(texts: Mapping[Path, str]) -> dict[str, str]:
    """Return texts as `load_configuration` takes them."""
    return {os.path.realpath(path): text for path, text in texts.items()}


def _only_replace_scalars(text: str, edits: Edits, index: int) -> bool:
    """Return whether each edit of a document only puts a scalar in the place of another one."""
    document = parse_yaml(without_bom(text), "")[index].value
    values = (value for path, new in edits.items() for value in (find_value(document, path), new))
    return not any(value is None or isinstance(value, dict | list) for value in values)


def _kept(before: str, after: str) -> int:
    """Return how many lines of a text are in it after an edit."""
    old, new = before.splitlines(), after.splitlines()
    return len(old) - sum(hunk.stop - hunk.start for hunk in find_hunks(old, new))


def _in_their_files(
    text: str, edits: Edits, index: int
) -> tuple[dict[FieldPath, JsonValue], dict[str, str]]:
    """Return the edits inside of a document, and the new texts of files that it names."""
    document = parse_yaml(without_bom(text), "")[index].value
    inside: dict[FieldPath, JsonValue] = {}
    bodies: dict[str, str] = {}
    for path, value in edits.items():
        name = _file_named_at(document, path)
        if name is not None and isinstance(value, str):
            bodies[name] = as_written(value)
        else:
            inside[path] = value
            document = with_edit(document, path, value)
    return inside, bodies


def _file_named_at(document: JsonValue, path: FieldPath) -> str | None:
    """Return the name of the file that a document has at a path, if it is a text in a file."""
    return named_file(find_value(document, path))
