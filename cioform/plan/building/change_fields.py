"""The differences that a change makes, by paths of the file and of the canonical form."""

from __future__ import annotations

from typing import TypedDict

from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import replace
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.plan.change import FieldChange
from cioform.plan.compare import diff
from cioform.plan.file_changes import file_changes


class ChangeFields(TypedDict):
    """The two fields of `Change` that hold its differences."""

    fields: tuple[FieldChange, ...]
    """By the paths of the file."""
    differences: tuple[FieldChange, ...]
    """By the paths of the canonical form."""


def change_fields(
    kind: Kind, found: tuple[FieldChange, ...], before: Attributes | None, after: Attributes
) -> ChangeFields:
    """Return the differences with both kinds of paths. `before` is in the notation of the file."""
    managed = diff.managed_fields(kind, before or {}, after)
    fields = (
        _with_left_out(kind, each, after) for each in file_changes(kind, found, managed, after)
    )
    return {"fields": tuple(fields), "differences": found}


def _with_left_out(kind: Kind, change: FieldChange, after: Attributes) -> FieldChange:
    """Return a change with what a field gets that the file does not say any more."""
    if change.after is not None or change.is_order or not isinstance(kind, HasParts):
        return change
    return replace(change, after=kind.value_left_out(change.path, after))
