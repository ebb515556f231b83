"""Write new documents for resources, with their long texts in files beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cioform.config.read.layering.variables import escape_variables
from cioform.config.write.dump import dump_yaml
from cioform.config.write.editing.edited_files import write_texts
from cioform.config.write.leave_out_defaults import leave_out_defaults
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, Json, JsonValue, as_mapping
from cioform.core.data.nested import get_value, with_value
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.graph import order_with_cycles
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.registry import Registry
from cioform.model.remote_access.remote_ids import id_value

_UNSAFE_CHARACTERS: Final = lazy_pattern(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class _ResourceFiles:
    """The files of one resource: the text of each by its path."""

    texts: dict[Path, str] = field(default_factory=dict)

    def add_body(self, path: Path, text: str) -> Path:
        """Add a body under `path`, or under a free name like it, and return its path."""
        free, count = path, 1
        while free in self.texts:
            count += 1
            free = path.with_name(f"{path.stem}-{count}{path.suffix}")
        self.texts[free] = escape_variables(text)
        return free


def write_resources(
    folder: Path,
    registry: Registry,
    items: Sequence[tuple[Address, Attributes]],
    schema_path: Path | None = None,
    defaults: Mapping[str, Json] | None = None,
    *,
    remote_ids: Mapping[Address, str] = MappingProxyType({}),
) -> list[Path]:
    """Write a document for each resource, with its bodies beside it; return the paths written.

    Loading the documents gives the same attributes. `folder` is that of the workspace. A resource
    with several bodies gets a folder of its own. Values that equal one of `defaults`, the defaults
    of the settings, are left out. `remote_ids` are the IDs to write, for objects whose names are
    not unique. Raises ConfigError, with nothing written, if a file already exists.
    """
    files: dict[Address, dict[Path, str]] = {}
    for address, attributes in items:
        kind = registry[address.kind]
        document = leave_out_defaults(
            kind, kind.to_document(attributes), attributes, [defaults or {}]
        )
        document = {**_id_field(remote_ids.get(address)), **document}
        files[address] = _resource_files(folder, kind, address, document, schema_path)
    texts = {path: text for of_one in files.values() for path, text in of_one.items()}
    _refuse_overwriting(folder, texts)
    # What a killed process leaves is valid: a document comes after all that it refers to.
    ordered = {
        path: texts[path]
        for address in _used_first(registry, dict(items))
        for path in reversed(files[address])
    }
    write_texts(ordered)
    return list(texts)


def _used_first(registry: Registry, resources: Mapping[Address, Attributes]) -> Iterable[Address]:
    def uses(address: Address) -> list[Address]:
        references = registry[address.kind].references(resources[address])
        return [each.address for each in references if each.address and each.address in resources]

    return reversed(order_with_cycles(resources, uses))


def schema_comment(path: Path, schema: Path | None, definition: str) -> str:
    """Return the line that tells an editor the schema of the document at `path`, if there is one.

    `definition` is the name of the schema's definition: a kind, or `workspace`.
    """
    if schema is None:
        return ""
    relative = Path(os.path.relpath(schema, path.parent)).as_posix()
    return f"# yaml-language-server: $schema={relative}#/$defs/{definition}\n"


def _id_field(remote_id: str | None) -> dict[str, JsonValue]:
    if remote_id is None:
        return {}
    return {"remote_id": id_value(remote_id)}


def _resource_files(
    folder: Path,
    kind: Kind,
    address: Address,
    document: dict[str, JsonValue],
    schema: Path | None,
) -> dict[Path, str]:
    bodies = list(kind.body_files(document))
    own_folder = isinstance(kind, HasParts) or len(bodies) > 1
    home = folder / kind.folder / address.name if own_folder else folder / kind.folder
    path = home / f"{kind.name if own_folder else address.name}.yaml"
    files = _ResourceFiles({path: ""})
    for body_path, suffix in bodies:
        body = home / _body_file_name(address.name, suffix, own_folder)
        written = files.add_body(body, str(get_value(document, body_path)))
        document = {**as_mapping(with_value(document, body_path, {"file": written.name}))}
    files.texts[path] = schema_comment(path, schema, kind.name) + dump_yaml(document, kind)
    return files.texts


def _body_file_name(name: str, suffix: str, own_folder: bool) -> str:
    suffix = _UNSAFE_CHARACTERS.sub("_", suffix)
    if own_folder and not suffix.startswith("."):
        return suffix
    return f"{name}.{suffix.removeprefix('.')}"


def _refuse_overwriting(folder: Path, files: Mapping[Path, str]) -> None:
    existing = [path.relative_to(folder).as_posix() for path in files if path.exists()]
    if existing:
        raise ConfigError(
            Diagnostic(
                "File already exists",
                f"`{path}` already exists and would be overwritten, so nothing was written. Move "
                "it away, or import into another folder.",
                location=Location(path),
            )
            for path in existing
        )
