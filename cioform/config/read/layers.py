"""Values that `workspace.yaml` and a campaign's `defaults` give to a document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cioform.config.read.positions import Positions
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.json_value import Json, JsonValue, as_mapping
from cioform.core.paths import FieldPath, PathError, format_path, parse_path
from cioform.core.suggest import did_you_mean
from cioform.language.messages.defaults import NONE_IS_A_VALUE, default_values
from cioform.language.messages.message import NONE
from cioform.model.capabilities import TakesDefaults
from cioform.model.file_paths import field_names, part_places, paths_of
from cioform.model.kind import Kind
from cioform.model.resource import Resource

Locate = Callable[[FieldPath], Location | None]

DEFAULTS: Final = "defaults"
"""The field of the defaults, in the settings and in a document."""


@dataclass(frozen=True, slots=True)
class Override:
    """A value that `workspace.yaml` gives to a shared document, by its path as written."""

    path: str
    value: JsonValue
    location: Location | None


@dataclass(frozen=True, slots=True)
class DefaultsLayer:
    """The defaults of one file."""

    values: Mapping[str, Json]
    locate: Locate
    """Maps a path in `values` to its location."""


@dataclass(frozen=True, slots=True)
class FileLayers:
    """What the settings give to the documents of a file."""

    defaults: DefaultsLayer | None = None
    overrides: Mapping[str, Sequence[Override]] = field(default_factory=dict)
    """By the address of the document; none for a file of the workspace's own."""


@dataclass(slots=True)
class LayeredDocument:
    """A document with the values of its layers, and where each of those came from."""

    kind: Kind
    data: dict[str, JsonValue]
    locations: dict[FieldPath, Location] = field(default_factory=dict)
    """By the place in the document."""
    sources: dict[FieldPath, str] = field(default_factory=dict)
    """By the place: `overrides in workspaces/acme/workspace.yaml:12`."""
    problems: list[Diagnostic] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        kind: Kind,
        data: dict[str, JsonValue],
        address: str,
        layers: FileLayers,
        locate: Locate,
    ) -> LayeredDocument:
        """Return a document with all values of its layers: its own `defaults` are the nearest."""
        document = cls(kind, data)
        document.override(layers.overrides.get(address, ()))
        own = document.data.get(DEFAULTS)
        document.fill_in(
            [
                *(
                    [DefaultsLayer(own, lambda path: locate((DEFAULTS, *path)))]
                    if isinstance(own, Mapping)
                    else []
                ),
                *filter(None, (layers.defaults,)),
            ]
        )
        return document

    def override(self, overrides: Sequence[Override]) -> None:
        """Set the values of `overrides`, and report each path that does not exist."""
        for each in overrides:
            try:
                place = _place_to_set(self.kind, self.data, parse_path(each.path))
            except (PathError, _NoSuchPathError) as error:
                detail = f"`overrides` has `{each.path}`, which {error}"
                detail += "" if detail.endswith((".", "?")) else "."
                self.problems.append(Diagnostic("Wrong override", detail, location=each.location))
                continue
            self._set(place, each.value, "overrides", each.location)

    def fill_in(self, layers: Sequence[DefaultsLayer]) -> None:
        """Set what the document leaves out and a layer has, the first layer before the others."""
        if not layers or not isinstance(self.kind, TakesDefaults):
            return
        for place, group in list(self.kind.default_places(self.data)):
            for layer in layers:
                for inner, value in default_values(layer.values, group):
                    location = layer.locate((group, *inner) if group else inner)
                    self._fill_in(place, inner, value, location)
            self._drop_opt_outs(place, group, layers)

    def named_sources(self) -> dict[FieldPath, str]:
        """Return the sources by the paths of the file."""
        names = paths_of(self.kind, self.data, self.sources)
        return {names[place]: text for place, text in self.sources.items()}

    def _fill_in(
        self, place: FieldPath, inner: FieldPath, value: JsonValue, location: Location | None
    ) -> None:
        holder: JsonValue = _get(self.data, place)
        for name in inner:
            if not isinstance(holder, Mapping):
                return  # An opt-out, or a mistake that the validation reports.
            if name not in holder:
                self._set((*place, *inner), value, "defaults", location)
                return
            holder = holder[str(name)]

    def _drop_opt_outs(self, place: FieldPath, group: str, layers: Sequence[DefaultsLayer]) -> None:
        for inner in {
            path[:1] for layer in layers for path, _ in default_values(layer.values, group)
        }:
            if inner[0] not in NONE_IS_A_VALUE:
                holder = _get(self.data, place)
                if holder.get(inner[0]) == NONE:
                    rest = {name: v for name, v in holder.items() if name != inner[0]}
                    self.data = with_value(self.data, place, rest)
                    self.sources.pop((*place, *inner), None)

    def _set(
        self, place: FieldPath, value: JsonValue, setting: str, location: Location | None
    ) -> None:
        self.data = with_value(self.data, place, value)
        if location is not None:
            self.locations[place] = location
            self.sources[place] = f"{setting} in {location.file}:{location.line}"


