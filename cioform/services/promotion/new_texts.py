"""The new texts of the files of a promotion's target."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from cioform.config.read.identity import REMOTE_ID
from cioform.config.read.meta_fields import META_FIELDS
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.read.parsing.positions import document_index
from cioform.config.write.editing.edit import EditLossError, edit_text
from cioform.config.write.editing.edited_files import EditedFiles
from cioform.config.write.source_document import load_source_document
from cioform.config.write.yaml.formatting import format_yaml
from cioform.config.write.yaml.line_ends import with_line_ends_of, without_bom
from cioform.config.write.yaml.places import document_text
from cioform.config.write.yaml.yaml_style import verbatim
from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.model.paths.file_paths import with_related_fields
from cioform.model.resource import Resource
from cioform.services.promotion.adapted_document import (
    AdaptedDocument,
    DocumentFile,
    NotPromotableError,
)
from cioform.services.promotion.sides import Sides

EditedT = TypeVar("EditedT")


@dataclass(slots=True)
class PromotedTexts:
    """The texts of several promoted documents, which may be in one file."""

    sides: Sides
    files: EditedFiles = field(default_factory=EditedFiles)

    def add(
        self,
        candidate: Resource,
        current: Resource | None,
        changed: Collection[str],
        ids: Mapping[str, str],
        listed: Collection[FieldPath] = (),
    ) -> None:
        """Add the texts of a document and of the files that it names. Raises NotPromotableError.

        `changed` has the fields of the canonical form that differ, `listed` the paths of the
        differences in the file, and `ids` the references to unmanaged objects.
        """
        written = load_source_document(self.sides.root, candidate).value
        here = {} if current is None else load_source_document(self.sides.root, current).value
        source = DocumentFile(self._file_of(candidate), self.sides.source.folder)
        target = DocumentFile(
            self._new_file(candidate) if current is None else self._file_of(current),
            self.sides.target.folder,
        )
        kind = self.sides.kinds[candidate.address.kind]
        adapted = AdaptedDocument(kind, source, target, here, ids, listed)
        fields = adapted.adapt(written)
        texts = dict(adapted.texts)
        if current is None:
            texts[target.file] = self._new_text(candidate, {**written, **fields})
        else:
            self._edit(current, self._edits(candidate, current, (here, fields), changed))
        for path, text in texts.items():
            if path.exists():
                self.files.read(path)
            self.files.after[path] = text

    def _edits(
        self,
        candidate: Resource,
        current: Resource,
        documents: tuple[Mapping[str, Json], Mapping[str, Json]],
        changed: Collection[str],
    ) -> dict[FieldPath, Json]:
        """Return the fields to write, as the source has them; None removes a field."""
        before, after = documents
        known = {*candidate.attributes, *current.attributes}
        written = with_related_fields(self.sides.kinds[candidate.address.kind], {*changed})
        return {
            (name,): verbatim(after.get(name))
            for name in sorted(before.keys() | after.keys())
            if name not in META_FIELDS
            and before.get(name) != after.get(name)
            and (name in written or name not in known)
        }

    def _file_of(self, resource: Resource) -> Path:
        assert resource.location is not None
        return self.sides.root / resource.location.file

    def _new_file(self, candidate: Resource) -> Path:
        inside = self._file_of(candidate).relative_to(self.sides.source.folder)
        path = self.sides.target.folder / inside
        if document_index(candidate) > 0 or path.exists() or path in self.files.after:
            path = path.with_name(f"{candidate.address.name}.yaml")
        if path.exists() or path in self.files.after:
            raise NotPromotableError(
                "File already exists",
                f"The document would be `{os.path.relpath(path, self.sides.root)}`, but that file "
                "describes something else. Rename one of the two files.",
            )
        return path

    def _new_text(self, candidate: Resource, document: Mapping[str, Json]) -> str:
        """Return the text of a new file: that of the source, without the ID of its object."""
        own = {name: value for name, value in document.items() if name != REMOTE_ID}
        text = self._file_of(candidate).read_bytes().decode("utf-8")
        documents, index = parse_yaml(text, ""), document_index(candidate)
        held = documents[index].value
        if len(documents) > 1:
            text = with_line_ends_of(text, document_text(without_bom(text), index))
        edits: dict[FieldPath, Json] = {
            (name,): own.get(name) for name, value in held.items() if value != own.get(name)
        }
        return _reporting(candidate, partial(edit_text, text, edits, 0, ""))

    def _edit(self, current: Resource, edits: Mapping[FieldPath, Json]) -> None:
        """Make all edits of a document, or none."""
        kind, file = self.sides.kinds[current.address.kind], self._file_of(current)
        form = partial(format_yaml, kind=kind, registry=self.sides.kinds)
        _reporting(current, partial(self.files.edit, file, edits, document_index(current), form))


def _reporting(resource: Resource, edit: Callable[[], EditedT]) -> EditedT:
    """Return the result of an edit. Raises NotPromotableError with the patch."""
    file = resource.location.file if resource.location is not None else ""
    try:
        return edit()
    except EditLossError as error:
        raise NotPromotableError(
            "File cannot be edited",
            f"`{file}` cannot be edited without changing more of it. {error.hint}",
        ) from None
