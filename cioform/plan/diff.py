"""What differs between snapshots, field by field, and which side moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from cioform.core import heavy
from cioform.core.json_value import UNKNOWN, Attributes, JsonValue, digest
from cioform.model.capabilities import HasParts
from cioform.model.kind import Kind
from cioform.model.resource import FieldPath
from cioform.plan.change import FieldChange, Origin

if TYPE_CHECKING:
    import deepdiff
else:
    deepdiff = heavy.module("deepdiff")


class _Absent(Enum):
    ABSENT = "(absent)"


_ABSENT: Final = _Absent.ABSENT
_ORDER_KEY: Final = "(order)"


def compare(
    kind: Kind,
    applied: Attributes | None,
    desired: Attributes,
    live: Attributes,
    ignore: Sequence[str] = (),
) -> tuple[FieldChange, ...]:
    """Give what must change for `live` to become `desired`, told apart by who moved.

    `applied` is None on a first run, which leaves two sides: then all is the files' doing. What
    the file leaves out is left as it is; what the credential cannot read is compared with what
    we last wrote, and without that not at all."""
    wanted = drop_ignored(desired, ignore)
    live = drop_ignored(live, ignore)
    there = _managed_fields(kind, live, wanted)
    if _equivalent(kind, there, wanted):
        return ()
    old = _comparable(kind, applied) if applied is not None else None
    kept = _comparable(kind, _managed_fields(kind, live, applied)) if applied is not None else {}
    return tuple(
        change
        for path, before, after in _differences(_comparable(kind, there), _comparable(kind, wanted))
        for change in _field_changes(path, before, after, old, _value_at(kept, path))
    )


def drifted_fields(kind: Kind, applied: Attributes, live: Attributes) -> tuple[FieldChange, ...]:
    """Give what somebody changed since we wrote: from `applied` (before) to `live` (after)."""
    there = _managed_fields(kind, live, applied)
    if _equivalent(kind, applied, there):
        return ()
    return tuple(
        FieldChange(path, _to_json(before), _to_json(after), Origin.DRIFT)
        for path, before, after in _differences(
            _comparable(kind, applied), _comparable(kind, there)
        )
        if after is not UNKNOWN and before is not UNKNOWN
    )


def drop_ignored(attributes: Attributes, patterns: Sequence[str]) -> Attributes:
    """Give the attributes less what `patterns` name, `*` for any one step."""
    for pattern in patterns:
        attributes = _drop_path(attributes, pattern.split("."))
    return attributes


def unreadable_fields(desired: Attributes, live: Attributes) -> tuple[str, ...]:
    """Give the fields of the file that the credential at hand cannot read."""
    return tuple(name for name in desired if live.get(name) is UNKNOWN)


def fingerprint(kind: Kind, attributes: Attributes) -> str:
    """Give the digest of a live object by meaning, so that only a real edit moves it."""
    return digest(_to_json(_comparable(kind, attributes)))


def is_equivalent(kind: Kind, one: Attributes, other: Attributes) -> bool:
    """Tell whether two canonical forms mean the same."""
    return _equivalent(kind, one, other)


def _managed_fields(kind: Kind, live: Attributes, wanted: Attributes) -> Attributes:
    """Give the live fields that `wanted` says something of, less what it leaves alone in them."""
    there: JsonValue = {name: live.get(name, _ABSENT) for name in wanted}
    for pattern in kind.unmanaged_fields:
        there = _drop_unmanaged(there, wanted, pattern.split("."))
    if there == wanted:
        # Nearly all of a plan's pairs end here.
        return wanted
    absent = {name for name, value in there.items() if value is _ABSENT}
    present = {name: value for name, value in there.items() if name not in absent}
    if isinstance(kind, HasParts):
        present = kind.project_onto(present, wanted)
    return {**present, **dict.fromkeys(absent, _ABSENT)}


def _drop_unmanaged(live: JsonValue, wanted: JsonValue, pattern: Sequence[str]) -> JsonValue:
    if not isinstance(live, dict) or not isinstance(wanted, dict):
        return live
    name, rest = pattern[0], pattern[1:]
    named = set(live) if name == "*" else {name} & live.keys()
    if not rest:
        return {k: v for k, v in live.items() if k not in named or k in wanted}
    inner = {k: _drop_unmanaged(live[k], wanted[k], rest) for k in named if k in wanted}
    return live | inner


def _drop_path(value: JsonValue, pattern: Sequence[str]) -> JsonValue:
    if not isinstance(value, dict):
        return value
    name, rest = pattern[0], pattern[1:]
    named = set(value) if name == "*" else {name} & value.keys()
    if not rest:
        return {k: v for k, v in value.items() if k not in named}
    return value | {k: _drop_path(value[k], rest) for k in named}


def _field_changes(
    path: FieldPath,
    before: JsonValue,
    after: JsonValue,
    applied: Attributes | None,
    live_managed: JsonValue,
) -> Iterator[FieldChange]:
    """Tell who moved. `kept` is what is live of the things that were ours when we last wrote:
    what the file left alone then was nothing for somebody to change."""
    last = _ABSENT if applied is None else _value_at(applied, path)
    if before is UNKNOWN:
        if applied is not None and last != after:
            yield FieldChange(path, _to_json(last), _to_json(after), Origin.CONFIG)
        return
    if applied is None or last == live_managed or last is UNKNOWN:
        origin = Origin.CONFIG
    elif last == after:
        origin = Origin.DRIFT
    else:
        origin = Origin.CONFLICT
    yield FieldChange(path, _to_json(before), _to_json(after), origin)


def _equivalent(kind: Kind, one: Attributes, other: Attributes) -> bool:
    return one == other or _comparable(kind, one) == _comparable(kind, other)


def _comparable(kind: Kind, attributes: Attributes) -> Any:
    present = {name: value for name, value in attributes.items() if value is not _ABSENT}
    return _key_lists_by_id(kind.normalize(present))


def _key_lists_by_id(value: JsonValue) -> JsonValue:
    """Normalise text, and key lists of things with an id, so that an insertion is one addition
    and not a change of everything behind it."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, dict):
        return {key: _key_lists_by_id(item) for key, item in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(item, dict) and "id" in item for item in value):
            keyed = {str(item["id"]): _key_lists_by_id(item) for item in value}
            if len(keyed) == len(value):
                return keyed | {_ORDER_KEY: " > ".join(keyed)}
        return [_key_lists_by_id(item) for item in value]
    return value