class LayeredPositions(Mapping[FieldPath, Location]):
    """The locations of a document's values, some of which are in other files."""

    def __init__(
        self, own: Mapping[FieldPath, Location], others: Mapping[FieldPath, Location]
    ) -> None:
        self.own = own
        self._others = others

    def __getitem__(self, path: FieldPath) -> Location:
        for length in range(len(path), 0, -1):
            if (found := self._others.get(path[:length])) is not None:
                return found
        return self.own[path]

    def __iter__(self) -> Iterator[FieldPath]:
        return iter(dict.fromkeys((*self.own, *self._others)))

    def __len__(self) -> int:
        return len({*self.own, *self._others})


def document_index(resource: Resource) -> int:
    """Return the number of a resource's document in its file, from 0."""
    own = resource.positions
    positions = own.own if isinstance(own, LayeredPositions) else own
    assert isinstance(positions, Positions)
    return positions.index


class _NoSuchPathError(Exception):
    """A path that names nothing. Its message is the end of a sentence about it."""


def _place_to_set(kind: Kind, data: Mapping[str, JsonValue], path: FieldPath) -> FieldPath:
    """Return the place of the value to set; only its last names may be missing."""
    fields, parts = field_names(kind.model), part_places(kind, data)
    names = path
    place: FieldPath = ()
    if path[0] not in fields or _names_part(data, path, parts):
        names = path[1:] if path[0] in fields else path
        if names[0] not in parts:
            known = [*fields, *parts]
            raise _NoSuchPathError(f"does not exist.{did_you_mean(str(names[0]), known)}")
        place, names = parts[str(names[0])], names[1:]
        if not names:
            raise _NoSuchPathError("is a whole step. Override its fields, one by one.")
        step = _get(data, place)
        if len(names) > 1 and names[0] not in step:
            close = did_you_mean(names[0], [name for name in step if name != "id"])
            raise _NoSuchPathError(f"does not exist: the step has no `{names[0]}`.{close}")
    _check_inside(_get(data, place), names)
    return (*place, *names)


def _names_part(
    data: Mapping[str, JsonValue], path: FieldPath, parts: Mapping[str, FieldPath]
) -> bool:
    """Return whether a path that begins with a field goes on with the id of a part in it."""
    inner = data.get(str(path[0]))
    found = parts.get(str(path[1])) if len(path) > 1 else None
    return found is not None and found[0] == path[0] and path[1] not in as_mapping(inner)


def _check_inside(value: JsonValue, names: FieldPath) -> None:
    """Raise _NoSuchPathError unless all of `names` but those of new mappings exist in `value`."""
    for at, name in enumerate(names):
        if isinstance(value, list):
            if not isinstance(name, int) or name >= len(value):
                raise _NoSuchPathError(f"does not exist: the list has {len(value)} entries.")
            value = value[name]
        elif isinstance(value, Mapping) and isinstance(name, str):
            if name not in value:
                return
            value = value[name]
        else:
            inside = format_path(names[:at]) or "the document"
            raise _NoSuchPathError(f"does not exist: `{inside}` has nothing below it.")


def _get(value: JsonValue, place: FieldPath) -> JsonValue:
    for step in place:
        value = value[step]
    return value


def has_value(holder: JsonValue, place: FieldPath) -> bool:
    """Return whether there is a value at a place."""
    try:
        _get(holder, place)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def without_value(holder: JsonValue, place: FieldPath) -> JsonValue:
    """Return a copy without the field at a place, and without a mapping that held only that."""
    above, name = place[:-1], place[-1]
    rest = {key: value for key, value in _get(holder, above).items() if key != name}
    if rest or not above or isinstance(above[-1], int):
        return with_value(holder, above, rest)
    return without_value(holder, above)


def with_value(holder: JsonValue, place: FieldPath, value: JsonValue) -> JsonValue:
    """Return a copy with the value at a place; the rest is shared."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(holder, list):
        return [with_value(v, rest, value) if at == step else v for at, v in enumerate(holder)]
    inner = as_mapping(holder)
    return {**inner, step: with_value(inner.get(str(step)), rest, value)}


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
                f"address.{did_you_mean(address, shared)}"
            )
        yield Diagnostic("Wrong override", detail, location=location)


NO_LAYERS: Final = FileLayers()
