"""Models to files: a tidy tree for what was imported, and edits that keep what people wrote."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cioform.config.read.positions import Positions
from cioform.config.read.variables import escape_variables
from cioform.config.write.formatting import field_order
from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.json_value import Attributes, JsonValue
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.resource import FieldPath as ValuePath
from cioform.model.resource import Resource
from cioform.storage.atomic import replace_file

_UNSAFE_CHARACTERS: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class _ResourceFiles:
    """The files of one resource: the text of each by its path."""

    texts: dict[Path, str] = field(default_factory=dict)

    def add_body(self, path: Path, text: str) -> Path:
        """Keep a body under `path`, or under a free name near it."""
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
) -> list[Path]:
    """Write one document for each resource below the workspace's `folder`, with its bodies beside
    it, and give the paths written. Loading them gives the same attributes. A resource with
    several bodies gets a folder of its own. Raises FilesWrong, with nothing written, when a file
    is already there."""
    files: dict[Path, str] = {}
    for address, attributes in items:
        files |= _resource_files(folder, registry[address.kind], address, attributes, schema_path)
    _refuse_overwriting(folder, files)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, text)
    return list(files)


def _resource_files(
    folder: Path, kind: Kind, address: Address, attributes: Attributes, schema: Path | None
) -> dict[Path, str]:
    from cioform.config.write.yaml_style import dump_yaml

    document = kind.to_document(attributes)
    bodies = list(kind.body_files(document))
    own_folder = kind.has_own_folder or len(bodies) > 1
    home = folder / kind.folder / address.name if own_folder else folder / kind.folder
    path = home / f"{kind.name if own_folder else address.name}.yaml"
    files = _ResourceFiles({path: ""})
    for at, end in bodies:
        body = home / _body_file_name(address.name, end, own_folder)
        written = files.add_body(body, _value_at(document, at))
        document = _with_value(document, at, {"file": written.name})
    ordered = {name: document[name] for name in field_order(kind, list(document))}
    files.texts[path] = schema_comment(path, schema, kind.name) + dump_yaml(ordered)
    return files.texts


def _body_file_name(name: str, suffix: str, own_folder: bool) -> str:
    suffix = _UNSAFE_CHARACTERS.sub("_", suffix)
    if own_folder and not suffix.startswith("."):
        return suffix
    return f"{name}.{suffix.removeprefix('.')}"


def schema_comment(path: Path, schema: Path | None, definition: str) -> str:
    """Give the line that tells an editor how the document at `path` should look, or nothing."""
    if schema is None:
        return ""
    relative = Path(os.path.relpath(schema, path.parent)).as_posix()
    return f"# yaml-language-server: $schema={relative}#/$defs/{definition}\n"


def _refuse_overwriting(folder: Path, files: Mapping[Path, str]) -> None:
    there = [path for path in files if path.exists()]
    if there:
        raise ConfigError(
            Diagnostic(
                "File already there",
                f"`{path.relative_to(folder).as_posix()}` would be overwritten. Move it away, or "
                "import into another folder. Nothing was written.",
                location=Location(path.relative_to(folder).as_posix()),
            )
            for path in there
        )


def edit_resource(
    root: Path, resource: Resource, edits: Mapping[ValuePath, JsonValue]
) -> list[Path]:
    """Put each value at its path of the document that `resource` was loaded from, in the project
    at `root`. Gives the files written; see `edit_document`."""
    assert resource.location is not None
    assert isinstance(resource.positions, Positions)
    file, index = root / resource.location.file, resource.positions.index
    return [edit_document(file, path, value, index) for path, value in edits.items()]


def edit_document(file: Path, path: ValuePath, value: JsonValue, index: int = 0) -> Path:
    """Put `value` at `path` of the document at place `index` of `file`; None takes the value out.
    Comments and everything else stay. A value that stands in a file of its own is written there.
    Gives the path of the file written."""
    from cioform.config.write.yaml_style import round_trip_yaml

    yaml = round_trip_yaml()
    with file.open(encoding="utf-8", newline="") as opened:
        text = opened.read()
    yaml.explicit_start = text.lstrip().startswith("---")
    documents = list(yaml.load_all(text))
    beside = _referenced_file(documents[index], path)
    if beside is not None and isinstance(value, str):
        body = file.parent / beside
        _write_atomically(body, escape_variables(value))
        return body
    _set_value(documents[index], path, value)
    out = io.StringIO()
    yaml.dump_all(documents, out)
    _write_atomically(file, out.getvalue())
    return file


def _referenced_file(document: Any, path: ValuePath) -> str | None:
    try:
        found = _value_at(document, path)
    except (KeyError, IndexError, TypeError):
        return None
    if isinstance(found, Mapping) and len(found) == 1 and "file" in found:
        return str(found["file"])
    return None


def _set_value(document: Any, path: ValuePath, value: JsonValue) -> None:
    from cioform.config.write.yaml_style import to_ruamel

    *way, last = path
    for step in way:
        if isinstance(document, dict) and step not in document:
            document[step] = {}
        document = document[step]
    if value is None:
        del document[last]
    elif isinstance(document, list) and last == len(document):
        document.append(to_ruamel(value))
    else:
        document[last] = to_ruamel(value)


def _value_at(document: Any, path: ValuePath) -> Any:
    for step in path:
        document = document[step]
    return document


def _with_value(document: Any, path: ValuePath, value: JsonValue) -> Any:
    """Give a copy with another value at `path`."""
    if not path:
        return value
    step, *rest = path
    if isinstance(document, list):
        assert isinstance(step, int)
        copied = list(document)
        copied[step] = _with_value(document[step], tuple(rest), value)
        return copied
    return {**document, step: _with_value(document[step], tuple(rest), value)}


def _write_atomically(path: Path, text: str) -> None:
    # Thousands of documents are not worth the wait for the disk: Git has the old ones.
    replace_file(path, text.encode(), durable=False)


def new_workspace_yaml(
    endpoint: str | Mapping[str, str],
    *,
    environment_id: int | None = None,
    include: Sequence[str] = (),
    schema: str | None = None,
) -> str:
    """Give the text of a new `workspace.yaml`. `schema` is the editor schema's path from there."""
    from cioform.config.write.yaml_style import dump_yaml

    settings: dict[str, JsonValue] = {"endpoint": endpoint}
    if environment_id is not None:
        settings["environment_id"] = environment_id
    if include:
        settings["include"] = list(include)
    head = f"# yaml-language-server: $schema={schema}#/$defs/workspace\n" if schema else ""
    return (
        head
        + dump_yaml(settings)
        + ("" if endpoint == "sandbox" else _CREDENTIALS_YAML)
        + _GUARDS_YAML
    )


_CREDENTIALS_YAML: Final = """
# Where each credential is, never the credential itself. One that is not set is not used.
credentials:
  app_api_key: ${env.CUSTOMERIO_APP_API_KEY}
  service_account_token: ${env.CUSTOMERIO_SERVICE_ACCOUNT_TOKEN}
"""

_GUARDS_YAML: Final = """
# What a plan may do without being told twice.
guards:
  allow_delete: false
  max_deletes: 5
  max_percent: 50
"""
