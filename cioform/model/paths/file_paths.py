"""The paths of a resource's file, and the values that they name in documents and canonical forms.

In a file, a part with an ID, such as a step, is named by that ID alone, at any depth:
`remind.push.sending`. A part whose ID is also the name of a field comes after the field that
holds the parts: `workflow.goal.wait`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from typing import Final

from cioform.core.data.json_value import Attributes, Json
from cioform.core.data.nested import get_value, has_value
from cioform.core.data.paths import FieldPath, format_path
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.resource import ResourceModel

ORDER_KEY: Final = "(order)"
"""The last step of a path to the order of a list, in comparisons. No ID can be that."""

BARE_LIST: Final = "all"
"""The group that a bare list of conditions stands for. The canonical form always has it."""

_HIDDEN_ID: Final = "("
"""How IDs begin that no file can have: those that tell apart the parts that need no ID."""


def locate(kind: Kind, document: Mapping[str, Json], path: FieldPath) -> FieldPath | None:
    """Return where in `document` the value is that a file's path names; None if it is not there."""
    place = place_in(kind, document, path)
    return place if place is not None and has_value(document, place) else None


def part_places(kind: Kind, document: Mapping[str, Json]) -> dict[str, FieldPath]:
    """Return where in `document` each part with an ID is."""
    if not isinstance(kind, HasParts):
        return {}
    places: dict[str, FieldPath] = {}
    for place, part in kind.parts(document):
        if isinstance(part, Mapping) and isinstance(name := part.get("id"), str):
            places.setdefault(name, place)
    return places


def place_of(kind: Kind, document: Mapping[str, Json], place: FieldPath) -> FieldPath:
    """Return the file's path of the value at a place in a document, the inverse of `place_in`."""
    return paths_of(kind, document, (place,))[place]


def shown_path(kind: Kind, attributes: Attributes, place: FieldPath) -> str:
    """Return the file's path of a value in canonical attributes, as text."""
    return format_path(place_of(kind, kind.to_document(attributes), place))


def paths_of(
    kind: Kind, document: Mapping[str, Json], places: Iterable[FieldPath]
) -> dict[FieldPath, FieldPath]:
    """Return the file's path of the value at each of `places` in a document."""
    name = path_namer(kind, document)
    return {place: name(place) for place in places}


def path_namer(kind: Kind, document: Mapping[str, Json]) -> Callable[[FieldPath], FieldPath]:
    """Return the function from places in a document, which may be invalid, to the file's paths."""
    names = {where: name for name, where in part_places(kind, document).items()}
    fields = field_names(kind.model)
    return lambda place: _named(place, names, fields)


def _named(place: FieldPath, names: Mapping[FieldPath, str], fields: Collection[str]) -> FieldPath:
    for length in range(len(place), 0, -1):
        if (name := names.get(place[:length])) is not None:
            return (*(place[:1] if name in fields else ()), name, *place[length:])
    return place


def place_in(kind: Kind, document: Mapping[str, Json], path: FieldPath) -> FieldPath | None:
    """Return where in `document` the value of a file's path would be; None without its part."""
    head, rest = path[0], path[1:]
    is_field = head in field_names(kind.model)
    if is_field and (not rest or isinstance(rest[0], int) or has_value(document, path[:2])):
        return path
    names = rest if is_field else path
    found = part_places(kind, document).get(str(names[0]))
    return None if found is None else (*found, *names[1:])


def value_in_file(kind: Kind, document: Mapping[str, Json], path: FieldPath) -> Json:
    """Return the value that a file's path names. Raises KeyError if it is not there."""
    place = locate(kind, document, path)
    if place is None:
        raise KeyError(path)
    return get_value(document, place)


def file_path(kind: Kind, path: FieldPath, forms: Sequence[Attributes]) -> FieldPath:
    """Return the path in the file of a path in the canonical form.

    In `path`, an entry of a list of parts is named by its ID. `forms` are file forms, in one of
    which the value is.
    """
    if not isinstance(kind, HasParts):
        return path
    if path[-1] == ORDER_KEY:
        path = path[:-1]  # of the list
    path = kind.path_in_file(path, forms)
    return max((_shorten(kind, path, form) for form in forms), key=lambda found: found[1])[0]


