"""Changes of fields as the file of one resource has these fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath, format_path, overlap, parse_path
from cioform.core.dataclasses import replace
from cioform.core.diagnostic import Location
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import file_form, file_path, names_in_files, place_in
from cioform.model.paths.written_paths import written_path
from cioform.model.resource import Resource
from cioform.plan.change import FieldChange
from cioform.plan.compare import diff
from cioform.plan.file_changes import file_changes


def with_written_paths(
    fields: tuple[FieldChange, ...], kind: Kind, resource: Resource | None
) -> tuple[FieldChange, ...]:
    """Return the changes with the paths that are in the file, if there is a file."""
    if resource is None:
        return fields
    paths = [written_path(kind, resource, item.path) for item in fields]
    return tuple(
        item if item.path == path else replace(item, path=path)
        for item, path in zip(fields, paths, strict=True)
    )


def kept_in_file(
    kept: Iterable[str], kind: Kind, resource: Resource, live: Attributes
) -> tuple[str, ...]:
    """Return the paths of kept fields in the file; `kept` are those in canonical form.

    Of a field that is kept whole, they are those of all that differs in it.
    """
    form = file_form(kind, resource.attributes)
    paths = _outermost(map(parse_path, kept))
    whole = {str(path[0]) for path in paths if len(path) == 1}
    shown = [file_path(kind, path, (form,)) for path in paths if len(path) > 1]
    if whole:
        below = _paths_below(whole, kind, resource, live)
        shown += list(below) or [(name,) for name in sorted(names_in_files(kind, whole))]
    return tuple(dict.fromkeys(map(format_path, shown)))


def _outermost(paths: Iterable[FieldPath]) -> list[FieldPath]:
    """Return the paths that are not inside of others, each once."""
    found: list[FieldPath] = []
    for path in sorted(dict.fromkeys(paths), key=len):
        if not any(overlap(path, other) for other in found):
            found.append(path)
    return found


def _paths_below(
    names: Set[str], kind: Kind, resource: Resource, live: Attributes
) -> Iterator[FieldPath]:
    """Yield where fields differ in more than the order of their parts."""
    own = resource.attributes
    found = [
        each
        for each in diff.compare(kind, None, own, live, resource.ignore)
        if each.path[0] in names
    ]
    managed = diff.managed_fields(kind, live, own)
    for change in with_written_paths(file_changes(kind, found, managed, own), kind, resource):
        if not change.is_order:
            yield change.path


def as_in_file(
    fields: tuple[FieldChange, ...], kind: Kind, resource: Resource
) -> tuple[FieldChange, ...]:
    """Return the changes with the paths of the file, and the sources of values that it lacks."""
    fields = with_written_paths(fields, kind, resource)
    if not resource.sources:
        return fields
    form = file_form(kind, resource.attributes)
    places = {path: place_in(kind, form, path) for path in resource.sources}
    return tuple(
        replace(
            item,
            sources={
                format_path(path): resource.sources[path]
                for path, place in places.items()
                if place and (own := place_in(kind, form, item.path)) and overlap(place, own)
            },
        )
        for item in fields
        if not item.is_order
    ) + tuple(item for item in fields if item.is_order)


def field_location(
    kind: Kind, resource: Resource, fields: Sequence[FieldChange]
) -> Location | None:
    """Return the line of the first field that the file has, or else that of the resource."""
    form = file_form(kind, resource.attributes) if fields else {}
    for each in fields:
        place = place_in(kind, form, each.path) or ()
        while place:
            if place in resource.positions:
                return resource.positions[place]
            place = place[:-1]
    return resource.location
