"""Values that `workspace.yaml` and a campaign's `defaults` give to a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cioform.config.read.layering.overrides import NoSuchPathError, Override, place_to_set
from cioform.core.address import NONE
from cioform.core.data.json_value import Json, JsonValue, as_mapping
from cioform.core.data.nested import get_value, with_value
from cioform.core.data.paths import FieldPath, PathError, parse_path
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic, Location
from cioform.language.messages.defaults import NONE_IS_A_VALUE, default_values
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import paths_of
from cioform.model.remote_access.capabilities import TakesDefaults

Locate = Callable[[FieldPath], Location | None]

DEFAULTS: Final = "defaults"
"""The field of the defaults, in the settings and in a document."""


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
                place = place_to_set(self.kind, self.data, parse_path(each.path))
            except (PathError, NoSuchPathError) as error:
                detail = f"`overrides` has `{each.path}`, which {error}"
                detail += "" if detail.endswith((".", "?")) else "."
                self.problems.append(Diagnostic("Invalid override", detail, location=each.location))
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
        holder: JsonValue = get_value(self.data, place)
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
                holder = as_mapping(get_value(self.data, place))
                if holder.get(str(inner[0])) == NONE:
                    rest = {name: v for name, v in holder.items() if name != inner[0]}
                    self.data = {**as_mapping(with_value(self.data, place, rest))}
                    self.sources.pop((*place, *inner), None)

    def _set(
        self, place: FieldPath, value: JsonValue, setting: str, location: Location | None
    ) -> None:
        self.data = {**as_mapping(with_value(self.data, place, value))}
        if location is not None:
            self.locations[place] = location
            self.sources[place] = f"{setting} in {location.file}:{location.line}"


NO_LAYERS: Final = FileLayers()
