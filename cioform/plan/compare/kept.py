"""Fields that stay as they are in the workspace because `--prefer live` decided a conflict.

The state remembers what the file said then. A field is kept until its file says something else, or
somebody changes it in the workspace again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from pydantic import ValidationError

from cioform.core.data.json_value import Attributes, Json, as_mapping, digest
from cioform.core.data.paths import FieldPath, PathError, format_path, overlap, parse_path
from cioform.model.kind import Kind
from cioform.model.resource import Resource
from cioform.plan.change import FieldChange, Origin
from cioform.plan.compare import diff
from cioform.plan.compare.differences import ABSENT, value_at
from cioform.plan.compare.ignored import merge_ignored_fields
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import is_in

Kept = Mapping[str, str]
"""By the path of a kept field in canonical form: a digest of what the file said."""


def still_kept(
    kind: Kind, kept: Kept, resource: Resource, applied: Attributes | None, live: Attributes
) -> tuple[dict[str, str], tuple[FieldPath, ...]]:
    """Return the fields that are still kept, and those about which the plan has to ask again.

    A field is kept if neither side has changed it since. If it was kept with others that are not,
    or cannot be mixed with what the file says now, the file takes it away without having changed
    it. For a partially written object it is unknown whether somebody has changed a field since.
    """
    if not kept:
        return {}, ()
    drifts = diff.drifted_fields(kind, applied, live) if applied is not None else ()
    drifted = [change.path for change in drifts]
    left = {
        text: value
        for text, value in kept.items()
        for kept_path in _parsed([text])
        if digest(_value(kind, resource, kept_path)) == value
        and not any(overlap(kept_path, path) for path in drifted)
    }
    ended = tuple(_parsed(kept.keys() - left.keys()))
    held = {
        text: v for text, v in left.items() if not any(is_in(p, ended) for p in _parsed([text]))
    }
    if not _can_be_mixed(kind, with_kept(resource, held), live):
        held = {}
    return held, tuple(_parsed(text for text in left if text not in held))


def keep_conflicts(
    kind: Kind, changes: Sequence[FieldChange], resource: Resource, live: Attributes
) -> dict[str, str]:
    """Return the fields in conflict among `changes`, to be kept as they are in the workspace.

    Where the file and the workspace cannot be mixed, as in a workflow with other steps, everything
    that differs is kept. The fields in conflict are among what is returned, to be known later.
    """
    conflicts = [change for change in changes if change.origin is Origin.CONFLICT]
    if not conflicts:
        return {}
    paths = {_common_path(change.path, resource.attributes, live) for change in conflicts}
    if not _can_be_mixed(kind, with_kept(resource, map(format_path, paths)), live):
        paths = {change.path[:1] for change in changes}
    paths |= {change.path for change in conflicts}
    values = {format_path(path): _value(kind, resource, path) for path in sorted(paths, key=str)}
    return {text: digest(value) for text, value in values.items()}


def asked_again(
    changes: Iterable[FieldChange], asked: Iterable[FieldPath]
) -> tuple[FieldChange, ...]:
    """Return changes in which those of fields that were kept until now are in conflict."""
    paths = tuple(asked)
    return tuple(
        replace(change, origin=Origin.CONFLICT)
        if change.origin is Origin.CONFIG and any(overlap(change.path, path) for path in paths)
        else change
        for change in changes
    )


def with_kept(resource: Resource, kept: Iterable[str]) -> Resource:
    """Return a resource that ignores the kept fields."""
    paths = tuple(_parsed(kept))
    return replace(resource, ignore=(*resource.ignore, *paths)) if paths else resource


def _parsed(kept: Iterable[str]) -> Iterator[FieldPath]:
    """Yield the paths of texts from a state or a plan file; what is no path names no field."""
    for text in kept:
        with suppress(PathError):
            yield parse_path(text)


def _value(kind: Kind, resource: Resource, path: FieldPath) -> Json:
    value = value_at(resource.attributes, path)
    if value is ABSENT:  # It may be inside of a list, as a step is.
        value = value_at(diff.comparable(kind, resource.attributes), path)
    return diff.plan_value(value)


def _can_be_mixed(kind: Kind, resource: Resource, live: Attributes) -> bool:
    """Return whether the file with the live values of what it ignores is one whole object.

    In a campaign, for example, every message needs its step, and every message step its message.
    """
    mixed = merge_ignored_fields(resource, live, None)
    try:
        whole = kind.attributes(kind.parse(mixed))
    except ValidationError:
        return False
    return all(_items(value) == _items(whole.get(name)) for name, value in mixed.items())


def _items(value: Json) -> set[str]:
    """Return the names in a mapping that have a mapping as their value."""
    return {name for name, item in as_mapping(value).items() if isinstance(item, Mapping)}


def _common_path(path: FieldPath, wanted: Attributes, live: Attributes) -> FieldPath:
    """Return the path as far as both sides have a mapping with that name."""
    return path[:1] + tuple(_common_steps(path, wanted, live))


def _common_steps(path: FieldPath, wanted: Json, live: Json) -> Iterator[str | int]:
    for before, step in pairwise(path):
        wanted, live = as_mapping(wanted).get(str(before)), as_mapping(live).get(str(before))
        if not (_has(wanted, step) and _has(live, step)):
            return
        yield step


def _has(value: Json, step: str | int) -> bool:
    return step in as_mapping(value)
