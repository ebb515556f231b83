"""Paths as they are in a file, where the canonical form has a group that the file leaves out."""

from __future__ import annotations

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
