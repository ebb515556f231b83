"""The differences between two canonical forms, as somebody who knows only the file names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, replace
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.paths.file_paths import canonical_only_fields, file_form, file_path, part_places
from cioform.plan.change import FieldChange, Origin
from cioform.plan.compare.diff import comparable, managed_fields, normalized_text, plan_value
from cioform.plan.compare.differences import (
    ABSENT,
    Difference,
    Value,
    differences,
    innermost_differences,
    value_at,
)
from cioform.plan.compare.keyed_list import ORDER_KEY, decode_order, keyed


def file_changes(
    kind: Kind,
    changes: Iterable[FieldChange],
    before: Attributes,
    after: Attributes,
    file: Attributes | None = None,
) -> tuple[FieldChange, ...]:
    """Return `changes` of the canonical form by the paths of the file, in the file's notation.

    `file` is the side that files have, which is `after` unless it is given. Each path selects its
    value in that file, and in the other side once its parts are arranged as in that file. A value
    inside of another one that changes as a whole is not listed again.
    """
    changes = tuple(changes)
    if not changes:
        return ()
    return _FileChanges(kind, before, after, after if file is None else file).of(changes)


def drifted_file_changes(
    kind: Kind, changes: Iterable[FieldChange], applied: Attributes, live: Attributes
) -> tuple[FieldChange, ...]:
    """Return what was edited since `applied`, by the paths and in the notation of that file."""
    managed = kind.rewrite_like(managed_fields(kind, live, applied), applied)
    return file_changes(kind, changes, applied, managed, file=applied)


def new_fields(
    kind: Kind, attributes: Attributes, former: Attributes | None = None
) -> tuple[FieldChange, ...]:
    """Return the fields of a new object, as its file has them.

    With `former`, it was deleted, and the fields are those of the file that changed since then, or
    else those that are created again.
    """
    form = file_form(kind, attributes)
    before = file_form(kind, former) if former is not None else {}
    hidden = canonical_only_fields(kind)
    names = (name for name in dict.fromkeys((*form, *before)) if name not in hidden)
    return tuple(_new_field(name, form.get(name), before) for name in names)


def _new_field(name: str, value: Json, before: Attributes) -> FieldChange:
    is_as_before = name in before and before[name] == value
    origin = Origin.DRIFT if is_as_before else Origin.CONFIG
    return FieldChange((name,), None, _shown(value), origin)


def lost_fields(kind: Kind, attributes: Attributes) -> tuple[FieldChange, ...]:
    """Return all that a deleted object has, as a file would have it."""
    document = kind.to_document(attributes)
    return tuple(FieldChange((name,), _shown(value), None) for name, value in document.items())


@dataclass(slots=True, init=False)
class _Side:
    """One of two forms that differ: as it is compared, and as a file has it."""

    default: Mapping[str, Json]
    """As it was compared, with the parts where they are by default."""
    normal: Mapping[str, Json]
    """The same, with the parts where the file has them."""
    written: Json
    form: Attributes

    def __init__(self, kind: Kind, attributes: Attributes, file: Attributes) -> None:
        self.default = comparable(kind, attributes)
        self.normal = (
            comparable(kind, attributes, file) if isinstance(kind, HasParts) else self.default
        )
        self.form = file_form(kind, attributes, file)
        written = {name: keyed(value, normalized_text) for name, value in self.form.items()}
        if isinstance(kind, HasParts) and (name := kind.nested_parts[0]) in written:
            written[kind.parts_field] = {name: written[name]}  # where `normal` has it
        self.written = written

    def shown_at(self, place: FieldPath) -> Value:
        """Return a value as the file has it, without outer white space that is not compared."""
        written, normal = value_at(self.written, place), value_at(self.normal, place)
        if isinstance(written, str) and normal in (written.strip(), written.rstrip()):
            return normal
        return written


def _is_visible(change: FieldChange) -> bool:
    """Return whether a file shows the change; it shows no empty list or mapping."""
    nothing: tuple[Json, ...] = (None, [], {})
    return change.before != change.after and not (
        change.before in nothing and change.after in nothing
    )


class _FileChanges:
    def __init__(self, kind: Kind, before: Attributes, after: Attributes, file: Attributes) -> None:
        self._kind = kind
        self._before = _Side(kind, before, file)
        self._after = _Side(kind, after, file)
        self._by_place: Mapping[FieldPath, list[FieldChange]] = {}

    def of(self, changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
        """Return the changes, the outermost of each value once."""
        by_place: dict[FieldPath, list[FieldChange]] = {}
        for change in self._arranged_as_the_file(changes):
            by_place.setdefault(self._comparable_part(change.path), []).append(change)
        self._by_place = by_place
        found: dict[tuple[FieldPath, bool], FieldChange] = {}
        for place, here in by_place.items():
            for change in self._at(place, here):
                key = (change.path, change.is_order)
                found[key] = _merge(found[key], change) if key in found else change
        whole = {change.path for change in found.values() if not change.is_order}
        shown = [
            change
            for change in found.values()
            if not any(change.path[:length] in whole for length in range(1, len(change.path)))
            and (change.is_order or _is_visible(change))
        ]
        return tuple(shown) or changes

    def _comparable_part(self, path: FieldPath) -> FieldPath:
        """Return the start of `path` up to where the compared form is not arranged as the file."""
        for length, step in enumerate(path, 1):
            if step == ORDER_KEY:
                break
            if isinstance(step, int) or not all(
                _has(side.normal, path[:length]) == _has(side.written, path[:length])
                for side in (self._before, self._after)
            ):
                return path[: length - 1]
        return path

    def _at(self, place: FieldPath, changes: list[FieldChange]) -> Iterator[FieldChange]:
        if place[0] in canonical_only_fields(self._kind) and self._is_shown_by_its_part(place):
            for change in changes:
                yield from self._within_content(place, change)
            return
        origin = _joint_origin([*changes, *self._contents_of(place)])
        if place[-1] == ORDER_KEY:
            yield from self._order_changes(place, origin)
            return
        before, after = (side.shown_at(place) for side in (self._before, self._after))
        if before is UNKNOWN:
            before = changes[0].before  # of what was last applied
        inner: Iterable[Difference] = [((), before, after)]
        if place != changes[0].path or len(changes) > 1:
            inner = innermost_differences(before, after)
        for inner_path, old_value, new_value in inner:
            yield from self._change_of((*place, *inner_path), old_value, new_value, origin)

    def _within_content(self, place: FieldPath, change: FieldChange) -> Iterator[FieldChange]:
        """Yield the changes in the contents of a part, unless all of it is added or removed.

        A file may set a value to nothing, such as `raw: {fake_bcc: false}`. The compared form has
        no such value, so it differs from the file.
        """
        if change.path == place:
            return
        values = (side.shown_at(change.path) for side in (self._before, self._after))
        for inner_path, before, after in innermost_differences(*values):
            yield from self._change_of((*change.path, *inner_path), before, after, change.origin)

    def _contents_of(self, place: FieldPath) -> Iterator[FieldChange]:
        """Yield the changes in contents of a part stored elsewhere, if only it shows them."""
        sides = (self._before, self._after)
        values = [value_at(side.normal, place) for side in sides]
        if any(isinstance(v, Mapping) and v.get("id") == place[-1] for v in values):
            for name in canonical_only_fields(self._kind):
                if self._is_shown_by_its_part((name, place[-1])):
                    yield from self._by_place.get((name, place[-1]), ())

    def _change_of(
        self, place: FieldPath, before: Value, after: Value, origin: Origin
    ) -> Iterator[FieldChange]:
        old, new = (
            file_path(self._kind, place, (side.form,)) for side in (self._before, self._after)
        )
        if ABSENT in (before, after) or old == new:
            path = old if after is ABSENT else new
            yield FieldChange(path, _shown(before), _shown(after), origin)
        else:
            # A message of another type: each value has a path in its own file only.
            yield FieldChange(old, _shown(before), None, origin)
            yield FieldChange(new, None, _shown(after), origin)

    def _order_changes(self, place: FieldPath, origin: Origin) -> Iterator[FieldChange]:
        """Yield the new order of the list at `place`, if the files show that it is new.

        Parts that are removed are shown themselves, so that they make no other order.
        """
        before, after = (_order(side, place) for side in (self._before, self._after))
        present = {*after, *part_places(self._kind, self._after.form)}
        if [name for name in before if name in present] != after:
            path = file_path(self._kind, place[:-1], (self._after.form, self._before.form))
            yield FieldChange(path, before, after, origin, is_order=True)

    def _arranged_as_the_file(self, changes: tuple[FieldChange, ...]) -> list[FieldChange]:
        """Return the changes with the paths that they have where both sides look like the file."""
        if not isinstance(self._kind, HasParts):
            return list(changes)
        sides = (self._before, self._after)
        moved = {
            name
            for name in {str(change.path[0]) for change in changes}
            if all(side.normal.get(name, UNKNOWN) is not UNKNOWN for side in sides)
            and any(side.normal.get(name) != side.default.get(name) for side in sides)
        }
        found = [change for change in changes if change.path[0] not in moved]
        for name in moved:
            former = [change for change in changes if change.path[0] == name]
            old, new = (side.normal[name] for side in sides)
            for inner, *values in differences(old, new):
                path = (name, *inner)
                before, after = map(plan_value, values)
                found.append(FieldChange(path, before, after, _origin_at(path, former)))
        return sorted(found, key=lambda change: [str(step) for step in change.path])

    def _is_shown_by_its_part(self, place: FieldPath) -> bool:
        """Return whether a part that comes, goes or changes its type shows the value at `place`."""
        return (
            len(place) == 2
            and any(
                _has(side.normal, place) and place[1] in part_places(self._kind, side.form)
                for side in (self._before, self._after)
            )
        ) or place[2:] == ("type",)


def _has(value: Json, path: FieldPath) -> bool:
    return value_at(value, path) is not ABSENT


def _order(side: _Side, place: FieldPath) -> list[str]:
    order = value_at(side.written, place)
    return [_id_text(name) for name in decode_order(order)] if isinstance(order, str) else []


def _origin_at(path: FieldPath, changes: Sequence[FieldChange]) -> Origin:
    """Return the origin of a change from those with which it has the most of its names in common.

    `changes` are the same ones, in another arrangement of the parts.
    """
    names = set(path)
    common = [len(names.intersection(change.path)) for change in changes]
    closest = max(common)
    pairs = zip(changes, common, strict=True)
    return _joint_origin([change for change, count in pairs if count == closest])


def _joint_origin(changes: Sequence[FieldChange]) -> Origin:
    origins = {change.origin for change in changes}
    if len(origins) == 1:
        return origins.pop()
    return Origin.CONFLICT if Origin.CONFLICT in origins else Origin.CONFIG


def _merge(first: FieldChange, second: FieldChange) -> FieldChange:
    """Return one change for a part that is removed at one place and added at another."""
    return replace(
        first,
        before=second.before if first.before is None else first.before,
        after=second.after if first.after is None else first.after,
        origin=_joint_origin([first, second]),
    )


def _id_text(name: str) -> str:
    """Return the ID of a part, or its keyword if the ID is generated: `exit` for `(exit 1)`."""
    return name[1:].partition(" ")[0] if name.startswith("(") else name


def _shown(value: Value) -> Json:
    return _without_hidden_ids(plan_value(value))


def _without_hidden_ids(value: Json) -> Json:
    """Return a value without the generated IDs of parts, as in `exit`."""
    if isinstance(value, list):
        return [_without_hidden_ids(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    shown = {key: _without_hidden_ids(item) for key, item in value.items()}
    if not str(value.get("id", "")).startswith("("):
        return shown
    del shown["id"]
    [word, *others] = shown
    return shown if others else word
