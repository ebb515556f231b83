"""Take what is there into the files that manage it, and say what has to stay as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as Folder

from cioform.config.load import Configuration
from cioform.config.write.resources import edit_resource
from cioform.config.write.source_document import load_source_document
from cioform.core.address import Address
from cioform.core.json_value import Attributes, JsonValue
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.resource import FieldPath, Resource
from cioform.plan.adoption import document_edits
from cioform.report.values import format_path


@dataclass(frozen=True, slots=True)
class FileUpdates:
    """The files written by address, and sentences about the values that were left."""

    written: Mapping[Address, list[Folder]]
    left: tuple[str, ...]


def update_files(
    root: Folder, workspace: Configuration, kinds: Registry, live: Mapping[Address, Attributes]
) -> FileUpdates:
    """Edit the documents of those resources that are in `live` to say what is there."""
    written: dict[Address, list[Folder]] = {}
    left: list[str] = []
    for address, resource in workspace.desired.resources.items():
        if address not in live or not document_edits(kinds[address.kind], resource, live[address]):
            continue
        found = _DocumentEdits.of(root, workspace, kinds[address.kind], resource, live[address])
        if found.editable:
            written[address] = edit_resource(root, resource, found.editable)
        left += found.left
    return FileUpdates(written, tuple(left))


@dataclass(frozen=True, slots=True)
class _DocumentEdits:
    """What would make a document say what is there: what can be edited, what is left and why."""

    editable: Mapping[FieldPath, JsonValue]
    left: tuple[str, ...]

    @classmethod
    def of(
        cls,
        root: Folder,
        workspace: Configuration,
        kind: Kind,
        resource: Resource,
        live: Attributes,
    ) -> _DocumentEdits:
        document = load_source_document(root, resource)
        alike = document.matching_fields(kind.to_document(resource.attributes))
        changes = document_edits(kind, resource, live, alike)
        obstacles = {path: document.reason_not_editable(path, workspace.folder) for path in changes}
        return cls(
            {path: value for path, value in changes.items() if obstacles[path] is None},
            tuple(
                f"{resource.address}: `{format_path(path)}` {why}. Edit it by hand; what is there "
                f"is shown by `cioform show {workspace.name} {resource.address} --live --yaml`."
                for path, why in sorted(obstacles.items(), key=str)
                if why is not None
            ),
        )
