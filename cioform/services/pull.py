"""Take what is there into the files that manage it, and say what has to stay as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as Folder

from cioform.config.load import Workspace
from cioform.config.write.resources import edit_resource
from cioform.config.write.source_document import load_written
from cioform.core.address import Address
from cioform.core.json_value import Attributes, Plain
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.resource import Path, Resource
from cioform.plan.adoption import edits
from cioform.report.values import path_text


@dataclass(frozen=True, slots=True)
class Pulled:
    """The files written by address, and sentences about the values that were left."""

    written: Mapping[Address, list[Folder]]
    left: tuple[str, ...]


def pull(
    root: Folder, workspace: Workspace, kinds: Registry, live: Mapping[Address, Attributes]
) -> Pulled:
    """Edit the documents of those resources that are in `live` to say what is there."""
    written: dict[Address, list[Folder]] = {}
    left: list[str] = []
    for address, resource in workspace.desired.resources.items():
        if address not in live or not edits(kinds[address.kind], resource, live[address]):
            continue
        found = _Edits.of(root, workspace, kinds[address.kind], resource, live[address])
        if found.possible:
            written[address] = edit_resource(root, resource, found.possible)
        left += found.left
    return Pulled(written, tuple(left))


@dataclass(frozen=True, slots=True)
class _Edits:
    """What would make a document say what is there: what can be edited, what is left and why."""

    possible: Mapping[Path, Plain]
    left: tuple[str, ...]

    @classmethod
    def of(
        cls, root: Folder, workspace: Workspace, kind: Kind, resource: Resource, live: Attributes
    ) -> _Edits:
        document = load_written(root, resource)
        alike = document.alike(kind.document(resource.attributes))
        changes = edits(kind, resource, live, alike)
        obstacles = {path: document.obstacle(path, workspace.folder) for path in changes}
        return cls(
            {path: value for path, value in changes.items() if obstacles[path] is None},
            tuple(
                f"{resource.address}: `{path_text(path)}` {why}. Edit it by hand; what is there "
                f"is shown by `cioform show {workspace.name} {resource.address} --live --yaml`."
                for path, why in sorted(obstacles.items(), key=str)
                if why is not None
            ),
        )