def _differences(
    before: JsonValue, after: JsonValue
) -> Iterator[tuple[FieldPath, JsonValue, JsonValue]]:
    """Give the paths at which two values differ, in a stable order. Making every change at its
    path makes one of the other."""
    if (edited := _scalar_changes(before, after)) is not None:
        for path in sorted(edited, key=lambda path: [str(step) for step in path]):
            yield path, *edited[path]
        return
    tree = deepdiff.DeepDiff(
        before,
        after,
        view="tree",
        verbose_level=2,
        # Otherwise names that begin with `__` are passed over,
        ignore_private_variables=False,
        # mappings with few names in common differ as a whole, up to the path of everything,
        threshold_to_diff_deeper=0,
        # and an insertion is told at a place where the two lists have other things.
        zip_ordered_iterables=True,
    )
    seen: dict[FieldPath, tuple[JsonValue, JsonValue]] = {}
    for items in tree.values():
        for item in items:
            path = tuple(item.path(output_format="list"))
            seen[path] = (_value_at(before, path), _value_at(after, path))
    for path in sorted(seen, key=lambda path: [str(step) for step in path]):
        yield path, *seen[path]


def _scalar_changes(
    before: JsonValue, after: JsonValue
) -> dict[FieldPath, tuple[JsonValue, JsonValue]] | None:
    """Give the values that differ where nothing else does: no field more or less, no list. None
    where there is more to it."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        plain = not isinstance(before, dict | list) and not isinstance(after, dict | list)
        return {(): (before, after)} if plain else None
    if before.keys() != after.keys():
        return None
    found: dict[FieldPath, tuple[JsonValue, JsonValue]] = {}
    for name, value in before.items():
        if value != after[name] or type(value) is not type(after[name]):
            inner = _scalar_changes(value, after[name])
            if inner is None:
                return None
            found |= {(name, *path): pair for path, pair in inner.items()}
    return found


def _value_at(value: JsonValue, path: FieldPath) -> JsonValue:
    for step in path:
        if value is UNKNOWN:
            return UNKNOWN
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return value


def _to_json(value: JsonValue) -> JsonValue:
    """Give a value that JSON can hold: lists with ids as they were, absent as None."""
    if value is _ABSENT:
        return None
    if value is UNKNOWN:
        return str(UNKNOWN)
    if isinstance(value, dict):
        if _ORDER_KEY in value:
            return [_to_json(item) for key, item in value.items() if key != _ORDER_KEY]
        return {key: _to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_to_json(item) for item in value]
    return value
