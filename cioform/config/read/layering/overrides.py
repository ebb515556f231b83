"""The paths and addresses of `overrides`: which exist, and what was probably meant by others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import JsonValue, as_mapping
from cioform.core.data.nested import get_value
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.suggest import did_you_mean, did_you_mean_address
from cioform.core.text.quantities import pluralize
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import field_names, part_places


@dataclass(frozen=True, slots=True)
class Override:
    """A value that `workspace.yaml` gives to a shared document, by its path as written."""

    path: str
    value: JsonValue
    location: Location | None


_MAX_LISTED: Final = 10


class NoSuchPathError(Exception):
    """A path that names nothing. Its message is the end of a sentence about it."""


def place_to_set(kind: Kind, data: Mapping[str, JsonValue], path: FieldPath) -> FieldPath:
    """Return the place of the value to set; only its last names may be missing."""
    fields, parts = field_names(kind.model), part_places(kind, data)
    names = path
    place: FieldPath = ()
    if path[0] not in fields or _names_part(data, path, parts):
        names = path[1:] if path[0] in fields else path
        if names[0] not in parts:
            close = did_you_mean(str(names[0]), [*fields, *parts])
            raise NoSuchPathError(f"does not exist.{close or _known_names(fields, parts)}")
        place, names = parts[str(names[0])], names[1:]
        if not names:
            raise NoSuchPathError("is a whole step. Override its fields, one by one.")
        step = as_mapping(get_value(data, place))
        if len(names) > 1 and names[0] not in step:
            close = did_you_mean(names[0], [name for name in step if name != "id"])
            raise NoSuchPathError(f"does not exist: the step has no `{names[0]}`.{close}")
    _check_inside(get_value(data, place), names)
    return (*place, *names)


def _known_names(fields: Iterable[str], parts: Iterable[str]) -> str:
    """Return the names that a path may begin with: the IDs of the steps, or else the fields."""
    kind, names = ("steps", list(parts)) if parts else ("fields", list(fields))
    listed = [f"`{name}`" for name in names[:_MAX_LISTED]]
    more = ", ..." if len(names) > len(listed) else ""
    return f" The document has the {kind} {', '.join(listed)}{more}."


def _names_part(
    data: Mapping[str, JsonValue], path: FieldPath, parts: Mapping[str, FieldPath]
) -> bool:
    """Return whether the second name of a path is the ID of a part in the field of the first."""
    inner = data.get(str(path[0]))
    found = parts.get(str(path[1])) if len(path) > 1 else None
    return found is not None and found[0] == path[0] and path[1] not in as_mapping(inner)


def _check_inside(value: JsonValue, names: FieldPath) -> None:
    """Raise NoSuchPathError unless all of `names` but those of new mappings exist in `value`."""
    for at, name in enumerate(names):
        if isinstance(value, list):
            if not isinstance(name, int) or name >= len(value):
                raise NoSuchPathError(
                    f"does not exist: the list has {pluralize(len(value), 'entry', 'entries')}."
                )
            value = value[name]
        elif isinstance(value, Mapping) and isinstance(name, str):
            if name not in value:
                return
            value = value[name]
        else:
            inside = format_path(names[:at]) or "the document"
            raise NoSuchPathError(f"does not exist: `{inside}` has nothing below it.")


def check_override_addresses(
    overrides: Mapping[str, Sequence[Override]],
    declared: Collection[str],
    shared: Collection[str],
    settings_file: str,
) -> Iterator[Diagnostic]:
    """Yield a problem for each address of `overrides` without a document in an included folder."""
    for address, values in overrides.items():
        location = values[0].location if values else Location(settings_file)
        if address in shared:
            continue
        if address in declared:
            detail = (
                f"`overrides` has `{address}`, but its file is in this workspace's own folder. "
                "Change the file instead."
            )
        else:
            detail = (
                f"`overrides` has `{address}`, but no document of an included folder has that "
                f"address.{did_you_mean_address(address, map(Address.parse, shared))}"
            )
        yield Diagnostic("Invalid override", detail, location=location)
