"""Derive the kind and the name of a document from its fields, or else from its file."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Final

from cioform.config.read.yaml_file import YamlFile
from cioform.core.address import NONE, is_name, slugify
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.suggest import did_you_mean
from cioform.model.kind import Kind
from cioform.model.registry import Registry

INDEX_STEM: Final = "index"
"""The stem of a file whose resource is named by its folder; the kind's name is another one."""


class AddressError(ValueError):
    """Why a document has no address, and the path of the value that is wrong."""

    def __init__(self, summary: str, detail: str, path: FieldPath = ()) -> None:
        super().__init__(detail)
        self.summary, self.detail, self.path = summary, detail, path


def find_kind(file: YamlFile, written: JsonValue, registry: Registry) -> Kind:
    """Return the kind that a document says, or else that of its folder. Raises AddressError."""
    if written is None:
        if file.kind is None:
            raise _unknown_folder_error(file, registry)
        return file.kind
    if isinstance(written, str) and written in registry:
        return registry[written]
    raise AddressError(
        "Unknown kind",
        f"Unknown kind `{written}`.{did_you_mean(written, registry.names)} List all "
        "kinds with:\n\n    cioform kinds",
        ("kind",),
    )


def _unknown_folder_error(file: YamlFile, registry: Registry) -> AddressError:
    folder = PurePath(file.kind_folder).name
    close = did_you_mean(folder, [kind.folder for kind in registry])
    return AddressError(
        "Unknown kind",
        f"A file's folder determines its kind, but no kind has the folder `{folder}`.{close} "
        "Move the file, or add `kind:` to the document. List all kinds and their folders with:"
        "\n\n    cioform kinds",
    )


def resource_name(file: YamlFile, written: JsonValue, kind: Kind) -> str:
    """Return the `id` of a document, or else the name of its file. Raises AddressError."""
    name = written if written is not None else _file_name(file, kind)
    if isinstance(name, str) and is_name(name):
        return name
    slug = slugify(str(name)) or f"{kind.name}_1"
    source, fix = ("`id`", f"Write `id: {slug}`.")
    if written is None:
        source, fix = ("The name of this file", f"Rename the file, or add `id: {slug}`.")
    rule = "use lowercase letters, digits, `_` and `-`"
    if name == NONE:
        rule = "in a reference, it means no object"
    raise AddressError(
        "Invalid name",
        f"{source} is part of the resource's address, and `{name}` is not a valid name: "
        f"{rule}. {fix}",
        ("id",) if written is not None else (),
    )


def _file_name(file: YamlFile, kind: Kind) -> str:
    folder, _, base = file.path.rpartition(os.sep)
    stem = base.rpartition(".")[0]
    if stem in (kind.name, INDEX_STEM) and folder != file.kind_folder:
        return PurePath(folder).name
    return stem
