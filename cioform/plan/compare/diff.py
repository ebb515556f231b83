"""Find the fields of two or three snapshots that differ, and the side that changed them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from cioform.core.data.json_value import UNKNOWN, Attributes, Json, as_mapping, digest
from cioform.core.data.nested import get_value, with_value
from cioform.core.data.paths import FieldPath
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.plan.change import FieldChange, Origin
from cioform.plan.compare.differences import ABSENT, Difference, Value, differences, value_at
from cioform.plan.compare.ignored import hide_ignored, items_with_id
from cioform.plan.compare.keyed_list import ORDER_KEY, keyed
from cioform.plan.compare.unmanaged import IsLoss, pattern_tree, without_unmanaged


def compare(
    kind: Kind,
    applied: Attributes | None,
    desired: Attributes,
    live: Attributes,
    ignore: Sequence[FieldPath] = (),
) -> tuple[FieldChange, ...]:
    """Return what must change for `live` to become `desired`, each with its origin.

    Without `applied`, as on a first run, every change comes from the files. A field that the file
    omits is unmanaged. A field that the credential cannot read is compared with what was last
    applied, and is not compared without that.
    """
    live = hide_ignored(live, desired, ignore)
    if live == desired:
        return ()  # The common case of objects without unmanaged fields.
    managed = managed_fields(kind, live, desired)
    if managed == desired:
        return ()
    now, wanted = comparable(kind, managed), comparable(kind, desired)
    if now == wanted:
        return ()
    before, then_managed = _last_applied(kind, applied, live)
    return tuple(
        change
        for path, old, new in differences(now, wanted)
        for change in _field_changes(kind, (path, old, new), before, then_managed)
    )


def _value_of_part(kind: Kind, form: Attributes, path: FieldPath) -> Value:
    """Return the value at a path, even if its part is elsewhere in `form`."""
    found = value_at(form, path)
    if found is not ABSENT or not isinstance(kind, HasParts) or path[0] != kind.parts_field:
        return found
    for at in range(len(path) - 2, 0, -1):
        for part in items_with_id(form.get(str(path[0])), path[at]):
            return value_at(dict(part), path[at + 1 :])
    return ABSENT


def _last_applied(
    kind: Kind, applied: Attributes | None, live: Attributes
) -> tuple[Attributes | None, Attributes]:
    """Return the forms of what was last applied, and of what `live` has of it.

    A field that was unmanaged then cannot have drifted since.
    """
    if applied is None:
        return None, {}
    before, managed = comparable(kind, applied), managed_fields(kind, live, applied)
    return before, before if managed is applied else comparable(kind, managed)


def drifted_fields(kind: Kind, applied: Attributes, live: Attributes) -> tuple[FieldChange, ...]:
    """Return what somebody changed since the last apply: from `applied` to `live`."""
    managed = managed_fields(kind, live, applied)
    if is_equivalent(kind, applied, managed):
        return ()
    return tuple(
        FieldChange(path, plan_value(before), plan_value(after), Origin.DRIFT)
        for path, before, after in differences(comparable(kind, applied), comparable(kind, managed))
        if after is not UNKNOWN and before is not UNKNOWN
    )


def file_differences(kind: Kind, before: Attributes, after: Attributes) -> tuple[FieldChange, ...]:
    """Return every difference of two files, also fields that only one of them has."""
    if is_equivalent(kind, before, after):
        return ()
    return tuple(
        FieldChange(path, plan_value(old), plan_value(new))
        for path, old, new in differences(comparable(kind, before), comparable(kind, after))
    )


def unreadable_fields(desired: Attributes, live: Attributes) -> tuple[str, ...]:
    """Return the fields of the file that the given credential cannot read, as `email.layout`."""
    names: list[str] = []
    for name, value in desired.items():
        live_value = live.get(name)
        if live_value is UNKNOWN:
            names.append(name)
        elif (
            isinstance(value, dict)
            and isinstance(live_value, dict)
            and UNKNOWN in live_value.values()
        ):
            names += [f"{name}.{inner}" for inner in value if live_value.get(inner) is UNKNOWN]
    return tuple(names)


def fingerprint(kind: Kind, attributes: Attributes) -> str:
    """Return a digest of what a live object means, which another notation does not change."""
    return digest(plan_value(comparable(kind, attributes)))


def is_equivalent(kind: Kind, one: Attributes, other: Attributes) -> bool:
    """Return whether two canonical forms mean the same."""
    return one == other or comparable(kind, one) == comparable(kind, other)


def comparable(
    kind: Kind, attributes: Attributes, like: Attributes | None = None
) -> dict[str, Json]:
    """Return the form that is compared, in which attributes of the same meaning are equal.

    Text is in one form, and lists of items with IDs are mappings. With `like`, parts are arranged
    as in the file of those attributes.
    """
    if like is not None and isinstance(kind, HasParts):
        normal = kind.normalize_like(attributes, like)
    else:
        normal = kind.normalize(attributes)
    return {name: keyed(value, normalized_text) for name, value in normal.items()}


def normalized_text(text: str) -> str:
    """Return a text as it is compared: with Unix line ends.

    Where outer white space has no meaning, the kind strips it (`Kind.normalize`).
    """
    return text.replace("\r\n", "\n")


def plan_value(value: Value) -> Json:
    """Return a value as a plan holds it: lists as they were, None for absent, UNKNOWN as text."""
    if value is ABSENT:
        return None
    if value is UNKNOWN:
        return str(UNKNOWN)
    if isinstance(value, dict):
        if ORDER_KEY in value:
            return [plan_value(item) for key, item in value.items() if key != ORDER_KEY]
        return {key: plan_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plan_value(item) for item in value]
    return value


def managed_fields(
    kind: Kind, live: Attributes, wanted: Attributes, is_loss: IsLoss | None = None
) -> Attributes:
    """Return the live fields that `wanted` manages, without what it leaves unmanaged in them.

    A part that is removed is in them, with all for which `is_loss` holds. By default, these are
    the values that are not the defaults of Customer.io.
    """
    managed: Attributes = {name: live[name] for name in wanted if name in live}
    if managed == wanted:
        return wanted  # The common case: nearly every object of a plan is unchanged.
    patterns = pattern_tree(kind.unmanaged_fields)
    is_loss = is_loss or partial(_is_loss, kind, live)
    managed = without_unmanaged(managed, wanted, patterns, is_loss)
    for path in kind.overridden(live, wanted):
        managed = {**as_mapping(with_value(managed, path, get_value(live, path)))}
    if managed == wanted:
        return wanted
    return kind.project_onto(managed, wanted) if isinstance(kind, HasParts) else managed


def _is_loss(kind: Kind, live: Attributes, path: FieldPath, value: Json) -> bool:
    return not kind.is_default(path, value, live)


def with_unmanaged_fields(kind: Kind, live: Attributes, wanted: Attributes) -> Attributes:
    """Return what an object has after `wanted` is written: unmanaged fields keep the live value."""
    merged: Attributes = {**live, **wanted}
    for pattern in kind.unmanaged_fields:
        merged = _keep_unmanaged(live, merged, pattern.split("."))
    return merged


def _keep_unmanaged(
    live: Mapping[str, Json], wanted: Mapping[str, Json], pattern: Sequence[str]
) -> Attributes:
    name, rest = pattern[0], pattern[1:]
    names = set(live) if name == "*" else {name} & live.keys()
    if not rest:
        return {**{key: live[key] for key in names}, **wanted}
    merged = dict(wanted)
    for key in names & wanted.keys():
        inner, inner_wanted = live[key], wanted[key]
        if isinstance(inner, dict) and isinstance(inner_wanted, dict):
            # A message of another type is created again, and keeps nothing.
            is_same = inner.get("type") == inner_wanted.get("type")
            merged[key] = _keep_unmanaged(inner if is_same else {}, inner_wanted, rest)
    return merged


def _field_changes(
    kind: Kind, found: Difference, applied: Attributes | None, managed: Attributes
) -> Iterator[FieldChange]:
    """Yield the change at one path, if there is one, with its origin.

    `applied` is all that was last applied, or None; `managed` is what the object has of it.
    """
    path, before, after = found
    last = ABSENT if applied is None else _value_of_part(kind, applied, path)
    if before is UNKNOWN:
        if applied is not None and last != after:
            yield FieldChange(path, plan_value(last), plan_value(after), Origin.CONFIG)
        return
    live = _value_of_part(kind, managed, path)
    if applied is None or last == live or last is UNKNOWN:
        origin = Origin.CONFIG
    elif last == after:
        origin = Origin.DRIFT
    else:
        origin = Origin.CONFLICT
    yield FieldChange(path, plan_value(before), plan_value(after), origin)