def part_path(kind: Kind, path: FieldPath, attributes: Attributes) -> FieldPath:
    """Return the path in the file of a path in `attributes` that names a part by its ID alone."""
    if not isinstance(kind, HasParts):
        return path
    found = kind.path_in_file(path, (attributes,))
    is_in_part = found[0] == kind.parts_field and len(found) > 1
    return found[1:] if is_in_part and found[1] not in field_names(kind.model) else found


def _shorten(kind: Kind, path: FieldPath, form: Attributes) -> tuple[FieldPath, int]:
    """Return the path from the innermost part with an ID, and how many of its names were found."""
    short: FieldPath = ()
    value: Json = form
    found = 0
    for step in path:
        if isinstance(value, list) and isinstance(step, str):
            at = _position(value, step)
            if at is None:
                break
            value = value[at]
            if step.startswith(_HIDDEN_ID):
                short = (*short, at)
            else:
                short = (*short[:1], step) if step in field_names(kind.model) else (step,)
        elif isinstance(value, Mapping) and step in value:
            value, short = value[str(step)], (*short, step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value, short = value[step], (*short, step)
        else:
            break
        found += 1
    return (*short, *path[found:]), found


def _position(parts: Sequence[Json], name: str) -> int | None:
    for at, part in enumerate(parts):
        if isinstance(part, Mapping) and part.get("id") == name:
            return at
    return None


def field_names(model: type[ResourceModel]) -> tuple[str, ...]:
    """Return the names of the top-level fields of a file."""
    return model.yaml_field_names()


def file_form(kind: Kind, attributes: Attributes, like: Attributes | None = None) -> Attributes:
    """Return the canonical form with everything where a file has it, in its notation.

    With `like`, parts are arranged as in the file of those attributes.
    """
    return kind.file_form(attributes, like) if isinstance(kind, HasParts) else attributes


def canonical_only_fields(kind: Kind) -> Mapping[str, str]:
    """Return the fields of the canonical form that no file has, and where files have the values."""
    return kind.canonical_only_fields if isinstance(kind, HasParts) else {}


def names_in_files(kind: Kind, names: Set[str]) -> set[str]:
    """Return fields as files call them: the messages of a workflow are written in its steps."""
    hidden = canonical_only_fields(kind)
    return {hidden.get(name, name) for name in names}


def with_related_fields(kind: Kind, names: Set[str]) -> set[str]:
    """Return canonical fields with those that belong together: a workflow and its messages."""
    hidden = canonical_only_fields(kind)
    related = {*hidden.keys(), *hidden.values()}
    return {*names, *related} if names & related else set(names)


def canonical_patterns(
    kind: Kind, pattern: FieldPath, attributes: Attributes
) -> Iterable[FieldPath]:
    """Return what a file's path with wildcards names in the canonical form of that file."""
    if isinstance(kind, HasParts):
        return kind.canonical_patterns(pattern, attributes)
    return (pattern,)


def canonical_place(kind: Kind, attributes: Attributes, path: FieldPath) -> FieldPath | None:
    """Return where a canonical form has the value that a file's path names; None for nowhere.

    The last step of the path may be missing there. The path may leave out the group that a bare
    list of conditions stands for, as files do.
    """
    patterns = tuple(canonical_patterns(kind, path, attributes))
    if len(patterns) != 1:
        return None
    place: FieldPath = ()
    value: Json = attributes
    for step in patterns[0]:
        if isinstance(value, list) and isinstance(step, str):
            found = _find_part(value, step)
            if found is None:
                return None
            place, value = (*place, *found[0]), found[1]
            continue
        if isinstance(step, int) and isinstance(value, Mapping) and BARE_LIST in value:
            place, value = (*place, BARE_LIST), value[BARE_LIST]
        place = (*place, step)
        if isinstance(value, Mapping):
            value = value.get(str(step))
        else:
            entries = dict(enumerate(value)) if isinstance(value, list) else {}
            value = entries.get(step) if isinstance(step, int) else None
    return place


def _find_part(value: Json, name: str) -> tuple[FieldPath, Json] | None:
    """Return the item with an ID in a value, at any depth, and its place."""
    if isinstance(value, Mapping) and value.get("id") == name:
        return (), value
    items: Iterable[tuple[str | int, Json]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for step, inner in items:
        if (found := _find_part(inner, name)) is not None:
            return (step, *found[0]), found[1]
    return None
