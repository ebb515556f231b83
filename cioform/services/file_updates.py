"""Write live values into existing files, and report what has to be edited by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cioform.config.load import Configuration
from cioform.config.write.edit import edit_resource
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
    """What became of the files that were to be updated."""

    written: Mapping[Address, list[Path]]
    left: tuple[str, ...]
    """Sentences about the values that could not be written."""


def update_files(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    live: Mapping[Address, Attributes],
) -> FileUpdates:
    """Edit the documents of the resources in `live` so that they have the live values."""
    written: dict[Address, list[Path]] = {}
    left: list[str] = []
    for address, resource in configuration.desired.resources.items():
        kind = kinds[address.kind]
        if address not in live or not document_edits(kind, resource, live[address]):
            continue
        edits = _plan_edits(root, configuration, kind, resource, live[address])
        if edits.possible:
            written[address] = edit_resource(root, resource, edits.possible)
        left += edits.left
    return FileUpdates(written, tuple(left))


@dataclass(frozen=True, slots=True)
class _DocumentEdits:
    """The edits that give a document the live values, and sentences about those not possible."""

    possible: Mapping[FieldPath, JsonValue]
    left: tuple[str, ...]


def _plan_edits(
    root: Path, configuration: Configuration, kind: Kind, resource: Resource, live: Attributes
) -> _DocumentEdits:
    document = load_source_document(root, resource)
    matching = document.matching_fields(kind.to_document(resource.attributes))
    edits = document_edits(kind, resource, live, matching)
    obstacles = {path: document.reason_not_editable(path, configuration.folder) for path in edits}
    return _DocumentEdits(
        {path: value for path, value in edits.items() if obstacles[path] is None},
        tuple(
            f"{resource.address}: `{format_path(path)}` {reason}. Edit it by hand. This shows the "
            f"live value: `cioform show {configuration.name} {resource.address} --live --yaml`."
            for path, reason in sorted(obstacles.items(), key=str)
            if reason is not None
        ),
    )
