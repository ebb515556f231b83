"""A document of one workspace as the target of a promotion should have it.

Variables stay as they are in the source. What the target ignores, its files of texts and the IDs of
its unmanaged objects stay.
"""

from __future__ import annotations

import os.path
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from cioform.config.read.layering.resolve import named_file
from cioform.config.read.meta_fields import META_FIELDS
from cioform.config.write.yaml.line_ends import with_line_ends_of
from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.data.nested import get_value, has_value, with_value, without_value
from cioform.core.data.paths import WILDCARD, FieldPath, overlap, parse_pattern
from cioform.core.dataclasses import dataclass, field
from cioform.core.time.duration import Duration
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import BARE_LIST, locate, part_places, place_in, place_of
from cioform.model.unknown_members import RAW


class NotPromotableError(Exception):
    """A document that cannot be promoted as it is: `summary`, and what to do."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(detail)
        self.summary = summary


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """Where a document is or will be: its file, and the folder of its workspace."""

    file: Path
    workspace: Path

    def path_of(self, name: str) -> Path:
        """Return the path of a file that the document names."""
        return Path(os.path.normpath(self.file.parent / name))

    def has(self, path: Path) -> bool:
        """Return whether a file belongs to the workspace alone."""
        return path.is_relative_to(self.workspace)


@dataclass(slots=True)
class AdaptedDocument:
    """Adapts the document of `source` to the one that `target` has, if there is one."""

    kind: Kind
    source: DocumentFile
    target: DocumentFile
    current: Mapping[str, Json]
    """What the target has now; empty for a new document."""
    ids: Mapping[str, str]
    """The references to unmanaged objects of the source, each with the one of the target."""
    listed: Collection[FieldPath] = ()
    """The paths of the differences, as in the file."""
    texts: dict[Path, str] = field(default_factory=dict)
    """The new texts of files that the document names."""

    def adapt(self, written: Mapping[str, Json]) -> dict[str, Json]:
        """Return the fields of the kind that the target should have. Raises NotPromotableError."""
        fields = {name: v for name, v in written.items() if name not in META_FIELDS}
        current = {name: v for name, v in self.current.items() if name not in META_FIELDS}
        ignored = list(self._ignored(fields, current))
        kept = {place for place, _ in ignored}
        parts = {
            name: get_value(current, place)
            for name, place in part_places(self.kind, current).items()
        }
        adapted = self._adapt(fields, current, (), kept, parts)
        for place, path in ignored:
            own = locate(self.kind, current, path)
            if own is not None:
                adapted = with_value(adapted, place, get_value(current, own))
            elif has_value(adapted, place):
                adapted = without_value(adapted, place)
        adapted = self._with_spelling(as_mapping(adapted), current)
        return self._with_unlisted(as_mapping(adapted), current)

    def _with_spelling(self, adapted: Json, current: Mapping[str, Json]) -> Json:
        """Return a document with the durations of the target that mean the same: `24h` for `1d`."""
        for place, text in _durations_in(current, ()):
            path = place_of(self.kind, current, place)
            own = locate(self.kind, as_mapping(adapted), path)
            new = get_value(adapted, own) if own else None
            if own and new != text and _duration(new) == _duration(text):
                # A text that only looks like a duration differs, so it is listed.
                adapted = adapted if self._is_listed(path) else with_value(adapted, own, text)
        return adapted

    def _is_listed(self, path: FieldPath) -> bool:
        return any(overlap(each, path) for each in self.listed)

    def _with_unlisted(
        self, adapted: Mapping[str, Json], current: Mapping[str, Json]
    ) -> dict[str, Json]:
        """Return a document with the members of `raw` in the target that only repeat a default.

        If the source leaves them out, the two are equal, so no difference is listed for them.
        """
        for place, members in _members_of_raw(current, ()):
            path = place_of(self.kind, current, place)
            holder = locate(self.kind, adapted, path[:-1])
            if holder is None:
                continue
            raw = as_mapping(as_mapping(get_value(adapted, holder)).get(RAW))
            unlisted = {
                name: value for name, value in members.items() if not self._is_listed((*path, name))
            }
            if unlisted.keys() - raw.keys():
                merged = {**unlisted, **raw}
                adapted = as_mapping(with_value(adapted, (*holder, RAW), merged))
        return {**adapted}

    def _adapt(
        self,
        new: Json,
        old: Json,
        place: FieldPath,
        kept: set[FieldPath],
        parts: Mapping[str, Json],
    ) -> Json:
        if place in kept:
            return new
        if isinstance(new, str):
            return self._text(self.ids.get(new, new), old)
        if (name := named_file(new)) is not None:
            return self._file(name, new, old)
        if (grouped := self._in_group_of(old, new, place)) is not new:
            return self._adapt(grouped, old, place, kept, parts)
        if isinstance(new, Mapping):
            old = parts.get(str(new.get("id")), old)
            held = old if isinstance(old, Mapping) else {}
            return {
                key: self._adapt(value, held.get(key), (*place, key), kept, parts)
                for key, value in new.items()
            }
        if isinstance(new, list):
            others = old if isinstance(old, list) and len(old) == len(new) else [None] * len(new)
            return [
                self._adapt(value, others[at], (*place, at), kept, parts)
                for at, value in enumerate(new)
            ]
        return new

    def _in_group_of(self, old: Json, new: Json, place: FieldPath) -> Json:
        """Return a condition as a bare list or as `all`, whichever the target has."""
        if "raw" in place:  # as Customer.io returns it
            return new
        if isinstance(new, list) and isinstance(old, Mapping) and set(old) == {BARE_LIST}:
            return {BARE_LIST: new}
        if isinstance(old, list) and isinstance(new, Mapping) and set(new) == {BARE_LIST}:
            return new[BARE_LIST]
        return new

    def _text(self, new: str, old: Json) -> Json:
        """Return a text, or the file in which the target has it."""
        name = named_file(old)
        if name is None:
            return new
        self._write(self.target.path_of(name), new)
        return old

    def _file(self, name: str, new: Json, old: Json) -> Json:
        source, target = self.source.path_of(name), self.target.path_of(name)
        if not self.source.has(source):
            if source == target:
                return new  # a text that both workspaces share
            raise NotPromotableError(
                "Text in another folder",
                f"`{name}` is not in the folder of this workspace, and not where the target would "
                f"find it. Move the file beside the document, or to a folder such as "
                f"`{os.path.relpath(target, self.target.workspace.parent.parent)}`.",
            )
        own = named_file(old)
        path = target if own is None else self.target.path_of(own)
        text = source.read_bytes().decode("utf-8")
        if own is None and path.exists() and path.read_bytes().decode("utf-8") != text:
            raise NotPromotableError(
                "File already exists",
                f"The document would have its text in `{name}`, but the target has another text in "
                "that file already. Rename one of the two files.",
            )
        self._write(path, text)
        return new if own is None else old

    def _write(self, path: Path, text: str) -> None:
        if path.exists():
            current = path.read_bytes().decode("utf-8")
            text = with_line_ends_of(current, text)
            if text == current:
                return
        if not self.target.has(path):
            raise NotPromotableError(
                "Text in a shared file",
                f"The target has this text in `{os.path.relpath(path, self.target.file.parent)}`, "
                "which is not in its own folder, so that other workspaces may use it. Edit that "
                "file by hand.",
            )
        self.texts[path] = text

    def _ignored(
        self, written: Mapping[str, Json], here: Mapping[str, Json]
    ) -> Iterator[tuple[FieldPath, FieldPath]]:
        """Yield the place in `written` of everything that the target ignores, and its path."""
        for text in map(str, as_list(self.current.get("ignore"))):
            for document in (written, here):
                for path in _concrete(self.kind, document, parse_pattern(text)):
                    place = place_in(self.kind, written, path)
                    if place is not None:
                        yield place, path


def _durations_in(value: Json, place: FieldPath) -> Iterator[tuple[FieldPath, Json]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _durations_in(inner, (*place, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _durations_in(inner, (*place, at))
    elif _duration(value) is not None:
        yield place, value


def _duration(value: Json) -> Duration | None:
    try:
        return Duration.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _members_of_raw(
    value: Json, place: FieldPath
) -> Iterator[tuple[FieldPath, Mapping[str, Json]]]:
    """Yield each mapping `raw` in a document with its place, but none inside of another."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _members_of_raw(item, (*place, at))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name != RAW:
                yield from _members_of_raw(inner, (*place, name))
            elif isinstance(inner, Mapping):
                yield (*place, name), inner


def _concrete(kind: Kind, document: Mapping[str, Json], pattern: FieldPath) -> Iterator[FieldPath]:
    """Yield what of a document a path with wildcards names."""
    if WILDCARD not in pattern:
        yield pattern
        return
    at = pattern.index(WILDCARD)
    names: list[str] = [*document, *part_places(kind, document)]
    if at > 0:
        place = locate(kind, document, pattern[:at])
        value = get_value(document, place) if place is not None else None
        names = list(value) if isinstance(value, Mapping) else []
    for name in names:
        yield from _concrete(kind, document, (*pattern[:at], name, *pattern[at + 1 :]))
