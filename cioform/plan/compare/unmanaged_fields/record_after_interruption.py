"""The record of unmanaged fields after a write that was interrupted before the read-back."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath, format_path
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import Binding
from cioform.model.part_change import MAKING
from cioform.plan.compare.changed_parts import changed_parts
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields, Record
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import is_of_part, parsed, value_at_path
from cioform.plan.compare.unmanaged_fields.unmanaged_record import next_record, was_default


def record_after_interruption(
    binding: Binding, before: LiveFields, now: LiveFields, wanted: Attributes, managed: Attributes
) -> Record | None:
    """Return the record of an object once `managed` counts as applied.

    The write of `wanted` began with `before`. Since then somebody may have edited the object, so
    that a difference is an edit unless the write made what holds it, such as a language.
    """
    record = next_record(before, binding, managed)
    if record is None:
        return None
    then = before.attributes
    made_parts = changed_parts(now.kind, then, wanted, MAKING)

    def is_made(path: FieldPath) -> bool:
        return is_of_part(path, made_parts) or _has_new_holder(now.kind, path, then, wanted)

    kept = {text: found for text, found in record.items() if not is_made(parsed(text))}
    for path, value in now.unmanaged(managed).items():
        if is_made(path) or was_default(now, path, then):
            kept[format_path(path)] = now.digest(path, value)
    return kept


def _has_new_holder(kind: Kind, path: FieldPath, before: Attributes, wanted: Attributes) -> bool:
    holders = [path[:length] for length in range(1, len(path))]
    return any(
        isinstance(value_at_path(kind, wanted, holder), Mapping)
        and not isinstance(value_at_path(kind, before, holder), Mapping)
        for holder in holders
    )
