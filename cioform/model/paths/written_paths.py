"""Paths as they are in a file, where the canonical form has a group that the file leaves out."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import BARE_LIST, file_form, place_in
from cioform.model.resource import Resource


def written_path(kind: Kind, resource: Resource, path: FieldPath) -> FieldPath:
    """Return a path of the file form as the resource's file has it.

    `conditions.all[1]` is `conditions[1]` where the file has a bare list.
    """
    if BARE_LIST not in path:
        return path
    place = place_in(kind, file_form(kind, resource.attributes), path)
    if place is None:
        return path
    left_out = {at - len(place) for at in _bare_lists(resource, place)}
    return tuple(step for at, step in enumerate(path, -len(path)) if at not in left_out)


def with_bare_lists(document: Mapping[str, Json], resource: Resource) -> dict[str, Json]:
    """Return a document of a resource with a bare list where its file has one for a group."""
    return {name: _written(value, (name,), resource) for name, value in document.items()}


def _written(value: Json, path: FieldPath, resource: Resource) -> Json:
    if isinstance(value, Mapping):
        group = value.get(BARE_LIST) if len(value) == 1 else None
        is_written = (*path, BARE_LIST) in resource.positions
        if not isinstance(group, list) or is_written or (*path, 0) not in resource.positions:
            return {key: _written(each, (*path, key), resource) for key, each in value.items()}
        value = group
    if isinstance(value, list):
        return [_written(each, (*path, at), resource) for at, each in enumerate(value)]
    return value


def _bare_lists(resource: Resource, place: FieldPath) -> list[int]:
    """Return which steps of a place are groups that the file has as a bare list."""
    found: list[int] = []
    written: FieldPath = ()
    for at, step in enumerate(place):
        group = (*written, step)
        is_written = step != BARE_LIST or group in resource.positions
        if is_written or (*written, 0) not in resource.positions:
            written = group
        else:
            found.append(at)
    return found
