"""Write live values into existing files, and report what has to be edited by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from functools import partial
from pathlib import Path
from types import MappingProxyType

from cioform.config.load import Configuration, load_configuration, secrets_of
from cioform.config.read.layering.layers import DEFAULTS
from cioform.config.read.layering.variables import (
    Lookup,
    first_variable,
    restore_variables,
    variables_lookup,
)
from cioform.config.read.parsing.positions import document_index
from cioform.config.write.editing.edit import EditLossError
from cioform.config.write.editing.edited_files import EditedFiles, by_real_path
from cioform.config.write.editing.written_merge import edits_of_written
from cioform.config.write.leave_out_defaults import leave_out_defaults
from cioform.config.write.source_document import SourceDocument, load_source_document
from cioform.config.write.yaml.formatting import format_yaml
from cioform.config.write.yaml.yaml_style import VerbatimText
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, Json, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret_scan import secret_places
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import field_names, place_of
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.compare import diff
from cioform.plan.compare.ignored import hide_ignored
from cioform.plan.fields_in_file import with_written_paths
from cioform.plan.file_changes import file_changes
from cioform.plan.matching.adoption import document_edits, document_forms
from cioform.report.values import format_path


@dataclass(frozen=True, slots=True)
class FileUpdates:
    """What is to be written to the files, and what cannot be."""

    files: EditedFiles
    paths: Mapping[Address, list[Path]]
    """The files that have the values of each resource."""
    left: tuple[str, ...]
    """Sentences about the values that could not be written."""
    needs_shared: bool = False
    """Whether `into_shared` would write more."""


def plan_updates(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    live: Mapping[Address, Attributes],
    *,
    into_shared: bool = False,
    added: Mapping[Address, Collection[str]] = MappingProxyType({}),
) -> FileUpdates:
    """Return what has to be written so that the resources in `live` have the live values.

    Documents that other workspaces include are only edited with `into_shared`. `added` are the
    fields of each resource that have something in `live` which its document leaves unmanaged.
    """
    wanted = _WantedValues(live, added)
    updates = _plan_updates(root, configuration, kinds, wanted, into_shared, frozenset())
    if misread := frozenset(_misread(root, configuration, kinds, wanted, updates)):
        updates = _plan_updates(root, configuration, kinds, wanted, into_shared, misread)
    return updates


@dataclass(frozen=True, slots=True)
class _WantedValues:
    """The values that files should have, and the fields in them that no file has."""

    live: Mapping[Address, Attributes]
    added: Mapping[Address, Collection[str]]

    def edits_of(self, kind: Kind, resource: Resource) -> Mapping[FieldPath, Json]:
        """Return what the document of a resource lacks of its values."""
        live, added = self.live[resource.address], self.added.get(resource.address, ())
        return document_edits(kind, resource, live, added=added)


def _misread(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    wanted: _WantedValues,
    updates: FileUpdates,
) -> Iterator[Address]:
    """Yield the resources whose files would not say what they should after the smallest edits."""
    try:
        loaded = load_configuration(
            root, configuration.name, kinds, os.environ, by_real_path(updates.files.changed)
        )
    except ConfigError:
        yield from updates.paths
        return
    for address in updates.paths:
        resource = loaded.desired.resources.get(address)
        if resource is None or wanted.edits_of(kinds[address.kind], resource):
            yield address


def _plan_updates(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    wanted: _WantedValues,
    into_shared: bool,
    whole: Set[Address],
) -> FileUpdates:
    """Return the updates; those of the resources in `whole` replace fields as a whole."""
    files = EditedFiles()
    written: dict[Address, list[Path]] = {}
    left: list[str] = []
    needs_shared = False
    for address, resource in configuration.desired.resources.items():
        kind = kinds[address.kind]
        if address not in wanted.live or not wanted.edits_of(kind, resource):
            continue
        edits = _plan_edits(
            root, configuration, kind, resource, wanted, into_shared,
            is_whole=address in whole,
        )  # fmt: skip
        form = partial(format_yaml, kind=kind, registry=kinds)
        paths, lost = _make_edits(files, root, resource, edits.possible, form)
        if paths:
            written[address] = paths
        left += [*edits.left, *lost]
        needs_shared |= edits.needs_shared
    return FileUpdates(files, written, tuple(left), needs_shared)


def _make_edits(
    files: EditedFiles,
    root: Path,
    resource: Resource,
    edits: Mapping[FieldPath, Json],
    form: Callable[[str], str],
) -> tuple[list[Path], list[str]]:
    """Make the edits that are possible; return the files, and sentences about the rest."""
    assert resource.location is not None
    try:
        file = root / resource.location.file
        return files.edit(file, edits, document_index(resource), form), []
    except EditLossError as error:
        if len(edits) == 1:
            (path,) = edits
            field = f"{resource.address}: `{format_path(path)}`"
            hint = f"cannot be edited without changing more of its file. {error.hint}"
            return [], [f"{field} {hint}"]
    each = [_make_edits(files, root, resource, {path: v}, form) for path, v in edits.items()]
    return [path for paths, _ in each for path in paths], [
        text for _, lost in each for text in lost
    ]


@dataclass(frozen=True, slots=True)
class _DocumentEdits:
    """The edits that give a document the live values, and sentences about those not possible."""

    possible: Mapping[FieldPath, Json]
    left: tuple[str, ...]
    needs_shared: bool


def _plan_edits(
    root: Path,
    configuration: Configuration,
    kind: Kind,
    resource: Resource,
    wanted: _WantedValues,
    into_shared: bool,
    *,
    is_whole: bool,
) -> _DocumentEdits:
    document = load_source_document(root, resource)
    is_shared = document.is_shared(configuration.folder)
    to_document = partial(_to_document, kind, _defaults_of(configuration, document))
    live, added = wanted.live[resource.address], wanted.added.get(resource.address, ())
    if is_whole:
        matching = document.matching_fields(to_document(resource.attributes))
        edits = document_edits(kind, resource, live, matching, to_document, added)
    else:
        forms = document_forms(kind, resource, live, to_document, added)
        edits = edits_of_written(document.value, *forms)
    lookup = variables_lookup(configuration.settings.variables)
    edits = {path: _with_variables(document, path, v, lookup) for path, v in edits.items()}
    obstacles = {
        path: None
        if isinstance(value, VerbatimText) and (into_shared or not is_shared)
        else document.reason_not_editable(path, configuration.folder, into_shared=into_shared)
        or _reason_of_secret(value, configuration)
        for path, value in edits.items()
    }
    left = tuple(
        f"{resource.address}: `{format_path(place_of(kind, document.value, path))}` {reason}. Edit "
        "it by hand. This shows the live value: "
        f"`cioform show {configuration.name} {resource.address} --live --yaml`."
        for path, reason in sorted(obstacles.items(), key=str)
        if reason is not None
    )
    if left and is_shared and not into_shared:
        left += tuple(_override_lines(kind, resource, live, is_exact=bool(added)))
    possible = {path: value for path, value in edits.items() if obstacles[path] is None}
    needs_shared = not into_shared and any(
        document.has_shared_value(path, configuration.folder)
        for path in edits.keys() - possible.keys()
    )
    return _DocumentEdits(possible, left, needs_shared)


def _reason_of_secret(value: Json, configuration: Configuration) -> str | None:
    """Return why a live value must not be in a file, as the end of a sentence; None if it may."""
    for _, what in secret_places(value, secrets_of(configuration.settings)):
        return f"contains {what}, which must not be in a file"
    return None


def _with_variables(document: SourceDocument, path: FieldPath, value: Json, lookup: Lookup) -> Json:
    """Return a value with the variables that its place in the file uses, if that is certain."""
    written = document.written_text(path)
    if not isinstance(value, str) or written is None or first_variable(written) is None:
        return value
    restored = restore_variables(written, value, lookup)
    return value if restored is None else VerbatimText(restored)


def _defaults_of(
    configuration: Configuration, document: SourceDocument
) -> list[Mapping[str, Json]]:
    """Return the defaults of a document, the nearest first."""
    settings = configuration.settings.defaults
    return [as_mapping(document.value.get(DEFAULTS)), settings.values if settings else {}]


def _to_document(
    kind: Kind, defaults: list[Mapping[str, Json]], attributes: Attributes
) -> dict[str, Json]:
    return leave_out_defaults(kind, kind.to_document(attributes), attributes, defaults)


def _override_lines(
    kind: Kind, resource: Resource, live: Attributes, *, is_exact: bool
) -> Iterator[str]:
    """Yield the lines for `overrides` that give a shared document the live values.

    With `is_exact`, `live` has nothing that should stay unmanaged.
    """
    own = resource.attributes
    live = hide_ignored(live, own, resource.ignore)
    if is_exact:
        found = diff.file_differences(kind, own, live)
    else:
        live = diff.managed_fields(kind, live, own)
        found = diff.drifted_fields(kind, own, live)
    changes = with_written_paths(file_changes(kind, found, own, live, file=own), kind, resource)
    lines = [
        f"    {format_path(change.path)}: {json.dumps(change.after, ensure_ascii=False)}"
        for change in changes
        if change.after is not None
        and not change.is_order
        and (len(change.path) > 1 or change.path[0] in field_names(kind.model))
    ]
    if lines:
        yield "\n".join(
            (
                "To change it in this workspace only, write in `workspace.yaml`:",
                "",
                "    overrides:",
                f"      {resource.address}:",
                *(f"    {line}" for line in lines),
            )
        )
