"""The new texts of the files of a promotion's target."""

from __future__ import annotations

import os.path
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cioform.config.read.identity import REMOTE_ID
from cioform.config.read.meta_fields import META_FIELDS
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.read.parsing.positions import document_index
from cioform.config.write.dump import dump_yaml
from cioform.config.write.edit import EditLossError, edit_text
from cioform.config.write.formatting import format_yaml
from cioform.config.write.source_document import load_source_document
from cioform.config.write.yaml_style import verbatim
from cioform.core.json_value import JsonValue
from cioform.model.resource import FieldPath, Resource
from cioform.services.promotion.adapted_document import (
    AdaptedDocument,
    DocumentFile,
    NotPromotableError,
)
from cioform.services.promotion.sides import Sides


@dataclass(slots=True)
class PromotedTexts:
    """The texts of several promoted documents, which may be in one file."""

    sides: Sides
    by_path: dict[Path, str] = field(default_factory=dict)

    @property
    def for_loading(self) -> Mapping[str, str]:
        """The texts by the real paths of their files."""
        return {os.path.realpath(path): text for path, text in self.by_path.items()}

    def add(
        self,
        candidate: Resource,
        current: Resource | None,
        changed: Collection[str],
        ids: Mapping[str, str],
    ) -> None:
        """Add the texts of a document and of the files that it names. Raises NotPromotableError.

        `changed` are the fields of the canonical form that differ, and `ids` the references to
        unmanaged objects.
        """
        written = load_source_document(self.sides.root, candidate).value
        here = {} if current is None else load_source_document(self.sides.root, current).value
        source = DocumentFile(self._file_of(candidate), self.sides.source.folder)
        target = DocumentFile(
            self._new_file(candidate) if current is None else self._file_of(current),
            self.sides.target.folder,
        )
        adapted = AdaptedDocument(
            self.sides.kinds[candidate.address.kind], source, target, here, ids
        )
        fields = adapted.adapt(written)
        if current is None:
            texts = {target.file: self._new_text(candidate, {**written, **fields})}
        else:
            edits = self._edits(candidate, current, (here, fields), changed)
            texts = {target.file: self._edited(current, edits)} if edits else {}
        self.by_path |= texts | adapted.texts

    def _edits(
        self,
        candidate: Resource,
        current: Resource,
        documents: tuple[Mapping[str, JsonValue], Mapping[str, JsonValue]],
        changed: Collection[str],
    ) -> dict[FieldPath, JsonValue]:
        """Return the fields to write, as the source spells them; None removes a field."""
        before, after = documents
        known = {*candidate.attributes, *current.attributes}
        spread = self.sides.kinds[candidate.address.kind].canonical_only_fields
        is_spread = bool(spread.intersection(changed))
        return {
            (name,): verbatim(after.get(name))
            for name in sorted(before.keys() | after.keys())
            if name not in META_FIELDS
            and before.get(name) != after.get(name)
            and (is_spread or name in changed or name not in known)
        }

    def _file_of(self, resource: Resource) -> Path:
        assert resource.location is not None
        return self.sides.root / resource.location.file

    def _new_file(self, candidate: Resource) -> Path:
        inside = self._file_of(candidate).relative_to(self.sides.source.folder)
        path = self.sides.target.folder / inside
        if document_index(candidate) > 0 or path.exists() or path in self.by_path:
            path = path.with_name(f"{candidate.address.name}.yaml")
        if path.exists() or path in self.by_path:
            raise NotPromotableError(
                "File exists",
                f"The document would be `{os.path.relpath(path, self.sides.root)}`, but that file "
                "describes something else. Rename one of the two files.",
            )
        return path

    def _new_text(self, candidate: Resource, document: Mapping[str, JsonValue]) -> str:
        """Return the text of a new file: that of the source, without the ID of its object."""
        own = {name: value for name, value in document.items() if name != REMOTE_ID}
        text = self._file_of(candidate).read_bytes().decode("utf-8")
        documents = parse_yaml(text.removeprefix("\ufeff"), "")
        if len(documents) > 1:
            kind = self.sides.kinds[candidate.address.kind]
            return dump_yaml(verbatim(own | {"kind": kind.name}), kind)
        for name, value in documents[0].value.items():
            if value != own.get(name):
                text = _edit(text, (name,), own.get(name), 0, candidate)
        return text

    def _edited(self, current: Resource, edits: Mapping[FieldPath, JsonValue]) -> str:
        """Return the text of a file after edits; one that was formatted stays so."""
        path = self._file_of(current)
        text = self.by_path.get(path) or path.read_bytes().decode("utf-8")
        kind = self.sides.kinds[current.address.kind]
        format_text = partial(format_yaml, kind=kind, registry=self.sides.kinds)
        was_formatted = format_text(text) == text
        for place, value in edits.items():
            text = _edit(text, place, value, document_index(current), current)
        return format_text(text) if was_formatted else text


def _edit(text: str, path: FieldPath, value: JsonValue, index: int, resource: Resource) -> str:
    file = resource.location.file if resource.location is not None else ""
    try:
        return edit_text(text, path, value, index, file)
    except EditLossError as error:
        patch = "".join(f"\n    {line}" for line in error.patch.splitlines())
        raise NotPromotableError(
            "File cannot be edited",
            f"`{path[0]}` cannot be edited without changing more of `{file}`. Edit it by hand:\n"
            f"{patch}",
        ) from None
