"""Edits of parts that the file replaces, as when a step gets another type under its ID."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cioform.core.data.json_value import Attributes, Json, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import replace
from cioform.model.kind import Kind
from cioform.model.part_change import PartAction
from cioform.model.paths.file_paths import canonical_only_fields
from cioform.plan.change import FieldChange, Origin
from cioform.plan.compare import diff
from cioform.plan.compare.changed_parts import changed_parts
from cioform.plan.compare.keyed_list import ORDER_KEY


def with_edits_in_conflict(
    kind: Kind, changes: Sequence[FieldChange], before: Attributes, wanted: Attributes
) -> tuple[FieldChange, ...]:
    """Return changes in which an edit of a part that the file replaces is in conflict.

    The new part may have the former value of a field, but it is another part. `before` is what was
    last applied.
    """
    if not any(change.origin is Origin.DRIFT for change in changes):
        return tuple(changes)  # The common case.
    replaced = changed_parts(kind, before, wanted, (PartAction.REPLACE,))
    replaced |= _without_content(kind, before, wanted)
    if not replaced:
        return tuple(changes)
    form = diff.comparable(kind, wanted)
    return tuple(
        replace(change, origin=Origin.CONFLICT)
        if change.origin is Origin.DRIFT
        and not replaced.isdisjoint(_parts_along(kind, change.path, form))
        else change
        for change in changes
    )


def _without_content(kind: Kind, before: Attributes, wanted: Attributes) -> set[str]:
    """Return the parts whose content goes, as that of a message that becomes an A/B test."""
    return {
        part
        for name in canonical_only_fields(kind)
        for part in as_mapping(before.get(name)).keys() - as_mapping(wanted.get(name)).keys()
    }


def _parts_along(kind: Kind, path: FieldPath, form: Attributes) -> Iterator[str]:
    """Yield the names of the parts that hold the value at a path of what is compared."""
    if path[0] in canonical_only_fields(kind):
        yield from map(str, path[1:2])
        return
    value: Json = form
    for step in path:
        if not isinstance(value, dict):
            return
        if ORDER_KEY in value:
            yield str(step)
        value = value.get(str(step))
